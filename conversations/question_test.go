package conversations

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// asks is a dialogue that leaves each sentence to HR, unless it is "ok".
func asks(t Turn) Decision {
	if t.Heard.Cue != CueSaid || t.Heard.Text == "ok" {
		return Decision{}
	}
	d := Decision{Do: []Act{RequestHandoff{Reason: HandoffQuestion}}}
	for q := range strings.FieldsSeq(t.Heard.Text) {
		d.Do = append(d.Do, LeaveQuestion{Text: q})
	}
	return d
}

// asked is a conversation whose candidate asked something.
func asked(t *testing.T, w *world, words string) Conversation {
	t.Helper()
	w.decide = asks
	ch := w.turn(t, Snapshot{Conversation: bound(t, w)}, text(words, "q1"))
	if len(ch.Gaps) != len(strings.Fields(words)) || len(ch.Conversation.Questions) != len(ch.Gaps) {
		t.Fatalf("gaps %+v, questions %+v", ch.Gaps, ch.Conversation.Questions)
	}
	return ch.Conversation
}

func answerTo(c Conversation, i int) AnswerQuestion {
	return AnswerQuestion{Agent: "li", Question: c.Questions[i].ID, Text: "没有", Source: "总行", Article: "parking"}
}

func TestAnAnsweredQuestionGoesBackToTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := asked(t, w, "停车？")
	w.decide = func(t Turn) Decision { return Decision{Say: []Say{{Key: string(t.Heard.Cue)}}} }
	ch := w.turn(t, Snapshot{Conversation: c, Now: noon.Add(time.Hour)}, answerTo(c, 0))
	ds := deliveries(ch)
	if len(ds) != 2 || ds[1].Text != "<answered>" || ds[1].Agent != "" || ds[0].Text != "<answered>" || ds[0].Agent != "li" || ds[0].Kind != Text {
		t.Errorf("delivered %+v", ds)
	}
	if o := ch.Conversation.Owner; o.Kind != OwnedByBot || !ch.Conversation.Waiting.IsZero() || len(ch.Conversation.Questions) > 0 {
		t.Errorf("afterwards %+v", ch.Conversation)
	}
	if ch.Answered == nil || len(ch.Settled) != 1 || ch.Settled[0] != (Settled{Question: c.Questions[0].ID, Agent: "li", Article: "parking"}) {
		t.Errorf("answered %+v, settled %+v", ch.Answered, ch.Settled)
	}
	if got := events(ch); !slices.Equal(got, []EventType{EventMessageDispatched, EventQuestionAnswered, EventHandoffEnded, EventMessageDispatched}) {
		t.Errorf("events %v", got)
	}
	if m := ch.Messages[0]; m.Dedupe != "answer/"+c.Questions[0].ID || m.Author != ByAgent("li") {
		t.Errorf("recorded %+v", m)
	}
}

// TestAnAnswerWaitsForTheWindow: the candidate is asked to look by a template,
// and gets the answer with the first words they write.
func TestAnAnswerWaitsForTheWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := asked(t, w, "停车？")
	late := noon.Add(72 * time.Hour)
	ch := w.turn(t, Snapshot{Conversation: c, Now: late}, answerTo(c, 0))
	ds := deliveries(ch)
	if len(ds) != 1 || ds[0].Kind != Template || ds[0].Template.Purpose != PurposeWaiting {
		t.Fatalf("delivered %+v", ds)
	}
	if c = ch.Conversation; c.Owner.Kind != OwnedByBot || len(c.Held) != 1 {
		t.Fatalf("afterwards %+v", c)
	}
	back := text("ok", "m2")
	back.Grants[0].Until = late.Add(48 * time.Hour)
	ch = w.turn(t, Snapshot{Conversation: c, Now: late}, back)
	if ds := deliveries(ch); len(ds) != 1 || ds[0].Text != "<answered>" {
		t.Errorf("delivered %+v", ds)
	}
}

