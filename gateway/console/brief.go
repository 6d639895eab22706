package console

import (
	"strings"

	"jiebao/conversations"
)

// briefLines are the lines of a handoff's summary.
func (v *view) briefLines(s *conversations.Summary) []conversations.TemplateField {
	var lines []conversations.TemplateField
	add := func(key, value string) {
		if value != "" {
			lines = append(lines, conversations.TemplateField{Name: v.T(key), Value: value})
		}
	}
	day := func(d conversations.Date) string {
		if d.IsZero() {
			return ""
		}
		return v.day(d)
	}
	add("brief.position", s.Position)
	if s.Position != "" {
		answer := string(s.Answer)
		if answer == "" {
			answer = "open"
		}
		add("brief.answer", v.T("answer."+answer))
	}
	add("brief.offered", day(s.Offered))
	if s.StartDate != s.Offered {
		add("brief.agreed", day(s.StartDate))
	}
	add("brief.wanted", day(s.Wanted))
	add("brief.countered", day(s.Countered))
	if !s.ReplyBy.IsZero() {
		add("brief.reply_by", v.stamp(s.ReplyBy))
	}
	add("brief.missing", strings.Join(s.Missing, v.T("brief.and")))
	add("brief.asked", v.asked(s))
	add("brief.understood", v.intents(s.Understood))
	add("brief.language", v.T("language."+strings.ReplaceAll(strings.ToLower(string(s.Locale)), "-", "_")))
	return lines
}

// asked is the bot's last question.
func (v *view) asked(s *conversations.Summary) string {
	if s.Asked == "" {
		return ""
	}
	words := v.Tor("asked."+s.Asked, s.Asked)
	if s.About.IsZero() {
		return words
	}
	return words + " " + v.day(s.About)
}

// intents is what the bot took the last message for.
func (v *view) intents(names []string) string {
	var words []string
	for _, n := range names {
		words = append(words, v.Tor("intent."+n, n))
	}
	return strings.Join(words, v.T("brief.and"))
}
