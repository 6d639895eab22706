package bot

import (
	"slices"
	"testing"

	"jiebao/conversations"
)

// TestHandsOverTheWholeMessage: a person who takes over is told what the
// message was taken for, and not only its last sentence.
func TestHandsOverTheWholeMessage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"工资多少？我再考虑考虑":    "question",
		"你们会保证转正吗？谢谢":    "question",
		"地址在哪？工资多少？谢谢老师": "question",
	} {
		w := newWorld(t, loadNLU())
		w.c.Memory = memory{Greeted: true}.keep()
		d := w.hear(conversations.Heard{Cue: conversations.CueSaid, Kind: conversations.Text, Text: text})
		i := slices.IndexFunc(d.Do, func(a conversations.Act) bool { _, is := a.(conversations.RequestHandoff); return is })
		if i < 0 {
			t.Errorf("%s: no person is asked for: %s", text, summary(d))
			continue
		}
		if u := d.Do[i].(conversations.RequestHandoff).Understanding; !slices.Contains(u.Intents, want) {
			t.Errorf("%s: taken for %v, which lacks %s", text, u.Intents, want)
		}
	}
}
