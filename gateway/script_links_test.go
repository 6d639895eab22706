package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"jiebao/gateway/api"
)

// linkCommands are what whoever has a link to a document does with the latest
// one, in scripts:
//
//	fetch STATUS SEED [RANGE]  gets the photo of the seed, or of a range of its bytes, and shows no key
//	header NAME REGEXP...      the answer's header matches each
//	altered STATUS             tries the link with each of its characters changed
func linkCommands() map[string]func(*script) {
	return map[string]func(*script){"fetch": (*script).fetch, "header": (*script).header, "altered": (*script).altered}
}

// link is one to a document, and what it last answered.
type link struct {
	path   string // the gateway has another port after a restart
	header http.Header
}

// linked keeps the link that the API's last answer holds.
func (s *script) linked() {
	var made api.DocumentLink
	s.Check(json.Unmarshal([]byte(s.w.last), &made))
	u, err := url.Parse(made.URL)
	s.Check(err)
	s.w.link = link{path: u.Path}
}

func (s *script) fetch() {
	header := http.Header{}
	if len(s.args) > 2 {
		header.Set("Range", s.args[2])
	}
	code, err := s.follows(s.w.link.path, header)
	s.Check(err)
	s.status(code, s.arg(0))
	photo := s.photoOf(s.arg(1))
	switch code {
	case http.StatusOK:
	case http.StatusPartialContent:
		photo = s.part(photo, s.w.link.header.Get("Content-Range"))
	default:
		return
	}
	if s.w.last != string(photo) {
		s.Fatalf("the link leads to %d bytes which are not those of the photo %s", len(s.w.last), s.arg(1))
	}
}

// follows follows a link as a program does that knows nothing but it.
func (s *script) follows(path string, header http.Header) (int, error) {
	code, got, err := s.w.exchange(&http.Client{Timeout: patient}, http.MethodGet, path, header, "")
	s.w.link.header = got
	return code, err
}

var contentRange = regexp.MustCompile(`^bytes (\d+)-(\d+)/(\d+)$`)

func (s *script) part(whole []byte, said string) []byte {
	m := contentRange.FindStringSubmatch(said)
	if m == nil || m[3] != strconv.Itoa(len(whole)) {
		s.Fatalf("Content-Range is %q, of %d bytes", said, len(whole))
	}
	first, err := strconv.Atoi(m[1])
	s.Check(err)
	last, err := strconv.Atoi(m[2])
	s.Check(err)
	return whole[first : last+1]
}

func (s *script) header() {
	s.match(s.arg(0), strings.Join(s.w.link.header.Values(s.arg(0)), ", "), s.args[1:])
}

func (s *script) altered() {
	start := len(api.DocumentPath)
	for i := range len(s.w.link.path) - start {
		path := []byte(s.w.link.path)
		was := path[start+i]
		path[start+i] = 'A'
		if was == 'A' {
			path[start+i] = 'B'
		}
		code, err := s.follows(string(path), nil)
		s.Check(err)
		s.status(code, s.arg(0))
	}
	for _, path := range []string{api.DocumentPath + "x", s.w.link.path + "A", strings.TrimRight(s.w.link.path, s.w.link.path[len(s.w.link.path)-1:])} {
		code, err := s.follows(path, nil)
		s.Check(err)
		s.status(code, s.arg(0))
	}
}
