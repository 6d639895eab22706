package daily_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/conversations/relay"
	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr/daily"
)

var zone = time.FixedZone("CST", 8*3600)

func day(d, hour int) time.Time { return time.Date(2026, 6, d, hour, 0, 0, 0, zone) }

// journal is a feed.
type journal []relay.Record

func (j *journal) add(n int, at time.Time) {
	for range n {
		position := int64(len(*j))*3 + 5 // with gaps
		*j = append(*j, relay.Record{Position: position, At: at, Body: json.RawMessage(fmt.Sprintf(`{"n": %d,  "text": "好\n的"}`, position))})
	}
}

func (j *journal) read(_ context.Context, after int64, limit int) (some []relay.Record, err error) {
	for _, r := range *j {
		if r.Position > after && len(some) < limit {
			some = append(some, r)
		}
	}
	return some, nil
}

func signer(t *testing.T, secrets ...string) *daily.Signer {
	t.Helper()
	var all [][]byte
	for _, s := range secrets {
		all = append(all, []byte(s))
	}
	s, err := daily.NewSigner(all...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	key      = "a key of thirty-two bytes, or so"
	otherKey = "another key of thirty-two bytes."
)

func newWriter(t *testing.T) (*daily.Writer, *journal) {
	j := &journal{}
	return &daily.Writer{Dir: filepath.Join(t.TempDir(), "out"), Endpoint: "archive", At: 2 * time.Hour, Zone: zone, Signer: signer(t, key), Read: j.read}, j
}

func write(t *testing.T, w *daily.Writer, now, next time.Time) {
	t.Helper()
	got, err := w.Write(t.Context(), now)
	if err != nil || !got.Equal(next) {
		t.Fatalf("writing at %s: next %s, want %s (%v)", now, got, next, err)
	}
}

// verified checks a day and returns its manifest.
func verified(t *testing.T, w *daily.Writer, s *daily.Signer, name string) daily.Manifest {
	t.Helper()
	m, err := s.Verify(filepath.Join(w.Dir, name))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func TestEveryDayHasItsFile(t *testing.T) {
	t.Parallel()
	w, j := newWriter(t)
	j.add(1200, day(20, 10))
	j.add(2, day(21, 1)) // still of the 20th, whose day ends at two
	write(t, w, day(21, 1), day(21, 2))
	if files, _ := filepath.Glob(w.Dir + "/*.jsonl"); len(files) != 0 {
		t.Fatalf("before the day is over there are %v", files)
	}
	j.add(3, day(21, 2))
	write(t, w, day(21, 2), day(22, 2))
	write(t, w, day(21, 5), day(22, 2))
	j.add(4, day(24, 9))
	write(t, w, day(25, 3), day(26, 2)) // after three days without power
	s := signer(t, key)
	upto := int64(0)
	for name, events := range map[string]int{
		"archive-2026-06-20.jsonl": 1202, "archive-2026-06-21.manifest.json": 3, "archive-2026-06-22.jsonl": 0,
		"archive-2026-06-23.jsonl": 0, "archive-2026-06-24.manifest.json.sig": 4,
	} {
		m := verified(t, w, s, name)
		if m.Events != events || !strings.Contains(name, m.Day) {
			t.Errorf("%s has %d events of %s, want %d", name, m.Events, m.Day, events)
		}
		upto = max(upto, m.Upto)
	}
	if last := (*j)[len(*j)-1].Position; upto != last {
		t.Errorf("the files end at %d, the feed at %d", upto, last)
	}
	lines, err := os.ReadFile(filepath.Join(w.Dir, "archive-2026-06-24.jsonl"))
	if err != nil || !bytes.HasPrefix(lines, []byte(`{"n":3620,"text":"好\n的"}`+"\n")) {
		t.Errorf("%s (%v)", lines, err)
	}
	entries, _ := os.ReadDir(w.Dir)
	if len(entries) != 5*3+1 {
		t.Errorf("there are %d files", len(entries))
	}
}

func TestWhatWasChangedIsSeen(t *testing.T) {
	t.Parallel()
	w, j := newWriter(t)
	j.add(3, day(20, 10))
	j.add(3, day(21, 10))
	write(t, w, day(23, 3), day(24, 2))
	s := signer(t, key)
	file, manifest := "archive-2026-06-21.jsonl", "archive-2026-06-21.manifest.json"
	verified(t, w, s, file)
	if _, err := signer(t, otherKey).Verify(filepath.Join(w.Dir, file)); err == nil || !strings.Contains(err.Error(), "another key") {
		t.Errorf("with another key: %v", err)
	}
	verified(t, w, signer(t, otherKey, key), file) // while the key is changed
	change := func(name string, to func([]byte) []byte) (back func()) {
		path := filepath.Join(w.Dir, name)
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, to(bytes.Clone(before)), 0o600); err != nil {
			t.Fatal(err)
		}
		return func() { os.WriteFile(path, before, 0o600) }
	}
	shorter := func(b []byte) []byte { return b[:len(b)-2] }
	other := func(b []byte) []byte { b[8]++; return b }
	for name, to := range map[string]func([]byte) []byte{file: other, manifest: other, manifest + ".sig": other, "archive-2026-06-20.manifest.json": shorter} {
		back := change(name, to)
		if _, err := s.Verify(filepath.Join(w.Dir, file)); err == nil {
			t.Errorf("%s was changed, and nobody saw", name)
		}
		back()
	}
	defer change(file, func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] })()
	if _, err := s.Verify(filepath.Join(w.Dir, file)); err == nil || !strings.Contains(err.Error(), "2 events") {
		t.Errorf("without its first event: %v", err)
	}
}

