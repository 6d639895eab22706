package sqlstore

import (
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/storetest"
)

// BenchmarkInWriting is the part of a turn's cost that grows with what it
// stores: of a candidate's message that the bot answers, and of a posted
// result that a candidate is told.
func BenchmarkInWriting(b *testing.B) {
	said, posted := turnsToWrite(b)
	for name, ch := range map[string]*conversations.Changes{"said": said, "posted": posted} {
		b.Run(name, func(b *testing.B) {
			w, err := inWriting(ch)
			if err != nil {
				b.Fatal(err)
			}
			size := len(w.state)
			for _, row := range w.messages {
				size += len(row[columnBody].(string))
			}
			for _, body := range w.tasks {
				size += len(body)
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := inWriting(ch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// turnsToWrite are what a message and a posted result come to, of a candidate
// who was told of another result before and talks.
func turnsToWrite(tb testing.TB) (said, posted *conversations.Changes) {
	tb.Helper()
	engine := storetest.Engine()
	engine.Dialogue, engine.Phrases = talk{}, talk{}
	a := conversations.Address{Account: "oa", ID: "oABCDEFGHIJKLMNOPQRSTUVWXYZ01"}
	c := conversations.Conversation{ID: "01JZAB3CD4", Branch: "head/north"}
	turn := func(fresh bool, command conversations.Command) *conversations.Changes {
		now := time.Date(2026, 6, 24, 12, 0, 0, 123456789, engine.Zone)
		ch, err := engine.Turn(conversations.Snapshot{Now: now, New: fresh, Conversation: c}, command)
		if err != nil {
			tb.Fatal(err)
		}
		c = ch.Conversation
		return &ch
	}
	result := func(id string) conversations.Notify {
		n := storetest.Result(id, "E20260001", a)
		n.Result.Position.Title = "called" // there is a way on if nobody answers
		return n
	}
	turn(true, result("R-2026-0001"))
	turn(false, storetest.Said(a, "oa/24012345678901233", "好的，我确认入职"))
	said = turn(false, storetest.Said(a, "oa/24012345678901234", "请问需要带什么材料？"))
	posted = turn(false, result("R-2026-0002"))
	return said, posted
}

// talk is a dialogue whose memory and words are as long as the bot's.
type talk struct{}

func (talk) Decide(conversations.Turn) conversations.Decision {
	return conversations.Decision{
		Memory: conversations.Memory(`{"greeted":true,"asked":"start","date":"2026-07-06","lightly":true,"choices":["confirm:2026-07-06","reschedule","question","human"],"eased":true}`),
		Say:    []conversations.Say{{Key: "documents"}},
	}
}

func (talk) Words(conversations.Locale, string, map[string]any) (string, error) {
	return "这个岗位目前不需要您提交材料。", nil
}
