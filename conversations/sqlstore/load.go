package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"jiebao/conversations"
)

// seen is an inbound message, or a reply, that was applied before.
type seen struct {
	ref    messageRef
	answer string // id of the message that was to ride in the callback's answer
}

const (
	lockConversations = `select turns, state from conversations where id in keys order by id for update`
	lockChanged       = `select c.id, c.turns = r.turns, c.turns, case when c.turns = r.turns then '' else c.state end
		from rows(id text, turns bigint), conversations c where c.id = r.id order by c.id for update of c`
	findSeen    = `select dedupe, conversation, n, answer from messages where dedupe in keys and dedupe <> ''`
	findResults = `select id, digest from results where id in keys`
	findEarly   = `select platform_id, account, status, at, reason from early_receipts where platform_id in keys order by at`
	findByPhone = `select state from conversations where phone in keys and phone <> '' and hidden = 0`
)

// load locks the conversations and reads what their turns may know.
func (g *group) load(ctx context.Context) error {
	g.loaded = make(map[string]*storedConversation, len(g.jobs))
	var sc script
	g.lock(&sc, g.wanted())
	now := g.addresses
	if g.s.db.shared() && len(g.addresses) > 0 {
		now = make(map[string]string, len(g.addresses))
		g.lookUp(&sc, slices.Collect(maps.Keys(g.addresses)), g.from(), now)
	}
	g.findSeen(&sc)
	g.findForNotify(&sc)
	g.findForReports(&sc)
	g.findQueued(&sc)
	g.findRiding(&sc)
	queues := g.measure(&sc)
	if err := g.tx.run(ctx, &sc); err != nil {
		return err
	}
	g.measured(queues)
	if g.s.db.shared() {
		g.knownByEHR(now)
	}
	if err := g.follow(ctx); err != nil {
		return err
	}
	for _, j := range g.jobs {
		if j.command != nil {
			j.postponed = g.moved(j, now)
		}
	}
	return nil
}

// settle decides which conversation each job gets, of those that are loaded.
func (g *group) settle(ctx context.Context) error {
	learned := g.learned()
	for _, j := range g.jobs {
		if j.command == nil || j.postponed {
			continue
		}
		if j.to.PlatformID != "" && j.conversation == "" && learned[j.to.PlatformID] {
			j.postponed = true
			continue
		}
		if j.err = g.choose(j); j.err == nil && !g.duplicate(j) {
			g.occupy(j)
		}
	}
	return g.loadMore(ctx)
}

// learned are the platform's ids of messages that become known in this group. A
// receipt of one of them waits for the next: kept as an early one it would be
// missed by the very report that brings the id.
func (g *group) learned() map[string]bool {
	ids := map[string]bool{}
	for _, j := range g.jobs {
		if r, ok := j.command.(conversations.Report); ok && r.PlatformID != "" && j.to.PlatformID == "" {
			ids[r.PlatformID] = true
		}
	}
	return ids
}

