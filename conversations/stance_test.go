package conversations

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// tapped is a choice on the candidate's page.
func tapped(stance, choice, id string) Receive {
	return Receive{Inbound{
		Address: Address{PageAccount, "c1"}, Gesture: Said, Kind: Text, Text: choice, Choice: choice, Shown: stance, Dedupe: id,
		Grants: []Grant{{"visit", noon.Add(time.Hour), 50}},
	}}
}

func TestAnswersOnThePageAreOfWhatItShows(t *testing.T) {
	t.Parallel()
	w := newWorld(func(tn Turn) Decision {
		if !tn.Heard.Shown {
			t.Error("the dialogue does not hear that the question stood on the page")
		}
		return Decision{Do: []Act{ConfirmStartDate{Date{2026, 7, 6}}}, Say: []Say{{Key: "confirmed"}}}
	})
	c := w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(sampleResult())).Conversation
	stance := c.Application().Stance()
	ch := w.turn(t, Snapshot{Conversation: c}, tapped(stance, "confirm", "p1"))
	app := ch.Conversation.Application()
	if app.Answer != Confirmed || app.Stance() == stance {
		t.Errorf("the answer is %q, of the stance %s", app.Answer, app.Stance())
	}
	if last := ch.Messages[len(ch.Messages)-1]; last.Text != "<confirmed>" || last.Address != (Address{PageAccount, "c1"}) {
		t.Errorf("the page is told %+v", last)
	}
	if !slices.ContainsFunc(ch.Tasks, func(task Task) bool { return task.Kind == TaskDeliver }) {
		t.Error("the words do not leave")
	}
	if _, err := w.Turn(Snapshot{Now: noon, Conversation: ch.Conversation}, tapped(stance, "confirm", "p2")); !errors.Is(err, ErrStale) {
		t.Errorf("an answer to what is shown no more: %v", err)
	}
	if _, err := w.Turn(Snapshot{Now: noon, Conversation: Conversation{ID: "c1"}}, tapped(stance, "confirm", "p2")); !errors.Is(err, ErrStale) {
		t.Errorf("an answer to no offer: %v", err)
	}
}

func TestStanceIsOfTheOffer(t *testing.T) {
	t.Parallel()
	app := Application{ResultID: "r1", Offer: Offer{StartDate: Date{2026, 7, 6}, Workplace: "A"}}
	same, other := app, app
	same.Status, same.Checklist = Read, []ChecklistItem{{ID: "id"}}
	other.Offer.Workplace = "B"
	if app.Stance() != same.Stance() || app.Stance() == other.Stance() {
		t.Errorf("stances %s, %s and %s", app.Stance(), same.Stance(), other.Stance())
	}
}

func TestAnswersOnThePageCountWhileAPersonHasTheCandidate(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, Assign{Agent: "a1"}).Conversation
	w.decide = func(Turn) Decision {
		return Decision{Do: []Act{DeclineOffer{"too far"}, SpeakLocale{English}}, Say: []Say{{Key: "declined"}}}
	}
	ch := w.turn(t, Snapshot{Conversation: c}, tapped(c.Application().Stance(), "decline", "p1"))
	if ch.Conversation.Application().Answer != Declined || ch.Conversation.Candidate.Locale == English {
		t.Errorf("%q, in %q", ch.Conversation.Application().Answer, ch.Conversation.Candidate.Locale)
	}
	if last := ch.Messages[len(ch.Messages)-1]; last.Text != "<declined>" {
		t.Errorf("the page is told %+v", last)
	}
	w.decide = func(Turn) Decision { return Decision{Say: []Say{{Key: "chat"}}} }
	ch = w.turn(t, Snapshot{Conversation: c}, tapped(c.Application().Stance(), "question", "p2"))
	if len(ch.Messages) != 1 || !ch.Conversation.Waiting.Equal(noon) {
		t.Errorf("what settles nothing is the person's: %+v", ch.Messages)
	}
	if best := ch.Conversation.Road(noon, w.Describe); best.Address != openID {
		t.Errorf("words go to %v first", best.Address)
	}
}
