package email

import (
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebao/channels"
	"jiebao/conversations"
)

// letter is a delivery as a mail has it.
type letter struct {
	id       string // the Message-ID without its brackets
	thread   string // what all mails of the conversation refer to
	locale   conversations.Locale
	human    bool // a person wrote it
	subject  string
	text     string
	link     string // to the candidate's page, or ""
	answers  []answer
	optOut   string // the address that ends all messages, or ""
	calendar *conversations.Calendar
}

// answer is a link that leads to the page with an answer chosen already. It
// is sent there, and not by opening the link.
type answer struct{ Text, URL string }

// compose checks a delivery and puts it into a letter.
func (a *Adapter) compose(d conversations.Delivery) (letter, *conversations.SendError) {
	head := a.letterhead(d.Locale)
	l := letter{
		id: identifier(d.Message, a.account.domain()), thread: identifier(d.Conversation, a.account.domain()),
		locale: head.Locale, human: d.Agent != "",
		subject: head.Subject, text: strings.TrimSpace(d.Text), link: d.Link, calendar: d.Calendar,
	}
	choices := d.Choices
	switch d.Kind {
	case conversations.Text, conversations.Menu:
	case conversations.Template:
		if d.Template == nil || l.text == "" {
			return letter{}, channels.BadContent("the template has no words")
		}
		if l.link == "" {
			l.link = d.Template.URL
		}
		if title := oneLine(d.Template.Title); title != "" {
			l.subject = title
		}
		choices = head.choices(d.Template.Purpose)
	default:
		return letter{}, channels.BadContent("mail carries no messages of kind " + string(d.Kind))
	}
	if l.text == "" {
		return letter{}, channels.BadContent("the text is empty")
	}
	if utf8.RuneCountInString(l.text) > maxRunes {
		return letter{}, channels.BadContent("the text is longer than anybody reads in a mail")
	}
	if l.calendar != nil && (l.calendar.UID == "" || l.calendar.Day.IsZero()) {
		return letter{}, channels.BadContent("the calendar's entry has no identity or no day")
	}
	if l.link == "" && d.Kind != conversations.Template {
		l.text = conversations.Numbered(l.text, choices)
	} else if l.link != "" {
		l.answers = answers(l.link, choices)
	}
	if a.optOuts != nil && d.Conversation != "" {
		l.optOut = a.optOuts.URL(d.Conversation)
	}
	return l, nil
}

// ChoiceParameter is the parameter of the candidate's page that names the
// answer to be chosen beforehand: the id of a conversations.Choice, or
// confirm, reschedule or question under a notification.
const ChoiceParameter = "choice"

func answers(link string, choices []conversations.Choice) []answer {
	u, err := url.Parse(link)
	if err != nil {
		return nil
	}
	var out []answer
	for _, c := range choices[:min(len(choices), maxChoices)] {
		q := u.Query()
		q.Set(ChoiceParameter, c.ID)
		at := *u
		at.RawQuery = q.Encode()
		out = append(out, answer{c.Text, at.String()})
	}
	return out
}

var safeIdentifier = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_-]*$`)

// identifier is a Message-ID (RFC 5322, 3.6.4) made of an id of the core's.
func identifier(id, domain string) string {
	if !safeIdentifier.MatchString(id) {
		id = "x" + hex.EncodeToString([]byte(id))
	}
	return id + "@" + domain
}

// oneLine is a text without line breaks, for headers.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// asksForAnswer are the notifications that ask whether the candidate starts on
// the offered day.
var asksForAnswer = []string{conversations.PurposeResult, conversations.PurposeOfferReminder}

// choices are what a candidate may want to answer to a notification.
func (h letterhead) choices(purpose string) []conversations.Choice {
	if !slices.Contains(asksForAnswer, purpose) {
		return nil
	}
	return []conversations.Choice{
		{ID: "confirm", Text: h.Confirm}, {ID: "reschedule", Text: h.Reschedule}, {ID: "question", Text: h.Question},
	}
}
