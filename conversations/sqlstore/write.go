package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"jiebao/conversations"
)

const (
	insertMessages = `insert into messages (conversation, n, dedupe, platform, status, reason, answer, ride, body)
		select r.conversation, r.n, r.dedupe, r.platform, r.status, r.reason, r.answer, r.ride, r.body
		from rows(conversation text, n bigint, dedupe text, platform text, status bigint, reason text, answer text, ride bigint, body text)`
	raiseMessages = `update messages set
		status = case when r.status > messages.status then r.status else messages.status end,
		reason = case when r.status > messages.status then r.reason else messages.reason end,
		platform = case when r.platform <> '' then r.platform else messages.platform end,
		history = case when r.carried = 1 and messages.carried = 1 then messages.history else messages.history || r.history end,
		carried = case when r.carried = 1 then 1 else messages.carried end,
		ride = case when r.carried = 1 then 0 else messages.ride end
		from rows(conversation text, n bigint, status bigint, reason text, platform text, carried bigint, history text)
		where messages.conversation = r.conversation and messages.n = r.n`

	insertAddresses   = `insert into addresses (address, conversation) select r.address, r.conversation from rows(address text, conversation text)`
	moveAddresses     = `update addresses set conversation = r.conversation from rows(address text, conversation text) where addresses.address = r.address`
	insertInvitations = `insert into invitations (scene, conversation, expires, used)
		select r.scene, r.conversation, r.expires, 0 from rows(scene text, conversation text, expires bigint)`
	spendInvitations = `update invitations set used = $2 where scene in keys and used = 0`
	insertResults    = `insert into results (id, conversation, branch, digest, posted, body)
		select r.id, r.conversation, r.branch, r.digest, r.posted, r.body
		from rows(id text, conversation text, branch text, digest text, posted bigint, body text)`
	insertEarly = `insert into early_receipts (platform_id, account, status, at, reason)
		select r.platform_id, r.account, r.status, r.at, r.reason
		from rows(platform_id text, account text, status bigint, at bigint, reason text)
		where true on conflict do nothing`
	deleteEarly = `delete from early_receipts using rows(platform_id text, account text)
		where early_receipts.platform_id = r.platform_id and early_receipts.account = r.account`

	findBranches = `select id, branch from conversations where id in keys`
)

// writes collects the rows of a group's changes.
type writes struct {
	inserted                [][]any                           // conversations
	updated                 [len(updateConversations)][][]any // by part
	facets                  map[facet]bool
	messages                [][]any
	sent                    []conversations.Message // those that are going to be reported
	missedRows, rearmedRows [][]any                 // messages
	raised                  map[messageRef]raise
	addresses, moved        [][]any
	contacts, parted        [][]any
	invitations, results    [][]any
	spent                   keys
	early, usedEarly        [][]any // receipts
	answered                [][]any
	seatWrites
	questionWrites
	outboxWrites
	relayWrites
	audit                [][]any
	milestones, advanced [][]any
}

func newWrites() *writes {
	w := &writes{raised: map[messageRef]raise{}, facets: map[facet]bool{}}
	w.opened, w.settled = map[string]openedLane{}, map[string]int64{}
	return w
}

// raise is what a message's statuses of this group come to.
type raise struct {
	history  string
	status   conversations.Status
	reason   string
	platform string
	carried  int64
}

// write writes what the jobs came to, and commits.
func (g *group) write(ctx context.Context) error {
	w := newWrites()
	for _, j := range g.jobs {
		if err := g.collect(j, w); err != nil {
			return err
		}
	}
	w.facets = g.s.unknown(w.facets)
	var sc script
	w.script(&sc, millis(g.now))
	w.answeredScript(&sc, g.now)
	g.outboxScript(&sc, &w.outboxWrites)
	w.relayWrites.script(&sc, g.s.db.shared(), g.scanBooked, func(row) error { g.troubled = true; return nil })
	g.findBranches(&sc)
	sc.bulk(insertAudit, w.audit)
	sc.bulk(upsertMilestones, w.milestones)
	sc.bulk(advanceMilestones, w.advanced)
	for _, j := range g.jobs {
		if j.write != nil {
			j.write(&sc)
		}
	}
	sc.exec("commit")
	if err := g.tx.run(ctx, &sc); err != nil {
		return err
	}
	w.remember(&g.s.rides)
	w.keep(g.s)
	if len(w.audit) > 0 {
		g.s.audited()
	}
	return nil
}

