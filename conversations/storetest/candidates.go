package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"testing"

	"jiebao/conversations"
)

// testCandidateScope: whoever is confined to a branch can neither tell nor
// move the candidate of another, nor learn that there is one; a candidate
// nobody knows is theirs to begin with.
func testCandidateScope(t *testing.T, b *bench) {
	id := b.notify(Result("r1", "E1")).Conversation
	before := b.thread(id)
	for i, scope := range []conversations.Scope{{"head/south"}, {"head/north/below"}, {"head/nor"}, {}} {
		n := Result(fmt.Sprint("theirs", i), "E1", oa("u"))
		n.Result.Branch = "head/south"
		b.refuse(conversations.ErrNotFound, conversations.Target{Candidate: "E1", Branch: "head/south", Scope: scope}, n)
		if _, err := b.Result(t.Context(), conversations.Everything, n.Result.ID); !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%v: the refused result: %v", scope, err)
		}
	}
	if after := b.thread(id); !reflect.DeepEqual(after, before) {
		t.Errorf("the candidate changed:\n%+v\n%+v", before, after)
	}
	for i, scope := range []conversations.Scope{{"head/north"}, {"head"}, {"head/south", "head/north"}, nil} {
		n := Result(fmt.Sprint("ours", i), "E1")
		got := b.apply(conversations.Target{Candidate: "E1", Branch: "head/north", Scope: scope}, n)
		if got.Conversation != id {
			t.Errorf("%v: the result went to %s, want %s", scope, got.Conversation, id)
		}
	}
	n := Result("new", "E2")
	n.Result.Branch = "head/south"
	made := b.apply(conversations.Target{Candidate: "E2", Branch: "head/south", Scope: conversations.Scope{"head/south"}}, n)
	if c := b.thread(made.Conversation); c.Branch != "head/south" || c.ID == id {
		t.Errorf("a new candidate's conversation is %s of %s", c.ID, c.Branch)
	}
}
