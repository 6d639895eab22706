package chat

import (
	"bytes"
	"fmt"
	"strings"

	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

// transcript writes a talk as bot/testdata holds them: a talk from there comes
// out as it went in, and what is new can be put there as a test. Where a
// transcript has no word for something, it is a comment.
type transcript struct{ out *bytes.Buffer }

// spoken are the verbs that transcripts know, of lines that come in.
var spoken = map[string]bool{
	"notify": true, "candidate": true, "voice": true, "file": true, "video": true, "location": true, "image": true,
	"model": true, "photo": true, "tap": true, "menu": true, "follow": true, "release": true, "at": true, "filed": true,
}

// fromTranscript returns what is to be played of a line of a transcript, ""
// if nothing is: it says what came of an earlier line.
func fromTranscript(line string) string {
	verb, rest, found := strings.Cut(line, ":")
	rest = strings.TrimSpace(rest)
	switch {
	case strings.HasPrefix(line, "\t"), strings.HasPrefix(line, "#"), strings.HasPrefix(line, "-- "):
		return ""
	case !found:
		return line
	case verb == "bot", verb == "act", verb == "memory", verb == "notify", verb == "filed", verb == "model":
		return ""
	case verb == "candidate":
		return rest
	case verb == "hr", spoken[verb]:
		return strings.TrimSpace("/" + verb + " " + rest)
	}
	return line
}

func (v *transcript) prompt() {}
func (v *transcript) close()  {}

func (v *transcript) remark(text string) {
	fmt.Fprintf(v.out, "# %s\n", strings.ReplaceAll(text, "\n", "\n# "))
}

func (v *transcript) opening(s *session) {
	fmt.Fprintf(v.out, "-- %s --\nat: %s\n", s.Locale, s.r.Now().Format(minute))
	if s.Offer != startFrom(s.r.Now()) {
		fmt.Fprintf(v.out, "\noffer: %s\n", s.Offer)
	}
}

func (v *transcript) step(s *session, st step) {
	v.line(st.verb, st.rest)
	for _, t := range st.turns {
		if c, is := t.Command.(conversations.Filed); is {
			v.line("filed", outcome(t, c))
		}
		if t.Move == nil {
			continue
		}
		if t.Move.Heard.Cue == conversations.CueUnderstood {
			v.line("model", "")
		}
		for _, a := range t.Move.Decision.Do {
			fmt.Fprintf(v.out, "act: %s\n", rehearsal.ActText(a))
		}
		for _, say := range t.Move.Decision.Say {
			fmt.Fprintf(v.out, "bot: %s\n", indented(s.phrase(t, say), "\t"))
		}
		fmt.Fprintf(v.out, "memory: %s\n", t.Move.Decision.Memory)
	}
}

// line writes what happened, after a blank line unless it only sets the time.
func (v *transcript) line(verb, rest string) {
	known := spoken[verb] || verb == "hr" && !strings.HasPrefix(rest, "take") && !strings.HasPrefix(rest, "reply") && !strings.HasPrefix(rest, "accept")
	switch {
	case !known:
		fmt.Fprintf(v.out, "# %s\n", strings.TrimSpace(verb+" "+rest))
		return
	case verb != "at":
		v.out.WriteByte('\n')
	}
	fmt.Fprintf(v.out, "%s\n", strings.TrimSpace(verb+": "+rest))
}

// phrase is what the bot says, with its choices as numbered lines.
func (s *session) phrase(t rehearsal.Turn, say conversations.Say) string {
	text, err := s.words.Words(t.After.Candidate.Locale, say.Key, say.Args)
	if err != nil {
		return err.Error()
	}
	var choices []conversations.Choice
	for _, c := range say.Choices {
		words, err := s.words.Words(t.After.Candidate.Locale, c.Key, c.Args)
		if err != nil {
			return err.Error()
		}
		choices = append(choices, conversations.Choice{ID: c.ID, Text: words})
	}
	return conversations.Numbered(text, choices)
}

// indented puts the further lines of a text under its first, without gaps.
func indented(text, by string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n\n", "\n"), "\n", "\n"+by)
}

// outcome is what became of a photo: its id, its state and why.
func outcome(t rehearsal.Turn, c conversations.Filed) string {
	out := rehearsal.ShortID(c.Document)
	if d := t.After.Application().Document(c.Document); d != nil {
		out += strings.TrimRight(" "+string(d.State)+" "+d.Reason, " ")
	}
	return out
}
