package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// A file that comes over a bad line arrives in pieces, perhaps at several
// gateways. Each is a blob of its own, encrypted like a document and bound to
// its place, until the whole is put together by Put from OpenParts. Pieces that
// were begun twice may overlap: of two at one place the longer counts.

// parts/<owner>/<upload>/<offset>-<length>
const partsPrefix = "parts/"

// ErrOffset says that a piece does not follow what is there.
var ErrOffset = errors.New("the piece does not follow what has arrived")

// Partial is a file of which a part has arrived.
type Partial struct {
	Upload string
	Size   int64     // bytes in a row from the beginning
	Last   time.Time // when the latest piece came, by the bucket's clock
	parts  []part
}

type part struct {
	key            string
	offset, length int64
	at             time.Time
}

// PutPart keeps a piece of at most most bytes of an upload, and returns how
// much of the file is there then. What arrived before r failed is kept, too,
// and the reader's error returned. A piece that does not begin where the
// others end is ErrOffset, with the place that it should begin at.
func (s *Store) PutPart(ctx context.Context, owner, upload string, offset, most int64, r io.Reader) (int64, error) {
	p, err := s.Partial(ctx, owner, upload)
	if err != nil {
		return 0, err
	}
	if offset != p.Size {
		return p.Size, ErrOffset
	}
	var b bytes.Buffer // bounded, so that its length is known before it is named
	_, readErr := io.Copy(&b, io.LimitReader(r, most))
	if b.Len() == 0 {
		return p.Size, readErr
	}
	key := fmt.Sprintf("%s%012d-%d", partsKey(owner, upload), offset, b.Len())
	n := offset + int64(b.Len())
	// What arrived is kept even if nobody waits for it any more.
	if err := s.write(context.WithoutCancel(ctx), key, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
		return p.Size, fmt.Errorf("storing a piece of upload %s: %w", upload, err)
	}
	return n, readErr
}

// Partial returns what has arrived of an upload, which may be nothing.
func (s *Store) Partial(ctx context.Context, owner, upload string) (Partial, error) {
	if err := errors.Join(checkID(owner), checkID(upload)); err != nil {
		return Partial{}, err
	}
	found, err := s.partials(ctx, partsKey(owner, upload))
	if err != nil || len(found) == 0 {
		return Partial{Upload: upload}, err
	}
	return found[0], nil
}

// Partials returns the uploads of an owner that are under way, the one that
// rested longest first.
func (s *Store) Partials(ctx context.Context, owner string) ([]Partial, error) {
	if err := checkID(owner); err != nil {
		return nil, err
	}
	return s.partials(ctx, partsPrefix+owner+"/")
}

func (s *Store) partials(ctx context.Context, prefix string) ([]Partial, error) {
	all := map[string]*Partial{}
	list := s.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("looking for pieces of uploads: %w", err)
		}
		upload, piece, ok := readPartKey(object.Key)
		if !ok {
			continue
		}
		piece.at = object.ModTime
		if all[upload] == nil {
			all[upload] = &Partial{Upload: upload}
		}
		all[upload].parts = append(all[upload].parts, piece)
	}
	out := make([]Partial, 0, len(all))
	for _, p := range all {
		p.line()
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Partial) int { return a.Last.Compare(b.Last) })
	return out, nil
}

// line puts the pieces that follow each other in order.
func (p *Partial) line() {
	slices.SortFunc(p.parts, func(a, b part) int {
		if a.offset != b.offset {
			return int(a.offset - b.offset)
		}
		return int(b.length - a.length)
	})
	for _, piece := range p.parts {
		if piece.at.After(p.Last) {
			p.Last = piece.at
		}
		if piece.offset == p.Size {
			p.Size += piece.length
		}
	}
}

// OpenParts returns all that has arrived of an upload, in a row. Reading fails
// with ErrDamaged where it is not what was stored. Close the reader.
func (s *Store) OpenParts(ctx context.Context, owner, upload string) (io.ReadCloser, error) {
	p, err := s.Partial(ctx, owner, upload)
	if err != nil {
		return nil, err
	}
	return &parts{ctx: ctx, store: s, left: p.parts}, nil
}

// parts reads pieces one after the other.
type parts struct {
	ctx   context.Context
	store *Store
	left  []part
	at    int64
	piece io.ReadCloser // nil between two
}

func (p *parts) Read(b []byte) (int, error) {
	for {
		if p.piece == nil {
			for len(p.left) > 0 && p.left[0].offset != p.at {
				p.left = p.left[1:]
			}
			if len(p.left) == 0 {
				return 0, io.EOF
			}
			piece, err := p.store.read(p.ctx, p.left[0].key)
			if errors.Is(err, ErrNotFound) {
				err = ErrDamaged
			}
			if err != nil {
				return 0, err
			}
			p.piece = piece
		}
		n, err := p.piece.Read(b)
		p.at += int64(n)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if err := p.Close(); err != nil {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
	}
}

// Close implements io.Closer.
func (p *parts) Close() error {
	if p.piece == nil {
		return nil
	}
	err := p.piece.Close()
	p.piece = nil
	return err
}

// DeleteParts removes all pieces of an upload.
func (s *Store) DeleteParts(ctx context.Context, owner, upload string) error {
	p, err := s.Partial(ctx, owner, upload)
	if err != nil {
		return err
	}
	return s.deleteParts(ctx, p)
}

func (s *Store) deleteParts(ctx context.Context, p Partial) error {
	for _, piece := range p.parts {
		if err := s.bucket.Delete(ctx, piece.key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("deleting the pieces of upload %s: %w", p.Upload, err)
		}
	}
	return nil
}

// SweepParts removes uploads that nobody went on with for a day. It can run
// while the store is in use.
func (s *Store) SweepParts(ctx context.Context, now time.Time) error {
	all, err := s.partials(ctx, partsPrefix)
	if err != nil {
		return err
	}
	for _, p := range all {
		if now.Sub(p.Last) >= stale {
			if err := s.deleteParts(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func partsKey(owner, upload string) string { return partsPrefix + owner + "/" + upload + "/" }

// readPartKey reads the name of a piece. Uploads of different owners have
// different ids.
func readPartKey(key string) (upload string, p part, ok bool) {
	fields := strings.Split(strings.TrimPrefix(key, partsPrefix), "/")
	if len(fields) != 3 {
		return "", p, false
	}
	at, length, _ := strings.Cut(fields[2], "-")
	offset, err := strconv.ParseInt(at, 10, 64)
	n, lenErr := strconv.ParseInt(length, 10, 64)
	return fields[1], part{key: key, offset: offset, length: n}, err == nil && lenErr == nil && offset >= 0 && n > 0
}
