package conversations

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 6, 24, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))

// world is an engine whose dialogue says and does what a test tells it to.
type world struct {
	Engine
	decide func(Turn) Decision
	heard  []Heard
}

func newWorld(decide func(Turn) Decision) *world {
	w := &world{decide: decide}
	w.Engine = Engine{Dialogue: w, Phrases: w, Templates: w, Channels: w, Zone: noon.Location()}
	return w
}

func (w *world) Decide(t Turn) Decision {
	w.heard = append(w.heard, t.Heard)
	if w.decide == nil {
		return Decision{Memory: Memory(`{}`)}
	}
	return w.decide(t)
}

func (w *world) Words(_ Locale, key string, _ map[string]any) (string, error) {
	if key == "missing" {
		return "", errors.New("no such key")
	}
	return "<" + key + ">", nil
}

func (w *world) Render(q TemplateQuery) (Rendered, error) {
	if strings.Contains(q.Application.Offer.Workplace, "long") {
		return Rendered{}, &InvalidError{[]FieldError{{"offer.workplace", "too long"}}}
	}
	if q.Channel == "words" {
		return Rendered{Text: "notice"}, nil
	}
	return Rendered{Text: "notice", Template: &TemplateContent{Purpose: q.Purpose}}, nil
}

func (w *world) Describe(account string) (Description, bool) {
	return Description{Platform: "wechat", Account: account, Medium: Chat, MaxRunes: 600, Choices: 10, Templates: true, Invites: true}, account == "oa"
}

func (w *world) Serving(string) []Description {
	d, _ := w.Describe("oa")
	return []Description{d}
}

// turn applies a command to a conversation and fails the test on an error.
func (w *world) turn(t *testing.T, s Snapshot, c Command) Changes {
	t.Helper()
	if s.Now.IsZero() {
		s.Now = noon
	}
	before, _ := json.Marshal(s)
	ch, err := w.Turn(s, c)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	if after, _ := json.Marshal(s); string(before) != string(after) {
		t.Errorf("%T changed its snapshot\nfrom %s\nto   %s", c, before, after)
	}
	again, _ := w.Turn(s, c)
	one, _ := json.Marshal(ch)
	two, _ := json.Marshal(again)
	if string(one) != string(two) {
		t.Errorf("%T: equal snapshots, different changes\n%s\n%s", c, one, two)
	}
	return ch
}

func sampleResult() Result {
	return Result{
		ID: "r1", Branch: "head/beijing", Candidate: Candidate{ID: "E1", Name: "张三", Phone: "13800138000", Locale: Chinese},
		Position: Position{Title: "柜员"}, Interview: Interview{Score: 88, Passed: true},
		Offer: Offer{StartDate: Date{2026, 7, 6}, Workplace: "朝阳支行", Documents: []RequiredDocument{{"id", "身份证"}, {"degree", "学位证"}}},
	}
}

func notifyCmd(r Result) Notify {
	return Notify{Result: r, Digest: "d1", Scene: "sc", Code: "AB23CD45"}
}

var openID = Address{"oa", "o-1"}

// bound is the conversation of a candidate who follows the account and wrote
// just now.
func bound(t *testing.T, w *world) Conversation {
	t.Helper()
	c := w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(sampleResult())).Conversation
	ch := w.turn(t, Snapshot{Conversation: c, Scan: ScanBinds}, Receive{Inbound{
		Address: openID, Gesture: Followed, Dedupe: "f1", Scene: "sc",
		Grants: []Grant{{"follow", noon.Add(time.Minute), 3}},
	}})
	return ch.Conversation
}

func text(words, id string) Receive {
	return Receive{Inbound{
		Address: openID, Gesture: Said, Kind: Text, Text: words, Dedupe: id, CanAnswer: true,
		Grants: []Grant{{"message", noon.Add(48 * time.Hour), 5}},
	}}
}

func events(ch Changes) (types []EventType) {
	for _, task := range ch.Tasks {
		if ev, ok := task.Body.(Event); ok {
			types = append(types, ev.Type)
		}
	}
	return types
}

func deliveries(ch Changes) (out []Delivery) {
	for _, task := range ch.Tasks {
		if d, ok := task.Body.(Delivery); ok {
			out = append(out, d)
		}
	}
	return out
}

