package conversations

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func spoken(words, id string) Receive {
	in := text(words, id)
	in.Kind, in.Media = Voice, "media-"+id
	return in
}

func fetches(ch Changes) []Task {
	return slices.DeleteFunc(slices.Clone(ch.Tasks), func(k Task) bool { return k.Kind != TaskFetch })
}

func TestAVoiceMessageIsFetchedAndNoDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("你好", "m1")).Conversation
	ch := w.turn(t, Snapshot{Conversation: c}, spoken("我接受", "m2"))
	m := ch.Messages[0]
	if h := w.heard[len(w.heard)-1]; h.Document != nil || h.Text != "我接受" || h.Kind != Voice {
		t.Errorf("the bot hears %+v", h)
	}
	jobs := fetches(ch)
	if len(jobs) != 1 || jobs[0].Body != (Fetch{Conversation: c.ID, Document: ch.Conversation.RecordingID(m.N), Voice: true, From: m.Address, Ref: "media-m2"}) {
		t.Fatalf("fetched is %+v", jobs)
	}
	if m.Document != "" || ch.Conversation.Documents != c.Documents {
		t.Error("it counts as a document")
	}
	if _, is := ConversationOfDocument(ch.Conversation.RecordingID(m.N)); is {
		t.Error("systems can ask for it as a document")
	}
	c = ch.Conversation
	if r := c.Recording(m.N); r == nil || r.State != RecordingFetching {
		t.Fatalf("it stands as %+v", r)
	}

	heard, events := len(w.heard), c.Events
	ch = w.turn(t, Snapshot{Conversation: c}, Recorded{Recording: c.RecordingID(m.N), Size: 6_406, Length: 4 * time.Second})
	if r := ch.Conversation.Recording(m.N); *r != (Recording{N: m.N, State: RecordingKept, Size: 6_406, Millis: 4_000}) || r.Length() != 4*time.Second {
		t.Errorf("kept as %+v", r)
	}
	if len(w.heard) != heard || len(ch.Messages) != 0 || len(ch.Tasks) != 0 || ch.Conversation.Events != events {
		t.Errorf("somebody is told: %+v", ch)
	}
	if c.Recording(m.N).State != RecordingFetching {
		t.Error("the turn changed what it was given")
	}
	if again := w.turn(t, Snapshot{Conversation: ch.Conversation}, Recorded{Recording: c.RecordingID(m.N), Refused: "expired"}); !again.Unchanged {
		t.Error("a late report changed what is kept")
	}
	if other := w.turn(t, Snapshot{Conversation: ch.Conversation}, Recorded{Recording: "c9-v9"}); !other.Unchanged {
		t.Error("a recording of nobody's changed something")
	}
}

func TestALostRecordingSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	ch := w.turn(t, Snapshot{Conversation: bound(t, w)}, spoken("", "m1"))
	n := ch.Messages[0].N
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, Recorded{Recording: ch.Conversation.RecordingID(n), Refused: "expired"})
	if r := ch.Conversation.Recording(n); *r != (Recording{N: n, State: RecordingLost, Reason: "expired"}) {
		t.Errorf("it stands as %+v", r)
	}
}

// Who fills the store with voices is heard all the same, in words.
func TestOnlySoManyVoicesAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	for i := range maxRecordings + 1 {
		ch := w.turn(t, Snapshot{Conversation: c}, spoken("好", fmt.Sprint("v", i)))
		if fetched := len(fetches(ch)) == 1; fetched != (i < maxRecordings) {
			t.Fatalf("voice %d: fetched %v", i, fetched)
		}
		c = ch.Conversation
	}
}

func TestAFollowersVoiceIsKeptToo(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	ch := w.turn(t, Snapshot{Conversation: Conversation{ID: "f1"}}, spoken("我叫张三", "m1"))
	if len(fetches(ch)) != 1 || ch.Conversation.Application() != nil {
		t.Errorf("fetched are %+v", fetches(ch))
	}
}
