package wechat

import (
	"strconv"
	"strings"

	"jiebao/conversations"
)

// withChoices puts choices below a text as numbered lines: typing the number
// means the same as tapping.
func withChoices(text string, choices []conversations.Choice) string {
	return numbered(text, choices, func(c conversations.Choice) string { return c.Text })
}

// inReply is a message as it rides in the answer to a callback, where the
// platform has no menu messages: its choices as numbered lines, and if the
// account says so, and it fits, as links.
func (a *Adapter) inReply(m conversations.Message) string {
	if a.account.TapReplies {
		if text := numbered(m.Text, m.Choices, link); len(text) <= maxText {
			return text
		}
	}
	return withChoices(m.Text, m.Choices)
}

func numbered(text string, choices []conversations.Choice, show func(conversations.Choice) string) string {
	if len(choices) == 0 {
		return text
	}
	var b strings.Builder
	b.WriteString(text)
	for i, c := range choices {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString(". ")
		b.WriteString(show(c))
	}
	return b.String()
}

// link shows a choice as a link which sends it, as a tap in a menu message
// does. How its parts would have to be escaped nobody has written down, so
// that only those which need no escaping become links.
func link(c conversations.Choice) string {
	if c.ID == "" || c.Text == "" || strings.ContainsAny(c.ID+c.Text, "<>&\"'%+#?=; \n") {
		return c.Text
	}
	return `<a href="weixin://bizmsgmenu?msgmenucontent=` + c.Text + `&msgmenuid=` + c.ID + `">` + c.Text + `</a>`
}
