package storetest

import (
	"slices"
	"testing"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// testEndpointBranches: who is told of what follows the endpoint's branch.
func testEndpointBranches(t *testing.T, b *bench) {
	south := b.endpoint("south", "head/south", relay.FromNow)
	all := b.endpoint("all", "head/south", relay.FromBeginning)
	b.keep(relay.Endpoint{ID: "every", Kind: relay.Webhook}, relay.FromNow)
	b.keep(relay.Endpoint{ID: "nor", Kind: relay.Webhook, Branch: "head/nor"}, relay.FromNow)
	b.eventful("E1", 2)
	b.expectSequences("south")
	b.expectSequences("all")
	b.expectSequences("nor")
	b.expectSequences("every", 1, 2)
	south.Branch, all.Branch = "head", "head"
	south, all = b.keep(south, relay.FromNow), b.keep(all, relay.FromNow)
	b.expectSequences("south")
	b.expectSequences("all", 1, 2)
	b.happen("E1", 2, 4)
	b.expectSequences("south", 3, 4)
	b.happen("E1", 4, 6)
	b.expectSequences("all", 3, 4, 5, 6)
	south.Branch = "head/south"
	south = b.keep(south, relay.FromNow)
	b.tellNothing("south") // what waits is no longer its to know
	if got := b.standing("south").Waiting; got != 0 {
		t.Errorf("%d candidates wait for an endpoint that is not to know of them", got)
	}
	b.happen("E1", 6, 7)
	b.tellNothing("south")
	south.Branch = "head/north"
	b.keep(south, relay.FromNow)
	b.expectSequences("south", 5, 6)
	b.happen("E1", 7, 8)
	b.expectSequences("south", 7, 8)
}

// testMovedCandidate: a candidate's events are told to those whose branch they
// are in when they are told.
func testMovedCandidate(t *testing.T, b *bench) {
	b.endpoint("north", "head/north", relay.FromNow)
	b.endpoint("south", "head/south", relay.FromNow)
	b.eventful("E1", 2)
	move := func(result, branch string) {
		t.Helper()
		n := Result(result, "E1", oa("uE1"))
		n.Result.Branch = branch
		b.apply(conversations.Target{Candidate: "E1", Branch: branch}, n)
	}
	move("r2", "head/south")
	b.tellNothing("north")
	b.tellNothing("south")
	b.happen("E1", 2, 3)
	b.tellNothing("north")
	b.expectSequences("south", 3)
	move("r3", "head/north")
	b.happen("E1", 3, 4)
	b.tellNothing("south")
	b.expectSequences("north", 1, 2, 3, 4)
}

// testMovedNotices: who watches the branch that a candidate left hears of it.
func testMovedNotices(t *testing.T, b *bench) {
	n := Result("r1", "E1", oa("uE1"))
	id := b.notify(n).Conversation
	changed, cancel := b.Subscribe()
	defer cancel()
	from := n.Result.Branch
	n = Result("r2", "E1", oa("uE1"))
	n.Result.Branch = "head/south"
	b.notify(n)
	b.receive(said("v", "m1", "hello"))
	var told []string
	for c := range changed {
		if c.ID != id {
			break
		}
		told = append(told, c.Branch)
	}
	if want := []string{"head/south", from}; !slices.Equal(told, want) {
		t.Errorf("told are those who watch %v, not %v", told, want)
	}
}
