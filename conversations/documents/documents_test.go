package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"jiebao/conversations/documents"
)

func aKey(t *testing.T, fill byte) documents.Key {
	t.Helper()
	k, err := documents.ParseKey(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func openDir(t *testing.T, dir string) *blob.Bucket {
	t.Helper()
	b, err := documents.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func newStore(t *testing.T, b *blob.Bucket) *documents.Store {
	t.Helper()
	s, err := documents.New(t.Context(), b, aKey(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, s *documents.Store, id string) ([]byte, documents.Info, error) {
	t.Helper()
	r, info, err := s.Open(t.Context(), id)
	if err != nil {
		return nil, info, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return b, info, err
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, bucket := range map[string]func(*testing.T) *blob.Bucket{
		"folder": func(t *testing.T) *blob.Bucket { return openDir(t, t.TempDir()) },
		"memory": func(*testing.T) *blob.Bucket { return memblob.OpenBucket(nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t, bucket(t))
			for mime, file := range samples(t) {
				id := "cnv_1-d" + filepath.Base(mime)
				sum := sha256.Sum256(file)
				want := documents.Info{MIME: mime, Size: int64(len(file)), SHA256: hex.EncodeToString(sum[:]), Scan: documents.NotScanned}
				put, err := s.Put(t.Context(), id, iotest.OneByteReader(bytes.NewReader(file)), documents.Limits{})
				if err != nil || put != want {
					t.Errorf("%s: Put = %+v, %v, want %+v", mime, put, err, want)
					continue
				}
				got, info, err := read(t, s, id)
				if err != nil || !bytes.Equal(got, file) || info != want {
					t.Errorf("%s: read %d bytes, %+v, %v", mime, len(got), info, err)
				}
			}
		})
	}
}

func TestNothingIsStoredInTheClear(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, openDir(t, dir))
	if _, err := s.Put(t.Context(), "d1", bytes.NewReader(pdf("身份证 110101199003078888")), documents.Limits{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range files(t, dir) {
		path := filepath.Join(dir, name)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, private := range []string{"110101", "%PDF", "application/pdf", "encrypted with this key"} {
			if bytes.Contains(b, []byte(private)) {
				t.Errorf("%s holds %q", name, private)
			}
		}
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	photo := samples(t)["image/jpeg"]
	big, webp := samples(t)["image/png"], samples(t)["image/webp"]
	for name, c := range map[string]struct {
		file   []byte
		limits documents.Limits
		want   documents.Reason
	}{
		"nothing":            {nil, documents.Limits{}, documents.Unreadable},
		"a page":             {[]byte("<!DOCTYPE html><script>alert(1)</script>"), documents.Limits{}, documents.WrongType},
		"a platform's error": {[]byte(`{"errcode":40007,"errmsg":"invalid media_id"}`), documents.Limits{}, documents.WrongType},
		"a program":          {append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 5000)...), documents.Limits{}, documents.WrongType},
		"an animation":       {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), documents.Limits{}, documents.WrongType},
		"words":              {[]byte("你好"), documents.Limits{}, documents.WrongType},
		"an archive":         {[]byte("PK\x03\x04rest of it"), documents.Limits{}, documents.WrongType},
		"a drawing":          {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), documents.Limits{}, documents.WrongType},
		"a stub of a photo":  {photo[:20], documents.Limits{}, documents.Unreadable},
		"a stub of a png":    {big[:12], documents.Limits{}, documents.Unreadable},
		"a cut-off PDF":      {pdf("")[:60], documents.Limits{}, documents.Unreadable},
		"a cut-off photo":    {photo[:len(photo)-40], documents.Limits{}, documents.Unreadable},
		"a cut-off png":      {big[:len(big)-20], documents.Limits{}, documents.Unreadable},
		"a cut-off webp":     {webp[:len(webp)-1], documents.Limits{}, documents.Unreadable},
		"a cut-off HEIC":     {heic(64, 48)[:5000], documents.Limits{}, documents.Unreadable},
		"a page and a PDF":   {append([]byte("<html><!-- "), pdf("")...), documents.Limits{}, documents.WrongType},
		"a PDF with a password": {
			bytes.Replace(pdf(""), []byte("<< /Root"), []byte("<< /Encrypt 5 0 R /Root"), 1), documents.Limits{}, documents.Encrypted,
		},
		"a HEIC without image": {heic(), documents.Limits{}, documents.Unreadable},
		"too many bytes":       {photo, documents.Limits{Size: int64(len(photo)) - 1}, documents.TooLarge},
		"too many pixels":      {photo, documents.Limits{Pixels: 64*48 - 1}, documents.TooLarge},
		"a bomb":               {heic(1<<32-1, 1<<32-1), documents.Limits{}, documents.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newStore(t, openDir(t, dir))
			_, err := s.Put(t.Context(), "d1", bytes.NewReader(c.file), c.limits)
			var refused *documents.Refused
			if !errors.As(err, &refused) || refused.Reason != c.want {
				t.Fatalf("Put = %v, want %s", err, c.want)
			}
			if left := files(t, dir); len(left) != 1 || !strings.HasPrefix(left[0], "key-check-") {
				t.Errorf("it left %q behind", left)
			}
			if _, _, err := s.Open(t.Context(), "d1"); !errors.Is(err, documents.ErrNotFound) {
				t.Errorf("Open = %v, want not found", err)
			}
		})
	}
}

// TestUnusualButWhole takes what some phones and programs write.
func TestUnusualButWhole(t *testing.T) {
	t.Parallel()
	noData := heic(64, 48)
	noData = slices.Clip(noData[:bytes.LastIndex(noData, []byte("mdat"))-4])
	long := binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01mdat"), 16+100)
	for name, file := range map[string][]byte{
		"a PDF after a byte order mark": append([]byte("\xEF\xBB\xBF\r\n"), pdf("")...),
		"a HEIC with a long box":        append(append(noData, long...), make([]byte, 100)...),
		"a HEIC whose last box is open": append(noData, "\x00\x00\x00\x00mdat and so on"...),
		"a HEIC with a phone's trailer": append(heic(64, 48), "SEFHe\x00\x00\x00 and so on, SEFT"...),
	} {
		if _, err := newStore(t, memblob.OpenBucket(nil)).Put(t.Context(), "d1", bytes.NewReader(file), documents.Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	t.Parallel()
	photo := samples(t)["image/jpeg"]
	s := newStore(t, memblob.OpenBucket(nil))
	limits := documents.Limits{Size: int64(len(photo)), Pixels: 64 * 48}
	if _, err := s.Put(t.Context(), "d1", bytes.NewReader(photo), limits); err != nil {
		t.Error(err)
	}
}

// TestBrokenSource holds Put to passing on the source's error, which is not
// the document's fault and can be tried again.
func TestBrokenSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	photo := samples(t)["image/jpeg"]
	for _, n := range []int{0, 10, 200, len(photo) - 1} {
		dir := t.TempDir()
		s := newStore(t, openDir(t, dir))
		r := io.MultiReader(bytes.NewReader(photo[:n]), iotest.ErrReader(broken))
		if _, err := s.Put(t.Context(), "d1", r, documents.Limits{}); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v, want %v", n, err, broken)
		}
		if left := files(t, dir); len(left) != 1 {
			t.Errorf("after %d bytes it left %q behind", n, left)
		}
		if _, err := s.Put(t.Context(), "d1", bytes.NewReader(photo), documents.Limits{}); err != nil {
			t.Errorf("the second try: %v", err)
		}
	}
}

func TestPutIsRepeatable(t *testing.T) {
	t.Parallel()
	s := newStore(t, openDir(t, t.TempDir()))
	photo := samples(t)["image/jpeg"]
	first, err := s.Put(t.Context(), "d1", bytes.NewReader(photo), documents.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Put(t.Context(), "d1", iotest.ErrReader(errors.New("must not be read")), documents.Limits{})
	if err != nil || again != first {
		t.Errorf("Put = %+v, %v, want %+v", again, err, first)
	}
}

func TestConcurrentPuts(t *testing.T) {
	t.Parallel()
	s := newStore(t, openDir(t, t.TempDir()))
	photo := samples(t)["image/jpeg"]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := s.Put(t.Context(), "d1", bytes.NewReader(photo), documents.Limits{}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, _, err := read(t, s, "d1"); err != nil || !bytes.Equal(got, photo) {
		t.Errorf("read %d bytes, %v", len(got), err)
	}
}

func TestCancelledPutLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, openDir(t, dir))
	ctx, cancel := context.WithCancel(t.Context())
	photo := samples(t)["image/jpeg"]
	r := io.MultiReader(bytes.NewReader(photo), readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF }))
	if _, err := s.Put(ctx, "d1", r, documents.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v, want cancelled", err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("it left %q behind", left)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestDelete(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, openDir(t, dir))
	if _, err := s.Put(t.Context(), "d1", bytes.NewReader(pdf("x")), documents.Limits{}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Delete(t.Context(), "d1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.Open(t.Context(), "d1"); !errors.Is(err, documents.ErrNotFound) {
		t.Errorf("Open = %v, want not found", err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("it left %q behind", left)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	long := pdf(strings.Repeat("0123456789", 20_000)) // four segments
	for name, damage := range map[string]func(content []byte) []byte{
		"the first byte changed":       func(b []byte) []byte { b[0] ^= 1; return b },
		"a byte of the salt changed":   func(b []byte) []byte { b[20] ^= 1; return b },
		"a byte in between changed":    func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"the last byte changed":        func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"the last byte lost":           func(b []byte) []byte { return b[:len(b)-1] },
		"cut after a segment":          func(b []byte) []byte { return b[:2*(64<<10)] },
		"cut within the first":         func(b []byte) []byte { return b[:100] },
		"emptied":                      func([]byte) []byte { return nil },
		"something appended":           func(b []byte) []byte { return append(b, "more"...) },
		"two segments exchanged":       swapSegments,
		"replaced by what is in clear": func([]byte) []byte { return long },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := newStore(t, openDir(t, dir))
			if _, err := s.Put(t.Context(), "d1", bytes.NewReader(long), documents.Limits{}); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "d1", "content")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			got, _, err := read(t, s, "d1")
			if !errors.Is(err, documents.ErrDamaged) {
				t.Errorf("read %d of %d bytes and %v, want damaged", len(got), len(long), err)
			}
			if !bytes.HasPrefix(long, got) {
				t.Error("bytes came out that never went in")
			}
		})
	}
}

func swapSegments(b []byte) []byte {
	const n = 64 << 10
	second := bytes.Clone(b[n : 2*n])
	copy(b[n:], b[2*n:3*n])
	copy(b[2*n:], second)
	return b
}

// TestDocumentsCannotStandInForEachOther moves whole, authentic blobs.
func TestDocumentsCannotStandInForEachOther(t *testing.T) {
	t.Parallel()
	for _, move := range [][2]string{{"d1/content", "d2/content"}, {"d1/info", "d2/info"}, {"d2/info", "d2/content"}} {
		dir := t.TempDir()
		s := newStore(t, openDir(t, dir))
		for i := range 2 {
			if _, err := s.Put(t.Context(), fmt.Sprintf("d%d", i+1), bytes.NewReader(pdf("x")), documents.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(filepath.Join(dir, move[0]))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, move[1]), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := read(t, s, "d2"); !errors.Is(err, documents.ErrDamaged) {
			t.Errorf("%s as %s: %v, want damaged", move[0], move[1], err)
		}
	}
}

func TestMissingContentIsDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newStore(t, openDir(t, dir))
	if _, err := s.Put(t.Context(), "d1", bytes.NewReader(pdf("x")), documents.Limits{}); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "d1", "content")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Open(t.Context(), "d1"); !errors.Is(err, documents.ErrDamaged) {
		t.Errorf("Open = %v, want damaged", err)
	}
}

func TestAnotherKeyIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	b := openDir(t, t.TempDir())
	newStore(t, b)
	newStore(t, b)
	_, err := documents.New(t.Context(), b, aKey(t, 2))
	if err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("New = %v, want it to refuse the key", err)
	}
	if _, err := documents.New(t.Context(), b, documents.Key{}); err == nil {
		t.Error("New takes no key at all")
	}
}

func TestIDsCannotLeaveTheFolder(t *testing.T) {
	t.Parallel()
	s := newStore(t, openDir(t, t.TempDir()))
	for _, id := range []string{"", "..", "a/b", "../d1", `a\b`, "a.b", "你好", strings.Repeat("a", 201)} {
		if _, err := s.Put(t.Context(), id, bytes.NewReader(pdf("x")), documents.Limits{}); err == nil {
			t.Errorf("Put takes the id %q", id)
		}
		if _, _, err := s.Open(t.Context(), id); err == nil {
			t.Errorf("Open takes the id %q", id)
		}
		if err := s.Delete(t.Context(), id); err == nil {
			t.Errorf("Delete takes the id %q", id)
		}
	}
}

func TestOrphansOfACrashAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	now := time.Now()
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "new": 23 * time.Hour} {
		path := filepath.Join(dir, name, "content.1f.tmp")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	if err := documents.Sweep(t.Context(), dir, now); err != nil {
		t.Fatal(err)
	}
	if left := files(t, dir); len(left) != 1 || left[0] != "new/content.1f.tmp" {
		t.Errorf("left: %q", left)
	}
}
