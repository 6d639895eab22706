package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// A pull is one task in a lane of its account's. Asking for one that waits
// already only counts, in the task's sequence; a task that was asked for again
// while it was under way stays when it is done, and is due at once.
const (
	askPulls = `insert into pulls (account, cursor, pages, token, asked)
		select r.account, '', 0, r.token, r.at from rows(account text, token text, at bigint)
		where true on conflict (account) do update set
		token = case when excluded.token <> '' then excluded.token else pulls.token end,
		asked = case when excluded.token <> '' then excluded.asked else pulls.asked end`
	insertPulls = `insert into outbox (lane, id, pos, kind, due, created, ride, sequence, body)
		select r.lane, r.lane, 0, r.kind, r.at, r.at, 0, 1, r.body from rows(lane text, kind text, at bigint, body text)
		where true on conflict (lane, done, id) do update set sequence = outbox.sequence + 1`
	// What was asked for again is tried afresh.
	deletePulls = `delete from outbox using rows(lane text, id text, sequence bigint, at bigint)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id and outbox.sequence = r.sequence`
	renewPulls = `update outbox set due = r.at, attempts = 0, note = '', waits = '' from rows(lane text, id text, sequence bigint, at bigint)
		where outbox.lane = r.lane and outbox.done = 0 and outbox.id = r.id and outbox.sequence <> r.sequence`
	lockPulls = `select account, pages from pulls where account in keys order by account for update`
	turnPulls = `update pulls set cursor = r.cursor, pages = r.pages
		from rows(account text, cursor text, pages bigint) where pulls.account = r.account`
	pullFrom = `select cursor, pages, token, asked from pulls where account = $1`
)

// asking is a callback's word that an account has something to fetch.
type asking struct{ account, token string }

// AskPull asks for a pull of the account.
func (s *Store) AskPull(ctx context.Context, account, token string) error {
	lane := conversations.Lane(conversations.TaskPull, account)
	_, err := s.do(ctx, &job{ctx: ctx, keys: keys{"l/" + lane}, asking: &asking{account, token}})
	return wrap(err, "asking for a pull of account %s", account)
}

// PullFrom returns where the next page of the account begins.
func (s *Store) PullFrom(ctx context.Context, account string) (outbox.Cursor, error) {
	var c outbox.Cursor
	err := s.read(ctx, pullFrom, func(r row) error {
		var asked int64
		err := r.Scan(&c.At, &c.Page, &c.Token, &asked)
		c.Asked = fromMillis(asked)
		return err
	}, account)
	return c, wrap(err, "reading how far account %s is fetched", account)
}

// PutPage commits what a page brought together with the cursor after it, or
// returns conversations.ErrStale if that page is there already.
func (s *Store) PutPage(ctx context.Context, p outbox.Page) error {
	j := &job{ctx: ctx, keys: keys{"pull/" + p.Account}, page: &page{Page: p}}
	for _, a := range p.Arrivals {
		body, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("writing what was fetched: %w", err)
		}
		j.page.bodies = append(j.page.bodies, string(body))
	}
	_, err := s.do(ctx, j)
	return wrap(err, "keeping page %d of account %s", p.Page, p.Account)
}

// page is a page to write.
type page struct {
	outbox.Page
	bodies []string // of its arrivals
}

// findPages locks the accounts whose pages are to be written and reads how
// far each is.
func (g *group) findPages(sc *script) {
	var accounts keys
	for _, j := range g.jobs {
		if j.page != nil {
			accounts.add(j.page.Account)
		}
	}
	g.pages = map[string]int64{}
	slices.Sort(accounts)
	sc.queryKeys(lockPulls, accounts, func(r row) error {
		var account string
		var pages int64
		err := r.Scan(&account, &pages)
		g.pages[account] = pages
		return err
	})
}

func (g *group) collectAsking(a *asking, w *outboxWrites) error {
	lane, now := conversations.Lane(conversations.TaskPull, a.account), millis(g.now)
	body, err := json.Marshal(conversations.PullRequest{Account: a.account})
	if err != nil {
		return err
	}
	w.asked = append(w.asked, []any{a.account, a.token, now})
	w.pulls = append(w.pulls, []any{lane, string(conversations.TaskPull), now, string(body)})
	w.open(lane, conversations.TaskPull, now)
	return nil
}

// collectPage puts what the page brought in the outbox: in order for each
// address and each receipt's message, and not again what still waits.
func (g *group) collectPage(j *job, w *outboxWrites) {
	p, now := j.page, millis(g.now)
	if g.pages[p.Account] != p.Page.Page {
		j.err = conversations.ErrStale
		return
	}
	w.turned = append(w.turned, []any{p.Account, p.Cursor, p.Page.Page + 1})
	for i, a := range p.Arrivals {
		who, id := "", ""
		if a.Inbound != nil {
			who, id = addressKey(a.Inbound.Address), a.Inbound.Dedupe
		} else {
			who = platformKey(a.Receipt.Account, a.Receipt.PlatformID)
		}
		lane := conversations.Lane(conversations.TaskReceive, who)
		if id == "" {
			id = fmt.Sprintf("%s-%d-%d", p.Account, p.Page.Page, i)
		}
		w.tasks = append(w.tasks, []any{
			lane, id, p.Page.Page<<20 + int64(i), string(conversations.TaskReceive), now, now, int64(outbox.NoRide), int64(0), p.bodies[i],
		})
		w.open(lane, conversations.TaskReceive, now)
	}
}

func (w *outboxWrites) pullScript(sc *script) {
	sortRows(w.asked, 0)
	sortRows(w.turned, 0)
	sc.bulk(askPulls, w.asked)
	sc.bulk(turnPulls, w.turned)
}
