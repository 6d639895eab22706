package emailsim

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Shown is a mail as a mail program shows it.
type Shown struct {
	ID      string      `json:"id"` // its Message-ID
	Thread  string      `json:"thread,omitempty"`
	At      time.Time   `json:"at"`
	From    string      `json:"from"`
	ReplyTo string      `json:"reply_to,omitempty"`
	Subject string      `json:"subject"`
	Text    string      `json:"text"`
	HTML    string      `json:"html,omitempty"`
	Links   []Link      `json:"links,omitempty"` // those of the HTML, in order
	Invite  *Invitation `json:"invite,omitempty"`
	Files   []string    `json:"files,omitempty"` // attachments, by name
	// Unsubscribe is behind the mail program's own button, "" without one.
	Unsubscribe string      `json:"unsubscribe,omitempty"`
	Header      mail.Header `json:"header,omitempty"`
	Raw         []byte      `json:"raw,omitempty"`
}

// Link is a link with its words.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// Invitation is an entry for the calendar.
type Invitation struct {
	Method  string            `json:"method"`
	Values  map[string]string `json:"values"` // by the property's name, unescaped
	Content string            `json:"content"`
}

var words = mime.WordDecoder{}

// read takes a mail apart.
func read(raw []byte) (Shown, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Shown{}, err
	}
	header := func(name string) string {
		text, err := words.DecodeHeader(m.Header.Get(name))
		if err != nil {
			return m.Header.Get(name)
		}
		return text
	}
	s := Shown{
		ID: m.Header.Get("Message-Id"), Thread: m.Header.Get("In-Reply-To"), From: header("From"), ReplyTo: header("Reply-To"),
		Subject: header("Subject"), Header: m.Header, Raw: raw,
	}
	if s.ID == "" || s.From == "" || m.Header.Get("Date") == "" {
		return Shown{}, errors.New("the mail has no identity, sender or date")
	}
	s.Unsubscribe = strings.Trim(m.Header.Get("List-Unsubscribe"), "<> ")
	err = s.part(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body)
	return s, err
}

// part reads a part, and those within it.
func (s *Shown) part(contentType, encoding, disposition string, body io.Reader) error {
	if contentType == "" {
		contentType = "text/plain"
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("reading a part's type: %w", err)
	}
	if strings.HasPrefix(kind, "multipart/") {
		return s.parts(multipart.NewReader(body, parameters["boundary"]))
	}
	content, err := io.ReadAll(decoded(encoding, body))
	if err != nil {
		return fmt.Errorf("reading a part: %w", err)
	}
	if how, what, err := mime.ParseMediaType(disposition); err == nil && how == "attachment" {
		s.Files = append(s.Files, what["filename"])
		return nil
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch kind {
	case "text/plain":
		s.Text = text
	case "text/html":
		s.HTML, s.Links = text, links(text)
	case "text/calendar":
		s.Invite = invitation(parameters["method"], string(content))
	}
	return nil
}

func (s *Shown) parts(r *multipart.Reader) error {
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the parts: %w", err)
		}
		if err := s.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p); err != nil {
			return err
		}
	}
}

func decoded(encoding string, body io.Reader) io.Reader {
	switch strings.ToLower(encoding) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	}
	return body
}

// links are the links of a page.
func links(page string) []Link {
	var out []Link
	var open *Link
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		token := z.Token()
		switch {
		case kind == html.ErrorToken:
			return out
		case kind == html.StartTagToken && token.Data == "a":
			open = &Link{}
			for _, a := range token.Attr {
				if a.Key == "href" {
					open.URL = a.Val
				}
			}
		case kind == html.TextToken && open != nil:
			open.Text += token.Data
		case kind == html.EndTagToken && token.Data == "a" && open != nil:
			out, open = append(out, *open), nil
		}
	}
}

// invitation reads an entry's properties (RFC 5545).
func invitation(method, content string) *Invitation {
	in := &Invitation{Method: method, Values: map[string]string{}, Content: content}
	unfolded := strings.NewReplacer("\r\n ", "", "\r\n\t", "").Replace(content)
	for line := range strings.SplitSeq(unfolded, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		name, _, _ = strings.Cut(name, ";")
		if _, seen := in.Values[name]; !seen && name != "" {
			in.Values[name] = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";").Replace(value)
		}
	}
	return in
}

// PressUnsubscribe presses the mail program's own button of a mail, and
// returns what the sender's server answered. It fails for a mail without one.
func (s *Sim) PressUnsubscribe(ctx context.Context, mail Shown) (status int, err error) {
	if mail.Unsubscribe == "" {
		return 0, errors.New("the mail has no button for no more mail")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, mail.Unsubscribe, strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := s.options.Client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}

// Save returns the mailboxes as JSON.
func (s *Sim) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return json.Marshal(s.boxes)
}

// Load replaces the mailboxes by those that Save returned.
func (s *Sim) Load(state []byte) error {
	boxes := map[string][]Shown{}
	if err := json.Unmarshal(state, &boxes); err != nil {
		return fmt.Errorf("reading the mailboxes: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes = boxes
	return nil
}
