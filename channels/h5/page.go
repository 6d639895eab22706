package h5

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"jiebao/conversations"
)

// Path is where the pages live: Path and a token.
const Path = "/c/"

// Store is where conversations are kept.
type Store interface {
	conversations.Store
	Thread(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
}

// Files keeps documents. Keep reads r to its end; a file that is refused comes
// back with the reason.
type Files interface {
	Keep(ctx context.Context, document string, r io.Reader) (conversations.Filed, error)
	Delete(ctx context.Context, document string) error
}

// Options is what the pages need; every field but Bank is required.
type Options struct {
	Links   *Links
	Store   Store
	Files   Files
	Words   conversations.Phrases
	Now     func() time.Time
	NewID   func() string // unguessable, of a document
	Log     *slog.Logger
	Bank    string // the bank's name
	MaxSize int64  // of one file, in bytes, as Files takes it; only told
}

// Page serves the candidates' pages.
type Page struct {
	o         Options
	origin    *http.CrossOriginProtection
	uploads   *slots // under way, by conversation
	templates map[conversations.Locale]*template.Template
}

// An upload costs a buffer and a file. One candidate can have a few under way:
// a phone that lost the network starts again before the old one is given up.
const (
	uploadsAtOnce = 32
	uploadsOfOne  = 3
)

// New returns the pages over what o names.
func New(o Options) (*Page, error) {
	if o.Links == nil || o.Store == nil || o.Files == nil || o.Words == nil || o.Now == nil || o.NewID == nil || o.Log == nil || o.MaxSize <= 0 {
		return nil, errors.New("the candidates' pages were built without one of their parts; see h5.Options")
	}
	p := &Page{o: o, origin: http.NewCrossOriginProtection(), uploads: newSlots(uploadsAtOnce, uploadsOfOne)}
	if err := p.origin.AddTrustedOrigin(o.Links.base.Scheme + "://" + o.Links.base.Host); err != nil {
		return nil, fmt.Errorf("trusting the public URL: %w", err)
	}
	var err error
	if p.templates, err = p.parse(); err != nil {
		return nil, fmt.Errorf("reading the candidates' pages: %w", err)
	}
	return p, nil
}

// ServeHTTP serves all addresses below Path.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.headers(w.Header())
	token, action, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Path), "/")
	v := &visit{Page: p, w: w, r: r, token: token, now: p.o.Now(), locale: localeOf(r)}
	switch {
	case token == "static":
		static(w, r, action)
	case p.origin.Check(r) != nil:
		v.problem(http.StatusForbidden, "forged")
	case v.recognise():
		v.serve(action)
	}
}

// headers sets what every answer carries. There is no inline script or style.
func (p *Page) headers(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	// The address lets in, so that no other site may hear of it. With
	// no-referrer browsers would call the page's own forms foreign: they send
	// "Origin: null", which is all that older phones say of where they are.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if p.o.Links.secure() {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// visit is one request.
type visit struct {
	*Page
	w      http.ResponseWriter
	r      *http.Request
	token  string
	now    time.Time
	link   Link
	conv   conversations.Conversation
	locale conversations.Locale
}

// recognise finds out whose page is asked for, or answers why there is none.
func (v *visit) recognise() bool {
	var err error
	if v.link, err = v.o.Links.Parse(v.token); err != nil {
		v.problem(http.StatusNotFound, "forged")
		return false
	}
	if v.link.Expired(v.now) {
		v.problem(http.StatusGone, "expired")
		return false
	}
	v.conv, err = v.o.Store.Thread(v.r.Context(), conversations.Everything, v.link.Conversation)
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		v.problem(http.StatusGone, "expired") // it was there once
	case err != nil:
		v.failed(fmt.Errorf("reading the conversation: %w", err))
	default:
		if l := v.conv.Candidate.Locale; v.templates[l] != nil {
			v.locale = l
		}
		return true
	}
	return false
}

func (v *visit) serve(action string) {
	get := v.r.Method == http.MethodGet || v.r.Method == http.MethodHead
	post := v.r.Method == http.MethodPost
	switch {
	case action == "" && get && v.admitted():
		v.showChecklist(http.StatusOK, nil)
	case action == "" && get:
		v.showDoor()
	case action == "files" && get: // a page that was reloaded
		http.Redirect(v.w, v.r, v.address(), http.StatusSeeOther)
	case action == "" && post:
		v.enter()
	case action == "files" && post && v.admitted():
		v.upload()
	case action == "files" && post:
		v.refuseUpload(http.StatusForbidden, "enter.again")
	case action == "" || action == "files":
		v.w.Header().Set("Allow", "GET, HEAD, POST")
		v.problem(http.StatusMethodNotAllowed, "forged")
	default:
		v.problem(http.StatusNotFound, "forged")
	}
}

// address is where the page's own links and forms lead.
func (v *visit) address() string { return Path + v.token }

// failed ends a visit that went wrong on our side.
func (v *visit) failed(err error) {
	if !errors.Is(err, context.Canceled) {
		v.o.Log.ErrorContext(v.r.Context(), "a candidate's page failed", "conversation", v.conv.ID, "error", err)
	}
	v.problem(http.StatusInternalServerError, "failed")
}
