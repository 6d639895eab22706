package conversations

import "testing"

// BenchmarkTurn is a text from a candidate who was told of a result by the
// account that they write to, and who has written before: the turn that happens most.
func BenchmarkTurn(b *testing.B) {
	w := newWorld(func(Turn) Decision {
		return Decision{Memory: Memory(`{}`), Say: []Say{{Key: "a"}, {Key: "b", Choices: []SayChoice{{ID: "yes", Key: "yes"}}}}}
	})
	told, err := w.Turn(Snapshot{Now: noon, New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(sampleResult()))
	if err != nil {
		b.Fatal(err)
	}
	follows := Receive{Inbound{Address: openID, Gesture: Followed, Dedupe: "f1", Scene: "sc"}}
	bound, err := w.Turn(Snapshot{Now: noon, Conversation: told.Conversation, Scan: ScanBinds}, follows)
	if err != nil {
		b.Fatal(err)
	}
	talks, err := w.Turn(Snapshot{Now: noon, Conversation: bound.Conversation}, text("在吗", "m0"))
	if err != nil {
		b.Fatal(err)
	}
	s := Snapshot{Now: noon, Conversation: talks.Conversation}
	said := text("你好", "m1")
	b.ReportAllocs()
	for b.Loop() {
		w.heard = w.heard[:0]
		if _, err := w.Turn(s, said); err != nil {
			b.Fatal(err)
		}
	}
}
