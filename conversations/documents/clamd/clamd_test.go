package clamd

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"jiebao/conversations/documents/clamd/clamdsim"
)

const virus = `X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

func daemon(t *testing.T) (*clamdsim.Daemon, *Client) {
	t.Helper()
	d, err := clamdsim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	c, err := New(d.URL())
	if err != nil {
		t.Fatal(err)
	}
	return d, c
}

func TestScan(t *testing.T) {
	t.Parallel()
	d, c := daemon(t)
	long := strings.Repeat("0123456789abcdef", 20_000)
	for name, want := range map[string]struct{ file, signature string }{
		"nothing":           {"", ""},
		"words":             {"words", ""},
		"many chunks":       {long, ""},
		"a virus":           {virus, "Eicar-Test-Signature"},
		"at the end of all": {long + virus, "Eicar-Test-Signature"},
	} {
		got, err := c.Scan(t.Context(), iotest.HalfReader(strings.NewReader(want.file)))
		if err != nil || got != want.signature {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	d.Limit(100_000)
	if _, err := c.Scan(t.Context(), strings.NewReader(long)); !errors.Is(err, ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	for _, answer := range []string{"stream:  FOUND", "stream: Can't allocate memory ERROR", "OK", "\n", strings.Repeat("x", 10_000)} {
		d.Answer(answer)
		if got, err := c.Scan(t.Context(), strings.NewReader("x")); err == nil {
			t.Errorf("%.40q is taken for %q", answer, got)
		}
	}
}

func TestScanOverUnixSocket(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "clamd"))
	if err != nil {
		t.Fatal(err)
	}
	d := clamdsim.Serve(l)
	t.Cleanup(d.Close)
	c, err := New(d.URL())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Scan(t.Context(), strings.NewReader(virus)); err != nil || got == "" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestNobodyKnows(t *testing.T) {
	t.Parallel()
	d, c := daemon(t)
	broken := errors.New("broken")
	if _, err := c.Scan(t.Context(), iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a file that cannot be read: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Scan(ended, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	d.Close()
	if got, err := c.Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Errorf("a daemon that is away: %q", got)
	}
}

func TestAnAnswerToAPart(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if got, err := settle([]byte("stream: OK"), broken); !errors.Is(err, broken) {
		t.Errorf("nothing was found in a part: %q, %v", got, err)
	}
	if got, err := settle([]byte("stream: Eicar-Test-Signature FOUND"), broken); err != nil || got != "Eicar-Test-Signature" {
		t.Errorf("something was found in a part: %q, %v", got, err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "127.0.0.1:3310", "tcp://127.0.0.1", "unix://run/clamd", "http://127.0.0.1:3310", "tcp://h:1/x"} {
		if _, err := New(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{"stream: OK", "stream: Eicar-Test-Signature FOUND", "INSTREAM size limit exceeded. ERROR", "stream: OK FOUND", "", "stream: "} {
		f.Add([]byte(seed + "\x00"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		answer, err := read(iotest.OneByteReader(strings.NewReader(string(b))))
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		got, err := parse(answer)
		if err == nil && got == "" && strings.TrimSpace(string(answer)) != "stream: OK" {
			t.Errorf("%q is taken for clean", b)
		}
	})
}
