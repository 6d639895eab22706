package h5

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"jiebao/conversations"
)

// passLife is how long who proved who they are can be away without proving it
// again.
const passLife = time.Hour

// cookieName has, where it can, the prefix by which browsers refuse a cookie
// that a plain connection set.
func (p *Page) cookieName() string {
	if p.o.Links.secure() {
		return "__Secure-jiebao_pass"
	}
	return "jiebao_pass"
}

// admitted says whether the visitor proved to be the candidate. A pass that is
// half over is renewed, so that nobody is sent to the door while they write.
func (v *visit) admitted() bool {
	k, err := v.r.Cookie(v.cookieName())
	if err != nil {
		return false
	}
	until := v.o.Links.admits(v.conv.ID, k.Value, v.now)
	if !until.IsZero() && until.Sub(v.now) < passLife/2 {
		v.handPass()
	}
	return !until.IsZero()
}

// showDoor asks who is there, and leads on to what was asked for.
func (v *visit) showDoor(action string) {
	switch {
	case action == "events":
		v.problem(http.StatusForbidden, "forged") // the page that listens asks again and is shown the door
	case v.conv.Entry.Locked(v.now):
		v.problem(http.StatusTooManyRequests, "locked")
	default:
		v.knock(http.StatusOK, "", action)
	}
}

// door is the page that asks for the digits.
type door struct {
	Problem string // words
	Go      string // where it leads, a step
	Self    string // the link that was opened
}

// knock shows the door, with words about what went wrong before.
func (v *visit) knock(status int, problem, step string) {
	if step == "" {
		step = stepOf(v.r)
	}
	if _, known := way(step); !known {
		step = ""
	}
	v.render(status, "door", door{problem, step, v.self()})
}

// refusePost asks once more who is there: what was sent is not taken.
func (v *visit) refusePost(action string) {
	words := v.T("page.enter.again")
	if action == StepFiles || action == "parts" {
		words = v.T("page.enter.again_files")
	}
	if v.wantsJSON() || action == "parts" {
		v.json(http.StatusForbidden, report{Problem: words})
		return
	}
	v.knock(http.StatusForbidden, words, action)
}

// enter takes the digits. The core compares and counts.
func (v *visit) enter() {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, 4<<10)
	if !v.parseForm() {
		return
	}
	digits, ok := fourDigits(v.r.PostForm.Get("digits"))
	step := v.r.PostForm.Get("go")
	if !ok {
		v.knock(http.StatusUnprocessableEntity, v.T("page.enter.malformed"), step)
		return
	}
	applied, err := v.o.Store.Apply(v.r.Context(), conversations.Target{Conversation: v.conv.ID}, conversations.Enter{Digits: digits})
	switch {
	case errors.Is(err, conversations.ErrLocked):
		v.problem(http.StatusTooManyRequests, "locked")
	case errors.Is(err, conversations.ErrNotFound):
		v.problem(http.StatusNotFound, "no_phone")
	case err != nil:
		v.failed(fmt.Errorf("comparing the digits: %w", err))
	case applied.State == nil || applied.State.Entry == nil:
		v.admit(step)
	case applied.State.Entry.Locked(v.now):
		v.problem(http.StatusTooManyRequests, "locked")
	default:
		v.knock(http.StatusForbidden, v.T("page.enter.wrong", "count", applied.State.Entry.TriesLeft()), step)
	}
}

// admit opens the door and leads on to a step.
func (v *visit) admit(step string) {
	v.handPass()
	to := v.self()
	if below, known := way(step); known {
		to = v.address() + below
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
}

// handPass hands out the pass, which no script can read and no other page
// sends. It is for all links to the candidate's pages, on this device.
func (v *visit) handPass() {
	http.SetCookie(v.w, &http.Cookie{
		Name: v.cookieName(), Value: v.o.Links.pass(v.conv.ID, v.now.Add(passLife)), Path: Path, MaxAge: int(passLife / time.Second),
		HttpOnly: true, Secure: v.o.Links.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// fourDigits reads what was typed, full-width digits and spaces included.
func fourDigits(typed string) (string, bool) {
	var b strings.Builder
	for _, r := range typed {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		switch {
		case r == ' ' || r == '\u3000':
		case r < '0' || r > '9' || b.Len() == 4:
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), b.Len() == 4
}
