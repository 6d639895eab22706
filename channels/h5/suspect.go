package h5

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// maxSuspect is how much of a suspicious message can be reported, in characters.
const maxSuspect = 1000

// suspect is the page that takes reports of what may be fraud.
type suspect struct {
	Key, Typed, Bad string
	Most            int
}

func (v *visit) showSuspect(status int, bad, typed string) {
	v.render(status, "suspect", suspect{Key: v.key(), Typed: typed, Bad: bad, Most: maxSuspect})
}

// reportSuspect takes a report. It goes to a person, in the words of the
// candidate's own conversation: HR sees who got what, and can answer.
func (v *visit) reportSuspect() {
	if !v.parseForm() {
		return
	}
	key, err := v.o.Links.unseal("key", v.conv.ID, v.r.PostForm.Get("key"))
	said := strings.TrimSpace(v.r.PostForm.Get("text"))
	switch {
	case err != nil:
		v.showSuspect(http.StatusUnprocessableEntity, v.T("page.told.again"), said)
	case said == "":
		v.showSuspect(http.StatusUnprocessableEntity, v.T("page.suspect.nothing"), "")
	case utf8.RuneCountInString(said) > maxSuspect:
		v.showSuspect(http.StatusUnprocessableEntity, v.T("page.chat.too_long", "most", maxSuspect), said)
	case !v.said.allow(v.conv.ID, v.now):
		v.w.Header().Set("Retry-After", "60")
		v.showSuspect(http.StatusTooManyRequests, v.T("page.chat.too_fast"), said)
	default:
		_, err := v.receive(conversations.Inbound{
			Gesture: conversations.Said, Kind: conversations.Text, Choice: answerPerson, Dedupe: v.conv.ID + "-" + key,
			Text: v.T("page.noted", "choice", v.T("page.suspect.title"), "note", said),
		})
		if err != nil {
			v.failed(fmt.Errorf("taking a report: %w", err))
			return
		}
		http.Redirect(v.w, v.r, v.address()+"/chat#end", http.StatusSeeOther)
	}
}
