package conversations

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// pages gives everybody an upload page.
type pages struct{}

func (pages) Upload(conversation, item string, now time.Time) string {
	return "https://bank/" + conversation + "/" + item + now.Format("/0102")
}

func (pages) Page(conversation string, now time.Time) string {
	return "https://bank/" + conversation + now.Format("/0102")
}

func uploaded(ids ...string) Upload {
	u := Upload{Item: "id"}
	for _, id := range ids {
		u.Files = append(u.Files, Uploaded{Document: id, Name: id + ".pdf", MIME: "application/pdf", Size: 9, SHA256: "sum of " + id})
	}
	return u
}

func TestUploadsAreFiledAndTold(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	ch := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1"))
	best := ch.Conversation.Road(noon, w.Describe).Address
	w.decide = func(tn Turn) Decision {
		return Decision{Say: []Say{{Key: fmt.Sprintf("filed %d", len(tn.Heard.Filed))}}}
	}
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, uploaded("a", "b"))
	want := []EventType{EventMessageReceived, EventDocumentReceived, EventMessageReceived, EventDocumentReceived, EventMessageDispatched, EventChecklistChanged}
	if got := events(ch); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
	m := ch.Messages[0]
	if m.Kind != File || m.Author != ByCandidate || m.Address.Account != PageAccount || m.Document != "a" || m.Text != "a.pdf" {
		t.Errorf("the message is %+v", m)
	}
	if last := ch.Messages[len(ch.Messages)-1]; last.Text != "<filed 2>" || last.Address != best {
		t.Errorf("the candidate is told %+v", last)
	}
	if ch.Conversation.Road(noon, w.Describe).Address != best || ch.Conversation.Reach(Address{Account: PageAccount}) != nil {
		t.Error("the page became an address to write to")
	}
	if d := ch.Conversation.Application().Document("a"); d == nil || d.Item != "id" || d.State != DocumentReceived || d.Message != m.ID {
		t.Errorf("the document is %+v", d)
	}
	again := uploaded("a")
	again.Files[0].Document = "other"
	for name, same := range map[string]Upload{"the same command": uploaded("a", "b"), "the same bytes": again} {
		if ch := w.turn(t, Snapshot{Conversation: ch.Conversation}, same); !ch.Unchanged {
			t.Errorf("%s once more: %+v", name, ch.Messages)
		}
	}
}

func TestUploadsNeverCostAPersonsWords(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1")).Conversation
	w.decide = func(Turn) Decision { return Decision{Say: []Say{{Key: "filed"}}} }
	for i := range 8 {
		c = w.turn(t, Snapshot{Conversation: c}, uploaded(fmt.Sprint("u", i))).Conversation
	}
	if left, _ := c.Road(noon, w.Describe).Quota(noon); left != 2 {
		t.Errorf("%d messages are left, want 2", left)
	}
	late := w.turn(t, Snapshot{Conversation: c, Now: noon.Add(72 * time.Hour)}, uploaded("late"))
	if len(late.Messages) != 1 || len(late.Conversation.Held) != 0 {
		t.Errorf("outside of the window: %+v", late.Messages)
	}
}

// TestFilesThatComeOneByOneAreToldOnce: with scripts each file of a choice is
// an upload of its own.
func TestFilesThatComeOneByOneAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1")).Conversation
	w.decide = func(Turn) Decision { return Decision{Say: []Say{{Key: "filed"}}} }
	before, _ := c.Road(noon, w.Describe).Quota(noon)
	for _, id := range []string{"a", "b", "c"} {
		u := uploaded(id)
		u.More = id != "c"
		c = w.turn(t, Snapshot{Conversation: c}, u).Conversation
		if c.Application().Document(id) == nil {
			t.Errorf("%s is not filed", id)
		}
	}
	if left, _ := c.Road(noon, w.Describe).Quota(noon); left != before-1 {
		t.Errorf("of %d messages %d are left", before, left)
	}
}

func TestUploadsOfAnOwnedConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1")).Conversation
	c = w.turn(t, Snapshot{Conversation: c}, Assign{Agent: "li"}).Conversation
	ch := w.turn(t, Snapshot{Conversation: c}, uploaded("a"))
	if d := ch.Conversation.Application().Document("a"); d == nil || d.Item != "id" {
		t.Errorf("the document is %+v", d)
	}
	if len(ch.Messages) != 1 || !ch.Conversation.Waiting.Equal(c.Waiting) {
		t.Errorf("the bot talks: %+v", ch.Messages)
	}
}

func TestPhotosAreFiledSilentlyWhileAPersonTalks(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, Assign{Agent: "li"}).Conversation
	w.decide = func(tn Turn) Decision {
		if !tn.Silent {
			t.Error("the dialogue may speak")
		}
		return Decision{
			Memory: Memory(`{"other":1}`), Say: []Say{{Key: "filed"}},
			Do: []Act{FileUnder{tn.Heard.Document.ID, "id"}, DeclineOffer{}},
		}
	}
	photo := text("", "p1")
	photo.Kind, photo.Media = Image, "media"
	ch := w.turn(t, Snapshot{Conversation: c}, photo)
	if d := ch.Conversation.Application().Document("c1-d1"); d == nil || d.Item != "id" {
		t.Errorf("the document is %+v", d)
	}
	if ch.Conversation.Application().Answer != Open || string(ch.Conversation.Memory) != string(c.Memory) || len(ch.Messages) != 1 {
		t.Errorf("more was done than filing: %+v", ch)
	}
}

func TestAnApplicationHoldsOnlySoManyFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	w.MaxDocuments = 2
	c := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1")).Conversation
	ch := w.turn(t, Snapshot{Conversation: c}, uploaded("a", "b", "c"))
	if app := ch.Conversation.Application(); app.Document("b") == nil || app.Document("c") != nil {
		t.Errorf("the checklist is %+v", app.Checklist)
	}
	photo := text("", "p1")
	photo.Kind, photo.Media = Image, "media"
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, photo)
	if d := w.heard[len(w.heard)-1].Document; d == nil || d.ID != "" || d.Reason != TooMany || d.State != DocumentRejected {
		t.Errorf("the dialogue hears of %+v", d)
	}
	if ch.Messages[0].Document != "" || slices.ContainsFunc(ch.Tasks, func(k Task) bool { return k.Kind == TaskFetch }) {
		t.Error("the photo is fetched all the same")
	}
}

func TestRefusedFilesCountToo(t *testing.T) {
	t.Parallel()
	app := Application{}
	for i := range 6 {
		if app.Full(2) {
			t.Fatalf("full after %d refused files", i)
		}
		app.add(Document{ID: fmt.Sprint(i), State: DocumentRejected})
	}
	if !app.Full(2) {
		t.Error("refused files have no end")
	}
}

func TestEnteringIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	c.Candidate.Phone = "+86 138 0013 8001"
	try := func(c Conversation, digits string, at time.Time) (Conversation, bool) {
		t.Helper()
		ch := w.turn(t, Snapshot{Conversation: c, Now: at}, Enter{Digits: digits})
		return ch.Conversation, ch.Conversation.Entry == nil
	}
	if _, right := try(c, "8001", noon); !right {
		t.Fatal("the last four digits do not open")
	}
	for _, digits := range []string{"", "1", "0013", "08001", "８００１"} {
		var right bool
		if c, right = try(c, digits, noon); right {
			t.Errorf("%q opens", digits)
		}
	}
	if !c.Entry.Locked(noon) || c.Messages == 0 {
		t.Errorf("after five wrong tries: %+v", c.Entry)
	}
	_, err := w.Turn(Snapshot{Conversation: c, Now: noon.Add(59 * time.Minute)}, Enter{Digits: "8001"})
	if !errors.Is(err, ErrLocked) {
		t.Errorf("the right digits while locked: %v", err)
	}
	later := noon.Add(time.Hour)
	if again, right := try(c, "0000", later); right || again.Entry.TriesLeft() != 4 {
		t.Errorf("an hour later: %+v", again.Entry)
	}
	if again, right := try(c, "8001", later); !right || again.Entry != nil {
		t.Errorf("the right digits an hour later: %+v", again.Entry)
	}
	c.Candidate.Phone = "12"
	if _, err := w.Turn(Snapshot{Conversation: c, Now: noon}, Enter{Digits: "12"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("without a phone number: %v", err)
	}
}

