package documents_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"jiebao/conversations/documents"
)

func TestSeekable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, openDir(t, dir))
	long := pdf(strings.Repeat("0123456789", 20_000))
	put(t, s, "d1", long)
	r, err := s.Seekable(t.Context(), "d1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := iotest.TestReader(r, long); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"d2", "../d1", ""} {
		if _, err := s.Seekable(t.Context(), id); !errors.Is(err, documents.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	path := filepath.Join(dir, "d1", "content")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Clone(b[:2*(64<<10)]), 0o600); err != nil {
		t.Fatal(err)
	}
	cut, err := s.Seekable(t.Context(), "d1")
	if err != nil {
		t.Fatal(err)
	}
	defer cut.Close()
	if _, err := cut.Seek(-10, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := cut.Read(make([]byte, 10)); !errors.Is(err, documents.ErrDamaged) {
		t.Errorf("behind where it is cut off: %v", err)
	}
}