func TestAResultWaitsUntilTheCandidateBinds(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	ch := w.turn(t, Snapshot{New: true, Conversation: Conversation{ID: "c1"}}, notifyCmd(sampleResult()))
	if app := ch.Conversation.Application(); app.Waiting != WaitingUnbound || len(deliveries(ch)) != 0 {
		t.Fatalf("waiting %q with %d deliveries", app.Waiting, len(deliveries(ch)))
	}
	if ch.Invite == nil || ch.Tasks[0].Kind != TaskInvite {
		t.Fatalf("no invitation: %+v", ch)
	}
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation, Scan: ScanBinds}, Receive{Inbound{Address: openID, Gesture: Followed, Scene: "sc"}})
	if ch.Spent != "sc" || !slices.Contains(ch.Bind, openID) {
		t.Errorf("spent %q, bound %v", ch.Spent, ch.Bind)
	}
	if ds := deliveries(ch); len(ds) != 1 || ds[0].Kind != Template || ds[0].Template.Purpose != PurposeResult {
		t.Errorf("delivered %+v", ds)
	}
	if app := ch.Conversation.Application(); app.Waiting != "" || app.Status != Queued {
		t.Errorf("application %+v", app)
	}
}

func TestPostingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	if ch := w.turn(t, Snapshot{PostedDigest: "d1"}, notifyCmd(sampleResult())); !ch.Duplicate || !ch.Unchanged {
		t.Errorf("the same body again: %+v", ch)
	}
	if _, err := w.Turn(Snapshot{PostedDigest: "other"}, notifyCmd(sampleResult())); !errors.Is(err, ErrConflict) {
		t.Errorf("another body: %v", err)
	}
}

// TestADayThatHasPassedIsRefusedOnce: nobody is told of one, and a repeat of
// what was posted in time is a repeat for ever.
func TestADayThatHasPassedIsRefusedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	late := notifyCmd(sampleResult())
	late.Result.Offer.StartDate, late.Result.Offer.ReplyBy = DateOf(noon).AddDays(-1), noon
	var invalid *InvalidError
	if _, err := w.Turn(Snapshot{Now: noon, New: true, Conversation: Conversation{ID: "c1"}}, late); !errors.As(err, &invalid) ||
		len(invalid.Fields) != 2 || invalid.Fields[0].Path != "offer.start_date" || invalid.Fields[1].Path != "offer.reply_by" {
		t.Errorf("a new one: %v", err)
	}
	if ch, err := w.Turn(Snapshot{Now: noon, PostedDigest: "d1"}, late); err != nil || !ch.Duplicate {
		t.Errorf("a repeat: %v", err)
	}
	today := notifyCmd(sampleResult())
	today.Result.Offer.StartDate = DateOf(noon)
	if _, err := w.Turn(Snapshot{Now: noon, New: true, Conversation: Conversation{ID: "c1"}}, today); err != nil {
		t.Errorf("today: %v", err)
	}
}

func TestAResultThatTheTemplatesCannotTakeIsRefusedByField(t *testing.T) {
	t.Parallel()
	r := sampleResult()
	r.Offer.Workplace = "a very long place"
	r.Addresses = []Address{{"nowhere", "x"}}
	_, err := newWorld(nil).Turn(Snapshot{New: true, Now: noon}, notifyCmd(r))
	var inv *InvalidError
	if !errors.As(err, &inv) || len(inv.Fields) != 2 {
		t.Fatalf("got %v", err)
	}
}

