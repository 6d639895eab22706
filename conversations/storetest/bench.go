package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
)

// bench is an open store with a clock and an engine whose dialogue does what
// the candidate's words say.
type bench struct {
	Store
	t     *testing.T
	open  Open
	node  Node
	clock *clock.Virtual
}

var zone = time.FixedZone("CST", 8*3600)

func newBench(t *testing.T, open Open) *bench {
	t.Helper()
	b := &bench{t: t, open: open, clock: clock.NewVirtual(time.Date(2026, 6, 24, 12, 0, 0, 0, zone))}
	var ids atomic.Int64
	b.node = Node{
		Context: t.Context(),
		Engine:  Engine(),
		Now:     b.clock.Now,
		NewID:   func() string { return fmt.Sprintf("c%05d", ids.Add(1)) },
	}
	b.Store = b.another()
	return b
}

// Engine is the real engine with a dialogue that answers every message.
func Engine() *conversations.Engine {
	w := world{}
	return &conversations.Engine{Dialogue: w, Phrases: w, Templates: w, Channels: w, Zone: zone, StartDates: intake{}, Reminders: once{}, Routes: calling{}}
}

// another opens the database once more.
func (b *bench) another() Store {
	b.t.Helper()
	s, err := b.open(b.node)
	if err != nil {
		b.t.Fatalf("opening the store: %v", err)
	}
	b.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.t.Errorf("closing the store: %v", err)
		}
	})
	return s
}

// world is the fake dialogue and its surroundings. The words "quiet", "twice"
// and "person" make the bot say nothing, say two things, or call a person;
// a workplace "panic" makes the templates panic.
type world struct{}

func (world) Decide(t conversations.Turn) conversations.Decision {
	d := conversations.Decision{Memory: conversations.Memory(`{}`)}
	say := conversations.Say{Key: "answer"}
	switch {
	case t.Heard.Cue != conversations.CueSaid || t.Heard.Text == "quiet":
	case t.Heard.Text == "twice":
		d.Say = []conversations.Say{say, {Key: "more"}}
	case t.Heard.Text == "unsubscribe":
		d.Do, d.Say = []conversations.Act{conversations.WithdrawConsent{}}, []conversations.Say{say}
	case t.Heard.Text == "queue":
		d.Say = []conversations.Say{{Key: fmt.Sprint("queue ", t.Desk.Ahead, " ", t.Desk.Usual)}}
	case t.Heard.Text == "person":
		d.Do = []conversations.Act{conversations.RequestHandoff{Reason: conversations.HandoffAsked}}
	case strings.HasPrefix(t.Heard.Text, "ask "):
		d.Do = []conversations.Act{
			conversations.RequestHandoff{Reason: conversations.HandoffQuestion}, conversations.LeaveQuestion{Text: t.Heard.Text[4:]},
		}
	case strings.HasPrefix(t.Heard.Text, "confirm "):
		date, _ := conversations.ParseDate(t.Heard.Text[8:])
		if t.Dates.Judge(date).Verdict != conversations.DateImpossible {
			d.Do = []conversations.Act{conversations.ConfirmStartDate{Date: date}}
		}
		d.Say = []conversations.Say{say}
	case t.Heard.Text == "decline":
		d.Do = []conversations.Act{conversations.DeclineOffer{}}
	case strings.HasPrefix(t.Heard.Text, "start "):
		date, _ := conversations.ParseDate(t.Heard.Text[6:])
		d.Do = []conversations.Act{conversations.RequestSchedule{Date: date, Said: t.Heard.Text}}
	default:
		d.Say = []conversations.Say{say}
	}
	return d
}

func (world) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

func (world) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	if q.Application.Offer.Workplace == "panic" {
		panic("张三")
	}
	return conversations.Rendered{Text: "notice", Template: &conversations.TemplateContent{Purpose: q.Purpose}}, nil
}

// Describe knows three accounts, of the head office and two branches, and
// those of reaching.
func (world) Describe(account string) (conversations.Description, bool) {
	if d, ok := reaching(account); ok {
		return d, true
	}
	branches := map[string]string{"oa": "head", "north": "head/north", "south": "head/south"}
	branch, ok := branches[account]
	return conversations.Description{
		Platform: "wechat", Account: account, Medium: conversations.Chat, Branch: branch, MaxRunes: 600, Choices: 10, Templates: true, Invites: true,
	}, ok
}

func (w world) Serving(branch string) []conversations.Description {
	d, _ := w.Describe("oa")
	out := []conversations.Description{d}
	if branch == wired {
		for _, account := range []string{"app", "sms"} {
			d, _ := reaching(account)
			out = append(out, d)
		}
	}
	return out
}

func oa(id string) conversations.Address { return conversations.Address{Account: "oa", ID: id} }

// said is a text message of a follower of the head office's account.
func said(who, dedupe, words string) conversations.Receive {
	return Said(oa(who), dedupe, words)
}

// Said is a text message to any account.
func Said(a conversations.Address, dedupe, words string) conversations.Receive {
	return conversations.Receive{Inbound: conversations.Inbound{
		Address: a, Dedupe: dedupe, Gesture: conversations.Said, Kind: conversations.Text, Text: words, CanAnswer: true,
		Grants: []conversations.Grant{{Kind: "message", Until: time.Date(2030, 1, 1, 0, 0, 0, 0, zone), Left: 5}},
	}}
}

