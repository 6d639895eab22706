package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Reader reads a document from any place. What lies before the place is
// decrypted and left out, since nothing else proves the order of the segments.
type Reader struct {
	Info Info

	ctx   context.Context
	store *Store
	id    string
	r     io.ReadCloser // nil before the first Read, and after a step back
	at    int64         // of r
	want  int64         // of the next Read
}

// Seekable returns a document to be read from any place, or ErrNotFound. Its
// reads end with ctx. Close the reader.
func (s *Store) Seekable(ctx context.Context, id string) (*Reader, error) {
	if err := checkID(id); err != nil {
		return nil, ErrNotFound
	}
	info, err := s.info(ctx, id)
	if err != nil {
		return nil, err
	}
	return &Reader{Info: info, ctx: ctx, store: s, id: id}, nil
}

// Read implements io.Reader. It fails with ErrDamaged like that of Open.
func (r *Reader) Read(p []byte) (int, error) {
	if r.want >= r.Info.Size {
		return 0, io.EOF
	}
	if err := r.reach(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.at += int64(n)
	r.want = r.at
	if errors.Is(err, io.EOF) && r.at < r.Info.Size {
		err = ErrDamaged
	}
	return n, err
}

// reach opens the document, if it is not yet, and reads up to the place.
func (r *Reader) reach() error {
	if r.r != nil && r.at > r.want {
		if err := r.Close(); err != nil {
			return err
		}
	}
	if r.r == nil {
		var err error
		if r.r, _, err = r.store.Open(r.ctx, r.id); err != nil {
			return err
		}
		r.at = 0
	}
	n, err := io.CopyN(io.Discard, r.r, r.want-r.at)
	r.at += n
	if errors.Is(err, io.EOF) {
		err = ErrDamaged
	}
	return err
}

// Seek implements io.Seeker. It reads nothing.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.want
	case io.SeekEnd:
		offset += r.Info.Size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seeking in document %s: the place is before its beginning", r.id)
	}
	r.want = offset
	return offset, nil
}

// Close implements io.Closer.
func (r *Reader) Close() error {
	if r.r == nil {
		return nil
	}
	err := r.r.Close()
	r.r = nil
	return err
}
