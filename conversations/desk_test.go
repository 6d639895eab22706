package conversations

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// notes are the lines of the record that the last turn left.
func (s *story) notes() string {
	var out []string
	for _, m := range s.last.Messages {
		if m.Kind == Note {
			out = append(out, m.Text)
		}
	}
	return strings.Join(out, "; ")
}

// refuses applies a command that has to fail with an *InvalidError.
func (s *story) refuses(c Command) {
	s.Helper()
	var invalid *InvalidError
	if _, err := s.Turn(Snapshot{Now: s.now, Conversation: s.c}, c); !errors.As(err, &invalid) {
		s.Errorf("%+v ended with %v, want an *InvalidError", c, err)
	}
}

// talking is a story of a candidate who was told and has written.
func talking(t *testing.T) *story {
	t.Helper()
	s := newStory(t, everyChannel[:1], nil)
	s.post(nil)
	s.follows()
	s.now = s.now.Add(time.Hour)
	s.says(openID, "在吗")
	s.left()
	return s
}

func TestASnoozeEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func(*story)
		awake bool
		note  string
	}{
		"not before its time":        {func(s *story) { s.wait(time.Hour - time.Second) }, false, ""},
		"at its time":                {func(s *story) { s.wait(time.Hour) }, true, "woken"},
		"when the candidate writes":  {func(s *story) { s.says(openID, "还有一个问题") }, true, ""},
		"by a tap in the menu":       {func(s *story) { s.do(Receive{Inbound{Address: openID, Gesture: Tapped, Text: "offer"}}) }, true, ""},
		"not by leaving":             {func(s *story) { s.do(Receive{Inbound{Address: openID, Gesture: Unfollowed}}) }, false, ""},
		"by an upload":               {func(s *story) { s.do(uploaded("a")) }, true, ""},
		"with a new result":          {func(s *story) { s.post(func(r *Result) { r.ID = "r2" }) }, true, ""},
		"by an agent's hand":         {func(s *story) { s.do(Snooze{Agent: "li"}) }, true, "woken li"},
		"given to a colleague":       {func(s *story) { s.do(Assign{Agent: "wang", By: "li"}) }, true, ""},
		"not by a reply":             {func(s *story) { s.do(Reply{Agent: "li", Text: "您好"}) }, false, ""},
		"put off, at the later time": {func(s *story) { s.do(Snooze{"li", s.now.Add(2 * time.Hour)}); s.wait(time.Hour) }, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := talking(t)
			s.do(Snooze{Agent: "li", Until: s.now.Add(time.Hour)})
			if got := s.notes(); got != "snoozed li 2026-06-24T06:00:00Z" {
				t.Errorf("the note is %q", got)
			}
			s.last = Changes{}
			c.do(s)
			if s.c.Snoozed.IsZero() != c.awake {
				t.Errorf("it sleeps until %v", s.c.Snoozed)
			}
			if got := s.notes(); c.note != "" && got != c.note {
				t.Errorf("the note is %q, want %q", got, c.note)
			}
		})
	}
	s := talking(t)
	s.refuses(Snooze{"li", s.now})
	s.refuses(Snooze{"li", s.now.Add(91 * 24 * time.Hour)})
	if !s.do(Snooze{Agent: "li"}).Unchanged {
		t.Error("to wake what is awake is a change")
	}
	s.do(Close{"li"})
	s.refuses(Snooze{"li", s.now.Add(time.Hour)})
}

func TestClosingHandsBackAndTheCandidateReopens(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.do(Reply{Agent: "li", Text: "您好"})
	s.says(openID, "谢谢")
	s.do(Snooze{"li", s.now.Add(time.Hour)})
	s.left()
	s.told = nil
	s.do(Close{"li"})
	if s.c.Closed != s.now || !s.c.Snoozed.IsZero() || s.c.Owner.Kind != OwnedByBot || !s.c.Waiting.IsZero() || s.c.Unread != 0 {
		t.Errorf("closed: %+v", s.c)
	}
	s.expect("")
	if !slices.Equal(s.told, []EventType{EventHandoffEnded, EventConversationClosed}) {
		t.Errorf("told %v", s.told)
	}
	if !s.do(Close{"li"}).Unchanged {
		t.Error("closed twice")
	}
	epoch := s.c.Owner.Epoch
	s.says(openID, "再问一下")
	if !s.c.Closed.IsZero() || s.notes() != "reopened" || s.c.Owner.Epoch != epoch {
		t.Errorf("the candidate wrote: %v, %q", s.c.Closed, s.notes())
	}
	s.hears(EventConversationReopened)
	for name, by := range map[string]Command{
		"an agent":    Reopen{"li"},
		"a reply":     Reply{Agent: "li", Text: "您好"},
		"taking over": Assign{Agent: "li"},
		"a new interview": func() Command {
			n := notifyCmd(Result{ID: "r9", Candidate: Candidate{ID: "E1"}})
			n.Digest = "r9"
			return n
		}(),
	} {
		open := talking(t)
		open.do(Close{"li"})
		if open.do(by); !open.c.Closed.IsZero() {
			t.Errorf("%s leaves it closed", name)
		}
	}
	if !s.do(Reopen{"li"}).Unchanged {
		t.Error("to open what is open is a change")
	}
}

