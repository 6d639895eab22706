// Package documents keeps candidates' files, encrypted.
//
// A document's bytes never touch a disk or a bucket in the clear: they are
// encrypted while they come in (AES-256-GCM in authenticated segments) and
// decrypted while they are read, so that neither a stolen disk nor a changed,
// swapped or cut-off file gives anything. Only photos and PDF are taken, and
// only those that really are what they seem; recordings of voice messages are kept
// beside them in the same way.
//
// A document consists of two blobs, <id>/content and <id>/info. Info is
// written last: a document exists when its info does. It never changes.
//
// Imports: gocloud.dev/blob, Tink, mimetype, image decoders and the standard
// library.
package documents

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Info describes a stored document.
type Info struct {
	MIME   string `json:"mime"`           // as sniffed: image/jpeg, image/png, image/heic, image/webp or application/pdf
	Size   int64  `json:"size"`           // bytes
	SHA256 string `json:"sha256"`         // hexadecimal, of the bytes that came in
	Scan   string `json:"scan,omitempty"` // Clean or NotScanned; "" of what was stored before anybody could look

	// Length is how long a recording takes to hear; 0 of documents.
	Length time.Duration `json:"length,omitempty"`
}

// Limits bound what is taken.
type Limits struct {
	Size   int64 // bytes; 0 means 20 MiB
	Pixels int64 // of a photo, width by height; 0 means 100 million
	Pages  int   // of a PDF; 0 means 200
	// Scanner, if set, looks for viruses in what is otherwise taken.
	Scanner Scanner
}

// Scanner looks for viruses. It returns the name of what it found, "" for
// nothing; an error says that nobody knows.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (found string, err error)
}

// What is known of viruses in a stored document.
const (
	Clean      = "clean"       // a scanner found none
	NotScanned = "not_scanned" // nobody looked
)

func (l Limits) orDefault() Limits {
	if l.Size <= 0 {
		l.Size = 20 << 20
	}
	if l.Pixels <= 0 {
		l.Pixels = 100_000_000
	}
	if l.Pages <= 0 {
		l.Pages = 200
	}
	return l
}

// ErrNotFound says that there is no such document.
var ErrNotFound = errors.New("no such document")

// ErrDamaged says that a stored document is not what was stored: it was cut
// off, changed or exchanged, or belongs to another key.
var ErrDamaged = errors.New("the document is damaged or encrypted with another key")

// Store keeps documents in a bucket. It is safe for concurrent use, also by
// several gateways that share the bucket.
type Store struct {
	bucket *blob.Bucket
	box    box
}

// New keeps documents in bucket, encrypted with the first key; what is
// encrypted with one of the others can be read. It fails if the bucket holds
// documents of yet another key. The store does not own the bucket.
func New(ctx context.Context, bucket *blob.Bucket, keys ...Key) (*Store, error) {
	b, err := newBox(keys)
	if err != nil {
		return nil, err
	}
	s := &Store{bucket, b}
	if err := s.checkKeys(ctx); err != nil {
		return nil, fmt.Errorf("opening the documents store: %w", err)
	}
	return s, nil
}

// Put takes in a document while reading r to its end. It returns *Refused
// for what is not kept, and the reader's own error or the scanner's if one
// fails; in all these cases nothing remains. A document that is stored already is left as it is and r
// is not read, so that a repeated Put is harmless.
func (s *Store) Put(ctx context.Context, id string, r io.Reader, limits Limits) (Info, error) {
	return s.put(ctx, id, newIntake(r, limits.orDefault(), kinds()), limits.Scanner)
}

func (s *Store) put(ctx context.Context, id string, in *intake, scanner Scanner) (Info, error) {
	if err := checkID(id); err != nil {
		return Info{}, err
	}
	if info, err := s.info(ctx, id); !errors.Is(err, ErrNotFound) {
		return info, err
	}
	info, err := s.putContent(ctx, id, in)
	if err == nil {
		info.Scan, err = s.scan(ctx, id, scanner)
	}
	if refused := (*Refused)(nil); errors.As(err, &refused) {
		return Info{}, refused
	}
	if err != nil {
		return Info{}, fmt.Errorf("storing document %s: %w", id, err)
	}
	encoded, err := json.Marshal(info)
	if err == nil {
		err = s.write(ctx, infoKey(id), func(w io.Writer) error { _, err := w.Write(encoded); return err })
	}
	if err != nil {
		return Info{}, fmt.Errorf("storing document %s: %w", id, err)
	}
	return info, nil
}

// putContent encrypts what comes in into the content blob while it is looked at.
func (s *Store) putContent(ctx context.Context, id string, in *intake) (info Info, err error) {
	kind, err := in.sniff()
	if err != nil {
		return Info{}, err
	}
	err = s.write(ctx, contentKey(id), func(w io.Writer) error {
		sum := sha256.New()
		if err := in.copy(io.MultiWriter(w, sum), kind); err != nil {
			return err
		}
		info = Info{MIME: kind.mime, Size: in.size(), SHA256: hex.EncodeToString(sum.Sum(nil)), Length: in.length()}
		return nil
	})
	return info, err
}

// Open returns a document's bytes and what is known about it. Reading fails
// with ErrDamaged where the stored bytes are not authentic; what was read
// until then is. Close the reader.
func (s *Store) Open(ctx context.Context, id string) (io.ReadCloser, Info, error) {
	if err := checkID(id); err != nil {
		return nil, Info{}, err
	}
	info, err := s.info(ctx, id)
	if err != nil {
		return nil, Info{}, err
	}
	r, err := s.read(ctx, contentKey(id))
	if errors.Is(err, ErrNotFound) {
		err = ErrDamaged // the info promises a content
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("opening document %s: %w", id, err)
	}
	return r, info, nil
}

// Delete removes a document for good. Deleting what does not exist is no
// error.
func (s *Store) Delete(ctx context.Context, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	for _, key := range []string{infoKey(id), contentKey(id)} {
		if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("deleting document %s: %w", id, err)
		}
	}
	return nil
}

func (s *Store) info(ctx context.Context, id string) (Info, error) {
	r, err := s.read(ctx, infoKey(id))
	if errors.Is(err, ErrNotFound) {
		return Info{}, err
	}
	if err != nil {
		return Info{}, fmt.Errorf("opening document %s: %w", id, err)
	}
	defer r.Close()
	var info Info
	encoded, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(encoded, &info)
	}
	if err != nil {
		return Info{}, fmt.Errorf("opening document %s: %w", id, err)
	}
	return info, nil
}

func contentKey(id string) string { return id + "/content" }
func infoKey(id string) string    { return id + "/info" }

// checkID keeps ids from meaning anything to a file system.
func checkID(id string) error {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if id == "" || len(id) > 200 || strings.Trim(id, letters) != "" {
		return fmt.Errorf("document id %q: must be 1 to 200 letters, digits, - and _", id)
	}
	return nil
}

// LogValue names the type and size only.
func (i Info) LogValue() slog.Value {
	return slog.GroupValue(slog.String("mime", i.MIME), slog.Int64("size", i.Size))
}