func TestTheFirstAnswerRidesAndTheRestSpendsQuota(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	w.decide = func(Turn) Decision {
		return Decision{Say: []Say{{Key: "a"}, {Key: "b", Choices: []SayChoice{{ID: "yes", Key: "yes"}}}}}
	}
	ch := w.turn(t, Snapshot{Conversation: c}, text("你好", "m1"))
	if ch.Answer == nil || ch.Answer.Text != "<a>" {
		t.Fatalf("answer %+v", ch.Answer)
	}
	ds := deliveries(ch)
	if len(ds) != 2 || ds[1].Kind != Menu || ds[1].Choices[0].Text != "<yes>" {
		t.Fatalf("deliveries %+v", ds)
	}
	ride := ch.Tasks[slices.IndexFunc(ch.Tasks, func(t Task) bool { return t.Ride })]
	if ride.ID != ch.Answer.ID || !ride.Due.Equal(noon.Add(RideWindow)) {
		t.Errorf("ride %+v", ride)
	}
	left, _ := ch.Conversation.Reaches[0].Quota(noon.Add(2 * time.Minute))
	if left != 5 {
		t.Errorf("%d of 5 left; the message spent should come from the grant that ends first", left)
	}
	in := ch.Messages[0]
	if in.Answer != ch.Answer.ID || in.Dedupe != "oa/m1" {
		t.Errorf("inbound %+v", in)
	}
}

func TestAQuestionRidesAndItsChoicesFollow(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	w.decide = func(Turn) Decision {
		return Decision{Say: []Say{{Key: "q", Choices: []SayChoice{{ID: "y", Key: "yes"}, {ID: "n", Key: "no"}}}}}
	}
	ch := w.turn(t, Snapshot{Conversation: c}, text("在吗", "m1"))
	ds := deliveries(ch)
	if ch.Answer.Text != "<q>" || len(ds) != 2 || ds[1].Kind != Menu || ds[1].Text != "<choose>" {
		t.Errorf("answer %q, then %+v", ch.Answer.Text, ds)
	}
	for i := range c.Reaches {
		c.Reaches[i].Grants = nil
	}
	in := text("在吗", "m2")
	in.Grants = []Grant{{"message", noon.Add(time.Hour), 1}}
	ch = w.turn(t, Snapshot{Conversation: c}, in)
	if ds := deliveries(ch); ch.Answer.Text != "<q>\n1. <yes>\n2. <no>" || len(ds) != 1 {
		t.Errorf("with one slot left, which is a person's: %q, %d deliveries", ch.Answer.Text, len(ds))
	}
}

func TestPack(t *testing.T) {
	t.Parallel()
	in := []speech{{text: "a"}, {text: "b"}, {text: "c", choices: []Choice{{ID: "x"}}}}
	for n, want := range map[int]string{0: "a\n\nb\n\nc", 1: "a\n\nb\n\nc", 2: "a|b\n\nc", 3: "a|b|c", 9: "a|b|c"} {
		var got []string
		now, later := pack(slices.Clone(in), n, 600)
		for _, sp := range now {
			got = append(got, sp.text)
		}
		if s := strings.Join(got, "|"); s != want || len(later) > 0 {
			t.Errorf("into %d: %q, want %q", n, s, want)
		}
	}
}

func TestABotThatFailsLosesNothing(t *testing.T) {
	t.Parallel()
	for name, decide := range map[string]func(Turn) Decision{
		"panics":           func(Turn) Decision { panic("oops") },
		"has no words":     func(Turn) Decision { return Decision{Say: []Say{{Key: "missing"}}} },
		"confirms nothing": func(Turn) Decision { return Decision{Do: []Act{ConfirmStartDate{Date{2030, 1, 1}}}} },
	} {
		w := newWorld(nil)
		c := bound(t, w)
		w.decide = decide
		ch := w.turn(t, Snapshot{Conversation: c}, text("好的", "m1"))
		if ch.Messages[0].Text != "好的" || !slices.Contains(events(ch), EventMessageReceived) {
			t.Errorf("%s: the message is lost: %+v", name, ch)
		}
		if slices.Contains(events(ch), EventStartDateConfirmed) {
			t.Errorf("%s: a date nobody offered was confirmed", name)
		}
		if owner := ch.Conversation.Owner.Kind; (owner == OwnedByQueue) != (name != "confirms nothing") {
			t.Errorf("%s: owner %q", name, owner)
		}
	}
}