// TestNobodyGuessesTheDigits tries on for the week that a link lives, as fast
// as the locks let, and then as slowly as to never meet one.
func TestNobodyGuessesTheDigits(t *testing.T) {
	t.Parallel()
	for _, pace := range []time.Duration{time.Minute, time.Hour} {
		w := newWorld(nil)
		c := bound(t, w)
		c.Candidate.Phone = "13800138001"
		looked := 0
		for at := noon; at.Before(noon.Add(7 * 24 * time.Hour)); at = at.Add(pace) {
			ch, err := w.Turn(Snapshot{Conversation: c, Now: at}, Enter{Digits: "0000"})
			if errors.Is(err, ErrLocked) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			c = ch.Conversation
			looked++
		}
		if looked > 40 {
			t.Errorf("every %s: %d tries were looked at in a week", pace, looked)
		}
	}
}

func TestLinksStandInTheirPhrases(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	var args map[string]any
	w.Engine.Links, w.Engine.Phrases = pages{}, wordsFunc(func(a map[string]any) { args = a })
	c := bound(t, w)
	c.Candidate.Phone = "13800138000"
	said := Say{Key: "lines", Args: map[string]any{
		"plain": 1, "link": UploadLink{Item: "id"}, "lines": []Say{{Key: "x", Args: map[string]any{"link": UploadLink{}}}},
	}}
	w.decide = func(tn Turn) Decision {
		if !tn.Pages {
			t.Error("the dialogue is told of no pages")
		}
		return Decision{Say: []Say{said}}
	}
	w.turn(t, Snapshot{Conversation: c}, text("how do I send a PDF", "m1"))
	inner := args["lines"].([]Say)[0].Args["link"]
	if args["link"] != "https://bank/c1/id/0624" || inner != "https://bank/c1//0624" || args["plain"] != 1 {
		t.Errorf("the words get %v", args)
	}
	if _, kept := said.Args["link"].(UploadLink); !kept {
		t.Error("what the dialogue said was changed")
	}
}

type wordsFunc func(map[string]any)

func (f wordsFunc) Words(_ Locale, key string, args map[string]any) (string, error) {
	f(args)
	return key, nil
}

// TestViruses are refused wherever they come from; the EHR and HR hear of it.
func TestViruses(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	ch := w.turn(t, Snapshot{Conversation: bound(t, w)}, text("hello", "m1"))
	heard := 0
	w.decide = func(tn Turn) Decision {
		heard = max(heard, len(tn.Heard.Filed))
		return Decision{}
	}
	u := uploaded("a", "b")
	u.Files[0].Refused, u.Files[0].SHA256, u.Files[1].Scan = Infected, "", "clean"
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, u)
	want := []EventType{EventMessageReceived, EventDocumentRefused, EventMessageReceived, EventDocumentReceived, EventChecklistChanged}
	if got := events(ch); !slices.Equal(got, want) {
		t.Fatalf("events %v, want %v", got, want)
	}
	var told []*DocumentDetail
	for _, task := range ch.Tasks {
		if ev, ok := task.Body.(Event); ok && ev.Data.Document != nil {
			told = append(told, ev.Data.Document)
		}
	}
	if d := told[0]; d.Scan != Infected || d.Reason != Infected {
		t.Errorf("the EHR is told %+v of the virus", d)
	}
	if d := told[1]; d.Scan != "clean" || d.Reason != "" {
		t.Errorf("the EHR is told %+v of the other", d)
	}
	if d := ch.Conversation.Application().Document("a"); d == nil || d.State != DocumentRejected || d.Reason != Infected {
		t.Errorf("HR sees %+v", d)
	}
	if heard != 1 {
		t.Errorf("the chat is told of %d files, want the one that was kept", heard)
	}
}
