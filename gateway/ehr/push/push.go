// Package push puts candidates' documents into the EHR's own storage, each as
// the file that the candidate sent, at an address of its own that ends with the
// document's id. Putting it again changes nothing there.
//
// What the document is, and whose, is a short JSON object in a header. That
// object is signed as a Standard Webhook is (standardwebhooks.com, specification
// 1.0), in the place of the body; it holds the body's SHA-256, so that whoever
// verifies the signature and compares the hash knows the file to be genuine.
//
// Imports: conversations, outbox, clock, wire and the standard library.
package push

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"
	"unicode/utf16"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/gateway/ehr/wire"
)

// The headers that say what a file is, beside Content-Type, Content-Length and
// Repr-Digest (RFC 9530).
const (
	HeaderDocument  = "Jiebao-Document" // a [Statement]; it is signed
	HeaderCandidate = "Jiebao-Candidate"
	HeaderItem      = "Jiebao-Item"
	HeaderScan      = "Jiebao-Scan"
)

// Statement says what a file is.
type Statement struct {
	ID        string `json:"id"`
	Candidate string `json:"candidate_id"`
	Result    string `json:"result_id"`
	Item      string `json:"item,omitempty"` // of the checklist
	MIME      string `json:"mime"`
	Size      int64  `json:"size"`   // bytes
	SHA256    string `json:"sha256"` // in hexadecimal digits
	Scan      string `json:"scan"`   // clean or not_scanned
}

// Storage is the EHR's. It is safe for concurrent use.
type Storage struct{ wire *wire.Wire }

// New checks the settings of the EHR's storage, whose URL is what the documents'
// addresses begin with: https, or http on a loopback address or in one of the
// networks that are allowed.
func New(s wire.Settings, allow []netip.Prefix, k clock.Clock) (*Storage, error) {
	w, err := wire.New(s, wire.Options{Reach: wire.Reach{Trusted: true, Allow: allow}, Clock: k})
	if err != nil {
		return nil, fmt.Errorf("the EHR's storage of documents: %w", err)
	}
	return &Storage{w}, nil
}

// Timeout is how long Put takes at most.
func (s *Storage) Timeout() time.Duration { return s.wire.Timeout() }

// InFlight is how many files may be on their way at once.
func (s *Storage) InFlight() int { return s.wire.InFlight() }

// Close closes the idle connections.
func (s *Storage) Close() { s.wire.Close() }

// Put implements [outbox.Storage].
func (s *Storage) Put(ctx context.Context, p outbox.Parcel, content io.Reader) error {
	header, err := headerOf(p)
	if err != nil {
		return err
	}
	answer, err := s.wire.Put(ctx, wire.File{ID: p.ID, Header: header, Statement: HeaderDocument, Size: p.Size, Content: content})
	if err != nil {
		return unanswered(err)
	}
	if answer.Took() {
		return nil
	}
	return refused(answer)
}

func headerOf(p outbox.Parcel) (http.Header, error) {
	sum, err := hex.DecodeString(p.SHA256)
	if err != nil {
		return nil, fmt.Errorf("the hash of document %s cannot be read: %w", p.ID, err)
	}
	text, err := json.Marshal(Statement{p.ID, p.Candidate, p.Result, p.Item, p.MIME, p.Size, p.SHA256, p.Scan})
	if err != nil {
		return nil, fmt.Errorf("describing document %s: %w", p.ID, err)
	}
	h := http.Header{}
	h.Set(HeaderDocument, ascii(text))
	h.Set(HeaderCandidate, url.PathEscape(p.Candidate))
	h.Set(HeaderScan, p.Scan)
	if p.Item != "" {
		h.Set(HeaderItem, url.PathEscape(p.Item))
	}
	h.Set("Content-Type", p.MIME)
	h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	return h, nil
}

// ascii writes JSON in characters that headers may hold.
func ascii(text []byte) string {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		if r < 0x7f {
			out = append(out, byte(r))
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			out = fmt.Appendf(out, `\u%04x`, unit)
		}
	}
	return string(out)
}

// refused is an answer that says that the file was not taken: because of the
// file, or because of something that keeps all of them out.
func refused(a wire.Answer) error {
	e := &conversations.SendError{Reason: conversations.Temporary, Code: strconv.Itoa(a.Status), RetryAfter: a.RetryAfter, Detail: a.String()}
	if a.Excerpt != "" {
		e.Detail += ": " + a.Excerpt
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		e.Reason = conversations.Credentials
	case http.StatusTooManyRequests:
		e.Reason = conversations.Throttled
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		e.Reason = conversations.BadContent
	}
	if a.Redirected() {
		e.Detail += "; redirects are not followed, configure the final address"
	}
	return e
}

// unanswered is an attempt of which nobody knows what became: it is made again,
// to the same address.
func unanswered(err error) error {
	var f *wire.Failure
	if !errors.As(err, &f) {
		return err // the context's
	}
	e := &conversations.SendError{Reason: conversations.Temporary, Code: string(f.Reason), Detail: f.Error()}
	switch f.Reason {
	case wire.Insecure, wire.Forbidden, wire.Unsigned:
		e.Reason = conversations.Credentials
	}
	return e
}
