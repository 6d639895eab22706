package documents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

// A bucket holds a proof of every key that documents in it may be encrypted
// with: key-check, or key-check-<name of the key>. A proof is laid down before
// the first document, and taken away when the last one has another key. So a
// lost key is noticed at the start, and not when HR opens an old document.
const (
	keyCheck = "key-check"
	keyProof = "this bucket's documents are encrypted with this key"
)

func proofOf(key single) string { return keyCheck + "-" + key.name }

// checkKeys proves that every key in use is at hand, and lays down the proof
// of the first.
func (s *Store) checkKeys(ctx context.Context) error {
	proofs, err := s.proofs(ctx)
	if err != nil {
		return err
	}
	proven := false
	for _, name := range proofs {
		key, err := s.proves(ctx, name)
		if err != nil {
			return err
		}
		proven = proven || key == s.box.keys[0].name
	}
	if proven {
		return nil
	}
	return s.prove(ctx)
}

func (s *Store) prove(ctx context.Context) error {
	return s.write(ctx, proofOf(s.box.keys[0]), func(w io.Writer) error { _, err := io.WriteString(w, keyProof); return err })
}

// proofs are the names of the blobs that prove keys.
func (s *Store) proofs(ctx context.Context) ([]string, error) {
	var names []string
	list := s.bucket.List(&blob.ListOptions{Prefix: keyCheck})
	for {
		object, err := list.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return names, nil
		case err != nil:
			return nil, err
		case object.Key == keyCheck || strings.HasPrefix(object.Key, keyCheck+"-"):
			names = append(names, object.Key)
		}
	}
}

// proves returns the name of the key that a proof was laid down with.
func (s *Store) proves(ctx context.Context, proof string) (string, error) {
	for _, key := range s.box.keys {
		r, err := s.readWith(ctx, proof, key.aead)
		if err != nil {
			return "", err
		}
		said, err := io.ReadAll(r)
		if err := errors.Join(ignoreDamage(err), r.Close()); err != nil {
			return "", err
		}
		if err == nil && string(said) == keyProof {
			return key.name, nil
		}
	}
	about := ""
	if name, named := strings.CutPrefix(proof, keyCheck+"-"); named {
		about = " (" + name + ")"
	}
	return "", fmt.Errorf("documents there are encrypted with another key%s; give it back, beside the new one: "+
		"as documents.key, among documents.old_keys, or as a further line of the file documents.key_file", about)
}

// retire takes away the proofs of all keys but the first.
func (s *Store) retire(ctx context.Context) error {
	proofs, err := s.proofs(ctx)
	if err != nil {
		return err
	}
	first := s.box.keys[0]
	if !slices.Contains(proofs, proofOf(first)) {
		if err := s.prove(ctx); err != nil {
			return err
		}
	}
	for _, name := range proofs {
		if name == proofOf(first) {
			continue
		}
		if err := s.bucket.Delete(ctx, name); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return err
		}
	}
	return nil
}

func ignoreDamage(err error) error {
	if errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}
