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
	// Messages returns up to limit messages before number before, oldest
	// first; with before 0 the newest.
	Messages(ctx context.Context, s conversations.Scope, conversation string, before int64, limit int) ([]conversations.MessageView, error)
	// Subscribe returns a channel of the conversations that changed, until
	// cancel is called, which closes it.
	Subscribe() (changed <-chan conversations.Changed, cancel func())
}

// StartDates judges start dates for a candidate as things stand.
type StartDates interface {
	Dates(ctx context.Context, c *conversations.Conversation) (conversations.Dates, error)
}

// Files keeps documents. Keep reads r to its end; a file that is refused comes
// back with the reason.
type Files interface {
	Keep(ctx context.Context, document string, r io.Reader) (conversations.Filed, error)
	Delete(ctx context.Context, document string) error
}

// Options is what the pages need; every field but StartDates, Bank and
// Official is required.
type Options struct {
	Links *Links
	Store Store
	Files Files
	// Pieces keeps what has arrived of large files.
	Pieces Pieces
	Words  conversations.Phrases
	Now    func() time.Time
	Zone   *time.Location // the bank's
	// StartDates tells which days candidates can choose; nil leaves all to HR.
	StartDates StartDates
	NewID      func() string // unguessable, of a document or a form
	Log        *slog.Logger
	Bank       string // the bank's name
	// Official are the ways by which the bank speaks to candidates, for whoever
	// wants to know whether a message came from it.
	Official []Official
	MaxSize  int64 // of one file, in bytes, as Files takes it; only told
}

// Page serves the candidates' pages.
type Page struct {
	o         Options
	origin    *http.CrossOriginProtection
	uploads   *slots // under way, by conversation
	streams   *slots // open, by conversation
	said      *pace  // messages, by conversation
	checks    *pace  // of what came from the bank, by address of the network
	official  []officialGroup
	hub       *hub
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
	if o.Links == nil || o.Store == nil || o.Files == nil || o.Pieces == nil || o.Words == nil || o.Now == nil || o.NewID == nil || o.Log == nil || o.Zone == nil || o.MaxSize <= 0 {
		return nil, errors.New("the candidates' pages were built without one of their parts; see h5.Options")
	}
	p := &Page{
		o: o, origin: http.NewCrossOriginProtection(), hub: newHub(o.Store.Subscribe),
		uploads: newSlots(uploadsAtOnce, uploadsOfOne), streams: newSlots(streamsAtOnce, streamsOfOne), said: newPace(saidAMinute, time.Minute),
		checks: newPace(checksAMinute, time.Minute), official: groups(append(o.Official, Official{OfficialWeb, o.Links.base.Hostname()})),
	}
	if err := p.origin.AddTrustedOrigin(o.Links.base.Scheme + "://" + o.Links.base.Host); err != nil {
		return nil, fmt.Errorf("trusting the public URL: %w", err)
	}
	var err error
	if p.templates, err = p.parse(); err != nil {
		return nil, fmt.Errorf("reading the candidates' pages: %w", err)
	}
	return p, nil
}

// Close ends the streams of open pages; their browsers come back.
func (p *Page) Close() { p.hub.close() }

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
	again  string // where a new link is asked for
	rest   string // of the path, behind what is asked for
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
		v.expired()
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

// routes are the pages below a link, by what is asked for. Whoever has not
// proven who they are is shown the door instead.
var routes = map[string]struct{ get, post func(*visit) }{
	"":        {get: (*visit).open},
	"answer":  {get: (*visit).goHome, post: (*visit).answer},
	"date":    {get: (*visit).showDates},
	"decline": {get: (*visit).showDecline},
	"files":   {get: func(v *visit) { v.showChecklist(http.StatusOK, nil) }, post: (*visit).upload},
	"chat":    {get: func(v *visit) { v.showChat(http.StatusOK, "", "") }, post: (*visit).say},
	"events":  {get: (*visit).events},
	"suspect": {get: func(v *visit) { v.showSuspect(http.StatusOK, "", "") }, post: (*visit).reportSuspect},
	"parts":   {get: (*visit).goHome, post: (*visit).pieces},
}

func (v *visit) serve(action string) {
	get := v.r.Method == http.MethodGet || v.r.Method == http.MethodHead
	post := v.r.Method == http.MethodPost
	action, v.rest, _ = strings.Cut(action, "/")
	route, known := routes[action]
	switch {
	case !known || v.rest != "" && action != "parts":
		v.problem(http.StatusNotFound, "forged")
	case action == "" && post:
		v.enter()
	case get && !v.admitted():
		v.showDoor(action)
	case get:
		route.get(v)
	case post && route.post == nil, !post:
		v.w.Header().Set("Allow", "GET, HEAD, POST")
		v.problem(http.StatusMethodNotAllowed, "forged")
	case !v.admitted():
		v.refusePost(action)
	default:
		route.post(v)
	}
}

// goHome is for a page that was reloaded.
func (v *visit) goHome() { http.Redirect(v.w, v.r, v.address(), http.StatusSeeOther) }

// address is the candidate's page, by whatever link they came: its own links
// and forms lead there and below.
func (v *visit) address() string {
	return Path + v.o.Links.token(Link{Conversation: v.link.Conversation, Expires: v.link.Expires})
}

// self is the link that was opened.
func (v *visit) self() string { return Path + v.token }

// failed ends a visit that went wrong on our side.
func (v *visit) failed(err error) {
	if !errors.Is(err, context.Canceled) {
		v.o.Log.ErrorContext(v.r.Context(), "a candidate's page failed", "conversation", v.conv.ID, "error", err)
	}
	v.problem(http.StatusInternalServerError, "failed")
}
