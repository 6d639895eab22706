package documents

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func newFolder(t *testing.T) (*Store, string) {
	t.Helper()
	dir := t.TempDir()
	bucket, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bucket.Close() })
	key, err := ParseKey(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), bucket, key)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func readParts(t *testing.T, s *Store, upload string) string {
	t.Helper()
	r, err := s.OpenParts(t.Context(), "c1", upload)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

func TestPiecesBecomeOneFile(t *testing.T) {
	t.Parallel()
	s, dir := newFolder(t)
	put := func(offset int64, text string, want int64, wantErr error) {
		t.Helper()
		if n, err := s.PutPart(t.Context(), "c1", "u1", offset, 100, strings.NewReader(text)); n != want || !errors.Is(err, wantErr) {
			t.Errorf("%q at %d: %d, %v", text, offset, n, err)
		}
	}
	put(0, "the first ", 10, nil)
	put(0, "the first ", 10, ErrOffset) // again
	put(20, "too far", 10, ErrOffset)
	put(10, "", 10, nil)
	put(10, "and the second", 24, nil)
	if got := readParts(t, s, "u1"); got != "the first and the second" {
		t.Errorf("it is %q", got)
	}
	if n, err := s.PutPart(t.Context(), "c1", "u2", 0, 4, strings.NewReader("too long")); n != 4 || err != nil {
		t.Errorf("a piece beyond its bound: %d, %v", n, err)
	}
	all, err := s.Partials(t.Context(), "c1")
	if err != nil || len(all) != 2 {
		t.Errorf("under way are %v, %v", all, err)
	}
	if other, err := s.Partials(t.Context(), "c2"); err != nil || len(other) != 0 {
		t.Errorf("somebody else has %v, %v", other, err)
	}
	_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if content, _ := os.ReadFile(path); bytes.Contains(content, []byte("first")) {
			t.Errorf("%s holds the words in the clear", path)
		}
		return err
	})
	if err := s.DeleteParts(t.Context(), "c1", "u1"); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Partial(t.Context(), "c1", "u1"); err != nil || p.Size != 0 || readParts(t, s, "u2") != "too " {
		t.Errorf("after deleting: %+v, %v", p, err)
	}
}

// TestABrokenLineLosesNothing: what arrived before the line broke is there.
func TestABrokenLineLosesNothing(t *testing.T) {
	t.Parallel()
	s, _ := newFolder(t)
	lost := errors.New("the line is dead")
	r := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(lost))
	if n, err := s.PutPart(t.Context(), "c1", "u1", 0, 100, r); n != 4 || !errors.Is(err, lost) {
		t.Errorf("%d, %v", n, err)
	}
	if got := readParts(t, s, "u1"); got != "half" {
		t.Errorf("it is %q", got)
	}
}

// TestPiecesThatOverlap: a phone that gave up waiting sends the same place
// again, perhaps to another gateway, while the first is still being written.
func TestPiecesThatOverlap(t *testing.T) {
	t.Parallel()
	s, _ := newFolder(t)
	for name, text := range map[string]string{"000000000000-2": "ab", "000000000000-4": "abcd", "000000000002-1": "c", "000000000004-2": "ef", "000000000009-1": "x", "junk": "y"} {
		if err := s.write(t.Context(), partsKey("c1", "u1")+name, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	p, err := s.Partial(t.Context(), "c1", "u1")
	if got := readParts(t, s, "u1"); err != nil || p.Size != 6 || got != "abcdef" {
		t.Errorf("%d bytes, %q, %v", p.Size, got, err)
	}
}

func TestPiecesThatWereExchanged(t *testing.T) {
	t.Parallel()
	s, dir := newFolder(t)
	for _, upload := range []string{"u1", "u2"} {
		if _, err := s.PutPart(t.Context(), "c1", upload, 0, 100, strings.NewReader("four")); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, "parts", "c1")
	content, err := os.ReadFile(filepath.Join(folder, "u2", "000000000000-4"))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "u1", "000000000000-4"), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.OpenParts(t.Context(), "c1", "u1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.ReadAll(r); !errors.Is(err, ErrDamaged) {
		t.Errorf("another upload's piece: %v", err)
	}
}

func TestPiecesAreSwept(t *testing.T) {
	t.Parallel()
	s, _ := newFolder(t)
	if _, err := s.PutPart(t.Context(), "c1", "u1", 0, 100, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		after time.Duration
		left  int
	}{{time.Hour, 1}, {25 * time.Hour, 0}} {
		if err := s.SweepParts(t.Context(), time.Now().Add(tt.after)); err != nil {
			t.Error(err)
		}
		if all, err := s.Partials(t.Context(), "c1"); err != nil || len(all) != tt.left {
			t.Errorf("after %s %v is left, %v", tt.after, all, err)
		}
	}
}

func TestPiecesOfNobody(t *testing.T) {
	t.Parallel()
	s, _ := newFolder(t)
	for _, id := range []string{"", "../c2", "a/b"} {
		if _, err := s.PutPart(t.Context(), id, "u1", 0, 1, strings.NewReader("x")); err == nil {
			t.Errorf("owner %q is taken", id)
		}
		if _, err := s.PutPart(t.Context(), "c1", id, 0, 1, strings.NewReader("x")); err == nil {
			t.Errorf("upload %q is taken", id)
		}
	}
}
