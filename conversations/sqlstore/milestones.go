package sqlstore

import (
	"context"
	"fmt"
	"time"

	"jiebao/conversations"
)

const (
	// What was reached stays reached, at its first time.
	upsertMilestones = `insert into milestones (conversation, result, branch, position, channel, told, sent, delivered, seen, replied, confirmed, reply_by, open, missing)
		select r.conversation, r.result, r.branch, r.position, r.channel, r.told, r.sent, r.delivered, r.seen, r.replied, r.confirmed, r.reply_by, r.open, r.missing
		from rows(conversation text, result text, branch text, position text, channel text, told bigint, sent bigint, delivered bigint, seen bigint, replied bigint, confirmed bigint, reply_by bigint, open bigint, missing bigint)
		where true on conflict (conversation, result) do update set
			branch = excluded.branch, position = excluded.position, channel = case when excluded.channel <> '' then excluded.channel else milestones.channel end,
			sent = case when milestones.sent > 0 then milestones.sent else excluded.sent end,
			delivered = case when milestones.delivered > 0 then milestones.delivered else excluded.delivered end,
			seen = case when milestones.seen > 0 then milestones.seen else excluded.seen end,
			replied = case when milestones.replied > 0 then milestones.replied else excluded.replied end,
			confirmed = case when milestones.confirmed > 0 then milestones.confirmed else excluded.confirmed end,
			reply_by = excluded.reply_by, open = excluded.open, missing = excluded.missing`
	// Most often an application only gets further, which touches no index.
	advanceMilestones = `update milestones set channel = case when r.channel <> '' then r.channel else milestones.channel end,
			sent = case when milestones.sent > 0 then milestones.sent else r.sent end,
			delivered = case when milestones.delivered > 0 then milestones.delivered else r.delivered end,
			seen = case when milestones.seen > 0 then milestones.seen else r.seen end,
			replied = case when milestones.replied > 0 then milestones.replied else r.replied end,
			confirmed = case when milestones.confirmed > 0 then milestones.confirmed else r.confirmed end
		from rows(conversation text, result text, channel text, sent bigint, delivered bigint, seen bigint, replied bigint, confirmed bigint)
		where milestones.conversation = r.conversation and milestones.result = r.result`

	funnelRows = `select branch, position, channel, count(*), sum(case when sent > 0 then 1 else 0 end), sum(case when delivered > 0 then 1 else 0 end),
		sum(case when seen > 0 then 1 else 0 end), sum(case when replied > 0 then 1 else 0 end), sum(case when confirmed > 0 then 1 else 0 end)
		from milestones where `
	deadlineCounts = `select coalesce(sum(case when reply_by < %s then 1 else 0 end), 0), count(*) from milestones where open = 1 and reply_by > 0 and reply_by < %s and `
	missingCounts  = `select coalesce(sum(missing), 0), count(*) from milestones where missing > 0 and `
)

// shownDeadlines is how many deadlines at risk are named.
const shownDeadlines = 10

// milestone is how far an application has come, as far as it is counted.
type milestone struct {
	heading
	channel                                   string
	sent, delivered, read, replied, confirmed bool
}

// heading is what milestones are searched and summed up by.
type heading struct {
	result, branch, position string
	told, replyBy, missing   int64
	open                     bool
}

func (s *Store) milestone(c *conversations.Conversation, i int) milestone {
	app := &c.Applications[i]
	current := i == len(c.Applications)-1
	m := milestone{
		heading: heading{
			result: app.ResultID, branch: c.Branch, position: app.Position.Title, told: millis(app.At), replyBy: millis(app.Offer.ReplyBy),
			open: current && (app.Answer == conversations.Open || app.Answer == conversations.Countered),
		},
		sent: app.Status == conversations.Sent || app.Status >= conversations.Delivered, delivered: app.Status >= conversations.Delivered, read: app.Status >= conversations.Read,
		replied:   app.Answer != conversations.Open && app.Answer != conversations.Withdrawn || current && heardSince(c, app.At),
		confirmed: app.Answer == conversations.Confirmed,
	}
	if app.Route != nil {
		for _, t := range app.Route.Tries {
			if d, ok := s.engine.Channels.Describe(t.Account); ok && t.Message != "" {
				m.channel = d.Platform
			}
		}
	}
	if current && !app.Answer.Over() {
		for _, item := range app.Checklist {
			if item.Missing() {
				m.missing++
			}
		}
	}
	return m
}

// heardSince says whether the candidate said anything since.
func heardSince(c *conversations.Conversation, t time.Time) bool {
	for i := range c.Reaches {
		if c.Reaches[i].LastIn.After(t) {
			return true
		}
	}
	return false
}

