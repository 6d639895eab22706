package chat

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/rehearsal"
)

// help says what can be typed besides the candidate's words.
const help = `What you type is what the candidate writes; a number taps the choice of that number.
  /photo [WHY]          send a photo; WHY it is refused: duplicate, too_large, wrong_type, unreadable, too_many_pages, infected, expired
  /voice WORDS          say it; without words: nobody could understand it
  /file NAME, /video, /location PLACE
  /menu [KEY]           tap the account's menu: my_interview, documents, human
  /tap ID               tap a choice of an older message
  /follow, /unfollow    the official account
  /hr approve [NOTE], /hr refuse [NOTE], /hr counter DATE [NOTE]
                        HR's answer to the request for another date
  /hr take, /hr reply WORDS, /hr release
  /hr accept DOC, /hr reject DOC [REASON]
  /advance 25h          time passes (3d: days); /at 2026-06-25T09:00 says until when
  /status               how things stand
  /quit`

// command does what a line that began with a slash says.
func (s *session) command(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	text := func(k conversations.Kind) error {
		return s.say(verb, conversations.Inbound{Kind: k, Text: rest})
	}
	switch verb {
	case "photo":
		return s.photo(rest)
	case "voice", "file", "video", "location", "image":
		return text(conversations.Kind(verb))
	case "menu":
		if rest == "" {
			rest = "my_interview"
		}
		return s.gesture(verb, rest, conversations.Tapped)
	case "follow":
		return s.gesture(verb, "", conversations.Followed)
	case "unfollow":
		return s.gesture(verb, "", conversations.Unfollowed)
	case "tap":
		id, words, _ := strings.Cut(rest, " ")
		return s.tap(conversations.Choice{ID: id, Text: words})
	case "hr":
		return s.hr(rest)
	case "release":
		return s.hr("release")
	case "advance", "at":
		return s.advance(verb, rest)
	case "status":
		s.view.remark(s.status())
	case "help", "?":
		s.view.remark(help)
	case "quit", "exit":
		s.over = true
	default:
		s.view.remark(fmt.Sprintf("There is no /%s; /help lists what there is.", verb))
	}
	return nil
}

func (s *session) gesture(verb, key string, g conversations.Gesture) error {
	return s.receive(verb, key, conversations.Inbound{Gesture: g, Text: key}, time.Minute, 3)
}

// photo sends a new photo, the last one again, or one that is not kept.
func (s *session) photo(why string) error {
	if why != "duplicate" || s.photos == 0 {
		s.photos++
	}
	ref := "photo" + strconv.Itoa(s.photos)
	switch why {
	case "duplicate":
		why = ""
	case "too_large", "wrong_type", "unreadable", "too_many_pages", conversations.Infected, "expired":
		ref, why = ref+"!"+why, ""
	}
	return s.say("photo", conversations.Inbound{Kind: conversations.Image, Media: ref, Text: why})
}

// hr is what a person at the bank does.
func (s *session) hr(line string) error {
	do, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	doc, reason, _ := strings.Cut(rest, " ")
	switch do {
	case "approve", string(conversations.Approve):
		return s.verdict(conversations.Decide{Verdict: conversations.Approve, Note: rest})
	case "refuse", string(conversations.Refuse):
		return s.verdict(conversations.Decide{Verdict: conversations.Refuse, Note: rest})
	case "counter", string(conversations.Counter):
		date, err := conversations.ParseDate(doc)
		if err != nil {
			s.view.remark("/hr counter needs a date like 2026-07-13.")
			return nil
		}
		return s.verdict(conversations.Decide{Verdict: conversations.Counter, Counter: date, Note: reason})
	case "take":
		return s.apply("hr", line, conversations.Assign{Agent: agentID})
	case "release":
		return s.apply("release", "", conversations.Release{Agent: agentID})
	case "reply":
		return s.apply("hr", line, conversations.Reply{Agent: agentID, Text: rest})
	case "accept":
		return s.apply("hr", line, conversations.Review{Agent: agentID, Document: longID(doc), State: conversations.DocumentAccepted})
	case "reject":
		return s.apply("filed", doc+" rejected "+reason, conversations.Review{
			Agent: agentID, Document: longID(doc), State: conversations.DocumentRejected, Reason: reason,
		})
	}
	s.view.remark("HR can approve, refuse, counter, take, reply, release, accept and reject; see /help.")
	return nil
}

func longID(doc string) string { return rehearsal.Conversation + "-" + doc }

// verdict answers the open request for another date.
func (s *session) verdict(c conversations.Decide) error {
	c.Agent = agentID
	if app := s.r.Conversation().Application(); app != nil && app.Request != nil {
		c.Request = app.Request.ID
	}
	rest := strings.TrimSpace(strings.Join([]string{string(c.Verdict), c.Counter.String(), c.Note}, " "))
	return s.apply("hr", strings.Join(strings.Fields(rest), " "), c)
}

// advance lets time pass, for so long or until then.
func (s *session) advance(verb, rest string) error {
	d, err := s.span(verb, rest)
	if err != nil || d < 0 {
		s.view.remark(fmt.Sprintf("/%s: say how long, such as 25h or 3d, or until when, such as 2026-06-25T09:00; time does not go back.", verb))
		return nil
	}
	if d == 0 {
		return nil
	}
	s.ear.readings = nil
	turns, err := s.r.Advance(d)
	if err != nil {
		return err
	}
	s.showStep("at", s.r.Now().Format(minute), turns)
	return nil
}

// minute is how a time is written in transcripts.
const minute = "2006-01-02T15:04"

func (s *session) span(verb, rest string) (time.Duration, error) {
	if verb == "at" {
		until, err := time.ParseInLocation(minute, rest, s.r.Now().Location())
		return until.Sub(s.r.Now().Truncate(time.Minute)), err
	}
	if days, is := strings.CutSuffix(rest, "d"); is {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(rest)
}
