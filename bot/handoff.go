package bot

import (
	"strings"
	"time"

	"jiebao/conversations"
)

// handoff asks for a person, and says so and how soon one can answer.
func (t *talk) handoff(key, reason string) { t.handOver(phrase(key, nil), reason) }

// handOver is handoff in words with arguments.
func (t *talk) handOver(first conversations.Say, reason string) {
	t.memory.Failures = 0
	if h := t.interrupted(); h != nil {
		t.memory.Held = h
	}
	t.tell(lines(first, t.wait()...))
	t.do(conversations.RequestHandoff{Reason: reason, Understanding: t.understanding()})
}

// interrupted is the bot's latest question if it was about a date that is not
// the one the bank waits for, nil otherwise: that one is asked about anyhow.
func (t *talk) interrupted() *held {
	if t.app == nil || t.over() {
		return nil
	}
	settled := !t.open() && t.was.Date == t.settled()
	switch {
	case settled:
	case t.was.Asked == askedDate, t.was.Asked == askedReadBack, t.was.Asked == askedPick,
		t.was.Asked == askedStart && !(t.open() && t.was.Date == t.proposed()):
		return &held{t.was.Asked, t.was.Date, t.was.Said, t.app.Answer}
	}
	return nil
}

// pending is the question about a date that waits for an answer: the latest, or
// the one that was put off.
func (t *talk) pending() *held {
	if h := t.interrupted(); h != nil {
		return h
	}
	return t.was.Held
}

// takesUp comes back to the question that a hand-off interrupted, after what is
// told first, and says whether there is one that still stands. A mere OK then is
// to what is told.
func (t *talk) takesUp(first ...conversations.Say) bool {
	h := t.pending()
	t.memory.Held = nil
	if h == nil || t.over() || h.Answer != t.app.Answer || h.Asked != askedDate && !h.Date.After(t.today()) {
		return false
	}
	t.ledBy(first, func() {
		switch d := h.Date; {
		case h.Asked == askedDate:
			t.askDate("schedule.ask")
		case t.confirmable(d):
			t.askStart(d)
		case t.impossible(d):
			t.instead(d, h.Said)
		default:
			t.readBack("schedule.read_back", d, h.Said)
		}
	})
	t.memory.Lightly = true
	return true
}

// understanding is what a person should know of the message handed over.
func (t *talk) understanding() conversations.Understanding {
	u := conversations.Understanding{Asked: string(t.was.Asked), About: t.was.Date}
	for _, i := range t.intents {
		u.Intents = append(u.Intents, i.String())
	}
	return u
}

// Waits are told in steps of five minutes, and not at all when they are long:
// a number is a promise.
const (
	waitStep    = 5 * time.Minute
	longestWait = 2 * time.Hour
)

// wait says how soon a person can answer, as far as that is known: within
// office hours how long it takes at the moment, outside of them when people
// are back.
func (t *talk) wait() []conversations.Say {
	d := t.Desk
	if !d.Open && d.Hours.Known() && !d.Back.IsZero() {
		return []conversations.Say{phrase("handoff.closed", args{
			"days": t.days(), "from": clockTime(d.Hours.From), "to": clockTime(d.Hours.To), "time": d.Back,
		})}
	}
	told := []conversations.Say{phrase("handoff.here", nil)}
	if ahead, ok := t.ahead(); ok {
		told = append(told, ahead)
	}
	if d.Open && !d.Back.IsZero() && t.Now.Add(max(d.Usual, 2*waitStep)).After(d.Hours.Closes(t.Now)) {
		told = append(told, phrase("handoff.closing", args{"to": clockTime(d.Hours.To), "time": d.Back}))
	}
	return told
}

// ahead says how many wait already, and how long it usually takes.
func (t *talk) ahead() (conversations.Say, bool) {
	d := t.Desk
	usual := (d.Usual + waitStep - 1) / waitStep * waitStep
	known := d.Usual > 0 && usual <= longestWait
	switch {
	case known && d.Ahead > 0:
		return phrase("handoff.ahead_minutes", args{"count": d.Ahead, "minutes": int(usual / time.Minute)}), true
	case known:
		return phrase("handoff.minutes", args{"minutes": int(usual / time.Minute)}), true
	case d.Ahead > 0:
		return phrase("handoff.ahead", args{"count": d.Ahead}), true
	}
	return conversations.Say{}, false
}

// days names the office days.
func (t *talk) days() any {
	listed := map[time.Weekday]bool{}
	for _, w := range t.Desk.Hours.Days {
		listed[w] = true
	}
	switch {
	case len(listed) == 7:
		return phrase("handoff.every_day", nil)
	case len(listed) == 5 && !listed[time.Saturday] && !listed[time.Sunday]:
		return phrase("handoff.working_days", nil)
	}
	return t.Desk.Hours.Days
}

// clockTime writes minutes after midnight as people do.
func clockTime(minutes int) string {
	return time.Date(2000, time.January, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}

// handedOff deals with messages that need a person at once.
func (t *talk) handedOff(r reading) bool {
	policy, danger := t.policyWords(r)
	switch {
	case danger:
		t.handoff("handoff.care", conversations.HandoffDistress)
	case t.consent(r):
	case policy:
		t.handoff("handoff.policy", conversations.HandoffPolicy)
	case !r.wants(question) && !r.wants(decline) && disputes(r):
		t.handoff("handoff.policy", conversations.HandoffPolicy)
	case r.about(outcome):
		t.leave([]reply{{asked: r.text, policy: true}}, false)
	case t.wantsElsewhere(r):
	case t.mistaken(r):
		t.handoff("handoff.mistaken", conversations.HandoffIdentity)
	case t.wantsPromise(r):
		t.leave([]reply{{asked: r.text, policy: true}}, false)
	case r.wants(human), t.typedHuman(r):
		t.handoff("handoff.asked", conversations.HandoffAsked)
	case r.wants(complaint):
		t.handoff("handoff.upset", conversations.HandoffUpset)
	default:
		return false
	}
	return true
}

// mistaken says whether somebody tells that the messages are meant for
// somebody else.
func (t *talk) mistaken(r reading) bool {
	name := plain(t.Conversation.Candidate.Name)
	return r.about(strays) || name != "" && strings.Contains(r.plain, name) && mentions(r.plain, []string{"我不是" + name, "我唔係" + name, "imnot" + name, "iamnot" + name})
}

// typedHuman says whether the words of that choice were typed, which the
// phrases tell people to do wherever they are.
func (t *talk) typedHuman(r reading) bool {
	words, err := t.o.Phrases.Words(t.locale(), choice(choiceHuman).Key, nil)
	return err == nil && r.plain == plain(words)
}

// failed follows a message that the bot did not understand.
func (t *talk) failed() {
	switch {
	case t.memory.Failures >= t.o.HandoffAfter:
		t.handoff("handoff.failed", conversations.HandoffFailed)
	case t.was.Asked == askedDate:
		t.askDate("schedule.ask_again")
	case t.was.Asked == askedPick && !t.over():
		t.again(t.was.Date, t.was.Said)
	case t.was.Asked == askedReadBack:
		t.readBack("schedule.read_back", t.was.Date, t.was.Said)
	case t.was.Asked == askedSure:
		t.askDecline(t.was.Said)
	case t.takesUp(phrase("chat.not_understood", nil)):
	case t.open():
		t.askStartAfter(phrase("chat.not_understood", nil))
		t.memory.Lightly = true
	default:
		t.say("chat.not_understood", nil, choice(choiceQuestion), choice(choiceHuman))
	}
}
