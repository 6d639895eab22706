package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
)

// What the inbox is measured with: made up, and the same every time.

var inboxNow = time.Date(2026, 6, 24, 10, 0, 0, 0, time.UTC)

const (
	smallBranch = "head/b77/s3" // with a thousandth of the conversations
	oldPosition = "往年的岗位"       // only of conversations that nobody wrote in for long
	rareWord    = "罕见"
)

var positions = [...]string{"柜员", "客户经理", "大堂经理", "风险管理岗", "信息科技岗", "审计岗", "运营岗", "法务岗"}

// inboxSeed makes conversations and messages.
type inboxSeed struct {
	r     *rand.Rand
	words []string
	zipf  *rand.Zipf
	at    []conversations.Address
	n     []int64 // messages, by conversation
}

func seedInbox(ctx context.Context, store *sqlstore.Store, people, each int) error {
	s := &inboxSeed{r: rand.New(rand.NewPCG(20260624, 6)), n: make([]int64, people), at: make([]conversations.Address, people)}
	s.vocabulary()
	const atOnce = 2000
	for from := 0; from < people; from += atOnce {
		var cs []conversations.Conversation
		for i := from; i < min(from+atOnce, people); i++ {
			cs = append(cs, s.conversation(i, people, int64(each)))
		}
		if err := store.Import(ctx, cs, nil); err != nil {
			return err
		}
	}
	all := people * each
	for from := 0; from < all; from += 5 * atOnce {
		var ms []conversations.Message
		for i := from; i < min(from+5*atOnce, all); i++ {
			ms = append(ms, s.message(i, all, people))
		}
		if err := store.Import(ctx, nil, ms); err != nil {
			return err
		}
	}
	return nil
}

// vocabulary makes phrases of three to seven characters, as often used as
// phrases are: of 16,000 messages some 40,000 pairs of characters are
// different.
func (s *inboxSeed) vocabulary() {
	for range 12_000 {
		var b strings.Builder
		for range 3 + s.r.IntN(5) {
			b.WriteRune(rune(0x4e00 + s.r.IntN(2500)))
		}
		s.words = append(s.words, b.String())
	}
	s.zipf = rand.NewZipf(s.r, 1.1, 20, uint64(len(s.words)-1))
}

// conversationID is like those that the gateway makes.
func conversationID(i int) string { return fmt.Sprintf("%026d", uint64(i)*0x9E3779B97F4A7C15) }

func (s *inboxSeed) branch(i int) string {
	if i%1000 == 500 {
		return smallBranch
	}
	return fmt.Sprintf("head/b%02d/s%d", s.r.IntN(60), s.r.IntN(5))
}

// often says yes in so many of a thousand times.
func (s *inboxSeed) often(perMille int) bool { return s.r.IntN(1000) < perMille }