func TestReadingIsNoNews(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.c.Unread = 2
	was := s.c.Updated
	s.now = s.now.Add(time.Minute)
	if s.do(Seen{Agent: "li"}); s.c.Unread != 0 || !s.c.Updated.Equal(was) {
		t.Errorf("read, %d are unread and the list has it at %s, not %s", s.c.Unread, s.c.Updated, was)
	}
	if s.do(Close{"li"}); !s.c.Updated.Equal(s.now) {
		t.Errorf("closed, the list has it at %s", s.c.Updated)
	}
}

func TestRemarksStayAmongHR(t *testing.T) {
	t.Parallel()
	s := talking(t)
	last := s.c.Last
	s.do(Annotate{Agent: "li", Text: " 电话里很着急 ", Key: "k"})
	m := s.last.Messages[0]
	if m.Kind != Remark || m.Text != "电话里很着急" || m.Author.Agent() != "li" || m.Dedupe != "remark/c1/k" || m.Status != NoStatus {
		t.Errorf("the remark is %+v", m)
	}
	if s.c.Last != last || len(s.last.Tasks) != 0 || s.c.Owner.Kind != OwnedByBot {
		t.Errorf("the remark shows: %q, %v", s.c.Last, s.last.Tasks)
	}
	s.refuses(Annotate{Agent: "li", Text: "  "})
	s.refuses(Annotate{Agent: "li", Text: strings.Repeat("长", 2001)})
}

func TestTakingBackInTime(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.decide = func(Turn) Decision { return Decision{Do: []Act{RequestHandoff{Reason: HandoffAsked}}} }
	s.says(openID, "人工")
	s.left()
	left, _ := s.c.Reach(openID).Quota(s.now)
	since, unread := s.c.Waiting, s.c.Unread
	s.do(Reply{Agent: "li", Text: "您好", Undo: 5 * time.Second})
	said := s.last.Messages[len(s.last.Messages)-1]
	if task := s.last.Tasks[slices.IndexFunc(s.last.Tasks, func(task Task) bool { return task.ID == said.ID })]; task.Due != s.now.Add(5*time.Second) {
		t.Errorf("it leaves at %s", task.Due)
	}
	if !s.c.Waiting.IsZero() || s.c.Unread != 0 || !s.c.Unsaid(said.ID, s.now) || s.c.Unsaid(said.ID, s.now.Add(5*time.Second)) {
		t.Errorf("answered: %+v", s.c)
	}
	s.now = s.now.Add(4 * time.Second)
	s.at(Snapshot{Conversation: s.c, Message: &said}, CancelSend{Agent: "li", Message: said.ID})
	if got, _ := s.c.Reach(openID).Quota(s.now); got != left || s.c.Waiting != since || s.c.Unread != unread {
		t.Errorf("taken back: %d are left of %d, waiting since %v, %d unread", got, left, s.c.Waiting, s.c.Unread)
	}
	if row := s.c.Row(s.now, everyChannel.Describe); !row.LastBack || row.Last != "" || row.LastBy != ByAgent("li") {
		t.Errorf("taken back, the list says %q", row.Last)
	}
	if !slices.Equal(s.last.Cancelled, []string{said.ID}) || s.c.Owner.Agent != "li" {
		t.Errorf("cancelled %v, owner %+v", s.last.Cancelled, s.c.Owner)
	}
	if !s.at(Snapshot{Conversation: s.c, Message: &said}, CancelSend{Agent: "li", Message: said.ID}).Unchanged {
		t.Error("taken back twice")
	}
	s.now = s.now.Add(time.Minute) // in which the outbox did not come to it
	s.do(Seen{Agent: "li"})
	if !s.c.TakenBack(said.ID) || !s.c.Unsaid(said.ID, s.now) {
		t.Error("before the outbox confirms it, it is not known that the words were taken back")
	}
	s.at(Snapshot{Conversation: s.c, Message: &said}, Report{Status: Failed, Reason: Cancelled, At: s.now})
	if len(s.c.Recalls) != 0 {
		t.Errorf("confirmed, it is kept: %+v", s.c.Recalls)
	}

	s.do(Reply{Agent: "li", Text: "您好", Undo: time.Hour})
	late := s.last.Messages[len(s.last.Messages)-1]
	if until := s.c.Recalls[0].Until; until != s.now.Add(maxUndo) {
		t.Errorf("it may be taken back until %s", until)
	}
	s.now = s.now.Add(maxUndo)
	s.at(Snapshot{Conversation: s.c, Message: &late}, CancelSend{Agent: "li", Message: late.ID})
	if got, _ := s.c.Reach(openID).Quota(s.now); got != left-1 || !s.c.Waiting.IsZero() {
		t.Errorf("too late: %d are left of %d", got, left)
	}
}

