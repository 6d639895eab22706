package conversations

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// preview is what would come of posting the usual result, changed, as the
// story stands.
func (s *story) preview(change func(*Result)) (Preview, error) {
	s.Helper()
	return s.rehearse(change, nil)
}

// rehearse is a preview in which some deliveries are refused.
func (s *story) rehearse(change func(*Result), refuses Rehearse) (Preview, error) {
	s.Helper()
	r := sampleResult()
	r.Candidate.Email = "Zhang.San@Example.com"
	if change != nil {
		change(&r)
	}
	n := notifyCmd(r)
	n.Digest = r.ID
	return s.Engine.Preview(Snapshot{Now: s.now, Conversation: s.c, New: s.c.Created.IsZero()}, n, refuses)
}

// steps are a preview's, in short.
func (s *story) steps(p Preview) string {
	var out []string
	for _, step := range p.Steps {
		words := string(step.By) + ":" + step.Skipped
		if step.Delivery != nil {
			words = fmt.Sprintf("%s@%s+%s", step.By, step.Account, step.At.Sub(s.now))
			if step.Delivery.Message != step.Message || step.Delivery.To.Account != step.Account {
				s.Errorf("step %+v sends %+v", step.Try, step.Delivery)
			}
		} else if step.Skipped == "" {
			words = fmt.Sprintf("%s+%s", step.By, step.At.Sub(s.now))
		}
		out = append(out, words)
	}
	return strings.Join(out, " ")
}

// TestPreviewsAreWhatHappens: the steps of a preview are those that are then
// taken while nobody reacts, each at its time.
func TestPreviewsAreWhatHappens(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	p, err := s.preview(nil)
	if err != nil {
		t.Fatal(err)
	}
	const want = "chat:no_address push@app+0s sms@sms+24h0m0s voice@tel+48h0m0s person+72h0m0s"
	if got := s.steps(p); got != want || p.Waiting != "" || !p.Invited || p.Supersedes {
		t.Errorf("foreseen %q, want %q: %+v", got, want, p)
	}
	if s.c.Messages != 0 || len(s.c.Applications) != 0 || len(s.c.Reaches) != 0 {
		t.Errorf("looking ahead changed the conversation: %+v", s.c)
	}
	s.post(nil)
	s.wait(100 * time.Hour)
	var left []string
	for _, try := range s.c.Application().Route.Tries {
		if try.Skipped == "" {
			left = append(left, fmt.Sprint(try.By, " ", try.At.Sub(noon)))
		}
	}
	if got := strings.Join(left, ", "); got != "push 0s, sms 24h0m0s, voice 48h0m0s, person 72h0m0s" {
		t.Errorf("it went %s", got)
	}
}

func TestPreviewsOfWhatIsNotSentAtOnce(t *testing.T) {
	t.Parallel()
	quiet := usual
	quiet.Quiet = night
	for name, tt := range map[string]struct {
		routes  Routes
		bank    bank
		prepare func(*story)
		change  func(*Result)
		check   func(*story, Preview) string
	}{
		"quiet hours": {routes: quiet, prepare: func(s *story) { s.now = noon.Add(11 * time.Hour) }, check: func(s *story, p Preview) string {
			return p.Waiting + " " + s.steps(p)
		}},
		"an urgent result": {routes: quiet, prepare: func(s *story) { s.now = noon.Add(11 * time.Hour) }, change: func(r *Result) { r.Urgency = Urgent }},
		"opted out":        {prepare: func(s *story) { s.post(func(r *Result) { r.ID = "r0" }); s.do(OptOut{}) }, check: func(_ *story, p Preview) string { return fmt.Sprint(p.OptedOut, p.Waiting, len(p.Steps), p.Supersedes) }},
		"nobody anywhere":  {bank: everyChannel[:1], check: func(s *story, p Preview) string { return p.Waiting + " " + s.steps(p) }},
		"left": {bank: everyChannel[:1], prepare: func(s *story) {
			s.post(func(r *Result) { r.ID = "r0" })
			s.follows()
			s.do(Receive{Inbound{Address: openID, Gesture: Unfollowed, Dedupe: "u"}})
		}, check: func(s *story, p Preview) string { return p.Waiting + " " + s.steps(p) }},
	} {
		want := map[string]string{
			"quiet hours":      "quiet_hours chat:no_address push@app+9h0m0s sms@sms+33h0m0s voice@tel+57h0m0s person+81h0m0s",
			"an urgent result": " sms@sms+0s person+1h0m0s",
			"opted out":        "trueopted_out0 true",
			"nobody anywhere":  "unbound chat:no_address push:no_account sms:no_account voice+48h0m0s person:listed",
			"left":             "unfollowed chat:unfollowed push:no_account sms:no_account voice+48h0m0s person:listed",
		}[name]
		if tt.routes == nil {
			tt.routes = usual
		}
		if tt.bank == nil {
			tt.bank = everyChannel
		}
		if tt.check == nil {
			tt.check = func(s *story, p Preview) string { return p.Waiting + " " + s.steps(p) }
		}
		s := newStory(t, tt.bank, tt.routes)
		if tt.prepare != nil {
			tt.prepare(s)
		}
		p, err := s.preview(tt.change)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := tt.check(s, p); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestPreviewsOfWhatIsRefused(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	var wrong *InvalidError
	if _, err := s.preview(func(r *Result) { r.Offer.Workplace = "a long way" }); !errors.As(err, &wrong) || wrong.Fields[0].Path != "offer.workplace" {
		t.Errorf("too long a workplace: %v", err)
	}
	n := notifyCmd(sampleResult())
	n.Digest = "other"
	if _, err := s.Engine.Preview(Snapshot{Now: noon, PostedDigest: "d"}, n, nil); !errors.Is(err, ErrConflict) {
		t.Errorf("another document: %v", err)
	}
	n.Digest = "d"
	if p, err := s.Engine.Preview(Snapshot{Now: noon, PostedDigest: "d"}, n, nil); err != nil || !p.Duplicate {
		t.Errorf("the same document: %+v, %v", p, err)
	}
	if err := s.Engine.Foresee(Result{Offer: Offer{Workplace: "a long way"}}, noon); !errors.As(err, &wrong) || len(wrong.Fields) != 1 {
		t.Errorf("later messages: %v", err)
	}
	if err := s.Engine.Foresee(sampleResult(), noon); err != nil {
		t.Errorf("later messages that fit: %v", err)
	}
}

// TestRefusalsAreForeseen: a step that would be refused gives way to the next
// at once, as it would.
func TestRefusalsAreForeseen(t *testing.T) {
	t.Parallel()
	s := newStory(t, everyChannel, usual)
	p, err := s.rehearse(nil, func(d Delivery) error {
		if d.To.Account == "app" || d.To.Account == "sms" {
			return &SendError{Reason: BadContent, Detail: "no template"}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.steps(p), "chat:no_address push@app+0s sms@sms+0s voice@tel+0s person+72h0m0s"; got != want {
		t.Errorf("foreseen %q, want %q", got, want)
	}
	if p.Steps[1].Refused == nil || p.Steps[2].Refused == nil || p.Steps[3].Refused != nil || p.Waiting != "" {
		t.Errorf("%+v", p)
	}
}
