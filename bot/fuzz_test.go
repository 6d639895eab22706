package bot

import (
	"testing"
	"time"

	"jiebao/conversations"
)

// FuzzDecide throws any words, memory, state and occasion at the bot. It must
// not panic, and must keep the promises that check knows.
func FuzzDecide(f *testing.F) {
	for _, text := range []string{"好的", "确认", "改到7月15日", "我不来了", "1", "转人工", "Yes please", "地址？", "", "係", "下周三", "不行，7月10日可以吗", "确认7月8号入职"} {
		for q := range 7 {
			f.Add(text, "", uint8(q%5), uint8(q), uint8(q), int64(0))
		}
	}
	f.Add("对", `{"asked":"read_back","date":"2026-07-15"}`, uint8(0), uint8(3), uint8(0), int64(1e9))
	f.Add("是", `{"asked":"start"}`, uint8(0), uint8(0), uint8(0), int64(-1e9))
	f.Fuzz(func(t *testing.T, text, memoryJSON string, answer, ask, occasion uint8, later int64) {
		w := newWorld(t, loadNLU())
		all := states()
		s := all[(int(answer)*7+int(ask))%len(all)]
		s.set(w)
		if memoryJSON != "" {
			w.c.Memory = conversations.Memory(memoryJSON)
		}
		w.now = w.now.Add(time.Duration(later%(400*24*3600)) * time.Second)
		heard := conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: text}
		if others := occasions(text); occasion > 0 {
			heard = others[int(occasion)%len(others)]
		}
		for range 3 {
			before := recall(w.c.Memory)
			h := heard
			if h.Choice == "" && h.Cue == conversations.CueSaid && h.Text != "" && len(before.Choices) > 0 {
				t2 := w.bot.listen(conversations.Turn{Now: w.now, Conversation: &w.c, Heard: h})
				if id, ok := t2.choice(); ok {
					h.Choice = id // typed in place of a tap
				}
			}
			check(t, w, before, h, w.hear(heard))
			heard = conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: text}
		}
	})
}

// FuzzDecideIsPure plays a turn twice.
func FuzzDecideIsPure(f *testing.F) {
	f.Add("确认", uint8(1))
	f.Add("改到7月15日", uint8(8))
	f.Fuzz(func(t *testing.T, text string, at uint8) {
		turn := func() conversations.Decision {
			w := newWorld(t, loadNLU())
			states()[int(at)%len(states())].set(w)
			return w.bot.Decide(conversations.Turn{Now: w.now, Conversation: &w.c, Heard: conversations.Heard{Cue: conversations.CueSaid, Text: text}})
		}
		a, b := turn(), turn()
		if string(a.Memory) != string(b.Memory) || summary(a) != summary(b) {
			t.Errorf("the same turn gave %s and %s", summary(a), summary(b))
		}
	})
}