// conversation is the i-th: the first wrote last.
func (s *inboxSeed) conversation(i, people int, messages int64) conversations.Conversation {
	last := inboxNow.Add(-time.Duration(i) * 300 * 24 * time.Hour / time.Duration(people))
	s.at[i] = conversations.Address{Account: accountID, ID: openID("i", i)}
	c := conversations.Conversation{
		ID: conversationID(i), Branch: s.branch(i), Created: last.AddDate(0, -2, 0), Updated: last, Messages: messages,
		Candidate: conversations.Candidate{ID: fmt.Sprintf("C-%d", i), Name: s.name(), Phone: fmt.Sprintf("130%08d", i), Locale: conversations.Chinese},
		Reaches: []conversations.Reach{{
			Address: s.at[i], Followed: true, LastIn: last, BoundBy: "scene",
			Grants: []conversations.Grant{{Kind: "message", Until: last.Add(48 * time.Hour), Left: 4}},
		}},
		Last: "需要带什么材料？", LastBy: conversations.ByCandidate,
	}
	app := conversations.Application{
		ResultID: fmt.Sprintf("R-%d", i), Position: conversations.Position{Title: positions[s.r.IntN(len(positions))]},
		Interview: conversations.Interview{Score: 86.5, Passed: true, Highlights: []string{"表达清楚，逻辑性强", "有银行实习经历"}},
		Offer: conversations.Offer{
			StartDate: conversations.DateOf(last.AddDate(0, 1, 0)), ReplyBy: last.Add(time.Duration(s.r.IntN(14*24)) * time.Hour),
			Workplace: "北京市朝阳区建国路1号", ContactName: "李娜", ContactPhone: "010-12345678",
		},
		Answer:    []conversations.Answer{conversations.Open, conversations.Confirmed, conversations.Confirmed, conversations.Confirmed, conversations.Declined}[s.r.IntN(5)],
		Checklist: []conversations.ChecklistItem{{ID: "id_card", Name: "身份证正反面"}, {ID: "diploma", Name: "毕业证"}, {ID: "health", Name: "体检报告"}},
		Status:    conversations.Read, At: last.AddDate(0, -1, 0), StatusAt: last.AddDate(0, -1, 0),
	}
	if i > people*3/4 && s.often(100) {
		app.Position.Title = oldPosition
	}
	if s.often(300) {
		app.Seats = []conversations.Seat{{Class: fmt.Sprintf("intake-%d", i*10/people), Number: i, Date: app.Offer.StartDate}}
	}
	if s.often(30) {
		app.Checklist[0].Documents = []conversations.Document{{ID: c.ID + "-d1", Item: "id_card", State: conversations.DocumentReceived, MIME: "image/jpeg", Size: 1 << 20, At: last}}
	}
	if s.often(20) {
		app.Answer, app.Request = conversations.Requested, &conversations.ScheduleRequest{ID: "q", Said: "可以晚一周吗", At: last}
	}
	c.Applications = []conversations.Application{app}
	s.desk(&c, i)
	return c
}

// desk puts some conversations on HR's desk.
func (s *inboxSeed) desk(c *conversations.Conversation, i int) {
	if s.often(200) {
		c.Unread = 1 + s.r.IntN(5)
	}
	switch {
	case s.often(200):
		c.Closed = c.Updated
	case s.often(10):
		c.Owner, c.Waiting = conversations.Owner{Kind: conversations.OwnedByQueue, Since: c.Updated}, c.Updated
	case s.often(30):
		c.Owner = conversations.Owner{Kind: conversations.OwnedByAgent, Agent: fmt.Sprintf("agent%d", s.r.IntN(40)), Since: c.Updated}
	case s.often(10):
		c.Snoozed = inboxNow.Add(time.Duration(i%100) * time.Hour)
	case s.often(20):
		c.Failed = &conversations.Failure{Message: c.MessageID(1), Status: conversations.Failed, Reason: "rejected:43004", At: c.Updated}
	case s.often(5):
		c.Call = &conversations.CallDue{}
	}
}

func (s *inboxSeed) name() string {
	family := []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
	given := []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂小红文华建")
	name := []rune{family[s.r.IntN(len(family))], given[s.r.IntN(len(given))]}
	if s.often(800) {
		name = append(name, given[s.r.IntN(len(given))])
	}
	return string(name)
}

// message is the i-th of all that were ever said. Each conversation has as
// many.
func (s *inboxSeed) message(i, all, people int) conversations.Message {
	// Strides through all conversations, so that those of one lie apart.
	c := int(uint64(i) * 7919 % uint64(people))
	s.n[c]++
	id := conversationID(c)
	m := conversations.Message{
		ID: fmt.Sprintf("%s-%d", id, s.n[c]), Conversation: id, N: s.n[c], Author: conversations.ByCandidate, Kind: conversations.Text,
		Address: s.at[c], At: inboxNow.Add(-time.Duration(all-i) * 300 * 24 * time.Hour / time.Duration(all)),
	}
	if i%2 == 1 {
		m.Author, m.Status = conversations.ByBot, conversations.Read
	}
	m.Text = s.text(i)
	return m
}

func (s *inboxSeed) text(i int) string {
	var b strings.Builder
	for n := range 2 + s.r.IntN(3) {
		if n > 0 && s.often(800) {
			b.WriteString("，")
		}
		b.WriteString(s.words[s.zipf.Uint64()])
	}
	switch {
	case i%10 == 3:
		b.WriteString("入职材料")
	case i%10 == 6:
		b.WriteString("，您好 OK")
	case i%100_003 == 7:
		b.WriteString(rareWord)
	}
	return b.String()
}
