package storetest

import (
	"fmt"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// wired is a branch that is served by accounts whose addresses are facts of
// the candidate.
const wired = "head/wired"

// reaching are those accounts, and the candidates' pages.
func reaching(account string) (conversations.Description, bool) {
	d, ok := map[string]conversations.Description{
		"app":                     {Medium: conversations.Push, Contact: conversations.ByEHR},
		"sms":                     {Medium: conversations.SMS, Contact: conversations.ByPhone},
		conversations.PageAccount: {Medium: conversations.Page, Choices: 10},
	}[account]
	d.Account, d.Platform, d.Branch, d.Templates = account, account, "head", d.Medium != conversations.Page
	return d, ok
}

// calling are policies in which one position is telephoned after an hour.
type calling struct{}

func (calling) For(_ string, p conversations.Position) conversations.RoutePolicy {
	if p.Title != "called" {
		return conversations.RoutePolicy{}
	}
	return conversations.RoutePolicy{Normal: []conversations.Step{
		{By: conversations.Chat}, {By: conversations.SMS}, {By: conversations.Person, After: time.Hour, Unless: conversations.GotAnswered},
	}}
}

func (calling) Zone(string) *time.Location { return nil }

// reached is a result of a candidate with a phone number, in the branch where
// that is an address.
func reached(id, candidate, phone string) conversations.Notify {
	n := Result(id, candidate)
	n.Result.Branch, n.Result.Candidate.Phone = wired, phone
	return n
}

// from is a text from a phone number.
func from(phone, dedupe string) conversations.Receive {
	return Said(conversations.Address{Account: "sms", ID: phone}, dedupe, "quiet")
}

const family = "13800138000"

// testSharedContacts: what comes in from an address that several candidates
// have is the latest conversation's, as long as it is theirs.
func testSharedContacts(t *testing.T, b *bench) {
	first := b.notify(reached("r1", "E1", family)).Conversation
	if got := b.receive(from(family, "m1")).Conversation; got != first {
		t.Fatalf("a text went to %s, want %s", got, first)
	}
	b.clock.Advance(time.Second)
	second := b.notify(reached("r2", "E2", "+86 138 0013 8000")).Conversation
	for id, want := range map[string]string{"m2": second, "m3": second} {
		if got := b.receive(from(family, id)).Conversation; got != want {
			t.Errorf("a text from a shared phone went to %s, want the latest, %s", got, want)
		}
	}
	before := b.thread(first)
	if first == second || before.Reach(conversations.Address{Account: "sms", ID: family}) == nil {
		t.Error("the first candidate lost the number")
	}
	for i, candidate := range []string{"E1", "E2"} {
		b.clock.Advance(time.Second)
		want := b.notify(reached(fmt.Sprint("again", i), candidate, family)).Conversation
		if got := b.receive(from(family, fmt.Sprint("a", i))).Conversation; got != want {
			t.Errorf("with news for %s a text went to %s, want %s", candidate, got, want)
		}
	}
	b.clock.Advance(time.Second)
	b.notify(reached("r3", "E2", "13900139000"))
	if got := b.receive(from(family, "m4")).Conversation; got != first {
		t.Errorf("with another number told, a text from the old one went to %s, want %s", got, first)
	}
	if got := b.receive(from("13900139000", "m5")).Conversation; got != second {
		t.Errorf("a text from the new number went to %s, want %s", got, second)
	}
	b.notify(reached("r4", "E1", ""))
	if got := b.receive(from(family, "m6")).Conversation; got == first || got == second {
		t.Errorf("a text from nobody's number went to %s", got)
	}
	if !b.receive(from(family, "m1")).Duplicate {
		t.Error("a repeat is new")
	}
}

// testStrangersContact: whoever wrote from a number before the EHR told it
// proves to be the candidate.
func testStrangersContact(t *testing.T, b *bench) {
	stranger := b.receive(from(family, "m1")).Conversation
	candidate := b.notify(reached("r1", "E1", family)).Conversation
	if got := b.receive(from(family, "m2")).Conversation; got != candidate {
		t.Errorf("a text went to %s, want the candidate's %s", got, candidate)
	}
	if c := b.thread(stranger); c.MergedInto != candidate {
		t.Errorf("the stranger's conversation merged into %q", c.MergedInto)
	}
	b.notify(reached("r2", "E1", ""))
	if got := b.receive(from(family, "m3")).Conversation; got == candidate || got == stranger {
		t.Errorf("once the number is not theirs a text went to %s", got)
	}
}

// testKnownByEHR: whoever writes in the bank's app is known by the EHR's id,
// even if the app's account is newer than the conversation.
func testKnownByEHR(t *testing.T, b *bench) {
	candidate := b.notify(Result("r1", "E1")).Conversation // of a branch that the app was not there for
	app := conversations.Address{Account: "app", ID: "E1"}
	for _, id := range []string{"m1", "m2"} {
		if got := b.receive(Said(app, id, "quiet")).Conversation; got != candidate {
			t.Errorf("%s went to %s, want %s", id, got, candidate)
		}
	}
	c := b.thread(candidate)
	if r := c.Reach(app); r == nil || r.Contact != conversations.ByEHR {
		t.Errorf("the address is %+v", r)
	}
	if got := b.receive(Said(conversations.Address{Account: "app", ID: "E2"}, "m3", "quiet")).Conversation; got == candidate {
		t.Error("somebody else's words went to the candidate")
	}
}

// testPageAddress: a page's address is its conversation's id, and begins none.
func testPageAddress(t *testing.T, b *bench) {
	candidate := b.notify(Result("r1", "E1")).Conversation
	page := conversations.Address{Account: conversations.PageAccount, ID: candidate}
	for _, id := range []string{"m1", "m2"} {
		if got := b.receive(Said(page, id, "hello")).Conversation; got != candidate {
			t.Errorf("%s went to %s, want %s", id, got, candidate)
		}
	}
	if c, err := b.Candidate(t.Context(), conversations.Everything, "E1"); err != nil || c.Reach(page) == nil {
		t.Errorf("the page is no address of %+v (%v)", c.Reaches, err)
	}
	nobody := conversations.Address{Account: conversations.PageAccount, ID: "nobody"}
	b.refuse(conversations.ErrNotFound, conversations.Target{Address: nobody}, Said(nobody, "m3", "hello"))
}

// testCancelSend: what waits in the outbox is not sent any more, in whichever
// lane it is, and what waits behind it is.
func testCancelSend(t *testing.T, b *bench) {
	id := b.notify(Result("r1", "E1", oa("u"))).Conversation
	b.finish(sent(b.claimOne(), "p1"))
	b.receive(said("u", "m1", "quiet"))
	to := conversations.Target{Conversation: id}
	for _, words := range []string{"one", "two"} {
		b.apply(to, conversations.Reply{Agent: "li", Text: words, Key: words})
	}
	first := b.claimOne()
	b.finish(outbox.Outcome{Item: first, Verdict: outbox.Retry, RetryAt: b.clock.Now().Add(time.Hour), Note: "down", Release: true})
	b.apply(to, conversations.CancelSend{Agent: "li", Message: first.ID})
	it := b.claimOne()
	if it.ID != first.ID || it.Ride != outbox.Cancelled {
		t.Fatalf("claimed %s, which stands at %d", it.ID, it.Ride)
	}
	b.finish(outbox.Outcome{Item: it, Release: true, Target: to, Then: conversations.Report{
		Message: it.ID, Status: conversations.Failed, Reason: conversations.Cancelled,
	}})
	if m := b.message(it.ID); m.Status != conversations.Failed || m.Reason != string(conversations.Cancelled) {
		t.Errorf("the message stands at %s, %s", m.Status, m.Reason)
	}
	next := b.claimOne()
	if d := delivery(t, next); d.Text != "two" || next.Ride == outbox.Cancelled {
		t.Errorf("what follows is %q, at %d", d.Text, next.Ride)
	}
	b.finish(sent(next, "p2"))
	b.refuse(conversations.ErrStale, to, conversations.CancelSend{Agent: "li", Message: next.ID})
	b.refuse(conversations.ErrStale, to, conversations.CancelSend{Agent: "li", Message: "no message"})
}

// testCallList: whom a plan asks HR to telephone stands in the inbox until
// somebody did.
func testCallList(t *testing.T, b *bench) {
	n := reached("r1", "E1", family)
	n.Result.Position.Title = "called"
	id := b.notify(n).Conversation
	b.notify(reached("r2", "E2", "13900139000"))
	list := func() conversations.InboxPage {
		t.Helper()
		page, err := b.Inbox(t.Context(), conversations.InboxQuery{Scope: conversations.Everything, View: conversations.ViewCalls})
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	if page := list(); len(page.Rows) != 0 || page.Counts[conversations.ViewCalls] != 0 {
		t.Errorf("at first %+v are to be called", page)
	}
	b.clock.Advance(time.Hour)
	for _, lane := range b.claimOf(b.Store, conversations.TaskTick, 10, 1) {
		o := outbox.Tick(t.Context(), lane.Items[0])
		o.Item, o.Release = lane.Items[0], true
		b.finish(o)
	}
	if page := list(); len(page.Rows) != 1 || page.Rows[0].ID != id || page.Rows[0].Call == nil || page.Counts[conversations.ViewCalls] != 1 {
		t.Fatalf("to be called are %+v", page)
	}
	b.apply(conversations.Target{Conversation: id}, conversations.Called{Agent: "li", Outcome: conversations.CallReached})
	if page := list(); len(page.Rows) != 0 || page.Counts[conversations.ViewCalls] != 0 {
		t.Errorf("in the end %+v are to be called", page)
	}
}
