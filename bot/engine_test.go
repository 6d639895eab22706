package bot

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

// account is a channel account and its templates, as the engine needs them.
type account struct{}

func (account) Describe(string) (conversations.Description, bool) {
	return conversations.Description{Platform: "wechat", Account: "oa", Medium: conversations.Chat, MaxRunes: smallest, Choices: 10, Templates: true}, true
}

func (a account) Serving(string) []conversations.Description {
	d, _ := a.Describe("oa")
	return []conversations.Description{d}
}

func (account) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	return conversations.Rendered{Text: "面试通过"}, nil
}

// TestThroughTheEngine takes a candidate from the result to a start date that
// HR agreed to, with the engine that does it in earnest.
func TestThroughTheEngine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, loadNLU())
	e := &conversations.Engine{Dialogue: w.bot, Phrases: w.words, Templates: account{}, Channels: account{}, Zone: shanghai}
	address := conversations.Address{Account: "oa", ID: "openid"}
	snapshot := conversations.Snapshot{Now: w.now, Conversation: conversations.Conversation{ID: "c1", Branch: "head"}, New: true}
	turn := func(c conversations.Command) conversations.Changes {
		t.Helper()
		changes, err := e.Turn(snapshot, c)
		if err != nil {
			t.Fatal(err)
		}
		snapshot = conversations.Snapshot{Now: snapshot.Now.Add(time.Minute), Conversation: changes.Conversation}
		for _, m := range changes.Messages {
			if n := utf8.RuneCountInString(m.Text); n > smallest {
				t.Errorf("a message of %d characters: %s", n, m.Text)
			}
		}
		return changes
	}
	says := func(text string) conversations.Changes {
		t.Helper()
		return turn(conversations.Receive{Inbound: conversations.Inbound{
			Address: address, At: snapshot.Now, Gesture: conversations.Said, Kind: conversations.Text, Text: text, CanAnswer: true,
			Grants: []conversations.Grant{{Kind: "message", Until: snapshot.Now.Add(48 * time.Hour), Left: 5}},
		}})
	}
	wants := func(c conversations.Changes, answer conversations.Answer, words string) {
		t.Helper()
		if app := c.Conversation.Application(); app.Answer != answer {
			t.Errorf("the candidate's answer is %q, want %q", app.Answer, answer)
		}
		if c.Conversation.Owner.Kind != conversations.OwnedByBot {
			t.Errorf("the bot gave up: %+v", c.Conversation.Owner)
		}
		if c.Answer == nil || !strings.Contains(c.Answer.Text, words) {
			t.Errorf("the answer %+v does not say %q", c.Answer, words)
		}
	}

	app := w.app()
	turn(conversations.Notify{Result: conversations.Result{
		ID: "r1", Branch: "head", Candidate: conversations.Candidate{ID: "e1", Name: "张伟"}, Addresses: []conversations.Address{address},
		Position: app.Position, Interview: app.Interview, Offer: app.Offer,
	}})
	wants(says("好的"), conversations.Open, "您能在2026年7月6日（星期一）入职吗？")
	wants(says("想改到7月15日"), conversations.Open, "您想改到2026年7月15日（星期三）入职，对吗？")
	wants(says("1"), conversations.Requested, "已为您提交申请")
	request := snapshot.Conversation.Application().Request.ID
	decided := turn(conversations.Decide{Agent: "li", Request: request, Verdict: conversations.Counter, Counter: conversations.Date{Year: 2026, Month: time.July, Day: 13}})
	if m := decided.Messages[len(decided.Messages)-1]; m.Kind != conversations.Menu || len(m.Choices) != 4 {
		t.Errorf("the counter-proposal is no menu: %+v", m)
	}
	wants(says("可以"), conversations.Confirmed, "已为您确认：2026年7月13日（星期一）入职")
}
