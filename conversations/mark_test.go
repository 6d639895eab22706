package conversations

import (
	"log/slog"
	"strings"
	"testing"
)

// A tap is shown on its message by a task of its own, beside what the bot says
// and in a lane in which nothing of that waits, whoever owns the conversation.
func TestATapIsShownBesideTheTalk(t *testing.T) {
	t.Parallel()
	w := newWorld(func(Turn) Decision {
		return Decision{Memory: Memory(`{}`), Say: []Say{{Key: "thanks"}}}
	})
	c := bound(t, w)
	tap := text("可以", "t1")
	tap.Choice, tap.CanAnswer = "yes", false
	tap.Mark = &Mark{To: openID, Handle: "code-1", Text: "✓ 可以", Until: noon.AddDate(0, 0, 3)}
	for _, owner := range []Owner{c.Owner, {Kind: OwnedByAgent, Agent: "li"}} {
		c.Owner = owner
		ch := w.turn(t, Snapshot{Conversation: c}, tap)
		var made []Task
		lanes := map[string]bool{}
		for _, task := range ch.Tasks {
			if task.Kind == TaskMark {
				made = append(made, task)
			} else {
				lanes[task.Lane] = true
			}
		}
		if len(made) != 1 || made[0].Body != *tap.Mark || made[0].ID != "mark_"+ch.Messages[0].ID || lanes[made[0].Lane] || !made[0].Due.Equal(noon) {
			t.Errorf("%v: the marks are %+v", owner, made)
		}
	}
	for _, task := range w.turn(t, Snapshot{Conversation: c}, text("可以", "t2")).Tasks {
		if task.Kind == TaskMark {
			t.Errorf("words are marked: %+v", task)
		}
	}
}

func TestMarksAreNotLogged(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "mark", Mark{To: openID, Handle: "code-1", Text: "✓ 可以"})
	if got := b.String(); strings.Contains(got, "code-1") || strings.Contains(got, openID.ID) || strings.Contains(got, "可以") {
		t.Errorf("logged %s", got)
	}
}
