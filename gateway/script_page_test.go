package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// What a candidate does on the page behind a link:
//
//	file NAME TITLE           NAME sends a file in the chat, which WeChat keeps to itself
//	open NAME                 NAME opens the latest link of the chat
//	digits NAME DIGITS STATUS NAME types the last digits of a phone number
//	upload NAME ITEM STATUS KIND...  NAME uploads files: pdf, photo, fake, cut, locked or infected, and anything after it makes them differ
//	screen NAME REGEXP...     NAME's page matches each
//	own NAME BELOW            NAME goes to their own page, or to what is below it
//	choose NAME CHOICE STATUS [NOTE] NAME gives an answer on the page they look at
//	verify NAME REGEXP        somebody checks NAME's link, and is told that
func pageCommands() map[string]func(*script) {
	return map[string]func(*script){
		"file": (*script).file, "open": (*script).open, "digits": (*script).digits, "upload": (*script).upload, "screen": (*script).pageShows,
		"own": (*script).ownPage, "choose": (*script).choose, "verify": (*script).verifyLink,
	}
}

// browser is the one in a candidate's phone.
type browser struct {
	*http.Client
	path  string // of the link
	home  string // of the candidate's own page
	shown string
}

func (s *script) browser() *browser {
	p := s.phone()
	if p.browser == nil {
		jar, err := cookiejar.New(nil)
		s.Check(err)
		p.browser = &browser{Client: &http.Client{Jar: jar, Timeout: patient}}
	}
	return p.browser
}

func (s *script) file() { s.acted(s.phone().SendFile(s.arg(1), []byte("%PDF-1.7"))) }

var linkInChat = regexp.MustCompile(`(?m)^https?://\S+/c/[A-Za-z0-9_-]+$`)

func (s *script) open() {
	b := s.browser()
	for _, m := range slices.Backward(s.phone().Screen().Messages) {
		if found := linkInChat.FindString(m.Text); found != "" {
			u, err := url.Parse(found)
			s.Check(err)
			b.path = u.Path
			break
		}
	}
	if b.path == "" {
		s.Fatalf("the chat shows no link on a line of its own")
	}
	s.visit(http.MethodGet, b.path, "", nil)
}

// visit asks the gateway wherever it is now, and keeps the page.
func (s *script) visit(method, path, contentType string, body io.Reader) int {
	req, err := http.NewRequestWithContext(s.w.t.Context(), method, s.w.app.URL()+path, body)
	s.Check(err)
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	b := s.browser()
	resp, err := b.Do(req)
	s.Check(err)
	defer resp.Body.Close()
	shown, err := io.ReadAll(resp.Body)
	s.Check(err)
	b.shown = string(shown)
	if home := homeInPage.FindStringSubmatch(b.shown); home != nil {
		b.home = home[1]
	}
	return resp.StatusCode
}

func (s *script) digits() {
	form := url.Values{"digits": {s.arg(1)}}
	s.visited(s.visit(http.MethodPost, s.browser().path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())), s.arg(2))
}

func (s *script) visited(status int, want string) {
	s.w.last = s.browser().shown
	s.status(status, want)
}

func (s *script) upload() {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	s.Check(form.WriteField("item", s.arg(1)))
	for _, kind := range s.args[3:] {
		name, content := uploadedFile(kind)
		part, err := form.CreateFormFile("files", name)
		s.Check(err)
		_, err = part.Write(content)
		s.Check(err)
	}
	s.Check(form.Close())
	s.visited(s.visit(http.MethodPost, s.browser().path+"/files", form.FormDataContentType(), &body), s.arg(2))
}

// uploadedFile makes a file of a kind; equal words make equal files.
func uploadedFile(kind string) (name string, content []byte) {
	whole := pdfOf(kind)
	switch {
	case strings.HasPrefix(kind, "cut"):
		return kind + ".pdf", whole[:len(whole)/2]
	case strings.HasPrefix(kind, "locked"):
		return kind + ".pdf", bytes.Replace(whole, []byte("<< /Root"), []byte("<< /Encrypt 5 0 R /Root"), 1)
	case strings.HasPrefix(kind, "infected"):
		return kind + ".pdf", pdfOf(kind + eicar())
	case strings.HasPrefix(kind, "pdf"):
		return "../../" + kind + ".pdf", whole
	case strings.HasPrefix(kind, "photo"):
		picture := image.NewGray(image.Rect(0, 0, 64, 48))
		copy(picture.Pix, bytes.Repeat([]byte(kind), 40))
		var b bytes.Buffer
		if err := jpeg.Encode(&b, picture, nil); err != nil {
			panic(err)
		}
		return kind + ".jpg", b.Bytes()
	}
	return kind + ".pdf", []byte("MZ\x90\x00 this program cannot be run in DOS mode")
}

func pdfOf(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n% " + words + "\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
}

func (s *script) pageShows() { s.match("the page", shortened(s.browser().shown), s.args[1:]) }

var (
	homeInPage = regexp.MustCompile(`(?:href|action)="(/c/[A-Za-z0-9_-]{20,})[/"]`)
	hiddenIn   = regexp.MustCompile(`<input type="hidden" name="(shown|key)" value="([^"]*)"`)
)

func (s *script) ownPage() {
	b := s.browser()
	if b.home == "" {
		s.Fatalf("no page led to the candidate's own")
	}
	s.visit(http.MethodGet, b.home+s.arg(1), "", nil)
}

func (s *script) choose() {
	b := s.browser()
	fields := url.Values{"choice": {s.arg(1)}}
	if len(s.args) > 3 {
		fields.Set("note", s.arg(3))
	}
	for _, m := range hiddenIn.FindAllStringSubmatch(b.shown, -1) {
		fields.Set(m[1], m[2])
	}
	s.visited(s.visit(http.MethodPost, b.home+"/answer", "application/x-www-form-urlencoded", strings.NewReader(fields.Encode())), s.arg(2))
}

// verifyLink asks without the candidate's cookies.
func (s *script) verifyLink() {
	what := url.Values{"what": {s.w.app.URL() + s.browser().path}}
	resp, err := http.PostForm(s.w.app.URL()+"/verify", what)
	s.Check(err)
	defer resp.Body.Close()
	told, err := io.ReadAll(resp.Body)
	s.Check(err)
	s.match("the check", shortened(string(told)), s.args[1:])
}