// wanted are the conversations that the jobs are for or touch.
func (g *group) wanted() keys {
	var ids keys
	for _, j := range g.jobs {
		ids.add(j.conversation)
		if b, ok := j.command.(conversations.Bind); ok {
			ids.add(b.From)
		}
	}
	for _, id := range g.invitations {
		ids.add(id)
	}
	for _, id := range g.addresses {
		ids.add(id)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (g *group) scanConversation(r row) error {
	c := &storedConversation{}
	if err := c.scan(r, &c.turns); err != nil {
		return err
	}
	g.loaded[c.ID] = c
	return nil
}

// storedConversation is a conversation with the number of its turns, which
// orders its tasks.
type storedConversation struct {
	conversations.Conversation
	turns int64
}

// scan reads a conversation's state from the last column of a row, and more
// from those before it.
func (c *storedConversation) scan(r row, more ...any) error {
	var state []byte
	if err := r.Scan(append(more, &state)...); err != nil {
		return err
	}
	if len(state) == 0 {
		return nil
	}
	if err := json.Unmarshal(state, &c.Conversation); err != nil {
		return fmt.Errorf("reading a conversation's state: %w", err)
	}
	return nil
}

func (g *group) findSeen(sc *script) {
	var dedupe keys
	for _, j := range g.jobs {
		if j.command != nil {
			dedupe.add(conversations.DedupeKey(j.to, j.command))
		}
	}
	if len(dedupe) == 0 {
		return
	}
	g.seen = map[string]seen{}
	sc.queryKeys(findSeen, dedupe, func(r row) error {
		var key string
		var s seen
		if err := r.Scan(&key, &s.ref.conversation, &s.ref.n, &s.answer); err != nil {
			return err
		}
		g.seen[key] = s
		return nil
	})
}

func (g *group) findForNotify(sc *script) {
	var results keys
	for _, j := range g.jobs {
		if n, ok := j.command.(conversations.Notify); ok {
			results.add(n.Result.ID)
		}
	}
	g.results = map[string]string{}
	sc.queryKeys(findResults, results, pairs(g.results))
}

func (g *group) findForReports(sc *script) {
	var refs [][]any
	var early keys
	kept := map[messageRef]conversations.Message{}
	find := func(ref messageRef) {
		m, ok := g.s.sent.get(ref)
		if ok {
			kept[ref] = m
		}
		refs = append(refs, []any{ref.conversation, ref.n, bit(ok)})
	}
	for _, j := range g.jobs {
		if c, ok := j.command.(conversations.CancelSend); ok {
			if ref, ok := parseMessageID(c.Message); ok {
				find(ref)
			}
			continue
		}
		r, ok := j.command.(conversations.Report)
		if !ok {
			continue
		}
		if ref, ok := g.reported(j, r); ok {
			find(ref)
		}
		early.add(r.PlatformID)
	}
	g.early = map[string][]conversations.StatusChange{}
	sc.queryBulk(findReported, refs, g.scanMessage(kept))
	sc.queryKeys(findEarly, early, func(r row) error {
		var c conversations.StatusChange
		var account string
		var at int64
		if err := r.Scan(&c.PlatformID, &account, &c.Status, &at, &c.Reason); err != nil {
			return err
		}
		c.At = fromMillis(at)
		key := platformKey(account, c.PlatformID)
		g.early[key] = append(g.early[key], c)
		return nil
	})
}

// scanMessage scans messages, the bodies of some of which are kept.
func (g *group) scanMessage(kept map[messageRef]conversations.Message) func(row) error {
	return func(r row) error {
		m, err := scanMessage(r, kept)
		if err != nil {
			return err
		}
		g.messages[messageRef{m.Conversation, m.N}] = m
		return nil
	}
}

// reported is the message a report is about, or false if nobody knows it yet.
func (g *group) reported(j *job, r conversations.Report) (messageRef, bool) {
	if r.Message != "" {
		return parseMessageID(r.Message)
	}
	ref, ok := g.platforms[platformKey(j.to.Account, j.to.PlatformID)]
	return ref, ok
}

// follow loads the conversations that others of the group merged into.
func (g *group) follow(ctx context.Context) error {
	for {
		var ids keys
		for _, c := range g.loaded {
			if c.MergedInto != "" && g.loaded[c.MergedInto] == nil {
				ids.add(c.MergedInto)
			}
		}
		if len(ids) == 0 {
			return nil
		}
		slices.Sort(ids)
		before := len(g.loaded)
		var sc script
		sc.queryKeys(lockConversations, slices.Compact(ids), g.scanConversation)
		if err := g.tx.run(ctx, &sc); err != nil {
			return err
		}
		if len(g.loaded) == before {
			return fmt.Errorf("conversation %s, which another one merged into, does not exist", ids[0])
		}
	}
}

// moved says whether an address of the job went elsewhere while the locks
// were waited for: the job has to be located again.
func (g *group) moved(j *job, now map[string]string) bool {
	moved := func(a conversations.Address) bool {
		key := addressKey(a)
		return g.addresses[key] != now[key]
	}
	switch c := j.command.(type) {
	case conversations.Notify:
		return slices.ContainsFunc(c.Result.Addresses, moved)
	case conversations.Bind:
		return moved(c.Reach.Address)
	}
	return !j.to.Address.IsZero() && moved(j.to.Address)
}

// occupy reserves the conversations that the job may change, or postpones it
// if another job of the group has one of them.
func (g *group) occupy(j *job) {
	ids := append([]string{j.conversation}, j.ends...)
	for _, id := range ids {
		if g.occupied[id] {
			j.postponed = true
			return
		}
	}
	for _, id := range ids {
		if id != "" {
			g.occupied[id] = true
		}
	}
}

// loadMore reads what only some turns need: whom a follower may be, the seats
// of intake classes, and the stored answers of repeated callbacks.
func (g *group) loadMore(ctx context.Context) error {
	var sc script
	g.findClaimants(&sc)
	g.findSeats(&sc)
	g.findAnswers(&sc)
	g.findPages(&sc)
	if len(sc.steps) == 0 {
		return nil
	}
	if err := g.tx.run(ctx, &sc); err != nil {
		return err
	}
	for _, j := range g.jobs {
		if j.result.Duplicate {
			g.answerAgain(j)
		}
	}
	return nil
}

func (g *group) findClaimants(sc *script) {
	var phones keys
	asking := map[string][]*job{}
	for _, j := range g.jobs {
		if !j.hasTurn() {
			continue
		}
		for _, p := range conversations.LookupPhones(*j.snapshot, j.command) {
			phones.add(p)
			asking[p] = append(asking[p], j)
		}
	}
	sc.queryKeys(findByPhone, phones, func(r row) error {
		var c storedConversation
		if err := c.scan(r); err != nil {
			return err
		}
		for _, j := range asking[conversations.NormalPhone(c.Candidate.Phone)] {
			g.claim(j, &c.Conversation)
		}
		return nil
	})
}

// claim tells the job's turn of a candidate the follower may be, if the
// account serves the candidate's branch.
func (g *group) claim(j *job, c *conversations.Conversation) {
	d, ok := g.s.engine.Channels.Describe(j.to.Address.Account)
	if !ok || !(conversations.Scope{d.Branch}).Allows(c.Branch) {
		return
	}
	j.snapshot.Claimants = append(j.snapshot.Claimants, conversations.Claimant{
		Conversation: c.ID, Name: c.Candidate.Name, Phone: c.Candidate.Phone, Invitation: c.Invitation,
	})
}
