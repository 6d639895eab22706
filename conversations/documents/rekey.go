package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// Rekeying says how far a change of keys has got. It counts blobs, of which a
// document has two.
type Rekeying struct {
	Seen    int      // looked at
	Changed int      // encrypted with another key than the first: now with the first, unless it was a dry run
	Damaged []string // left as they were, since no key reads them
	// Retired says that nothing is left that needs another key than the
	// first, and that the bucket no longer asks for one.
	Retired bool
}

// Rekey encrypts everything with the first key that is not yet, one blob after
// the other, each replaced only when it was read to its authentic end. It can
// run beside gateways that have the same keys with the same one first, and be
// broken off and run again at any time: what is done stays done. A dry run
// only counts. Progress, if set, is called after each blob.
func (s *Store) Rekey(ctx context.Context, dry bool, progress func(Rekeying)) (Rekeying, error) {
	var done Rekeying
	list := s.bucket.List(nil)
	for {
		object, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return done, fmt.Errorf("changing the documents' key: %w", err)
		}
		if !encrypted(object) {
			continue
		}
		if err := s.rekey(ctx, object.Key, dry, &done); err != nil {
			return done, fmt.Errorf("changing the key of %s: %w", object.Key, err)
		}
		if progress != nil {
			progress(done)
		}
	}
	if dry || len(done.Damaged) > 0 {
		return done, nil
	}
	if err := s.retire(ctx); err != nil {
		return done, fmt.Errorf("retiring the old keys: %w", err)
	}
	done.Retired = true
	return done, nil
}

// encrypted says whether a blob is a document's, or a piece of one.
func encrypted(o *blob.ListObject) bool {
	return !o.IsDir && !strings.HasPrefix(o.Key, keyCheck) && !strings.HasSuffix(o.Key, ".tmp") && !strings.HasPrefix(o.Key, ".")
}

func (s *Store) rekey(ctx context.Context, name string, dry bool, done *Rekeying) error {
	current, err := s.hasFirstKey(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	done.Seen++
	if current {
		return nil
	}
	write := func(fill func(io.Writer) error) error { return s.write(ctx, name, fill) }
	if dry {
		write = func(fill func(io.Writer) error) error { return fill(io.Discard) }
	}
	err = write(func(w io.Writer) error { return s.copyTo(ctx, w, name) })
	switch {
	case errors.Is(err, ErrDamaged):
		done.Damaged = append(done.Damaged, name)
		return nil
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	done.Changed++
	if dry {
		return nil
	}
	return s.forgetOrphan(ctx, name)
}

// hasFirstKey decrypts the first segment.
func (s *Store) hasFirstKey(ctx context.Context, name string) (bool, error) {
	r, err := s.readWith(ctx, name, s.box.keys[0].aead)
	if err != nil {
		return false, err
	}
	_, err = io.ReadFull(r, make([]byte, 1))
	if errors.Is(err, ErrDamaged) {
		return false, r.Close()
	}
	return true, errors.Join(err, r.Close())
}

func (s *Store) copyTo(ctx context.Context, w io.Writer, name string) error {
	r, err := s.read(ctx, name)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w, r)
	return err
}

// forgetOrphan undoes what was written of a document that was deleted in the
// same moment.
func (s *Store) forgetOrphan(ctx context.Context, name string) error {
	id, blob, _ := strings.Cut(name, "/")
	other := ""
	switch blob {
	case "content":
		other = infoKey(id)
	case "info":
		other = contentKey(id)
	default:
		return nil // a piece is swept when nobody goes on with it
	}
	there, err := s.bucket.Exists(ctx, other)
	if err != nil || there {
		return err
	}
	if err := s.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return err
	}
	return nil
}