// TestAnAnswerToWhoWantsNone is recorded with why it was not sent.
func TestAnAnswerToWhoWantsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := asked(t, w, "停车？")
	c.OptOut = noon
	ch := w.turn(t, Snapshot{Conversation: c}, answerTo(c, 0))
	if ds := deliveries(ch); len(ds) > 0 {
		t.Errorf("delivered %+v", ds)
	}
	if m := ch.Messages[0]; m.Status != Failed || m.Reason != string(OptedOut) || m.Dedupe == "" {
		t.Errorf("recorded %+v", m)
	}
	if g := c.Gap(Gap{ID: c.Questions[0].ID}, noon, w.Describe); g.Account != "" || g.Open {
		t.Errorf("the answer would go to %+v", g)
	}
}

// TestWhoStaysWithPeople: an answer gives nobody back to the bot who waits for
// something else as well.
func TestWhoStaysWithPeople(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		words string
		then  func(*testing.T, *world, Conversation) Conversation
		want  OwnerKind
	}{
		"another question": {"停车？ 班车？", nil, OwnedByQueue},
		"more words": {"停车？", func(t *testing.T, w *world, c Conversation) Conversation {
			return w.turn(t, Snapshot{Conversation: c}, text("还有一件事", "m2")).Conversation
		}, OwnedByQueue},
		"somebody took it": {"停车？", func(t *testing.T, w *world, c Conversation) Conversation {
			return w.turn(t, Snapshot{Conversation: c}, Assign{Agent: "wang"}).Conversation
		}, OwnedByAgent},
		"queued again for something else": {"停车？", func(t *testing.T, w *world, c Conversation) Conversation {
			c = w.turn(t, Snapshot{Conversation: c}, Release{Agent: "wang"}).Conversation
			w.decide = func(Turn) Decision { return Decision{Do: []Act{RequestHandoff{Reason: HandoffAsked}}} }
			return w.turn(t, Snapshot{Conversation: c}, text("person", "m2")).Conversation
		}, OwnedByQueue},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(nil)
			c := asked(t, w, tt.words)
			if tt.then != nil {
				c = tt.then(t, w, c)
			}
			ch := w.turn(t, Snapshot{Conversation: c}, answerTo(c, 0))
			if got := ch.Conversation; got.Owner.Kind != tt.want || tt.want == OwnedByQueue && got.Waiting.IsZero() {
				t.Errorf("afterwards %+v", got.Owner)
			}
			if ds := deliveries(ch); len(ds) != 1 {
				t.Errorf("delivered %+v", ds)
			}
		})
	}
}

func TestAnswersThatCannotBeGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := asked(t, w, "停车？")
	gone := answerTo(c, 0)
	gone.Question = "c1-99.1"
	if _, err := w.Turn(Snapshot{Conversation: c, Now: noon}, gone); !errors.Is(err, ErrStale) {
		t.Errorf("a question that is not there: %v", err)
	}
	for _, words := range []string{" ", strings.Repeat("长", MaxArticle+1)} {
		bad := answerTo(c, 0)
		bad.Text = words
		var inv *InvalidError
		if _, err := w.Turn(Snapshot{Conversation: c, Now: noon}, bad); !errors.As(err, &inv) || inv.Fields[0].Path != "text" {
			t.Errorf("%.20q: %v", words, err)
		}
	}
}

func TestScopesOfArticles(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		scope            Scope
		branch           string
		concerns, writes bool
	}{
		{Everything, "", true, true},
		{Everything, "head/north", true, true},
		{Scope{"head"}, "", true, true},
		{Scope{"head/north"}, "", true, false},
		{Scope{"head/north"}, "head", true, false},
		{Scope{"head/north"}, "head/north/east", true, true},
		{Scope{"head/north"}, "head/south", false, false},
		{Scope{"head/north"}, "head/nor", false, false},
		{Scope{"head/north", "head/south"}, "head/south", true, true},
		{nil, "", false, false},
	} {
		if c, w := tt.scope.Concerns(tt.branch), tt.scope.Writes(tt.branch); c != tt.concerns || w != tt.writes {
			t.Errorf("%q and %q: concerns %v, writes %v", tt.scope, tt.branch, c, w)
		}
	}
}
