package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/app"
)

// inboxTarget is what any page of the inbox may take, in 95 of 100 times.
const inboxTarget = 50 * time.Millisecond

// measureInbox measures what the inbox reads, of more conversations than HR
// ever has.
func (b *bench) measureInbox(ctx context.Context) error {
	cfg := config.Default()
	cfg.Bank.Name = "示例银行"
	engine, err := app.NewEngine(cfg, allAccounts(5), nil)
	if err != nil {
		return err
	}
	file := filepath.Join(b.dir, "inbox.db")
	store, err := sqlstore.Open(ctx, sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: file, Engine: engine, Now: func() time.Time { return inboxNow }, NewID: func() string { return "" },
	})
	if err != nil {
		return err
	}
	defer store.Close()
	say("making %s conversations with %s messages", grouped(int64(b.listed)), grouped(int64(b.listed*b.said)))
	seeded := time.Now()
	if err := seedInbox(ctx, store, b.listed, b.said); err != nil {
		return fmt.Errorf("making conversations: %w", err)
	}
	say("made in %s", time.Since(seeded).Round(time.Second))
	before, err := os.Stat(file)
	if err != nil {
		return err
	}
	built := time.Now()
	if err := store.Reindex(ctx); err != nil {
		return err
	}
	took := time.Since(built)
	after, err := os.Stat(file)
	if err != nil {
		return err
	}
	b.report.heading(fmt.Sprintf("The inbox: %s conversations, %s messages, SQLite", grouped(int64(b.listed)), grouped(int64(b.listed*b.said))))
	b.report.figure("the index of words", fmt.Sprintf("built in %s, %s/s; the file has %s, and had %s without",
		took.Round(100*time.Millisecond), grouped(int64(float64(b.listed*b.said)/took.Seconds())), megabytes(after.Size()), megabytes(before.Size())))
	for _, look := range looks(store) {
		if err := b.reportLook(ctx, look); err != nil {
			return fmt.Errorf("measuring %s: %w", look.name, err)
		}
	}
	return nil
}

// look is one thing that HR does.
type look struct {
	name string
	do   []func(ctx context.Context) error // its forms
}

func looks(store *sqlstore.Store) []look {
	head, small := conversations.Scope{"head"}, conversations.Scope{smallBranch}
	list := func(q conversations.InboxQuery) []func(context.Context) error {
		var do []func(context.Context) error
		for _, scope := range []conversations.Scope{head, small} {
			q := q
			q.Scope, q.Agent, q.DayEnds, q.Limit = scope, "agent7", inboxNow.Add(6*time.Hour), 40
			do = append(do, func(ctx context.Context) error {
				_, err := store.Inbox(ctx, q)
				return err
			})
		}
		return do
	}
	first := look{name: "the first page, with all counts", do: list(conversations.InboxQuery{})}
	views := look{name: "each view"}
	for _, v := range conversations.InboxViews() {
		views.do = append(views.do, list(conversations.InboxQuery{View: v})...)
	}
	filters := look{name: "each filter, and several"}
	for _, q := range []conversations.InboxQuery{
		{Branch: "head/b01"}, {Branch: smallBranch}, {Position: positions[1]}, {Position: oldPosition}, {Intake: "intake-3"}, {Channel: "wechat"},
		{Channel: "email"}, {Answer: "declined"}, {Owner: conversations.OwnerQueue}, {Owner: "agent:agent3"},
		{View: conversations.ViewUnread, Position: oldPosition, Answer: "declined"}, {View: conversations.ViewClosed, Intake: "intake-1"},
	} {
		filters.do = append(filters.do, list(q)...)
	}
	common, rare, people := look{name: "searching for words that many say"}, look{name: "for words that few say, or nobody"}, look{name: "for people"}
	for _, words := range []string{"材料", "入职材料", "您好", "ok", "材料 您好"} {
		common.do = append(common.do, list(conversations.InboxQuery{Search: words})...)
	}
	for _, words := range []string{rareWord, rareWord + "了", "未曾说过", "zebra", rareWord + " 材料"} {
		rare.do = append(rare.do, list(conversations.InboxQuery{Search: words})...)
	}
	for _, words := range []string{"王", "小明", "C-777", "0777", "13000000777"} {
		people.do = append(people.do, list(conversations.InboxQuery{Search: words})...)
	}
	thread := look{name: "opening a conversation"}
	for i := range 20 {
		id := conversationID(i * 37)
		thread.do = append(thread.do, func(ctx context.Context) error {
			c, err := store.Thread(ctx, head, id)
			if err == nil {
				_, err = store.Messages(ctx, head, c.ID, 0, 51)
			}
			return err
		})
	}
	facets := look{name: "what there is to filter by", do: []func(context.Context) error{func(ctx context.Context) error {
		_, err := store.Facets(ctx, head)
		return err
	}}}
	return []look{first, views, filters, common, rare, people, thread, facets}
}

// reportLook does each form again and again. The slowest form counts.
func (b *bench) reportLook(ctx context.Context, l look) error {
	var worst, best time.Duration
	for _, do := range l.do {
		var times []time.Duration
		for range b.looked {
			began := time.Now()
			if err := do(ctx); err != nil {
				return err
			}
			times = append(times, time.Since(began))
		}
		slices.Sort(times)
		p95 := times[(len(times)*95+99)/100-1]
		worst = max(worst, p95)
		if best == 0 || p95 < best {
			best = p95
		}
	}
	b.report.goal(fmt.Sprintf("%s: p95 of the slowest of %d", l.name, len(l.do)), milliseconds(worst)+", of the fastest "+milliseconds(best),
		"< "+milliseconds(inboxTarget), worst < inboxTarget)
	return nil
}
