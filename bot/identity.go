package bot

import (
	"unicode"

	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// identify leads an unknown follower to proof of who they are. What is said
// depends on how far they are, never on whether such a candidate exists.
func (t *talk) identify() {
	if t.Heard.Cue == conversations.CueSaid {
		t.follow(t.Heard.Text)
	}
	if t.wantsPerson() {
		return
	}
	switch t.Heard.Identity {
	case conversations.IdentityLocked:
		t.handoff("identity.locked", conversations.HandoffIdentity)
	case conversations.IdentityProven:
		t.say("identity.proven", nil)
	default:
		t.askIdentity()
	}
}

// askIdentity asks for what is missing for the next step.
func (t *talk) askIdentity() {
	key := "identity.ask"
	switch t.Heard.Identity {
	case conversations.IdentityPhone:
		key = "identity.ask_phone"
	case conversations.IdentityName:
		key = "identity.ask_name"
	case conversations.IdentityCode:
		key = "identity.ask_code"
	case conversations.IdentityWrong:
		key = "identity.wrong_code"
	}
	stale := t.Heard.Scan == conversations.ScanStale || t.Heard.Scan == conversations.ScanTaken
	switch {
	case stale:
		t.tell(lines(phrase("identity.scan_stale", nil), phrase(key, nil)))
	case key == "identity.ask" && !t.memory.Greeted:
		t.say("identity.welcome", nil)
	default:
		t.say(key, nil)
	}
	t.memory.Greeted = true
}

// wantsPerson hands over somebody without an offer who asks for a person, or
// complains. Names, phone numbers and codes mean neither.
func (t *talk) wantsPerson() bool {
	switch {
	case t.Heard.Cue == conversations.CueTapped && t.Heard.Text == menuHuman:
	case t.Heard.Cue != conversations.CueSaid || t.Heard.Identity == conversations.IdentityProven:
		return false
	case t.Heard.Choice == choiceHuman:
	case digits(t.Heard.Text) >= 4:
		return false
	default:
		r := t.readAlone()
		t.intents = r.Intents
		return t.handedOff(r)
	}
	t.handoff("handoff.asked", conversations.HandoffAsked)
	return true
}

// readAlone reads a message where no start date is spoken of.
func (t *talk) readAlone() reading {
	return t.understand(nlu.Input{Text: t.Heard.Text, Now: t.Now})
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// claimRefused tells a follower that HR did not find them to be who they say.
func (t *talk) claimRefused() { t.say("identity.refused", nil) }