// keep keeps what the next groups, and the next steps of the way to candidates
// and endpoints, need.
func (w *writes) keep(s *Store) {
	told := w.events
	if !s.relays.any() {
		told = nil
	}
	for _, row := range told {
		e := writtenEvent{row[3].(int64), row[4].(string)}
		s.events.keep(eventRef{row[0].(string), row[1].(int64)}, e, len(e.body))
	}
	for f := range w.facets {
		s.facets.keep(f, struct{}{}, len(f.branch)+len(f.value)+1<<6)
	}
	for _, m := range w.sent {
		s.sent.keep(messageRef{m.Conversation, m.N}, m, 2*len(m.Text)+1<<9)
	}
}

func (g *group) collect(j *job, w *writes) error {
	if j.changes != nil {
		if err := g.collectTurn(j, w); err != nil {
			return err
		}
	} else if r, ok := j.command.(conversations.Report); ok && j.conversation == "" && j.err == nil && j.look == nil {
		w.early = append(w.early, earlyRow(j.to, r, millis(g.now)))
	}
	g.collectOutcomes(j, &w.outboxWrites)
	if j.booking != nil {
		g.collectBooking(j.booking, &w.relayWrites)
	}
	w.park(j.parked)
	if j.asking != nil {
		if err := g.collectAsking(j.asking, &w.outboxWrites); err != nil {
			return err
		}
	}
	if j.page != nil {
		g.collectPage(j, &w.outboxWrites)
	}
	if j.carried != nil {
		g.collectCarriage(j, w)
	}
	if j.rearm != "" {
		g.collectRearmed(j, w)
	}
	g.collectFolds(j, w)
	return nil
}

func (g *group) collectTurn(j *job, w *writes) error {
	ch := j.changes
	j.turns++
	if err := g.collectConversation(j, w); err != nil {
		return err
	}
	for _, s := range ch.Statuses {
		w.status(s, j)
	}
	for _, a := range ch.Bind {
		row := []any{addressKey(a), ch.Conversation.ID}
		switch g.addresses[addressKey(a)] {
		case "":
			w.addresses = append(w.addresses, row)
		case ch.Conversation.ID:
		default:
			w.moved = append(w.moved, row)
		}
	}
	g.collectContacts(j, w)
	if inv := ch.Invite; inv != nil {
		w.invitations = append(w.invitations, []any{inv.Scene, ch.Conversation.ID, millis(inv.Expires)})
	}
	w.spent.add(ch.Spent)
	w.collectAnswered(ch.Answered, millis(g.now))
	w.collectSeats(j)
	w.collectQuestions(j, millis(g.now))
	if p := ch.Posted; p != nil {
		body, err := inJSON(&p.Result)
		if err != nil {
			return fmt.Errorf("writing result %s: %w", p.Result.ID, err)
		}
		w.results = append(w.results, []any{p.Result.ID, ch.Conversation.ID, ch.Conversation.Branch, p.Digest, millis(g.now), body})
	}
	if len(j.snapshot.Early) > 0 {
		w.usedEarly = append(w.usedEarly, []any{j.snapshot.Early[0].PlatformID, j.account(*j.snapshot.Message)})
	}
	w.messages = append(w.messages, j.written.messages...)
	for _, m := range ch.Messages {
		if m.Author != conversations.ByCandidate && (ch.Answer == nil || ch.Answer.ID != m.ID) {
			w.sent = append(w.sent, m)
		}
	}
	g.collectWithdrawn(j, w)
	g.collectCancelled(j, w)
	g.collectTasks(j, w)
	g.auditTurn(j, w)
	g.collectMilestones(j, w)
	return nil
}

