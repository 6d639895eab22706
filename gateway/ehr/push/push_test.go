package push_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/ehr/push"
	"jiebao/gateway/ehr/wire"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// put is one file as an EHR's storage saw it.
type put struct {
	path   string
	header http.Header
	body   []byte
}

// storage answers with what its script says, once it has read the file.
type storage struct {
	*httptest.Server
	mu   sync.Mutex
	puts []put
}

func newStorage(t *testing.T, answer http.HandlerFunc) *storage {
	t.Helper()
	s := &storage{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil || r.Method != http.MethodPut {
			t.Errorf("%s: %v", r.Method, err)
		}
		s.mu.Lock()
		s.puts = append(s.puts, put{r.URL.RequestURI(), r.Header.Clone(), b})
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *storage) seen() []put {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.puts
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func open(t *testing.T, url string, timeout time.Duration) *push.Storage {
	t.Helper()
	s, err := push.New(wire.Settings{
		URL: url, Secrets: []wire.Secret{{ID: "s1", Value: wire.Hide(secret)}}, Timeout: wire.Duration(timeout),
	}, nil, clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

var content = bytes.Repeat([]byte("%PDF-1.7 "), 100_000)

func parcel() outbox.Parcel {
	sum := sha256.Sum256(content)
	return outbox.Parcel{Candidate: "C-2026/815 王", Result: "R-1", Document: conversations.Document{
		ID: "cnv9-d1", Item: "毕业证", MIME: "application/pdf", Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Scan: "clean",
	}}
}

func TestFilesArriveWholeAndSigned(t *testing.T) {
	t.Parallel()
	s := newStorage(t, status(http.StatusNoContent))
	for range 2 {
		if err := open(t, s.URL+"/in?tenant=7", 0).Put(t.Context(), parcel(), bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	verifier, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range s.seen() {
		if p.path != "/in/cnv9-d1?tenant=7" || !bytes.Equal(p.body, content) {
			t.Errorf("%d bytes at %s", len(p.body), p.path)
		}
		said := p.header.Get("jiebao-document")
		if err := verifier.Verify([]byte(said), p.header); err != nil {
			t.Error(err)
		}
		var got push.Statement
		if err := json.Unmarshal([]byte(said), &got); err != nil {
			t.Fatal(err)
		}
		want := push.Statement{
			ID: "cnv9-d1", Candidate: "C-2026/815 王", Result: "R-1", Item: "毕业证", MIME: "application/pdf",
			Size: int64(len(content)), SHA256: parcel().SHA256, Scan: "clean",
		}
		if got != want {
			t.Errorf("it says %+v, want %+v", got, want)
		}
		for name, want := range map[string]string{
			"Content-Type": "application/pdf", "Webhook-Id": "cnv9-d1", "Jiebao-Candidate": "C-2026%2F815%20%E7%8E%8B", "Jiebao-Item": "%E6%AF%95%E4%B8%9A%E8%AF%81",
			"Jiebao-Scan": "clean", "Content-Length": "900000",
		} {
			if p.header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, p.header.Get(name), want)
			}
		}
		if !strings.HasPrefix(p.header.Get("Repr-Digest"), "sha-256=:") {
			t.Errorf("Repr-Digest is %q", p.header.Get("Repr-Digest"))
		}
	}
}

func TestRefusalsAreTold(t *testing.T) {
	t.Parallel()
	for code, want := range map[int]conversations.Reason{
		500: conversations.Temporary, 404: conversations.Temporary, 302: conversations.Temporary, 401: conversations.Credentials, 403: conversations.Credentials,
		413: conversations.BadContent, 422: conversations.BadContent, 429: conversations.Throttled,
	} {
		s := newStorage(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(code)
			io.WriteString(w, "not for C-2026/815")
		})
		err := open(t, s.URL, 0).Put(t.Context(), parcel(), bytes.NewReader(content))
		var se *conversations.SendError
		if !errors.As(err, &se) || se.Reason != want || code == 429 && se.RetryAfter != 7*time.Second {
			t.Errorf("%d: %v, want %s", code, err, want)
		}
	}
}

// TestLostAnswers: whether the storage took the file or not, it gets it again.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	for name, answer := range map[string]http.HandlerFunc{
		"it answers too late": func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-release:
			case <-r.Context().Done():
			}
		},
		"it hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s := newStorage(t, answer)
		err := open(t, s.URL, 200*time.Millisecond).Put(t.Context(), parcel(), bytes.NewReader(content))
		var se *conversations.SendError
		if !errors.As(err, &se) || se.Reason != conversations.Temporary || strings.Contains(err.Error(), s.URL) {
			t.Errorf("%s: %v", name, err)
		}
	}
	close(release)
}

// TestEarlyRefusal: the content is let go of when Put returns, though the
// storage answered before it had read it.
func TestEarlyRefusal(t *testing.T) {
	t.Parallel()
	early := httptest.NewServer(status(http.StatusRequestEntityTooLarge))
	t.Cleanup(early.Close)
	for range 20 {
		r := &exclusive{Reader: io.LimitReader(zeros{}, 8<<20)}
		p := parcel()
		p.Size = 8 << 20
		if err := open(t, early.URL, 0).Put(t.Context(), p, r); err == nil {
			t.Error("it is taken")
		}
		r.over = true // the race detector tells of a read that goes on
	}
}

type exclusive struct {
	io.Reader
	over bool
}

func (e *exclusive) Read(p []byte) (int, error) {
	if e.over {
		return 0, errors.New("read after the end")
	}
	return e.Reader.Read(p)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestPeerVerifies lets the Standard Webhooks project's own JavaScript library
// judge what is said of a file.
func TestPeerVerifies(t *testing.T) {
	t.Parallel()
	const peers = "../peers"
	node := testenv.Node(t, peers)
	s := newStorage(t, status(http.StatusCreated))
	if err := open(t, s.URL, 0).Put(t.Context(), parcel(), bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	type delivery struct {
		Secret  string            `json:"secret"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	headers := map[string]string{}
	h := s.seen()[0].header
	for _, name := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
		headers[name] = h.Get(name)
	}
	said := h.Get("jiebao-document")
	in, err := json.Marshal([]delivery{{secret, headers, said}, {secret, headers, strings.Replace(said, "clean", "dirty", 1)}})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "verify.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = peers, bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running verify.mjs: %v", err)
	}
	var verdicts []string
	if err := json.Unmarshal(out, &verdicts); err != nil {
		t.Fatal(err)
	}
	if want := []string{"cnv9-d1", "refused"}; !reflect.DeepEqual(verdicts, want) {
		t.Errorf("the peer says %q, want %q", verdicts, want)
	}
}
