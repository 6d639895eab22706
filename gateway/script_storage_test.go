package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/config"
)

// storageCommands are what happens to candidates' documents where the EHR
// keeps them itself, in scripts:
//
//	storage STATUS                       the EHR's storage answers STATUS from now on; 204: it works. The first such line
//	                                     tells the gateway of it, the others see to it that it was asked while it refused
//	stored SEED...                       it holds the photos of these seeds, in this order, byte for byte, and no other
//	documents CANDIDATE REGEXP...        the API's list of the candidate's documents comes to match each
//	document VERB CANDIDATE NUMBER STATUS  ask for a link to the document, or push it: the first has the number 1
func storageCommands() map[string]func(*script) {
	return map[string]func(*script){
		"storage": (*script).storage, "stored": (*script).stored,
		"documents": (*script).documents, "document": (*script).document,
	}
}

// storage is the EHR's own. What it takes has a signature that holds and the
// hash that the signature is about.
type storage struct {
	server *httptest.Server
	w      *world
	verify *standardwebhooks.Webhook

	mu     sync.Mutex
	status int
	asked  int // since it was told what to answer
	names  []string
	files  map[string][]byte
	puts   map[string]int // how often each file came
	wrong  []string
	// answer, if set, answers in its own way for the nth file that is taken.
	answer func(rw http.ResponseWriter, r *http.Request, nth int)
}

func newStorage(w *world) (*storage, error) {
	verify, err := standardwebhooks.NewWebhook(webhookSecret)
	st := &storage{w: w, verify: verify, status: http.StatusNoContent, files: map[string][]byte{}, puts: map[string]int{}}
	st.server = httptest.NewServer(st)
	return st, err
}

func (st *storage) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err == nil {
		err = st.genuine(r, content)
	}
	switch status, nth := st.take(path.Base(r.URL.Path), content, err); {
	case nth > 0 && st.answer != nil:
		st.answer(rw, r, nth)
	default:
		rw.WriteHeader(status)
	}
}

// take keeps a file, unless it is told not to, and says which one it is if it is
// new.
func (st *storage) take(name string, content []byte, err error) (status, nth int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if err != nil {
		st.wrong = append(st.wrong, err.Error())
		return http.StatusBadRequest, 0
	}
	st.asked++
	if st.status != http.StatusNoContent {
		return st.status, 0
	}
	st.puts[name]++
	if _, again := st.files[name]; !again {
		st.names = append(st.names, name)
		nth = len(st.names)
	}
	st.files[name] = content
	return http.StatusNoContent, nth
}

// genuine is what the API's reference asks the EHR to see to. The library's own
// look at the timestamp is at the machine's clock.
func (st *storage) genuine(r *http.Request, content []byte) error {
	said := []byte(r.Header.Get("Jiebao-Document"))
	if err := st.verify.VerifyIgnoringTimestamp(said, r.Header); err != nil {
		return err
	}
	seconds, err := strconv.ParseInt(r.Header.Get("Webhook-Timestamp"), 10, 64)
	if age := st.w.clock.Now().Sub(time.Unix(seconds, 0)); err != nil || age.Abs() > 5*time.Minute {
		return fmt.Errorf("signed %s ago: %w", age, err)
	}
	var file struct {
		ID, MIME, SHA256, Scan string
		Candidate              string `json:"candidate_id"`
		Size                   int
	}
	if err := json.Unmarshal(said, &file); err != nil {
		return err
	}
	sum := sha256.Sum256(content)
	if r.Method != http.MethodPut || file.ID != path.Base(r.URL.Path) || file.ID != r.Header.Get("Webhook-Id") ||
		file.SHA256 != hex.EncodeToString(sum[:]) || file.Size != len(content) || file.MIME != r.Header.Get("Content-Type") || file.Candidate == "" {
		return fmt.Errorf("%s %s with %d bytes of hash %x is not what was signed: %s", r.Method, r.URL.Path, len(content), sum, said)
	}
	return nil
}

func (s *script) storage() {
	st := s.w.storage
	if st == nil {
		var err error
		st, err = newStorage(s.w)
		s.Check(err)
		s.Defer(st.server.Close)
		s.w.storage = st
		s.w.cfg.EHR.Documents.URL, s.w.cfg.EHR.Documents.Secret = st.server.URL+"/documents", config.NewSecret(webhookSecret)
		s.restart()
	}
	status, err := strconv.Atoi(s.arg(0))
	s.Check(err)
	s.settle()
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.status != http.StatusNoContent && st.asked == 0 {
		s.Fatalf("the storage was to answer %d, and was not asked", st.status)
	}
	st.status, st.asked = status, 0
}

func (s *script) stored() {
	st := s.w.storage
	s.eventually(fmt.Sprintf("the storage holds %d files", len(s.args)), func() bool {
		st.mu.Lock()
		defer st.mu.Unlock()
		if len(st.wrong) > 0 {
			s.Fatalf("the storage refuses: %s", st.wrong)
		}
		return len(st.names) == len(s.args)
	})
	st.mu.Lock()
	defer st.mu.Unlock()
	for i, seed := range s.args {
		if !slices.Equal(st.files[st.names[i]], s.photoOf(seed)) {
			s.Fatalf("%s is not the photo %s", st.names[i], seed)
		}
	}
}

func (s *script) documents() {
	for _, pattern := range s.args[1:] {
		want := matcher(pattern)
		s.eventually("the list of documents matches "+pattern, func() bool {
			code, err := s.w.call(http.MethodGet, "/v1/candidates/"+s.arg(0)+"/documents", asEHR, "")
			s.Check(err)
			if code == http.StatusTooManyRequests { // by the script's clock, which stands still meanwhile
				s.w.clock.Advance(50 * time.Millisecond)
				return false
			}
			s.status(code, "200")
			return want.MatchString(s.w.last)
		})
	}
}

func (s *script) document() {
	code, err := s.w.call(http.MethodGet, "/v1/candidates/"+s.arg(1)+"/documents", asEHR, "")
	s.Check(err)
	s.status(code, "200")
	var list struct{ Documents []struct{ ID string } }
	s.Check(json.Unmarshal([]byte(s.w.last), &list))
	number, err := strconv.Atoi(s.arg(2))
	s.Check(err)
	if number > len(list.Documents) {
		s.Fatalf("the list has no document %d: %s", number, s.w.last)
	}
	code, err = s.w.call(http.MethodPost, "/v1/documents/"+list.Documents[number-1].ID+"/"+s.arg(0), asEHR, "")
	s.Check(err)
	s.status(code, s.arg(3))
	if s.arg(0) == "link" && code == http.StatusOK {
		s.linked()
	}
}
