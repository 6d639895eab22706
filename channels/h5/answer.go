package h5

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// The answers that a page asks for: the ids of the bot's choices, as a tap in
// the chat would bring them. Those about a day carry it, as in
// confirm:2026-07-06.
const (
	answerConfirm   = "confirm" // the offered day, or HR's proposal
	answerTake      = "take"    // another day, which needs nobody's approval
	answerAsk       = "right"   // HR is asked for the day
	answerAskAnyway = "ask_hr"  // the same for a day that is not possible
	answerDecline   = "decline"
	answerPerson    = "human"
)

// maxNote is how much a candidate may add, in characters.
const maxNote = 200

// shown is what a page brings back to say what it showed: whoever answers an
// offer that has changed meanwhile is shown the new one instead.
func (v *visit) shown() string {
	return v.o.Links.seal("answer", v.conv.ID, v.conv.Application().Stance())
}

// key tells a form that was sent twice from two forms.
func (v *visit) key() string { return v.o.Links.seal("key", v.conv.ID, v.o.NewID()) }

// answer takes the candidate's answer on the offer.
func (v *visit) answer() {
	if !v.parseForm() {
		return
	}
	stance, err := v.o.Links.unseal("answer", v.conv.ID, v.r.PostForm.Get("shown"))
	key, keyErr := v.o.Links.unseal("key", v.conv.ID, v.r.PostForm.Get("key"))
	in, reached, ok := v.answerOf(v.r.PostForm.Get("choice"), v.r.PostForm.Get("note"))
	if err != nil || keyErr != nil || !ok {
		v.showHome(http.StatusUnprocessableEntity, told{v.T("page.told.again"), true})
		return
	}
	in.Dedupe = v.conv.ID + "-" + key
	if reached != nil {
		in.Shown = stance
	}
	if _, err = v.receive(in); err != nil && !errors.Is(err, conversations.ErrStale) {
		v.failed(fmt.Errorf("taking an answer: %w", err))
		return
	}
	v.answered(err != nil, reached)
}

// answered shows what became of an answer.
func (v *visit) answered(stale bool, reached func(*conversations.Application) bool) {
	var err error
	if v.conv, err = v.o.Store.Thread(v.r.Context(), conversations.Everything, v.conv.ID); err != nil {
		v.failed(fmt.Errorf("reading what an answer came to: %w", err))
		return
	}
	switch {
	case reached == nil:
		http.Redirect(v.w, v.r, v.address()+"/chat", http.StatusSeeOther)
	case v.conv.Application() != nil && reached(v.conv.Application()): // also if it was sent twice
		http.Redirect(v.w, v.r, v.address()+"?done=1", http.StatusSeeOther)
	case stale:
		v.showHome(http.StatusConflict, told{v.T("page.told.changed"), true})
	default:
		v.showHome(http.StatusConflict, told{v.T("page.told.not_possible"), true})
	}
}

// answerOf reads an answer: what is said to the bot, and how one tells that
// the core took it; nil for what is no answer on the offer.
func (v *visit) answerOf(choice, note string) (in conversations.Inbound, reached func(*conversations.Application) bool, ok bool) {
	verb, about, _ := strings.Cut(choice, ":")
	d, err := conversations.ParseDate(about)
	dated := err == nil
	in = conversations.Inbound{Gesture: conversations.Said, Kind: conversations.Text, Choice: choice}
	switch {
	case (verb == answerConfirm || verb == answerTake) && dated:
		in.Text = v.T("choices."+verb, "date", d)
		return in, func(app *conversations.Application) bool {
			return app.Answer == conversations.Confirmed && app.StartDate == d
		}, true
	case (verb == answerAsk || verb == answerAskAnyway) && dated:
		key := "choices.date"
		if verb == answerAskAnyway {
			key = "choices.ask_hr"
		}
		in.Text = v.noted(v.T(key, "date", d), note)
		return in, func(app *conversations.Application) bool {
			return app.Answer == conversations.Requested && app.Request != nil && app.Request.Date == d
		}, true
	case choice == answerDecline:
		in.Text = v.noted(v.T("choices.decline"), note)
		return in, func(app *conversations.Application) bool { return app.Answer == conversations.Declined }, true
	case choice == answerPerson:
		in.Text = v.T("choices.human")
		return in, nil, true
	}
	return in, nil, false
}

// noted adds the candidate's own words to a choice.
func (v *visit) noted(words, note string) string {
	note = strings.TrimSpace(note)
	if note == "" {
		return words
	}
	if utf8.RuneCountInString(note) > maxNote {
		note = string([]rune(note)[:maxNote])
	}
	return v.T("page.noted", "choice", words, "note", note)
}

// receive hands the core what the candidate said on the page.
func (v *visit) receive(in conversations.Inbound) (conversations.Applied, error) {
	in.Address = conversations.Address{Account: conversations.PageAccount, ID: v.conv.ID}
	in.At = v.now
	return v.o.Store.Apply(v.r.Context(), conversations.Target{Conversation: v.conv.ID}, conversations.Receive{Inbound: in})
}

// maxForm is how large a form without files may be, in bytes.
const maxForm = 32 << 10

// parseForm reads a small form, or answers that it cannot.
func (v *visit) parseForm() bool {
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		v.problem(http.StatusBadRequest, "failed")
		return false
	}
	return true
}

// showDecline asks whether the candidate is sure.
func (v *visit) showDecline() {
	app := v.conv.Application()
	if app == nil || app.Answer.Over() {
		http.Redirect(v.w, v.r, v.address(), http.StatusSeeOther)
		return
	}
	v.render(http.StatusOK, "decline", decline{Position: app.Position.Title, Shown: v.shown(), Key: v.key(), Most: maxNote})
}

// decline is the page that asks once more.
type decline struct {
	Position, Shown, Key string
	Most                 int
}
