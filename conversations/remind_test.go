package conversations

import (
	"testing"
	"time"
)

type reminderPolicy ReminderPolicy

func (p reminderPolicy) For(string, Position) ReminderPolicy { return ReminderPolicy(p) }

var politely = reminderPolicy{
	From: 9 * 60, To: 20 * 60, Pause: 4 * time.Hour,
	Offer:  ReminderPlan{After: []time.Duration{24 * time.Hour}, Before: []time.Duration{6 * time.Hour}, Most: 2},
	Papers: ReminderPlan{After: []time.Duration{48 * time.Hour}, Most: 1},
}

// waiting is a candidate whose offer was sent at noon and not answered.
func waiting(now time.Time, change func(*Conversation)) Snapshot {
	c := Conversation{
		ID: "c1", Candidate: Candidate{ID: "E1"}, Tick: now,
		Reaches: []Reach{{
			Address: Address{Account: "oa", ID: "u"}, Followed: true, LastIn: noon,
			Grants: []Grant{{Kind: "message", Until: now.Add(time.Hour), Left: 5}},
		}},
		Applications: []Application{{ResultID: "r1", Notice: "c1-1", Offer: Offer{StartDate: Date{2026, time.July, 6}}, Reminded: Reminded{Since: noon}}},
	}
	if change != nil {
		change(&c)
	}
	return Snapshot{Now: now, Conversation: c}
}

func TestReminderIsPlannedWhenTheOfferIsSent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent    time.Time
		replyBy time.Time
		want    time.Time
	}{
		{noon, time.Time{}, noon.Add(24 * time.Hour)},
		{noon.Add(10 * time.Hour), time.Time{}, noon.Add(45 * time.Hour)},                      // at 22:00: in the morning after
		{noon, noon.Add(15 * time.Hour), noon.Add(-5*time.Hour + 24*time.Hour - 12*time.Hour)}, // the end is at 3:00: in the evening before
		{noon, noon.Add(5 * time.Hour), time.Time{}},                                           // too short a time
	} {
		w := newWorld(nil)
		w.Reminders = politely
		ch := w.turn(t, Snapshot{Now: c.sent, New: true, Conversation: Conversation{ID: "c1"}}, Notify{Result: Result{
			ID: "r1", Candidate: Candidate{ID: "E1"}, Addresses: []Address{{"oa", "u"}}, Offer: Offer{StartDate: Date{2026, time.July, 6}, ReplyBy: c.replyBy},
		}})
		if c.want.IsZero() != ch.Conversation.Tick.IsZero() || !ch.Conversation.Tick.Equal(c.want) {
			t.Errorf("sent at %s, reply by %s: the tick is planned for %s, want %s", c.sent, c.replyBy, ch.Conversation.Tick, c.want)
		}
	}
}

func TestTick(t *testing.T) {
	t.Parallel()
	day := noon.Add(24 * time.Hour)
	for name, c := range map[string]struct {
		now    time.Time
		change func(*Conversation)
		speaks bool
		kind   Kind // of what is recorded otherwise
	}{
		"unanswered":    {now: day, speaks: true},
		"answered":      {now: day, change: func(c *Conversation) { c.Applications[0].Answer = Confirmed }},
		"declined":      {now: day, change: func(c *Conversation) { c.Applications[0].Answer = Declined }},
		"opted out":     {now: day, change: func(c *Conversation) { c.OptOut = noon }},
		"a person's":    {now: day, change: func(c *Conversation) { c.Owner.Kind = OwnedByAgent }},
		"queued":        {now: day, change: func(c *Conversation) { c.Owner.Kind = OwnedByQueue }},
		"just wrote":    {now: day, change: func(c *Conversation) { c.Reaches[0].LastIn = day.Add(-time.Hour) }},
		"often enough":  {now: day, change: func(c *Conversation) { c.Applications[0].Reminded.Times = 2 }},
		"not sent":      {now: day, change: func(c *Conversation) { c.Applications[0].Waiting, c.Reaches = WaitingUnbound, nil }},
		"late at night": {now: noon.Add(35 * time.Hour)},
		"planned anew":  {now: day, change: func(c *Conversation) { c.Tick = day.Add(time.Hour) }},
		"window closed": {now: day, change: func(c *Conversation) { c.Reaches[0].Grants = nil }, kind: Template},
		"nobody there":  {now: day, change: func(c *Conversation) { c.Reaches[0].Followed = false }, kind: Note},
	} {
		w := newWorld(func(turn Turn) Decision {
			if turn.Heard.Cue == CueReminded && turn.Heard.Topic == TopicOffer {
				return Decision{Say: []Say{{Key: "remind"}}}
			}
			return Decision{}
		})
		w.Reminders = politely
		ch := w.turn(t, waiting(c.now, c.change), Tick{At: c.now})
		spoke, kind := false, Kind("")
		for _, m := range ch.Messages {
			spoke = spoke || m.Text == "<remind>"
			if !spoke {
				kind = m.Kind
			}
		}
		if spoke != c.speaks || kind != c.kind {
			t.Errorf("%s: spoke %v, recorded %q", name, spoke, kind)
		}
		if name == "just wrote" && !ch.Conversation.Tick.Equal(day.Add(3*time.Hour)) {
			t.Errorf("%s: the next tick is at %s", name, ch.Conversation.Tick)
		}
	}
}

func TestOptingOutSilencesTheProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(func(turn Turn) Decision {
		if turn.Heard.Text == "stop" {
			return Decision{Do: []Act{WithdrawConsent{}}, Say: []Say{{Key: "done"}}}
		}
		return Decision{Say: []Say{{Key: "news"}}}
	})
	s := waiting(noon, func(c *Conversation) {
		c.Owner.Kind = OwnedByAgent
		c.Held = []Held{{Message: "c1-8", Author: ByBot, Text: "bot"}, {Message: "c1-9", Author: ByAgent("hr"), Text: "hr"}}
		c.Reaches[0].Grants = nil
	})
	ch := w.turn(t, s, Receive{Inbound{Address: Address{"oa", "u"}, Gesture: Said, Kind: Text, Text: "stop", CanAnswer: true}})
	c := ch.Conversation
	if !c.OptedOut() || !ch.Withdrawn || ch.Answer == nil || len(c.Held) != 1 || len(ch.Statuses) != 1 || ch.Statuses[0].Message != "c1-8" {
		t.Fatalf("opting out while a person talks came to %+v", ch)
	}
	c.Applications[0].Answer, c.Applications[0].Request = Requested, &ScheduleRequest{ID: "q", Date: Date{2026, time.July, 9}}
	ch = w.turn(t, Snapshot{Conversation: c}, Decide{Agent: "hr", Request: "q", Verdict: Refuse})
	last := ch.Messages[len(ch.Messages)-1]
	if last.Status != Failed || last.Reason != string(OptedOut) {
		t.Errorf("HR's verdict: %+v", last)
	}
	for _, task := range ch.Tasks {
		if task.Kind == TaskDeliver {
			t.Errorf("it is sent: %+v", task)
		}
	}
	if _, err := w.Turn(Snapshot{Now: noon, Conversation: c}, Reply{Agent: "hr", Text: "hello"}); err == nil {
		t.Error("HR writes to somebody who wants no messages, and does not say that they know")
	}
}

// TestOptingOutWithoutWords: a mail program's button says nothing, is not
// answered, and pressed twice is as good as once.
func TestOptingOutWithoutWords(t *testing.T) {
	t.Parallel()
	w := newWorld(func(Turn) Decision { return Decision{Say: []Say{{Key: "news"}}} })
	ch := w.turn(t, waiting(noon, nil), OptOut{})
	if c := ch.Conversation; !c.OptedOut() || !ch.Withdrawn || c.Unread != 0 {
		t.Fatalf("opting out came to %+v", ch)
	}
	events := 0
	for _, task := range ch.Tasks {
		switch task.Kind {
		case TaskEvent:
			events++
		case TaskDeliver:
			t.Errorf("it is answered by %+v", task)
		}
	}
	if events != 1 {
		t.Errorf("%d events", events)
	}
	if ch := w.turn(t, Snapshot{Conversation: ch.Conversation}, OptOut{}); !ch.Unchanged || len(ch.Tasks) > 0 {
		t.Errorf("again came to %+v", ch)
	}
}