func TestTheBotKeepsQuietWhileAPersonOwns(t *testing.T) {
	t.Parallel()
	w := newWorld(func(Turn) Decision { return Decision{Say: []Say{{Key: "hello"}}} })
	c := bound(t, w)
	c = w.turn(t, Snapshot{Conversation: c}, Assign{Agent: "li"}).Conversation
	epoch := c.Owner.Epoch
	ch := w.turn(t, Snapshot{Conversation: c}, text("在吗", "m1"))
	if ch.Answer != nil || len(deliveries(ch)) != 0 || ch.Conversation.Waiting.IsZero() {
		t.Errorf("the bot spoke, or nobody knows the candidate waits: %+v", ch)
	}
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, Release{"li"})
	if ch.Conversation.Owner.Kind != OwnedByBot || ch.Conversation.Owner.Epoch <= epoch || !slices.Contains(events(ch), EventHandoffEnded) {
		t.Errorf("handed back: %+v", ch.Conversation.Owner)
	}
	if len(deliveries(ch)) != 1 {
		t.Errorf("the bot did not resume")
	}
}

func TestReplyTakesOverAndWaitsForTheWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	ch := w.turn(t, Snapshot{Conversation: c, Now: noon.Add(72 * time.Hour)}, Reply{Agent: "li", Text: " 您好 ", Key: "k"})
	if ch.Conversation.Owner.Agent != "li" || !slices.Contains(events(ch), EventHandoffStarted) {
		t.Errorf("owner %+v, events %v", ch.Conversation.Owner, events(ch))
	}
	ds := deliveries(ch)
	if len(ds) != 1 || ds[0].Template == nil || ds[0].Template.Purpose != PurposeWaiting || len(ch.Conversation.Held) != 1 {
		t.Fatalf("with the window closed a template should tell that words wait: %+v", ds)
	}
	if i := slices.IndexFunc(ch.Messages, func(m Message) bool { return m.Text == "您好" }); ch.Messages[i].Dedupe != "reply/c1/k" {
		t.Errorf("the form's key is lost: %+v", ch.Messages[i])
	}
	again := w.turn(t, Snapshot{Conversation: ch.Conversation, Now: noon.Add(73 * time.Hour)}, Reply{Agent: "li", Text: "还在吗"})
	if len(deliveries(again)) != 0 || len(again.Conversation.Held) != 2 {
		t.Errorf("nudged twice: %+v", deliveries(again))
	}
	back := w.turn(t, Snapshot{Conversation: again.Conversation}, text("在", "m9"))
	if ds := deliveries(back); len(ds) != 2 || ds[0].Text != "您好" || ds[1].Text != "还在吗" || len(back.Conversation.Held) != 0 {
		t.Errorf("held messages did not leave in order: %+v", ds)
	}
}

func TestScheduleRequestDecisions(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		decide Decide
		answer Answer
		events []EventType
	}{
		{Decide{Verdict: Approve}, Confirmed, []EventType{EventScheduleDecided, EventStartDateConfirmed}},
		{Decide{Verdict: Refuse}, Open, []EventType{EventScheduleDecided}},
		{Decide{Verdict: Counter, Counter: Date{2026, 7, 10}}, Countered, []EventType{EventScheduleDecided}},
	} {
		w := newWorld(nil)
		c := bound(t, w)
		w.decide = func(Turn) Decision {
			return Decision{Do: []Act{RequestSchedule{Date: Date{2026, 7, 15}, Said: "15号"}}}
		}
		ch := w.turn(t, Snapshot{Conversation: c}, text("15号可以吗", "m1"))
		if ch.Conversation.Application().Answer != Requested {
			t.Fatal("no request")
		}
		if !slices.ContainsFunc(ch.Tasks, func(task Task) bool {
			e, is := task.Body.(Event)
			return is && e.Type == EventScheduleRequested && e.Data.Schedule.Said == "15号"
		}) {
			t.Error("no event tells in what words it was requested")
		}
		w.decide = nil
		tc.decide.Agent, tc.decide.Request = "li", ch.Conversation.Application().Request.ID
		ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, tc.decide)
		app := ch.Conversation.Application()
		if app.Answer != tc.answer || !slices.Equal(events(ch), tc.events) || w.heard[len(w.heard)-1].Cue != CueDecided {
			t.Errorf("%s: answer %q, events %v", tc.decide.Verdict, app.Answer, events(ch))
		}
		if _, err := w.Turn(Snapshot{Conversation: ch.Conversation, Now: noon}, tc.decide); !errors.Is(err, ErrStale) {
			t.Errorf("decided twice: %v", err)
		}
		if tc.answer == Countered {
			w.decide = func(Turn) Decision { return Decision{Do: []Act{ConfirmStartDate{Date{2026, 7, 10}}}} }
			ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, text("好", "m2"))
			if app := ch.Conversation.Application(); app.Answer != Confirmed || app.StartDate != (Date{2026, 7, 10}) {
				t.Errorf("counter-proposal accepted: %+v", app)
			}
		}
	}
}

