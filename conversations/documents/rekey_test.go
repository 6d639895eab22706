package documents_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gocloud.dev/blob"

	"jiebao/conversations/documents"
)

func storeOf(t *testing.T, b *blob.Bucket, keys ...byte) *documents.Store {
	t.Helper()
	s, err := documents.New(t.Context(), b, keysOf(t, keys...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keysOf(t *testing.T, fills ...byte) (keys []documents.Key) {
	t.Helper()
	for _, fill := range fills {
		keys = append(keys, aKey(t, fill))
	}
	return keys
}

func put(t *testing.T, s *documents.Store, id string, file []byte) {
	t.Helper()
	if _, err := s.Put(t.Context(), id, bytes.NewReader(file), documents.Limits{}); err != nil {
		t.Fatal(err)
	}
}

func TestKeysAreChanged(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir())
	long := pdf(strings.Repeat("0123456789", 20_000)) // several segments
	put(t, storeOf(t, b, 1), "old", long)
	if _, err := storeOf(t, b, 1).PutPart(t.Context(), "cnv", "up", 0, 100, strings.NewReader("a piece")); err != nil {
		t.Fatal(err)
	}

	both := storeOf(t, b, 2, 1)
	put(t, both, "new", pdf("new"))
	for id, want := range map[string][]byte{"old": long, "new": pdf("new")} {
		if got, _, err := read(t, both, id); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s with both keys: %d bytes, %v", id, len(got), err)
		}
	}
	for _, one := range []byte{1, 2} {
		if _, err := documents.New(t.Context(), b, aKey(t, one)); err == nil || !strings.Contains(err.Error(), "another key") {
			t.Errorf("with key %d alone: %v, want it refused while both are in use", one, err)
		}
	}

	dry, err := both.Rekey(t.Context(), true, nil)
	if err != nil || dry.Seen != 5 || dry.Changed != 3 || dry.Retired {
		t.Errorf("dry run: %+v, %v; want 3 of 5 to change", dry, err)
	}
	calls := 0
	done, err := both.Rekey(t.Context(), false, func(documents.Rekeying) { calls++ })
	if err != nil || done.Seen != 5 || done.Changed != 3 || !done.Retired || calls != 5 {
		t.Errorf("%+v after %d calls, %v; want 3 of 5 changed", done, calls, err)
	}
	if again, err := both.Rekey(t.Context(), false, nil); err != nil || again.Changed != 0 {
		t.Errorf("again: %+v, %v; want nothing to do", again, err)
	}

	if _, err := documents.New(t.Context(), b, aKey(t, 1)); err == nil {
		t.Error("the old key is still taken")
	}
	alone := storeOf(t, b, 2)
	if got, _, err := read(t, alone, "old"); err != nil || !bytes.Equal(got, long) {
		t.Errorf("with the new key alone: %d bytes, %v", len(got), err)
	}
	pieces, err := alone.OpenParts(t.Context(), "cnv", "up")
	if err != nil {
		t.Fatal(err)
	}
	defer pieces.Close()
	if got, err := io.ReadAll(pieces); err != nil || string(got) != "a piece" {
		t.Errorf("the piece is %q, %v", got, err)
	}
}

// TestBucketsOfBeforeKeysHadNames begins with the proof that earlier versions
// laid down.
func TestBucketsOfBeforeKeysHadNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openDir(t, dir)
	put(t, storeOf(t, b, 1), "d1", pdf("x"))
	named, err := filepath.Glob(filepath.Join(dir, "key-check-*"))
	if err != nil || len(named) != 1 {
		t.Fatalf("the proofs are %q, %v", named, err)
	}
	if err := os.Remove(named[0]); err != nil {
		t.Fatal(err)
	}
	legacy, err := documents.LegacyProof(t.Context(), b, aKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := documents.New(t.Context(), b, aKey(t, 2)); err == nil {
		t.Error("another key is taken")
	}
	both := storeOf(t, b, 2, 1)
	if done, err := both.Rekey(t.Context(), false, nil); err != nil || !done.Retired {
		t.Errorf("%+v, %v", done, err)
	}
	if there, _ := b.Exists(t.Context(), legacy); there {
		t.Error("the old proof is still there")
	}
	storeOf(t, b, 2)
}

func TestDamagedDocumentsKeepTheOldKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openDir(t, dir)
	put(t, storeOf(t, b, 1), "d1", pdf("x"))
	path := filepath.Join(dir, "d1", "content")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := append(bytes.Clone(before), "more"...)
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	both := storeOf(t, b, 2, 1)
	done, err := both.Rekey(t.Context(), false, nil)
	if err != nil || done.Retired || len(done.Damaged) != 1 || done.Damaged[0] != "d1/content" {
		t.Errorf("%+v, %v; want d1/content damaged and the old key kept", done, err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(after, broken) {
		t.Error("what is damaged was touched")
	}
	if _, err := documents.New(t.Context(), b, aKey(t, 2)); err == nil {
		t.Error("the old key is no longer asked for, though something still needs it")
	}
	if err := os.WriteFile(path, before, 0o600); err != nil { // from the backup
		t.Fatal(err)
	}
	if done, err := both.Rekey(t.Context(), false, nil); err != nil || !done.Retired {
		t.Errorf("after it was restored: %+v, %v", done, err)
	}
}

func TestRekeyGoesOnWhereItWasBrokenOff(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir())
	old := storeOf(t, b, 1)
	for _, id := range []string{"a", "b", "c"} {
		put(t, old, id, pdf(id))
	}
	both := storeOf(t, b, 2, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done, err := both.Rekey(ctx, false, func(r documents.Rekeying) {
		if r.Seen == 3 {
			stop()
		}
	})
	if err == nil || done.Changed != 3 {
		t.Errorf("%+v, %v; want it broken off after 3", done, err)
	}
	if done, err = both.Rekey(t.Context(), false, nil); err != nil || done.Changed != 3 || !done.Retired {
		t.Errorf("%+v, %v; want the other 3", done, err)
	}
	for _, id := range []string{"a", "b", "c"} {
		if got, _, err := read(t, storeOf(t, b, 2), id); err != nil || !bytes.Equal(got, pdf(id)) {
			t.Errorf("%s: %q, %v", id, got, err)
		}
	}
}

func TestRekeyRevivesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := openDir(t, dir)
	put(t, storeOf(t, b, 1), "d1", pdf("x"))
	if err := os.Remove(filepath.Join(dir, "d1", "info")); err != nil { // as Delete begins
		t.Fatal(err)
	}
	both := storeOf(t, b, 2, 1)
	if _, err := both.Rekey(t.Context(), false, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := both.Open(t.Context(), "d1"); !errors.Is(err, documents.ErrNotFound) {
		t.Errorf("Open = %v", err)
	}
	if there, _ := b.Exists(t.Context(), "d1/content"); there {
		t.Error("the content of a deleted document is there again")
	}
}
