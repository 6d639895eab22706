package h5

import (
	"net/http"
	"strings"

	"jiebao/conversations"
)

// The steps of a candidate's page that an address can open, as ?do=. With
// ?choice= it opens where the bot's choice of that id is made. Nothing is
// chosen by it.
const (
	StepConfirm = "confirm"
	StepDate    = "date"
	StepDecline = "decline"
	StepFiles   = "files"
	StepChat    = "chat"
)

// stepOf is the step that the address names, "" if it names none.
func stepOf(r *http.Request) string {
	q := r.URL.Query()
	if step := q.Get("do"); step != "" {
		return step
	}
	return q.Get("choice")
}

// way says where below the page a step is made, and whether there is one of
// that name. Steps about a day lead to that day.
func way(step string) (below string, known bool) {
	verb, about, _ := strings.Cut(step, ":")
	d, err := conversations.ParseDate(about)
	dated := err == nil
	switch {
	case verb == "confirm":
		return "", true
	case (verb == "take" || verb == "date" || verb == "right" || verb == "ask_hr") && dated:
		return "/date?day=" + d.String(), true
	case verb == StepDate, verb == "reschedule", verb == "another":
		return "/date", true
	case verb == StepDecline, verb == "give_up":
		return "/decline", true
	case verb == StepFiles, verb == "documents":
		return "/files", true
	case verb == StepChat, verb == "question", verb == "human", verb == "article", verb == "none_of", verb == "not_helped", verb == "keep", verb == "keep_request":
		return "/chat", true
	}
	return "", false
}