// collectConversation writes the turn's conversation, and the followers'
// that ended in it.
func (g *group) collectConversation(j *job, w *writes) error {
	c := &j.changes.Conversation
	describe := g.s.engine.Channels.Describe
	is, was := columnsOf(c, describe), columnsOf(&j.snapshot.Conversation, describe)
	if j.fresh || is.told() != was.told() {
		is.facets(w.facets)
	}
	if j.fresh {
		w.inserted = append(w.inserted, is.row(partIdentity, c.ID, j.turns, j.written.state))
	} else {
		upto := is.changed(was)
		w.updated[upto] = append(w.updated[upto], is.row(upto, c.ID, j.turns, j.written.state))
	}
	_, posted := j.command.(conversations.Notify)
	for _, id := range j.ends {
		if !posted && id != j.changes.Merged {
			continue
		}
		follower := *g.loaded[id]
		follower.MergedInto = c.ID
		state, err := stateOf(&follower.Conversation)
		if err != nil {
			return err
		}
		cols := columnsOf(&follower.Conversation, describe)
		w.updated[partIdentity] = append(w.updated[partIdentity], cols.row(partIdentity, follower.ID, follower.turns+1, state))
	}
	return nil
}

// status appends one line to a message's history and raises the message.
func (w *writes) status(s conversations.StatusChange, j *job) {
	ref, ok := parseMessageID(s.Message)
	if !ok {
		return
	}
	r := w.raised[ref]
	r.history += historyText(s)
	if s.Status > r.status {
		r.status, r.reason = s.Status, s.Reason
	}
	if s.PlatformID != "" && j.snapshot != nil && j.snapshot.Message != nil && j.snapshot.Message.ID == s.Message {
		r.platform = platformKey(j.account(*j.snapshot.Message), s.PlatformID)
	}
	w.raised[ref] = r
}

func earlyRow(to conversations.Target, r conversations.Report, now int64) []any {
	at := millis(r.At)
	if at == 0 {
		at = now
	}
	reason := string(r.Reason)
	if reason != "" && r.Code != "" {
		reason += ":" + r.Code
	}
	return []any{to.PlatformID, to.Account, int64(r.Status), at, reason}
}

// script puts the statements in an order that is the same for all groups, and
// so are the rows with keys that two nodes may insert at once: then they wait
// for each other in one direction only.
func (w *writes) script(sc *script, now int64) {
	sortRows(w.inserted, columnCandidate)
	sortRows(w.addresses, 0)
	sortRows(w.results, 0)
	sc.bulk(insertConversations, w.inserted)
	for upto, rows := range w.updated {
		sc.bulk(updateConversations[upto], rows)
	}
	sc.bulk(insertFacets, facetRows(w.facets))
	sc.bulk(insertAddresses, w.addresses)
	sc.bulk(moveAddresses, w.moved)
	w.contactScript(sc)
	sc.bulk(insertMessages, w.messages)
	raised := make([][]any, 0, len(w.raised))
	for ref, r := range w.raised {
		raised = append(raised, []any{ref.conversation, ref.n, int64(r.status), r.reason, r.platform, r.carried, r.history})
	}
	sc.bulk(missRides, w.missedRows)
	sc.bulk(rearmRides, w.rearmedRows)
	sc.bulk(raiseMessages, raised)
	sc.bulk(insertInvitations, w.invitations)
	sc.execKeys(spendInvitations, w.spent, now)
	sc.bulk(insertResults, w.results)
	w.seatScript(sc)
	w.questionScript(sc)
	sc.bulk(insertEarly, w.early)
	sc.bulk(deleteEarly, w.usedEarly)
}

// sortRows sorts by a column of text.
func sortRows(rows [][]any, column int) {
	slices.SortFunc(rows, func(a, b []any) int { return cmp.Compare(a[column].(string), b[column].(string)) })
}
