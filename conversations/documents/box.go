package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/streamingaead"
	"github.com/tink-crypto/tink-go/v2/streamingaead/aesgcmhkdf"
	"github.com/tink-crypto/tink-go/v2/tink"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// segment is how many bytes are encrypted and authenticated together.
const segment = 64 << 10

// box encrypts and decrypts blobs. Each is bound to its name, so that one
// cannot stand in for another.
type box struct {
	aead tink.StreamingAEAD // encrypts with the first key, decrypts with any
	keys []single
}

// single is a key by itself.
type single struct {
	name string // tells it from others, and tells nothing of it
	aead tink.StreamingAEAD
}

func newBox(keys []Key) (box, error) {
	if len(keys) == 0 {
		return box{}, errors.New("encrypting documents: no key is given")
	}
	var b box
	for _, k := range keys {
		name, err := k.name()
		if err != nil {
			return box{}, fmt.Errorf("encrypting documents: %w", err)
		}
		alone, err := newAEAD(k)
		if err != nil {
			return box{}, fmt.Errorf("encrypting documents: %w", err)
		}
		b.keys = append(b.keys, single{name, alone})
	}
	var err error
	if b.aead, err = newAEAD(keys...); err != nil {
		return box{}, fmt.Errorf("encrypting documents: %w", err)
	}
	return b, nil
}

// newAEAD makes a keyset of which the first key encrypts and all decrypt.
func newAEAD(keys ...Key) (tink.StreamingAEAD, error) {
	params, err := aesgcmhkdf.NewParameters(aesgcmhkdf.ParametersOpts{
		KeySizeInBytes: keySize, DerivedKeySizeInBytes: 32, HKDFHashType: aesgcmhkdf.SHA256, SegmentSizeInBytes: segment,
	})
	if err != nil {
		return nil, err
	}
	m := keyset.NewManager()
	for i, key := range keys {
		k, err := aesgcmhkdf.NewKey(params, secretdata.NewBytesFromData(key.bytes[:], insecuresecretdataaccess.Token{}))
		if err != nil {
			return nil, err
		}
		id, err := m.AddKey(k)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			continue
		}
		if err := m.SetPrimary(id); err != nil {
			return nil, err
		}
	}
	h, err := m.Handle()
	if err != nil {
		return nil, err
	}
	return streamingaead.New(h)
}

func associated(name string) []byte { return []byte("jiebao/documents/" + name) }

// write encrypts what fill writes into the blob of that name. The blob
// appears complete, and synced to disk, or not at all.
func (s *Store) write(ctx context.Context, name string, fill func(io.Writer) error) error {
	ctx, abort := context.WithCancel(ctx)
	defer abort()
	var file *os.File
	w, err := s.bucket.NewWriter(ctx, name, &blob.WriterOptions{
		ContentType: "application/octet-stream",
		BeforeWrite: func(as func(any) bool) error {
			if as(&file) {
				return file.Chmod(0o600)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	if err = s.encrypt(w, name, fill); err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		abort()
		_ = w.Close() // reports the abort and removes what was written
		return err
	}
	return w.Close()
}

func (s *Store) encrypt(w io.Writer, name string, fill func(io.Writer) error) error {
	sealed, err := s.box.aead.NewEncryptingWriter(w, associated(name))
	if err != nil {
		return err
	}
	if err := fill(sealed); err != nil {
		return err
	}
	return sealed.Close()
}

// read decrypts the blob of that name, or returns ErrNotFound.
func (s *Store) read(ctx context.Context, name string) (io.ReadCloser, error) {
	return s.readWith(ctx, name, s.box.aead)
}

func (s *Store) readWith(ctx context.Context, name string, aead tink.StreamingAEAD) (io.ReadCloser, error) {
	r, err := s.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	source := &remembering{r: r}
	clear, err := aead.NewDecryptingReader(source, associated(name))
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return &opened{clear: clear, source: source, blob: r}, nil
}

// opened is a blob being decrypted.
type opened struct {
	clear  io.Reader
	source *remembering
	blob   io.Closer
}

func (o *opened) Read(p []byte) (int, error) {
	n, err := o.clear.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if o.source.err != nil {
		return n, o.source.err
	}
	return n, ErrDamaged
}

func (o *opened) Close() error { return o.blob.Close() }

// remembering tells a bucket that fails from a blob that is not authentic.
type remembering struct {
	r   io.Reader
	err error
}

func (r *remembering) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}
