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
type box struct{ aead tink.StreamingAEAD }

func newBox(key Key) (box, error) {
	if key.isZero() {
		return box{}, errors.New("encrypting documents: no key is given")
	}
	aead, err := newAEAD(key)
	if err != nil {
		return box{}, fmt.Errorf("encrypting documents: %w", err)
	}
	return box{aead}, nil
}

// newAEAD makes a keyset of the one key. A second key, for a change of keys,
// would join it there.
func newAEAD(key Key) (tink.StreamingAEAD, error) {
	params, err := aesgcmhkdf.NewParameters(aesgcmhkdf.ParametersOpts{
		KeySizeInBytes: keySize, DerivedKeySizeInBytes: 32, HKDFHashType: aesgcmhkdf.SHA256, SegmentSizeInBytes: segment,
	})
	if err != nil {
		return nil, err
	}
	k, err := aesgcmhkdf.NewKey(params, secretdata.NewBytesFromData(key.bytes[:], insecuresecretdataaccess.Token{}))
	if err != nil {
		return nil, err
	}
	m := keyset.NewManager()
	id, err := m.AddKey(k)
	if err != nil {
		return nil, err
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, err
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
	r, err := s.bucket.NewReader(ctx, name, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	source := &remembering{r: r}
	clear, err := s.box.aead.NewDecryptingReader(source, associated(name))
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

const (
	keyCheck = "key-check"
	keyProof = "this bucket's documents are encrypted with this key"
)

// checkKey proves that the key is the bucket's, and lays down the proof in a
// new one. Otherwise a lost key would be noticed only when HR opens an old
// document, and two keys would be in use by then.
func (s *Store) checkKey(ctx context.Context) error {
	r, err := s.read(ctx, keyCheck)
	if errors.Is(err, ErrNotFound) {
		return s.write(ctx, keyCheck, func(w io.Writer) error { _, err := io.WriteString(w, keyProof); return err })
	}
	if err != nil {
		return err
	}
	defer r.Close()
	proof, err := io.ReadAll(r)
	if errors.Is(err, ErrDamaged) || err == nil && string(proof) != keyProof {
		return errors.New("the documents there are encrypted with another key; restore documents.key or the file documents.key_file")
	}
	return err
}
