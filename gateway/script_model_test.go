package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"

	"jiebao/config"
)

// modelServer is an OpenAI-compatible endpoint, after the API reference
// (Create chat completion), that says what a script tells it to.
type modelServer struct {
	*httptest.Server
	mu    sync.Mutex
	says  string
	asked []string // bodies of the requests
}

func (m *modelServer) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked = append(m.asked, string(b))
	if code, err := strconv.Atoi(m.says); err == nil {
		rw.WriteHeader(code)
		return
	}
	content, _ := json.Marshal(m.says)
	rw.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(rw, `{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop",`+
		`"message":{"role":"assistant","content":%s}}],"usage":{"total_tokens":300}}`, content)
}

// model tells the model what to say: words, or an HTTP status. The first time
// it also configures the gateway to ask it, and starts it again.
func (s *script) model() {
	if s.w.model == nil {
		s.w.model = &modelServer{}
		s.w.model.Server = httptest.NewServer(s.w.model)
		s.Defer(s.w.model.Close)
		s.w.cfg.Model.BaseURL, s.w.cfg.Model.Name = s.w.model.URL+"/v1", "m"
		s.w.cfg.Model.Key = config.NewSecret("model-key")
		s.w.cfg.Model.Timeout = patient
		s.settle() // it has started
		s.restart()
	}
	s.w.model.mu.Lock()
	defer s.w.model.mu.Unlock()
	s.w.model.says = s.arg(0)
}

// asked matches the next question that the model got, or wants that there is
// none.
func (s *script) asked() {
	s.settle()
	s.w.model.mu.Lock()
	defer s.w.model.mu.Unlock()
	if len(s.args) == 0 {
		if len(s.w.model.asked) > 0 {
			s.Fatalf("the model was asked %s", s.w.model.asked)
		}
		return
	}
	if len(s.w.model.asked) == 0 {
		s.Fatalf("the model was not asked")
	}
	question := s.w.model.asked[0]
	s.w.model.asked = s.w.model.asked[1:]
	s.match("the question", question, s.args)
}
