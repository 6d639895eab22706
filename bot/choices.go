package bot

import (
	"strings"

	"jiebao/conversations"
)

// The choices. The id of one about a date carries it, as in
// confirm:2026-07-06, so that a tap on an old message never means a newer date.
const (
	choiceConfirm     = "confirm"
	choiceReschedule  = "reschedule"
	choiceQuestion    = "question"
	choiceHuman       = "human"
	choiceRight       = "right"
	choiceAnother     = "another" // date than the one read back
	choiceTake        = "take"    // a date that needs nobody's approval
	choiceDate        = "date"    // a date that HR decides on
	choiceAskHR       = "ask_hr"  // for a date that is not possible
	choiceGiveUp      = "give_up"
	choiceDecline     = "decline"
	choiceKeep        = "keep"
	choiceKeepRequest = "keep_request"
	choiceDocuments   = "documents"
	choiceArticle     = "article"    // with the id of what was perhaps meant
	choiceOther       = "none_of"    // none of these
	choiceNotHelped   = "not_helped" // by what was just told
)

// choice offers a choice. Its words are named like it; those of one among
// several dates name the date.
func choice(id string) conversations.SayChoice {
	verb, about, _ := strings.Cut(id, ":")
	c := conversations.SayChoice{ID: id, Key: "choices." + verb}
	if verb == choiceTake || verb == choiceDate || verb == choiceAskHR {
		d, _ := conversations.ParseDate(about)
		c.Args = args{"date": d}
	}
	return c
}

func choiceOn(verb string, d conversations.Date) conversations.SayChoice {
	return choice(verb + ":" + d.String())
}

// articleChoice offers an approved text.
func articleChoice(a conversations.Article) conversations.SayChoice {
	return conversations.SayChoice{ID: choiceArticle + ":" + a.ID, Key: "choices." + choiceArticle, Args: args{"title": a.Title}}
}

// offered returns a choice that was offered before, as it was.
func (t *talk) offered(id string) conversations.SayChoice {
	if article, ok := strings.CutPrefix(id, choiceArticle+":"); ok {
		a, _ := t.article(article)
		return articleChoice(a)
	}
	return choice(id)
}

// choice returns the choice that the candidate made: by a tap, or by typing
// the words or the number of one that the bot's latest words offered. One
// with a question mark is none.
func (t *talk) choice() (id string, ok bool) {
	if t.Heard.Choice != "" {
		return t.Heard.Choice, true
	}
	if t.Heard.Kind != conversations.Text && t.Heard.Kind != "" || len(t.was.Choices) == 0 || queried(t.Heard.Text) {
		return "", false
	}
	typed := plain(t.Heard.Text)
	if n := number(typed); n > 0 && n <= len(t.was.Choices) {
		return t.was.Choices[n-1], true
	}
	for _, id := range t.was.Choices {
		ch := t.offered(id)
		words, err := t.o.Phrases.Words(t.locale(), ch.Key, ch.Args)
		if err == nil && typed != "" && typed == plain(words) {
			return id, true
		}
	}
	return "", false
}

// number reads the number of a choice, 0 if s is none.
func number(s string) int {
	for _, lead := range []string{"我", "选择", "選擇", "选", "選", "回复", "回覆", "option", "no"} {
		s = strings.TrimPrefix(s, lead)
	}
	s, nth := strings.CutPrefix(s, "第")
	for _, unit := range []string{"个", "個", "项", "項", "条", "條"} {
		s = strings.TrimSuffix(s, unit)
	}
	for i, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		if s == n || s == string(rune('①'+i)) || nth && s == string([]rune("一二三四五六七八九")[i]) {
			return i + 1
		}
	}
	return 0
}

// chosen acts on a choice and says whether it knows it.
func (t *talk) chosen(id string) bool {
	verb, about, _ := strings.Cut(id, ":")
	d, err := conversations.ParseDate(about)
	switch {
	case verb == choiceConfirm && err == nil:
		t.confirmTapped(d)
	case verb == choiceConfirm && about == "": // a key pressed in a call, which named the date
		t.confirmCalled()
	case verb == choiceRight && err == nil:
		t.rightTapped(d)
	case verb == choiceTake && err == nil:
		t.takeTapped(id, d)
	case verb == choiceDate && err == nil:
		t.propose(d, t.Heard.Text)
	case verb == choiceAskHR && err == nil:
		t.askHRTapped(d)
	case verb == choiceReschedule || verb == choiceAnother:
		t.rescheduleTapped()
	case verb == choiceQuestion:
		t.ask(askedWhat, conversations.Date{}, "question.what", nil)
	case verb == choiceArticle:
		t.articleTapped(about)
	case verb == choiceOther || verb == choiceNotHelped:
		t.otherTapped()
	case verb == choiceHuman:
		t.handoff("handoff.asked", conversations.HandoffAsked)
	case verb == choiceGiveUp:
		t.askDecline("")
	case verb == choiceDocuments:
		t.sayDocuments()
	case verb == choiceDecline:
		t.declineTapped()
	case verb == choiceKeep || verb == choiceKeepRequest:
		t.kept()
	default:
		return false
	}
	return true
}

func (t *talk) rescheduleTapped() {
	if t.over() {
		t.reopen()
		return
	}
	t.askDate("schedule.ask")
}