// collectMilestones keeps what the turn's applications reached.
func (g *group) collectMilestones(j *job, w *writes) {
	was, is := &j.snapshot.Conversation, &j.changes.Conversation
	if !is.Candidate.Known() {
		return
	}
	for i := range is.Applications {
		m, before := g.s.milestone(is, i), milestone{}
		if i < len(was.Applications) && was.Candidate.Known() {
			before = g.s.milestone(was, i)
		}
		if m == before {
			continue
		}
		now := millis(g.now)
		at := func(reached bool) int64 {
			if reached {
				return now
			}
			return 0
		}
		if m.heading == before.heading {
			w.advanced = append(w.advanced, []any{
				is.ID, m.result, m.channel, at(m.sent), at(m.delivered), at(m.read), at(m.replied), at(m.confirmed),
			})
			continue
		}
		w.milestones = append(w.milestones, []any{
			is.ID, m.result, m.branch, m.position, m.channel, m.told, at(m.sent), at(m.delivered), at(m.read), at(m.replied), at(m.confirmed), m.replyBy, bit(m.open), m.missing,
		})
	}
}

// Numbers counts how applications fared, and what is at risk now.
func (s *Store) Numbers(ctx context.Context, q conversations.NumbersQuery) (n conversations.Numbers, err error) {
	for _, count := range []func(context.Context, conversations.NumbersQuery, *conversations.Numbers) error{s.funnels, s.deadlines, s.missing, s.waits} {
		if err := count(ctx, q, &n); err != nil {
			return n, fmt.Errorf("counting applications: %w", err)
		}
	}
	return n, nil
}

func (s *Store) funnels(ctx context.Context, q conversations.NumbersQuery, n *conversations.Numbers) error {
	var w where
	w.terms = append(w.terms, "told >= "+w.arg(millis(q.From)), "told < "+w.arg(millis(q.To)))
	w.within(q.Scope, "branch")
	return s.read(ctx, funnelRows+w.sql()+` group by branch, position, channel order by branch, position, channel`, func(r row) error {
		var f conversations.FunnelRow
		err := r.Scan(&f.Branch, &f.Position, &f.Channel, &f.Told, &f.Sent, &f.Delivered, &f.Read, &f.Replied, &f.Confirmed)
		n.Rows = append(n.Rows, f)
		return err
	}, w.args...)
}

func (s *Store) deadlines(ctx context.Context, q conversations.NumbersQuery, n *conversations.Numbers) error {
	var w where
	now, until := w.arg(millis(q.Now)), w.arg(millis(q.Now.Add(24*time.Hour)))
	w.within(q.Scope, "branch")
	scope := w.sql()
	if scope == "" {
		scope = "1 = 1"
	}
	var all int
	err := s.read(ctx, fmt.Sprintf(deadlineCounts, now, until)+scope, func(r row) error { return r.Scan(&n.Overdue, &all) }, w.args...)
	n.Soon = all - n.Overdue
	if err != nil {
		return err
	}
	text := fmt.Sprintf(`select conversation, reply_by from milestones where open = 1 and reply_by > 0 and reply_by < %s and reply_by >= %s and %s order by reply_by limit %d`,
		until, now, scope, shownDeadlines)
	return s.read(ctx, text, func(r row) error {
		var d conversations.Deadline
		var by int64
		err := r.Scan(&d.Conversation, &by)
		d.ReplyBy = fromMillis(by)
		n.Deadlines = append(n.Deadlines, d)
		return err
	}, w.args...)
}

func (s *Store) missing(ctx context.Context, q conversations.NumbersQuery, n *conversations.Numbers) error {
	w := where{terms: []string{"1 = 1"}}
	w.within(q.Scope, "branch")
	return s.read(ctx, missingCounts+w.sql(), func(r row) error { return r.Scan(&n.Missing, &n.Applications) }, w.args...)
}

func (s *Store) waits(ctx context.Context, q conversations.NumbersQuery, n *conversations.Numbers) error {
	var w where
	w.terms = append(w.terms, "at >= "+w.arg(millis(q.From)), "at < "+w.arg(millis(q.To)))
	w.within(q.Scope, "branch")
	err := s.read(ctx, `select count(*) from answered where `+w.sql(), func(r row) error { return r.Scan(&n.Waits) }, w.args...)
	if err != nil || n.Waits == 0 {
		return err
	}
	for part, into := range map[int]*time.Duration{50: &n.Median, 90: &n.Slow} {
		offset := (n.Waits*part + 99) / 100
		err := s.read(ctx, fmt.Sprintf(`select waited from answered where %s order by waited limit 1 offset %d`, w.sql(), max(offset-1, 0)), func(r row) error {
			var ms int64
			err := r.Scan(&ms)
			*into = time.Duration(ms) * time.Millisecond
			return err
		}, w.args...)
		if err != nil {
			return err
		}
	}
	return nil
}
