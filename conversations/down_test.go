package conversations

import (
	"slices"
	"testing"
	"time"
)

// twoRoads are an official account and text messages, planned a day apart, with a
// call in the end.
type twoRoads struct{ withSMS bool }

func (r twoRoads) Describe(account string) (Description, bool) {
	switch {
	case account == "oa":
		return Description{Platform: "wechat", Account: "oa", Medium: Chat, MaxRunes: 600, Choices: 10, Templates: true, Invites: true}, true
	case account == "sms" && r.withSMS:
		return Description{Platform: "sms", Account: "sms", Medium: SMS, Contact: ByPhone, Templates: true}, true
	}
	return Description{}, false
}

func (r twoRoads) Serving(string) (all []Description) {
	for _, account := range []string{"oa", "sms"} {
		if d, ok := r.Describe(account); ok {
			all = append(all, d)
		}
	}
	return all
}

func (twoRoads) For(string, Position) RoutePolicy {
	return RoutePolicy{Normal: []Step{{By: Chat}, {By: SMS, After: 24 * time.Hour}, {By: Person, After: 48 * time.Hour}}}
}

func (twoRoads) Zone(string) *time.Location { return nil }

func (w *world) by(r twoRoads) *world {
	w.Channels, w.Routes = r, r
	return w
}

// waitsFor is the conversation of a candidate whose notification waits for the
// account, and the question whether it can do without.
func waitsFor(t *testing.T, w *world) (Conversation, *Message, Report) {
	t.Helper()
	r := sampleResult()
	r.Addresses = []Address{openID}
	ch := w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(r))
	m := &ch.Messages[len(ch.Messages)-1]
	if m.Address != openID {
		t.Fatalf("nothing was sent by the official account: %+v", ch.Messages)
	}
	return ch.Conversation, m, Report{Message: m.ID, Reason: AccountDown, Code: string(Credentials), At: noon}
}

func TestAnotherRoadIsTakenWhileTheAccountIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(nil).by(twoRoads{withSMS: true})
	c, m, asked := waitsFor(t, w)
	ch := w.turn(t, Snapshot{Now: noon.Add(10 * time.Minute), Conversation: c, Message: m}, asked)
	if ds := deliveries(ch); len(ds) != 1 || ds[0].To.Account != "sms" {
		t.Fatalf("delivered %+v", ds)
	}
	if !slices.Equal(ch.Cancelled, []string{m.ID}) {
		t.Errorf("cancelled %v; want what waits for the account, lest it be sent as well", ch.Cancelled)
	}
	if len(ch.Statuses) != 1 || ch.Statuses[0].Status != Failed || ch.Statuses[0].Reason != "account_down:credentials" {
		t.Errorf("statuses %+v", ch.Statuses)
	}
	m.Status = Failed
	if again := w.turn(t, Snapshot{Now: noon.Add(20 * time.Minute), Conversation: ch.Conversation, Message: m}, asked); !again.Unchanged {
		t.Errorf("asked again: %+v", again)
	}
}

// TestWithoutAnotherRoadItWaits: nobody is asked to telephone for a message
// that is going to arrive.
func TestWithoutAnotherRoadItWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(nil).by(twoRoads{})
	c, m, asked := waitsFor(t, w)
	if ch := w.turn(t, Snapshot{Now: noon.Add(10 * time.Minute), Conversation: c, Message: m}, asked); !ch.Unchanged {
		t.Errorf("changed: %+v", ch)
	}
}

func TestWordsInATalkWait(t *testing.T) {
	t.Parallel()
	w := newWorld(nil).by(twoRoads{withSMS: true})
	c, _, asked := waitsFor(t, w)
	words := Message{ID: "c1-9", Conversation: "c1", Kind: Text, Address: openID, Text: "您好", Status: Queued}
	asked.Message = words.ID
	if ch := w.turn(t, Snapshot{Conversation: c, Message: &words}, asked); !ch.Unchanged {
		t.Errorf("changed: %+v", ch)
	}
}
