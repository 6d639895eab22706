package email

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"

	"jiebao/conversations"
)

// OptOutPath is where candidates say that they want no more messages.
const OptOutPath = "/mail/optout/"

// oneClick is what a mail program posts when its own button is pressed (RFC
// 8058, 3.2).
const oneClick = "List-Unsubscribe=One-Click"

// OptOuts makes and reads the addresses at which candidates say that they
// want no more messages. An address holds no personal data, does nothing but
// that, works for as long as there is the conversation, and cannot be made
// without the secret.
type OptOuts struct {
	secret []byte
	former [][]byte
	base   string
}

// Honour has addresses work that were signed with a former secret. It is
// called before the addresses are used.
func (o *OptOuts) Honour(secret []byte) { o.former = append(o.former, secret) }

// NewOptOuts signs with secret, at least 32 bytes, for addresses below base,
// the gateway's public address.
func NewOptOuts(secret []byte, base string) (*OptOuts, error) {
	if len(secret) < 32 {
		return nil, errors.New("addresses that end all messages need a secret of at least 32 bytes")
	}
	return &OptOuts{secret: secret, base: strings.TrimSuffix(base, "/")}, nil
}

// encoding is strict, so that a token has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// macText is how many characters a signature of 16 bytes has.
const macText = 22

// URL is the address for a conversation.
func (o *OptOuts) URL(conversation string) string {
	text := encoding.EncodeToString([]byte(conversation))
	return o.base + OptOutPath + text + sign(o.secret, text)
}

// read returns the conversation of a token that was made here.
func (o *OptOuts) read(token string) (conversation string, ok bool) {
	cut := len(token) - macText
	if cut <= 0 || len(token) > 512 || !o.signed(token[:cut], token[cut:]) {
		return "", false
	}
	id, err := encoding.DecodeString(token[:cut])
	return string(id), err == nil
}

func (o *OptOuts) signed(text, mac string) bool {
	for _, secret := range append([][]byte{o.secret}, o.former...) {
		if hmac.Equal([]byte(sign(secret, text)), []byte(mac)) {
			return true
		}
	}
	return false
}

func sign(secret []byte, text string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("mail opt-out\x00" + text))
	return encoding.EncodeToString(mac.Sum(nil)[:16])
}

// OptOutPage takes in that candidates want no more messages. Opening it does
// nothing, since scanners do; its button, and a mail program's own, do.
type OptOutPage struct {
	OptOuts *OptOuts
	Store   Store
	Words   Words
	Bank    string
	Log     *slog.Logger
}

// Store is what the page needs of conversations.Store.
type Store interface {
	Apply(ctx context.Context, at conversations.Target, c conversations.Command) (conversations.Applied, error)
}

// ServeHTTP serves what lies below OptOutPath.
func (p *OptOutPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conversation, ok := p.OptOuts.read(strings.TrimPrefix(r.URL.Path, OptOutPath))
	switch {
	case !ok:
		p.show(w, r, http.StatusNotFound, "broken")
	case r.Method == http.MethodGet, r.Method == http.MethodHead:
		p.show(w, r, http.StatusOK, "ask")
	case r.Method == http.MethodPost:
		p.optOut(w, r, conversation)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (p *OptOutPage) optOut(w http.ResponseWriter, r *http.Request, conversation string) {
	_, err := p.Store.Apply(r.Context(), conversations.Target{Conversation: conversation}, conversations.OptOut{})
	switch {
	case errors.Is(err, conversations.ErrNotFound): // erased: nobody is written to
		p.show(w, r, http.StatusOK, "done")
	case err != nil:
		p.Log.ErrorContext(r.Context(), "a candidate could not opt out; their mail program may try again", "conversation", conversation, "error", err)
		p.show(w, r, http.StatusServiceUnavailable, "failed")
	default:
		p.show(w, r, http.StatusOK, "done")
	}
}

var optOutPage = template.Must(template.ParseFS(pages, "pages/optout.html"))

// show writes the page in one of its states.
func (p *OptOutPage) show(w http.ResponseWriter, r *http.Request, status int, state string) {
	locale := nearest(conversations.Locale(r.Header.Get("Accept-Language")))
	said := map[string]string{}
	for _, key := range []string{"title", "button", state} {
		words, err := p.Words.Words(locale, "mail.optout."+key, nil)
		if err != nil {
			p.Log.ErrorContext(r.Context(), "rendering the opt-out page", "error", err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		said[key] = words
	}
	var b bytes.Buffer
	if err := optOutPage.Execute(&b, map[string]any{
		"Lang": locale, "Bank": p.Bank, "Title": said["title"], "Text": said[state], "Button": said["button"], "Asks": state == "ask" || state == "failed",
	}); err != nil {
		p.Log.ErrorContext(r.Context(), "rendering the opt-out page", "error", err)
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
