package bot

import (
	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// identify leads an unknown follower to proof of who they are. What is said
// depends on how far they are, never on whether such a candidate exists.
func (t *talk) identify() {
	h := t.Heard
	if h.Cue == conversations.CueSaid && h.Identity != conversations.IdentityProven {
		t.follow(h.Text)
		if h.Choice == choiceHuman || t.heardHuman() {
			t.handoff("handoff.asked", conversations.HandoffAsked)
			return
		}
	}
	if h.Cue == conversations.CueTapped && h.Text == menuHuman {
		t.handoff("handoff.asked", conversations.HandoffAsked)
		return
	}
	switch h.Identity {
	case conversations.IdentityLocked:
		t.handoff("identity.locked", conversations.HandoffIdentity)
	case conversations.IdentityProven:
		t.say("identity.proven", nil)
	default:
		t.say("lines", args{"lines": t.identityLines()})
	}
}

// identityLines asks for what is missing for the next step.
func (t *talk) identityLines() []conversations.Say {
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
	default:
		if !t.memory.Greeted {
			key = "identity.welcome"
		}
	}
	t.memory.Greeted = true
	if t.Heard.Scan == conversations.ScanStale || t.Heard.Scan == conversations.ScanTaken {
		return []conversations.Say{phrase("identity.scan_stale", nil), phrase(key, nil)}
	}
	return []conversations.Say{phrase(key, nil)}
}

// heardHuman says whether somebody without an offer asks for a person, or
// complains.
func (t *talk) heardHuman() bool {
	r := t.o.Understander.Understand(nlu.Input{Text: t.Heard.Text, Now: t.Now})
	return r.Has(nlu.Human) || r.Has(nlu.Complaint) || t.typedHuman()
}

// typedHuman says whether the words of the choice were typed, which other
// phrases tell people to do.
func (t *talk) typedHuman() bool {
	words, err := t.o.Phrases.Words(t.locale(), "choices.human", nil)
	return err == nil && plain(t.Heard.Text) == plain(words)
}

// claimRefused tells a follower that HR did not find them to be who they say.
func (t *talk) claimRefused() { t.say("identity.refused", nil) }
