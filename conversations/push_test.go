package conversations

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// pushes are the requests of a turn to put documents into the EHR's storage.
func pushes(ch Changes) (requests []PushRequest, lanes []string) {
	for _, k := range ch.Tasks {
		if k.Kind == TaskPush {
			requests, lanes = append(requests, k.Body.(PushRequest)), append(lanes, k.Lane)
		}
	}
	return requests, lanes
}

func TestStoredDocumentsArePushed(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	w.PushDocuments = true
	ch := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1"))
	files := uploaded("a", "b", "bad")
	files.Files[2].Refused, files.Files[2].SHA256 = Infected, ""
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, files)
	requests, lanes := pushes(ch)
	id := ch.Conversation.ID
	if want := []PushRequest{{id, "a", 1}, {id, "b", 1}}; !slices.Equal(requests, want) || lanes[0] == lanes[1] {
		t.Fatalf("%+v in %v, want %+v in lanes of their own", requests, lanes, want)
	}
	stands := func(document string, want PushState) {
		t.Helper()
		if d := ch.Conversation.Application().Document(document); d.Push == nil || d.Push.State() != want {
			t.Errorf("%s is %+v, want %s", document, d.Push, want)
		}
	}
	stands("a", PushWaiting)
	do := func(c Command) { t.Helper(); ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, c) }
	do(Pushed{Document: "a", Asked: 1})
	stands("a", PushDone)
	do(Pushed{Document: "b", Asked: 1, Problem: "no"})
	stands("b", PushFailed)
	do(PushAgain{Document: "b"})
	stands("b", PushWaiting)
	if requests, _ := pushes(ch); !slices.Equal(requests, []PushRequest{{id, "b", 2}}) || len(events(ch)) != 0 {
		t.Errorf("asked again: %+v and %v", requests, events(ch))
	}
	do(Pushed{Document: "b", Asked: 1, Problem: "late"})
	if !ch.Unchanged {
		t.Error("word of a request that a later one took the place of counts")
	}
	do(Pushed{Document: "b", Asked: 2})
	stands("b", PushDone)
	if d := ch.Conversation.Application().Document("bad"); d.Push != nil {
		t.Errorf("what is not kept is pushed: %+v", d.Push)
	}
	for document, want := range map[string]error{"bad": ErrNotFound, "nobody's": ErrNotFound} {
		if _, err := w.Engine.Turn(Snapshot{Conversation: ch.Conversation, Now: noon}, PushAgain{document}); !errors.Is(err, want) {
			t.Errorf("%s: %v", document, err)
		}
	}
	do(Pushed{Document: "b", Asked: 2, Problem: "never fails after it was done, and yet"})
	do(Review{Document: "b", State: DocumentRejected, Agent: "li"})
	if len(ch.Conversation.Unpushed()) != 0 {
		t.Error("a document that HR rejected is missed in the EHR's storage")
	}
	do(PushEach{PushPick{From: noon.Add(time.Hour)}})
	if !ch.Unchanged {
		t.Errorf("none is picked, and there is %+v", ch)
	}
	do(PushEach{})
	if requests, _ := pushes(ch); !slices.Equal(requests, []PushRequest{{id, "a", 2}, {id, "b", 3}}) {
		t.Errorf("all are picked: %+v", requests)
	}
	do(PushEach{})
	if !ch.Unchanged {
		t.Error("what is under way is asked for once more")
	}
	w.PushDocuments = false
	if _, err := w.Engine.Turn(Snapshot{Conversation: ch.Conversation, Now: noon}, PushAgain{"a"}); !errors.Is(err, ErrNoPush) {
		t.Errorf("without a storage: %v", err)
	}
}
