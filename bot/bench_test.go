package bot

import (
	"testing"

	"jiebao/conversations"
)

// BenchmarkDecide is one turn, words included.
func BenchmarkDecide(b *testing.B) {
	for name, text := range map[string]string{
		"confirm": "好的，我确认", "schedule": "能不能推迟到7月15号", "question": "公司地址在哪里？", "lost": "今天天气真好",
	} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, loadNLU())
			state{asked: askedStart}.set(w)
			turn := conversations.Turn{Now: w.now, Conversation: &w.c, Heard: conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: text}}
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range w.bot.Decide(turn).Say {
					if _, err := w.words.Words(conversations.Chinese, s.Key, s.Args); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
