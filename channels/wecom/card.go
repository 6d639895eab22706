package wecom

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// What a card of buttons holds (发送应用消息, 模板卡片消息: 按钮交互型). What is
// longer would be cut on the phone.
const (
	maxButtons   = 6
	maxTitle     = 36   // characters of main_title.title
	maxSubtitle  = 160  // characters of sub_title_text
	maxLabel     = 10   // characters of a button
	maxButtonKey = 1024 // bytes
	maxTaskID    = 128  // bytes
)

// card is a template card of type button_interaction. The SDK has those of
// group robots only, which have no buttons.
type card struct {
	Type     string    `json:"card_type"`
	Title    cardTitle `json:"main_title"`
	Subtitle string    `json:"sub_title_text,omitempty"`
	TaskID   string    `json:"task_id"`
	Buttons  []button  `json:"button_list"`
}

type cardTitle struct {
	Title string `json:"title"`
}

type button struct {
	Text  string `json:"text"`
	Style int    `json:"style"` // 1 blue, 2 black
	Key   string `json:"key"`
}

// chosen is what a button says when it is tapped.
type chosen struct {
	conversations.Choice
	label string // on the button
}

// key puts a choice into a button, so that a tap needs nothing remembered.
func (c chosen) key() string {
	return url.Values{"id": {c.ID}, "text": {c.Text}, "label": {c.label}}.Encode()
}

// readButton reads the key of a button of ours.
func readButton(key string) (chosen, bool) {
	v, err := url.ParseQuery(key)
	if err != nil || v.Get("id") == "" || v.Get("label") == "" {
		return chosen{}, false
	}
	return chosen{conversations.Choice{ID: v.Get("id"), Text: v.Get("text")}, v.Get("label")}, true
}

// newCard makes the card of a text with choices, or says that it does not fit
// into one. Where a choice is too long for a button, the choices stand in the
// text and the buttons have their numbers.
func newCard(text string, choices []conversations.Choice, taskID, heading string) (card, bool) {
	if len(choices) == 0 || len(choices) > maxButtons || len(taskID) > maxTaskID {
		return card{}, false
	}
	labels := make([]string, len(choices))
	for i, c := range choices {
		labels[i] = c.Text
	}
	if tooLong(labels) {
		text = conversations.Numbered(text, choices)
		for i := range labels {
			labels[i] = strconv.Itoa(i + 1)
		}
	}
	made := card{Type: "button_interaction", TaskID: taskID}
	made.Title.Title, made.Subtitle = headed(text, heading)
	for i, c := range choices {
		b := button{Text: labels[i], Style: 2, Key: chosen{c, labels[i]}.key()}
		if i == 0 {
			b.Style = 1
		}
		if len(b.Key) > maxButtonKey || c.ID == "" {
			return card{}, false
		}
		made.Buttons = append(made.Buttons, b)
	}
	return made, made.Title.Title != "" && utf8.RuneCountInString(made.Subtitle) <= maxSubtitle
}

func tooLong(labels []string) bool {
	for _, l := range labels {
		if l == "" || utf8.RuneCountInString(l) > maxLabel {
			return true
		}
	}
	return false
}

// headed divides a text into a title and what stands below it: its first line
// if that is short enough, and else the heading.
func headed(text, heading string) (title, below string) {
	first, rest, _ := strings.Cut(text, "\n")
	if first != "" && utf8.RuneCountInString(first) <= maxTitle {
		return first, rest
	}
	return heading, text
}