func TestTakingBackAfterTheCandidateWrote(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.do(Reply{Agent: "li", Text: "您好", Undo: 5 * time.Second})
	said := s.last.Messages[len(s.last.Messages)-1]
	s.now = s.now.Add(time.Second)
	s.says(openID, "在的") // which is leave for five more
	s.at(Snapshot{Conversation: s.c, Message: &said}, CancelSend{Agent: "li", Message: said.ID})
	if got, _ := s.c.Reach(openID).Quota(s.now); got != 5 {
		t.Errorf("%d may be sent, and the platform takes 5", got)
	}
}

func TestTemplatesByHand(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.now = s.now.Add(72 * time.Hour) // the window is closed
	var purposes []string
	for _, o := range s.Offered(s.c, s.now) {
		purposes = append(purposes, o.Purpose)
		if o.Account != "oa" || o.Text == "" || o.Problem != nil {
			t.Errorf("offered %+v", o)
		}
	}
	if !slices.Equal(purposes, []string{PurposeWaiting, PurposeOfferReminder, PurposeResult}) {
		t.Errorf("offered are %v", purposes)
	}
	s.do(SendTemplate{Agent: "li", Purpose: PurposeOfferReminder, Key: "k"})
	s.expect("oa:offer_reminder")
	if m := s.last.Messages[0]; m.Author.Agent() != "li" || m.Kind != Template || m.Dedupe != "template/c1/k" || s.c.Owner.Kind != OwnedByBot {
		t.Errorf("the template is %+v, the owner %+v", m, s.c.Owner)
	}
	s.refuses(SendTemplate{Agent: "li", Purpose: PurposePapersReminder})
	s.do(SendTemplate{Agent: "li", Purpose: PurposeWaiting})
	s.left()
	s.do(Reply{Agent: "li", Text: "等您来"})
	s.expect("") // they were told already that words wait
	s.c.OptOut = s.now
	s.refuses(SendTemplate{Agent: "li", Purpose: PurposeWaiting})
	if got := s.Offered(s.c, s.now); got != nil {
		t.Errorf("who wants nothing can be sent %v", got)
	}
	stranger := newStory(t, everyChannel[:1], nil)
	stranger.says(openID, "你好")
	stranger.refuses(SendTemplate{Agent: "li", Purpose: PurposeWaiting})
}

func TestRemindingByHand(t *testing.T) {
	t.Parallel()
	s := talking(t)
	s.decide = func(turn Turn) Decision {
		if turn.Heard.Cue == CueReminded {
			return Decision{Say: []Say{{Key: "remind." + string(turn.Heard.Topic)}}}
		}
		return Decision{}
	}
	s.do(Assign{Agent: "wang"})
	s.do(Remind{Agent: "li", Key: "k"})
	s.expect("oa:<remind.offer>")
	if s.c.Owner.Agent != "wang" || s.c.Application().Reminded.Times != 1 || s.notes() != "reminded li offer" {
		t.Errorf("owner %+v, reminded %+v, note %q", s.c.Owner, s.c.Application().Reminded, s.notes())
	}
	if s.last.Messages[0].Dedupe != "remind/c1/k" {
		t.Errorf("the reminder is %+v", s.last.Messages[0])
	}
	s.hears(EventReminderSent)
	s.refuses(Remind{Agent: "li"}) // a moment ago
	s.now = s.now.Add(72 * time.Hour)
	s.do(Remind{Agent: "li"})
	s.expect("oa:offer_reminder")
	s.now = s.now.Add(RemindRest)
	s.c.Applications[0].Answer = Declined
	s.refuses(Remind{Agent: "li"})
	s.c.Applications[0].Answer = Open
	s.c.Reaches[0].Followed = false
	s.refuses(Remind{Agent: "li"})
}

// TestHandsThatMoved: what was pressed on a page of an earlier epoch changes
// nothing, and says who has the conversation.
func TestHandsThatMoved(t *testing.T) {
	t.Parallel()
	s := talking(t)
	shown := s.c.Owner.Epoch
	s.do(Assign{Agent: "wang"})
	var moved *HandsError
	_, err := s.Turn(Snapshot{Now: s.now, Conversation: s.c, Condition: Condition{Epoch: &shown}}, Reply{Agent: "li", Text: "您好"})
	if !errors.Is(err, ErrStale) || !errors.As(err, &moved) || moved.Owner.Agent != "wang" {
		t.Errorf("replied on an old page: %v", err)
	}
	shown = s.c.Owner.Epoch
	if _, err := s.Turn(Snapshot{Now: s.now, Conversation: s.c, Condition: Condition{Epoch: &shown}}, Reply{Agent: "li", Text: "您好"}); err != nil {
		t.Errorf("replied knowingly: %v", err)
	}
}
