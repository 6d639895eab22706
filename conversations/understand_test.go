package conversations

import (
	"slices"
	"testing"
	"time"
)

// ponders is a dialogue that asks a model about everything it may, and
// answers each message once.
func ponders(t Turn) Decision {
	switch {
	case t.Heard.Cue == CueSaid && t.Heard.CanAskModel:
		return Decision{Memory: Memory(`{}`), Do: []Act{AskModel{Text: "masked", Asked: "start"}}}
	case t.Heard.Cue == CueSaid, t.Heard.Cue == CueUnderstood:
		return Decision{Memory: Memory(`{}`), Say: []Say{{Key: "ask_back"}}}
	}
	return Decision{Memory: Memory(`{}`)}
}

// puzzled is a conversation whose last message a model is asked about.
func puzzled(t *testing.T, w *world) (Changes, Conversation) {
	t.Helper()
	w.Model = true
	c := bound(t, w)
	said := text("嗯那个", "m1")
	said.Grants = []Grant{{"message", noon.Add(48 * time.Hour), 5}}
	ch := w.turn(t, Snapshot{Conversation: c}, said)
	return ch, ch.Conversation
}

func TestModelIsAskedInPlaceOfAnAnswer(t *testing.T) {
	t.Parallel()
	ch, c := puzzled(t, newWorld(ponders))
	if ch.Answer != nil || len(ch.Messages) != 1 {
		t.Errorf("the bot spoke: %+v", ch.Messages)
	}
	if c.Puzzle == nil || c.Puzzle.Text != "嗯那个" || c.Puzzle.Message != ch.Messages[0].ID {
		t.Errorf("the puzzle is %+v", c.Puzzle)
	}
	var asked []Task
	for _, task := range ch.Tasks {
		if task.Kind == TaskUnderstand {
			asked = append(asked, task)
		}
	}
	want := Understand{Conversation: "c1", Message: c.Puzzle.Message, Text: "masked", Asked: "start", Locale: Chinese}
	if len(asked) != 1 || asked[0].Body != want || !asked[0].Due.Equal(noon) || asked[0].Lane != "understand:c1" {
		t.Errorf("the tasks are %+v", asked)
	}
}

func TestCandidateIsAskedBackOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(ponders)
	_, c := puzzled(t, w)
	understood := Understood{Message: c.Puzzle.Message}
	ch := w.turn(t, Snapshot{Conversation: c}, understood)
	if len(ch.Messages) != 1 || ch.Messages[0].Text != "<ask_back>" || ch.Conversation.Puzzle != nil || !slices.Equal(events(ch), []EventType{EventMessageDispatched}) {
		t.Errorf("got %+v and %+v", ch.Messages, ch.Tasks)
	}
	if again := w.turn(t, Snapshot{Conversation: ch.Conversation}, understood); !again.Unchanged {
		t.Errorf("the second time: %+v", again.Messages)
	}
}

// TestModelNeverTalksOverAPerson: whoever takes over meanwhile has the
// conversation, even if they hand it back at once.
func TestModelNeverTalksOverAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(ponders)
	_, c := puzzled(t, w)
	understood := Understood{Message: c.Puzzle.Message, Suggestion: &Suggestion{Intents: []string{"confirm"}, Sure: true}}
	taken := w.turn(t, Snapshot{Conversation: c}, Assign{Agent: "lin"}).Conversation
	if ch := w.turn(t, Snapshot{Conversation: taken}, understood); !ch.Unchanged {
		t.Errorf("over a person: %+v", ch.Messages)
	}
	back := w.turn(t, Snapshot{Conversation: taken}, Release{Agent: "lin"}).Conversation
	if ch := w.turn(t, Snapshot{Conversation: back}, understood); !ch.Unchanged {
		t.Errorf("of an earlier epoch: %+v", ch.Messages)
	}
}

// TestModelOfAnEarlierMessage: only the latest puzzle is answered.
func TestModelOfAnEarlierMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(ponders)
	_, first := puzzled(t, w)
	second := w.turn(t, Snapshot{Conversation: first}, text("就是", "m2")).Conversation
	if ch := w.turn(t, Snapshot{Conversation: second}, Understood{Message: first.Puzzle.Message}); !ch.Unchanged {
		t.Errorf("the earlier one: %+v", ch.Messages)
	}
	if ch := w.turn(t, Snapshot{Conversation: second}, Understood{Message: second.Puzzle.Message}); len(ch.Messages) != 1 {
		t.Errorf("the later one: %+v", ch.Messages)
	}
}

// TestUnderstoodDropsActs: even a dialogue that obeyed a model could do
// nothing by it.
func TestUnderstoodDropsActs(t *testing.T) {
	t.Parallel()
	w := newWorld(ponders)
	_, c := puzzled(t, w)
	w.decide = func(Turn) Decision {
		return Decision{Memory: Memory(`{}`), Say: []Say{{Key: "ask_back"}}, Do: []Act{
			ConfirmStartDate{Date: Date{2026, 7, 6}}, RequestSchedule{Date: Date{2026, 7, 8}}, DeclineOffer{}, SpeakLocale{English}, AskModel{},
		}}
	}
	ch := w.turn(t, Snapshot{Conversation: c}, Understood{Message: c.Puzzle.Message})
	app := ch.Conversation.Application()
	if app.Answer != Open || app.Request != nil || ch.Conversation.Candidate.Locale != Chinese || !slices.Equal(events(ch), []EventType{EventMessageDispatched}) {
		t.Errorf("something was done: %+v %+v", app, ch.Tasks)
	}
}

func TestModelIsAskedOnlyIfWordsCanFollow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		model bool
		grant Grant
		want  bool
	}{
		{"room for the bot and a person", true, Grant{"message", noon.Add(48 * time.Hour), 2}, true},
		{"no model", false, Grant{"message", noon.Add(48 * time.Hour), 5}, false},
		{"the last message is a person's", true, Grant{"message", noon.Add(48 * time.Hour), 1}, false},
		{"the window is about to shut", true, Grant{"message", noon.Add(30 * time.Second), 5}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(nil)
			w.Model = test.model
			c := bound(t, w)
			c.Reaches[0].Grants = nil
			said := text("嗯那个", "m1")
			said.Grants = []Grant{test.grant}
			w.turn(t, Snapshot{Conversation: c}, said)
			if got := w.heard[len(w.heard)-1].CanAskModel; got != test.want {
				t.Errorf("got %t", got)
			}
		})
	}
}
