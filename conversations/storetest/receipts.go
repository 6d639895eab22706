package storetest

import (
	"errors"
	"testing"

	"jiebao/conversations"
)

func asError[T error](err error, into *T) bool { return errors.As(err, into) }

// notice posts a result to a candidate who can be reached and returns the
// notification's task.
func (b *bench) notice() (conversation, message string) {
	b.t.Helper()
	conversation = b.notify(Result("r1", "E1", oa("u"))).Conversation
	it := b.claimOne()
	message = delivery(b.t, it).Message
	b.finish(sent(it, "P1"))
	return conversation, message
}

func receipt(platformID string) conversations.Target {
	return conversations.Target{Account: "oa", PlatformID: platformID}
}

func testStatuses(t *testing.T, b *bench) {
	conversation, message := b.notice()
	if m := b.message(message); m.Status != conversations.Sent || m.PlatformID != "P1" {
		t.Fatalf("after sending: status %s, platform's id %q", m.Status, m.PlatformID)
	}
	for _, step := range []struct{ report, want conversations.Status }{
		{conversations.Failed, conversations.Failed},
		{conversations.Sent, conversations.Failed},
		{conversations.Delivered, conversations.Delivered},
		{conversations.Failed, conversations.Delivered},
		{conversations.Read, conversations.Read},
		{conversations.Delivered, conversations.Read},
	} {
		a := b.apply(receipt("P1"), conversations.Report{Status: step.report, Reason: "block", At: b.clock.Now()})
		if a.Conversation != conversation {
			t.Fatalf("a receipt went to %q, want %s", a.Conversation, conversation)
		}
		if got := b.message(message).Status; got != step.want {
			t.Errorf("after a receipt of %s the status is %s, want %s", step.report, got, step.want)
		}
	}
	var history []conversations.Status
	for _, h := range b.message(message).History {
		history = append(history, h.Status)
	}
	want := []conversations.Status{conversations.Sent, conversations.Failed, conversations.Delivered, conversations.Read}
	if len(history) != len(want) {
		t.Fatalf("history %v, want %v", history, want)
	}
	for i := range want {
		if history[i] != want[i] {
			t.Errorf("history %v, want %v", history, want)
		}
	}
}

func testEarlyReceipts(t *testing.T, b *bench) {
	conversation := b.notify(Result("r1", "E1", oa("u"))).Conversation
	it := b.claimOne()
	for range 2 {
		a := b.apply(receipt("P1"), conversations.Report{Status: conversations.Delivered, At: b.clock.Now()})
		if a.Conversation != "" {
			t.Errorf("a receipt of nobody's message went to %s", a.Conversation)
		}
	}
	b.apply(conversations.Target{Account: "north", PlatformID: "P1"}, conversations.Report{Status: conversations.Read, At: b.clock.Now()})
	b.finish(sent(it, "P1"))
	m := b.message(delivery(t, it).Message)
	if m.Status != conversations.Delivered || len(m.History) != 2 {
		t.Errorf("status %s with history %v; want the receipt that came first, and not another account's", m.Status, m.History)
	}
	if c := b.thread(conversation); c.Application().Status != conversations.Delivered {
		t.Errorf("the application's status is %s", c.Application().Status)
	}
	other := b.notify(Result("r2", "E2", conversations.Address{Account: "north", ID: "v"})).Conversation
	b.finish(sent(b.claimOne(), "P1"))
	if c := b.thread(other); c.Application().Status != conversations.Read {
		t.Errorf("the other account's receipt is lost: status %s", c.Application().Status)
	}
	b.apply(receipt("P1"), conversations.Report{Status: conversations.Read, At: b.clock.Now()})
	if m := b.message(m.ID); m.Status != conversations.Read || len(m.History) != 3 {
		t.Errorf("after a later receipt: status %s with history %v", m.Status, m.History)
	}
}

// A platform that gives back what it was sent along settles what its answer
// left open, in whatever order that comes.
func testReceiptsOfMessages(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u")))
	it := b.claimOne()
	message := delivery(t, it).Message
	doubt := sent(it, "")
	doubt.Then = conversations.Report{Message: message, Status: conversations.Unknown, Reason: conversations.OutcomeUnsure, At: b.clock.Now()}
	b.finish(doubt)
	if m := b.message(message); m.Status != conversations.Unknown {
		t.Fatalf("after a lost answer the status is %s", m.Status)
	}
	told := func(message string) conversations.Arrival {
		return conversations.Arrival{Receipt: &conversations.ArrivedReceipt{Account: "oa", PlatformID: "P9", Report: conversations.Report{
			Message: message, PlatformID: "P9", Status: conversations.Delivered, At: b.clock.Now(),
		}}}
	}
	to, command := told(message).Turn()
	b.apply(to, command)
	if m := b.message(message); m.Status != conversations.Delivered {
		t.Errorf("after its receipt the status is %s", m.Status)
	}
	to, command = told("nobody-1").Turn()
	if _, err := b.Apply(t.Context(), to, command); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a receipt of another system's message ends with %v", err)
	}
}
