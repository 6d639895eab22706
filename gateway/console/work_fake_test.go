package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiebao/conversations"
)

func (f *fake) Work(_ context.Context, q conversations.WorkQuery) (page conversations.WorkPage, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.convs {
		if q.Scope.Allows(c.Branch) && !c.WaitsSince(q.Work).IsZero() {
			page.Conversations = append(page.Conversations, c)
		}
	}
	slices.SortFunc(page.Conversations, func(a, b conversations.Conversation) int {
		if d := a.WaitsSince(q.Work).Compare(b.WaitsSince(q.Work)); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	key := func(c conversations.Conversation) string {
		return fmt.Sprintf("%020d.%s", c.WaitsSince(q.Work).UnixMilli(), c.ID)
	}
	page.Conversations = slices.DeleteFunc(page.Conversations, func(c conversations.Conversation) bool { return key(c) <= q.Cursor })
	if len(page.Conversations) > q.Limit {
		page.Conversations = page.Conversations[:q.Limit]
		page.Next = key(page.Conversations[q.Limit-1])
	}
	return page, nil
}

func (f *fake) CountWork(ctx context.Context, s conversations.Scope) (conversations.WorkCounts, error) {
	counts := conversations.WorkCounts{}
	for _, w := range conversations.Works() {
		page, _ := f.Work(ctx, conversations.WorkQuery{Scope: s, Work: w, Limit: 1000})
		counts[w] = len(page.Conversations)
	}
	return counts, nil
}

// foretell is what a command would come to.
func (f *fake) foretell(_ context.Context, c conversations.Conversation, cmd conversations.Command) ([]conversations.Message, error) {
	told, err := f.engine.Foretell(conversations.Snapshot{Now: f.now(), Conversation: c, Seats: taken}, cmd)
	if r, ok := cmd.(conversations.Review); ok && err == nil {
		told = append(told, conversations.Message{Text: "您的资料需要重交：" + r.Reason})
	}
	return told, err
}

// toil gives HR work of every kind.
func (s *seeder) toil() {
	zhao := s.f.convs["zhao"]
	s.document(&zhao, 26*time.Hour, "id", conversations.DocumentReceived, "image/jpeg")
	s.document(&zhao, 25*time.Hour, "id", conversations.DocumentReceived, "image/jpeg")
	s.f.convs["zhao"] = zhao
	sun := s.f.convs["sun"]
	sun.Call = &conversations.CallDue{Since: s.now.Add(-4 * time.Hour), Why: conversations.CallUnanswered, Result: "r-sun"}
	s.f.convs["sun"] = sun
	liu := s.f.convs["liu"]
	s.say(&liu, 50*time.Minute, conversations.Message{Author: conversations.ByAgent("ag-bj"), Kind: conversations.Text, Text: "好的，祝您前程似锦！", Reason: "bad_content:45015"},
		conversations.Queued, conversations.Failed)
	liu.Failed = &conversations.Failure{Message: liu.MessageID(liu.Messages), Status: conversations.Failed, Reason: "bad_content:45015", At: s.now.Add(-50 * time.Minute)}
	s.f.convs["liu"] = liu
	wu := s.f.convs["more0"]
	if wu.ID == "" {
		return
	}
	for i, id := range []string{"more0", "more1", "more2"} {
		c := s.f.convs[id]
		app := c.Application()
		app.Answer = conversations.Requested
		app.Request = &conversations.ScheduleRequest{ID: id + "-r1", Date: conversations.Date{Year: 2026, Month: 7, Day: 15 + 5*i}, Said: "学校毕业典礼在那一周，想晚几天入职。", At: s.now.Add(-26 * time.Hour)}
		s.f.convs[id] = c
	}
}