func scanned(who, dedupe, scene string) conversations.Receive {
	return conversations.Receive{Inbound: conversations.Inbound{
		Address: oa(who), Dedupe: dedupe, Gesture: conversations.Followed, Scene: scene,
	}}
}

// Result is a passed interview of a candidate of a branch of the north.
func Result(id, candidate string, addresses ...conversations.Address) conversations.Notify {
	return conversations.Notify{
		Result: conversations.Result{
			ID: id, Branch: "head/north", Addresses: addresses,
			Candidate: conversations.Candidate{ID: candidate, Name: "张" + candidate, Phone: "138 0013 8000", Locale: conversations.Chinese},
			Position:  conversations.Position{Title: "柜员"}, Interview: conversations.Interview{Score: 88, Passed: true},
			Offer: conversations.Offer{StartDate: conversations.Date{Year: 2026, Month: 7, Day: 6}, Workplace: "朝阳支行"},
		},
		Digest: "digest of " + id, Scene: "scene-" + id, Code: "AB23CD45",
	}
}

// ResultToCome is Result with a first day that is long to come, for stores that
// go by the system's clock.
func ResultToCome(id, candidate string, addresses ...conversations.Address) conversations.Notify {
	n := Result(id, candidate, addresses...)
	n.Result.Offer.StartDate = conversations.Date{Year: 2100, Month: 7, Day: 6}
	return n
}

// apply applies a command and fails the test on an error.
func (b *bench) apply(to conversations.Target, c conversations.Command) conversations.Applied {
	b.t.Helper()
	a, err := b.Apply(b.t.Context(), to, c)
	if err != nil {
		b.t.Fatalf("%T: %v", c, err)
	}
	return a
}

func (b *bench) receive(c conversations.Receive) conversations.Applied {
	b.t.Helper()
	return b.apply(conversations.Target{Address: c.Address, Scene: c.Scene}, c)
}

func (b *bench) notify(n conversations.Notify) conversations.Applied {
	b.t.Helper()
	return b.apply(conversations.Target{Candidate: n.Result.Candidate.ID, Branch: n.Result.Branch}, n)
}

// refuse applies a command that has to fail with want.
func (b *bench) refuse(want error, to conversations.Target, c conversations.Command) {
	b.t.Helper()
	if _, err := b.Apply(b.t.Context(), to, c); !errors.Is(err, want) {
		b.t.Fatalf("%T: error %v, want %v", c, err, want)
	}
}

// thread returns a conversation.
func (b *bench) thread(id string) conversations.Conversation {
	b.t.Helper()
	c, err := b.Thread(b.t.Context(), conversations.Everything, id)
	if err != nil {
		b.t.Fatalf("reading conversation %s: %v", id, err)
	}
	return c
}

// messages returns all messages of a conversation.
func (b *bench) messages(id string) []conversations.MessageView {
	b.t.Helper()
	ms, err := b.Messages(b.t.Context(), conversations.Everything, id, 0, 10_000)
	if err != nil {
		b.t.Fatalf("reading messages of %s: %v", id, err)
	}
	return ms
}

func (b *bench) message(id string) conversations.MessageView {
	b.t.Helper()
	conversation := id[:strings.LastIndexByte(id, '-')]
	for _, m := range b.messages(conversation) {
		if m.ID == id {
			return m
		}
	}
	b.t.Fatalf("there is no message %s", id)
	return conversations.MessageView{}
}

const lease = time.Minute

// claim claims deliveries, one at a time of each lane.
func (b *bench) claim() []outbox.Lane { return b.claimOf(b.Store, conversations.TaskDeliver, 100, 1) }

func (b *bench) claimOf(s Store, kind conversations.TaskKind, n, perLane int) []outbox.Lane {
	b.t.Helper()
	lanes, err := s.Claim(b.t.Context(), kind, b.clock.Now(), lease, n, perLane)
	if err != nil {
		b.t.Fatalf("claiming: %v", err)
	}
	return lanes
}

// claimOne claims and expects one lane with one delivery.
func (b *bench) claimOne() outbox.Item {
	b.t.Helper()
	lanes := b.claim()
	if len(lanes) != 1 || len(lanes[0].Items) != 1 {
		b.t.Fatalf("claimed %v, want one task", lanes)
	}
	return lanes[0].Items[0]
}

func (b *bench) claimNothing() {
	b.t.Helper()
	if lanes := b.claim(); len(lanes) > 0 {
		b.t.Fatalf("claimed %v, want nothing", lanes)
	}
}

func (b *bench) finish(done ...outbox.Outcome) {
	b.t.Helper()
	if err := b.Finish(b.t.Context(), done); err != nil {
		b.t.Fatalf("finishing: %v", err)
	}
}

// sent is the outcome of a delivery that the platform took.
func sent(it outbox.Item, platformID string) outbox.Outcome {
	var d conversations.Delivery
	_ = json.Unmarshal(it.Body, &d)
	return outbox.Outcome{
		Item: it, Release: true, Target: conversations.Target{Conversation: d.Conversation},
		Then: conversations.Report{Message: d.Message, Status: conversations.Sent, PlatformID: platformID},
	}
}

func delivery(t *testing.T, it outbox.Item) conversations.Delivery {
	t.Helper()
	var d conversations.Delivery
	if err := json.Unmarshal(it.Body, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// settle waits until everything reported so far is committed.
func (b *bench) settle(conversation string) {
	b.t.Helper()
	b.apply(conversations.Target{Conversation: conversation}, conversations.Seen{})
}