func TestNothingGoesOnBehindADamagedManifest(t *testing.T) {
	t.Parallel()
	w, j := newWriter(t)
	j.add(1, day(20, 10))
	write(t, w, day(21, 3), day(22, 2))
	if err := os.WriteFile(filepath.Join(w.Dir, "archive-2026-06-20.manifest.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(t.Context(), day(22, 3)); err == nil || !strings.Contains(err.Error(), "newest manifest") {
		t.Errorf("%v", err)
	}
}

func TestABrokenOffDayIsWrittenAgain(t *testing.T) {
	t.Parallel()
	w, j := newWriter(t)
	j.add(1, day(20, 10))
	whole := w.Read
	calls := 0
	w.Read = func(ctx context.Context, after int64, limit int) ([]relay.Record, error) {
		if calls++; calls > 1 {
			return nil, errors.New("the database is away")
		}
		return whole(ctx, after, limit)
	}
	if _, err := w.Write(t.Context(), day(21, 3)); err == nil {
		t.Fatal("no error")
	}
	if entries, _ := os.ReadDir(w.Dir); len(entries) != 1 { // the key
		t.Errorf("it left %v", entries)
	}
	w.Read = whole
	write(t, w, day(21, 3), day(22, 2))
	verified(t, w, signer(t, key), "archive-2026-06-20.jsonl")
}

// TestOpenSSLAgrees has the signature checked as banks would that have no
// Jiebao.
func TestOpenSSLAgrees(t *testing.T) {
	t.Parallel()
	openssl := testenv.OpenSSL(t)
	w, j := newWriter(t)
	j.add(1, day(20, 10))
	write(t, w, day(21, 3), day(22, 2))
	manifest := "archive-2026-06-20.manifest.json"
	check := func(key string) error {
		cmd := exec.CommandContext(t.Context(), openssl, "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-in", manifest, "-sigfile", manifest+".sig")
		cmd.Dir = w.Dir
		return cmd.Run()
	}
	if err := check("archive.public-key.pem"); err != nil {
		t.Errorf("openssl refuses the signature: %v", err)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "other.pem"), signer(t, otherKey).PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := check("other.pem"); err == nil {
		t.Error("openssl believes another key")
	}
	handed, err := daily.ReadKey(signer(t, key).PEM())
	if err != nil {
		t.Fatal(err)
	}
	verified(t, w, handed, manifest)
}

func FuzzParse(f *testing.F) {
	s, err := daily.NewSigner([]byte(key))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"format":"jiebao.daily/1"}`), make([]byte, 64))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, text, signature []byte) {
		if _, err := s.Parse(text, signature); err == nil {
			t.Error("it believes what nobody signed")
		}
	})
}
