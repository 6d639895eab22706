package storetest

import (
	"slices"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
)

const takes = time.Minute

func (b *bench) begin(caller, key, digest string) (conversations.Request, bool) {
	b.t.Helper()
	kept, began, err := b.BeginRequest(b.t.Context(), conversations.Request{
		Caller: caller, Key: key, Digest: digest, Until: b.clock.Now().Add(takes),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return kept, began
}

// testRequests: a key stands for one request and its answer, for as long as
// answers are kept.
func testRequests(t *testing.T, b *bench) {
	first, began := b.begin("ehr", "k1", "d1")
	if !began || first.Status != 0 || first.Digest != "d1" {
		t.Fatalf("the first is %+v, began %v", first, began)
	}
	if again, began := b.begin("ehr", "k1", "d1"); began || again.Status != 0 || !again.Until.Equal(first.Until) {
		t.Errorf("while it is done: %+v, began %v", again, began)
	}
	for _, other := range [][2]string{{"it", "k1"}, {"ehr", "k2"}} {
		if _, began := b.begin(other[0], other[1], "d1"); !began {
			t.Errorf("%v was taken for another", other)
		}
	}
	first.Status, first.Answer = 200, []byte(`{"done":"是"}`)
	if err := b.FinishRequest(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(conversations.RequestFor - time.Second)
	if again, began := b.begin("ehr", "k1", "d2"); began || again.Digest != "d1" || again.Status != 200 || string(again.Answer) != string(first.Answer) {
		t.Errorf("afterwards: %+v, began %v", again, began)
	}
	b.clock.Advance(time.Second)
	if _, began := b.begin("ehr", "k1", "d2"); !began {
		t.Error("the answer is kept for too long")
	}
}

// testRequestLeft: of a request that nobody finished in time the next goes
// on, and only its answer counts. One that came to nothing is forgotten.
func testRequestLeft(t *testing.T, b *bench) {
	first, _ := b.begin("ehr", "k1", "d1")
	b.clock.Advance(takes)
	if _, began := b.begin("ehr", "k1", "d2"); began {
		t.Error("another request took its place")
	}
	second, began := b.begin("ehr", "k1", "d1")
	if !began {
		t.Fatal("nobody goes on")
	}
	first.Status, first.Answer = 500, []byte("late")
	second.Status, second.Answer = 200, []byte("right")
	for _, r := range []conversations.Request{first, second} {
		if err := b.FinishRequest(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if kept, _ := b.begin("ehr", "k1", "d1"); string(kept.Answer) != "right" {
		t.Errorf("the answer is %s", kept.Answer)
	}
	failed, _ := b.begin("ehr", "k2", "d1")
	if err := b.DropRequest(t.Context(), failed); err != nil {
		t.Fatal(err)
	}
	if _, began := b.begin("ehr", "k2", "d2"); !began {
		t.Error("what came to nothing stands in the way")
	}
}

// testRequestsAtOnce: of many that come together one begins.
func testRequestsAtOnce(t *testing.T, b *bench) {
	won := make([]bool, 16)
	var all sync.WaitGroup
	for i := range won {
		all.Go(func() {
			_, began, err := b.BeginRequest(t.Context(), conversations.Request{Caller: "ehr", Key: "k", Digest: "d", Until: b.clock.Now().Add(takes)})
			won[i] = began && err == nil
		})
	}
	all.Wait()
	if n := len(slices.DeleteFunc(won, func(w bool) bool { return !w })); n != 1 {
		t.Errorf("%d began", n)
	}
}

// testConditions: a command that knows too little does nothing, and one that
// was done is not done again, also by another process after this one's end.
func testConditions(t *testing.T, b *bench) {
	b.notify(Result("r1", "E1", oa("u1")))
	c, err := b.Candidate(t.Context(), conversations.Everything, "E1")
	if err != nil {
		t.Fatal(err)
	}
	to := conversations.Target{Conversation: c.ID, Condition: conversations.Condition{Version: &c.Events, Once: "k1"}}
	old := to
	version := c.Events + 7
	old.Condition.Version = &version
	if _, err := b.Apply(t.Context(), old, conversations.Withdraw{Agent: "api:ehr"}); err == nil {
		t.Error("a command of another version was done")
	}
	if applied, err := b.Apply(t.Context(), to, conversations.Withdraw{Agent: "api:ehr"}); err != nil || applied.Duplicate || applied.State.Events != c.Events+1 {
		t.Fatalf("%+v %v", applied, err)
	}
	if applied, err := b.Apply(t.Context(), to, conversations.Withdraw{Agent: "api:ehr"}); err != nil || !applied.Duplicate {
		t.Errorf("again: %+v %v", applied, err)
	}
}
