package rehearsal

import (
	"errors"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

var (
	nine = time.Date(2026, time.June, 24, 9, 0, 0, 0, time.UTC)
	home = conversations.Address{Account: "oa", ID: "openid"}
)

// bank is everything around the engine: it repeats what it hears.
type bank struct{}

func (bank) Decide(t conversations.Turn) conversations.Decision {
	said := []conversations.Say{{Key: string(t.Heard.Cue) + " " + t.Heard.Text}}
	if t.Heard.Text == "menu" {
		said[0].Choices = []conversations.SayChoice{{ID: "yes", Key: "yes"}}
	}
	if t.Heard.Cue == conversations.CueNotified {
		said = nil
	}
	return conversations.Decision{Memory: conversations.Memory(`{"n":1}`), Say: said}
}

func (bank) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

func (bank) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	return conversations.Rendered{Text: q.Purpose, Template: &conversations.TemplateContent{Purpose: q.Purpose}}, nil
}

func (bank) Describe(string) (conversations.Description, bool) {
	return conversations.Description{Account: "oa", Medium: conversations.Chat, Choices: 10, Templates: true}, true
}

func (bank) Serving(string) []conversations.Description { return nil }

// rehearse begins a talk with a result that was posted.
func rehearse(t *testing.T) *Rehearsal {
	t.Helper()
	e := &conversations.Engine{Dialogue: bank{}, Phrases: bank{}, Templates: bank{}, Channels: bank{}, Zone: time.FixedZone("CST", 8*3600)}
	r := New(e, "head", nine, func(task conversations.Task) conversations.Command {
		return conversations.Filed{Document: task.Body.(conversations.Fetch).Document, MIME: "image/jpeg"}
	})
	turns := apply(t, r, conversations.Notify{Result: conversations.Result{
		ID: "r1", Branch: "head", Candidate: conversations.Candidate{ID: "e1", Name: "张伟"}, Addresses: []conversations.Address{home},
	}})
	wants(t, turns, "result_passed / notification.sent")
	return r
}

func apply(t *testing.T, r *Rehearsal, c conversations.Command) []Turn {
	t.Helper()
	turns, err := r.Apply(c)
	if err != nil {
		t.Fatal(err)
	}
	return turns
}

func says(r *Rehearsal, in conversations.Inbound) conversations.Receive {
	in.Address, in.At, in.Gesture, in.CanAnswer = home, r.Now(), conversations.Said, true
	in.Grants = []conversations.Grant{{Kind: "message", Until: r.Now().Add(48 * time.Hour), Left: 5}}
	return conversations.Receive{Inbound: in}
}

// wants compares each turn with what it shows and tells.
func wants(t *testing.T, turns []Turn, want ...string) {
	t.Helper()
	var got []string
	for _, turn := range turns {
		var shown, told []string
		for _, m := range turn.Shown {
			shown = append(shown, strings.TrimSpace(m.Text))
		}
		for _, e := range turn.Events {
			told = append(told, string(e.Type))
		}
		got = append(got, strings.Join(shown, ", ")+" / "+strings.Join(told, ", "))
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("the turns were\n%s\nwant\n%s", g, w)
	}
}

// TestTalk: the answer is shown first, then its choices, then what became of
// the file.
func TestTalk(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	wants(t, apply(t, r, says(r, conversations.Inbound{Kind: conversations.Text, Text: "menu"})), "said menu, choose / message.received")
	turns := apply(t, r, says(r, conversations.Inbound{Kind: conversations.Image, Media: "m1"}))
	wants(t, turns, "said / message.received", "filed / document.received")
	if m := turns[0].Move; m == nil || m.Heard.Document == nil || m.Decision.Say[0].Key != "said " {
		t.Errorf("the bot's move was %+v", m)
	}
	if d := turns[1].After.Application().Document(Conversation + "-d1"); d == nil || d.State != conversations.DocumentReceived {
		t.Errorf("the document is %+v", d)
	}
	if string(r.Conversation().Memory) != `{"n":1}` || !r.Now().Equal(nine) {
		t.Errorf("memory %s at %s", r.Conversation().Memory, r.Now())
	}
}

// TestClosedWindow: words wait for the candidate to write.
func TestClosedWindow(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	apply(t, r, says(r, conversations.Inbound{Kind: conversations.Text, Text: "你好"}))
	turns, err := r.Advance(49 * time.Hour)
	if err != nil || len(turns) != 0 || !r.Now().Equal(nine.Add(49*time.Hour)) {
		t.Fatalf("%v of %d turns, and it is %s", err, len(turns), r.Now())
	}
	wants(t, apply(t, r, conversations.Reply{Agent: "li", Text: "在吗"}), "message_waiting / handoff.started")
	wants(t, apply(t, r, says(r, conversations.Inbound{Kind: conversations.Text, Text: "在"})), "在吗 / message.received")
}

// TestLater: what is due later is done when the time comes, at that time.
func TestLater(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	r.waiting = append(r.waiting, conversations.Task{
		ID: "later", Kind: conversations.TaskEvent, Due: nine.Add(3 * time.Hour), Body: conversations.Event{Type: "later"},
	}, conversations.Task{
		ID: "sooner", Kind: conversations.TaskEvent, Due: nine.Add(time.Hour), Body: conversations.Event{Type: "sooner"},
	})
	for _, step := range []struct {
		d    time.Duration
		want []string
	}{{59 * time.Minute, nil}, {time.Minute, []string{" / sooner"}}, {time.Hour, nil}, {24 * time.Hour, []string{" / later"}}} {
		turns, err := r.Advance(step.d)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, turns, step.want...)
		if len(turns) > 0 && turns[0].At.Sub(nine)%time.Hour != 0 {
			t.Errorf("it was done at %s", turns[0].At)
		}
	}
}

// TestRefused: a turn that fails leaves everything as it was.
func TestRefused(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	before := r.Conversation().Messages
	if _, err := r.Apply(conversations.Decide{Agent: "li", Verdict: conversations.Approve}); !errors.Is(err, conversations.ErrStale) {
		t.Errorf("HR answers what nobody asked: %v", err)
	}
	if r.Conversation().Messages != before {
		t.Error("a refused turn left messages")
	}
}