func TestStatusesNeverGoBack(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	notice := &Message{ID: c.Application().Notice, Kind: Template, Address: openID, Status: Queued}
	ch := w.turn(t, Snapshot{Conversation: c, Message: notice, Early: []StatusChange{{Status: Delivered}}}, Report{Status: Sent, PlatformID: "p1"})
	if !slices.Equal(events(ch), []EventType{EventNotificationSent, EventNotificationDelivered}) || ch.Conversation.Application().Status != Delivered {
		t.Fatalf("a receipt that overtook the send's answer: %v", events(ch))
	}
	notice.Status = Delivered
	if ch := w.turn(t, Snapshot{Conversation: ch.Conversation, Message: notice}, Report{Status: Sent}); !ch.Unchanged {
		t.Errorf("delivered went back to sent")
	}
}

func TestEventsOfACandidateHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	var next int64 = c.Events
	for i := range 20 {
		ch := w.turn(t, Snapshot{Conversation: c}, text("你好", fmt.Sprint("m", i)))
		for _, task := range ch.Tasks {
			if ev, ok := task.Body.(Event); ok {
				next++
				if ev.Data.Sequence != next || ev.Data.Candidate != "E1" || ev.ID != fmt.Sprintf("evt_c1_%d", next) {
					t.Fatalf("event %+v, want sequence %d", ev, next)
				}
			}
		}
		c = ch.Conversation
	}
}

func TestDocumentsAreFiledAndDuplicatesRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	w.decide = func(tn Turn) Decision {
		if d := tn.Heard.Document; d != nil && tn.Heard.Cue == CueSaid {
			return Decision{Do: []Act{FileUnder{d.ID, "id"}}}
		}
		return Decision{}
	}
	photo := func(id string) Receive {
		r := text("", id)
		r.Kind, r.Media = Image, "media-"+id
		return r
	}
	ch := w.turn(t, Snapshot{Conversation: c}, photo("p1"))
	if ch.Messages[0].Document == "" {
		t.Fatal("the message does not name its document")
	}
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, Filed{Document: "c1-d1", MIME: "image/jpeg", Size: 9, SHA256: "x"})
	if !slices.Equal(events(ch), []EventType{EventDocumentReceived, EventChecklistChanged}) || slices.ContainsFunc(ch.Conversation.Application().Checklist, func(i ChecklistItem) bool { return i.ID != "degree" && i.Missing() }) {
		t.Fatalf("events %v, checklist %+v", events(ch), ch.Conversation.Application().Checklist)
	}
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, photo("p2"))
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, Filed{Document: "c1-d2", SHA256: "x"})
	if d := ch.Conversation.Application().Document("c1-d2"); d.State != DocumentRejected || d.Reason != "duplicate" || !slices.Equal(events(ch), []EventType{EventDocumentRefused}) {
		t.Errorf("the same file again: %+v", d)
	}
}

func TestTheLanguageIsTheOneTheCandidateChose(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	c := bound(t, w)
	second := sampleResult()
	second.ID, second.Candidate.Locale = "r2", Traditional
	ch := w.turn(t, Snapshot{Conversation: c}, notifyCmd(second))
	if got := ch.Conversation.Candidate.Locale; got != Traditional {
		t.Errorf("the EHR's word is %q, spoken is %q", Traditional, got)
	}
	w.decide = func(Turn) Decision { return Decision{Do: []Act{SpeakLocale{English}}} }
	ch = w.turn(t, Snapshot{Conversation: c}, text("English please", "m1"))
	ch = w.turn(t, Snapshot{Conversation: ch.Conversation}, notifyCmd(second))
	if got := ch.Conversation.Candidate.Locale; got != English {
		t.Errorf("the candidate chose English and is spoken to in %q", got)
	}
}
