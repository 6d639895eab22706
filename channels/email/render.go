package email

import (
	"bytes"
	"embed"
	"html/template"
	"regexp"
	"strings"

	"golang.org/x/text/language"

	"jiebao/conversations"
)

//go:embed pages/*.html
var pages embed.FS

// letterhead is what stands in every mail of one language.
type letterhead struct {
	Locale conversations.Locale
	Bank   string

	Subject   string // of what has none of its own
	Open      string // on the button
	Answers   string // above the links that answer
	Address   string // above the page's address
	Reply     string // how to answer
	Person    string // how to answer where there is no page
	Genuine   string // what the bank never asks for
	OptOut    string
	Invited   string // that an invitation is attached
	Cancelled string // that it was withdrawn

	Confirm, Reschedule, Question string
}

// letterheads puts what stands in every mail into words, in each language.
func letterheads(words Words, a Account) (map[conversations.Locale]letterhead, error) {
	all := map[conversations.Locale]letterhead{}
	for _, l := range []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English} {
		h := letterhead{Locale: l, Bank: a.Bank}
		if h.Bank == "" {
			h.Bank = a.Name
		}
		for key, into := range map[string]*string{
			"subject": &h.Subject, "open": &h.Open, "answers": &h.Answers, "address": &h.Address, "reply": &h.Reply,
			"person": &h.Person, "genuine": &h.Genuine, "opt_out": &h.OptOut, "invited": &h.Invited, "cancelled": &h.Cancelled,
			"confirm": &h.Confirm, "reschedule": &h.Reschedule, "question": &h.Question,
		} {
			var err error
			if *into, err = words.Words(l, "mail."+key, nil); err != nil {
				return nil, err
			}
		}
		all[l] = h
	}
	return all, nil
}

func (a *Adapter) letterhead(l conversations.Locale) letterhead { return a.letters[nearest(l)] }

var spoken = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.TraditionalChinese, language.English})

// nearest is the language whose words a speaker of l, or of the languages of
// an Accept-Language header, is given.
func nearest(l conversations.Locale) conversations.Locale {
	_, i := language.MatchStrings(spoken, string(l))
	return [...]conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English}[i]
}

// hint says how to answer.
func (h letterhead) hint(l letter) string {
	if l.link == "" {
		return h.Person
	}
	return h.Reply
}

// attached says what comes with the mail.
func (h letterhead) attached(l letter) string {
	switch {
	case l.calendar == nil:
		return ""
	case l.calendar.Cancelled:
		return h.Cancelled
	}
	return h.Invited
}

// plain is the letter as text. What is not the letter's own stands below the
// line that mail programs know for the end of what was written (RFC 3676).
func (l letter) plain(h letterhead) string {
	var b strings.Builder
	b.WriteString(l.text)
	section := func(lines ...string) {
		if lines = nonEmpty(lines); len(lines) > 0 {
			b.WriteString("\n\n" + strings.Join(lines, "\n"))
		}
	}
	section(h.attached(l))
	if l.link != "" {
		section(h.Open, l.link)
	}
	if len(l.answers) > 0 {
		section(h.Answers)
		for _, answer := range l.answers {
			b.WriteString("\n- " + answer.Text + "\n  " + answer.URL)
		}
	}
	section("-- ", h.Bank, h.hint(l), h.Genuine)
	if l.optOut != "" {
		b.WriteString("\n" + h.OptOut + " " + l.optOut)
	}
	return b.String() + "\n"
}

func nonEmpty(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

var letterPage = template.Must(template.ParseFS(pages, "pages/letter.html"))

// html is the letter as HTML: one column, no pictures, nothing fetched from
// anywhere, and readable with any of its styles dropped.
func (l letter) html(h letterhead) (string, error) {
	var b bytes.Buffer
	err := letterPage.Execute(&b, map[string]any{
		"Head": h, "Subject": l.subject, "Paragraphs": paragraphs(l.text), "Link": l.link, "Answers": l.answers,
		"Attached": h.attached(l), "Hint": h.hint(l), "OptOut": l.optOut,
	})
	return b.String(), err
}

// run is a part of a line: words, or an address that can be opened.
type run struct{ Text, URL string }

var addressInText = regexp.MustCompile(`https?://[A-Za-z0-9._~:/?#\[\]@!$&'*+,;=%-]+[A-Za-z0-9/_=-]`)

// paragraphs splits a text at its empty lines, into lines of runs.
func paragraphs(text string) [][][]run {
	var out [][][]run
	for _, paragraph := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		var lines [][]run
		for _, line := range strings.Split(strings.Trim(paragraph, "\n"), "\n") {
			lines = append(lines, runs(line))
		}
		out = append(out, lines)
	}
	return out
}

func runs(line string) []run {
	var out []run
	for {
		at := addressInText.FindStringIndex(line)
		if at == nil {
			return append(out, run{Text: line})
		}
		out = append(out, run{Text: line[:at[0]]}, run{line[at[0]:at[1]], line[at[0]:at[1]]})
		line = line[at[1]:]
	}
}
