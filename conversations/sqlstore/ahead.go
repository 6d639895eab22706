package sqlstore

import (
	"context"
	"maps"
	"slices"
	"time"

	"jiebao/conversations"
)

// A turn is pure, so it need not wait for the committer: whoever brings a
// candidate's message computes the turn while the committer is busy with
// others, from the conversation as it was last committed. If it is still that
// one when the committer has locked it, what came of the turn counts; if not,
// the turn is computed anew.

// ahead is a turn that was computed ahead.
type ahead struct {
	conversation string
	turns        int64 // that the conversation had
	at           time.Time
	knowledge    conversations.Knowledge
	changes      *conversations.Changes
	written      written
}

// foresee computes the turn of a message ahead, if this process has the
// conversation in memory and the turn takes no more than that to know. What
// panics here is left to the committer, which survives it.
func (s *Store) foresee(j *job) {
	defer func() {
		if p := recover(); p != nil {
			s.logPanic("looking ahead at a turn panicked", p)
			j.ahead = nil
		}
	}()
	if _, ok := j.command.(conversations.Receive); !ok || j.to.Scene != "" {
		return
	}
	c := s.states.meant(keyOf(j.to))
	if c == nil || !c.Candidate.Known() || c.MergedInto != "" || s.jobs.taken(j.keys) {
		return
	}
	now := s.now()
	snapshot := conversations.Snapshot{
		Now: now.In(s.zone), Conversation: c.Conversation, Queue: s.queues.of(c.Branch), Knowledge: s.knows(),
	}
	if s.queues.stale(now) || len(s.engine.LookupClasses(snapshot, j.command)) > 0 {
		return
	}
	j.ahead = &ahead{conversation: c.ID, turns: c.turns, at: now, knowledge: snapshot.Knowledge}
	ch, err := s.decide(c.ID, snapshot, j.command)
	if err != nil || ch.Unchanged || ch.Duplicate {
		return // the committer sees to it
	}
	if j.ahead.written, err = inWriting(&ch); err == nil {
		j.ahead.changes = &ch
	}
}

// freshFor is how long before its commit a turn may have been computed. What
// took longer, such as while a disk stood still, would plan for times that
// are over: an answer to ride until then would be given up unsent.
const freshFor = time.Second

// counts says whether what was computed ahead is what the turn would come to.
func (a *ahead) counts(j *job) bool {
	return a != nil && j.snapshot.Now.Sub(a.at).Abs() < freshFor && a.changes != nil && a.conversation == j.conversation && a.turns == j.turns &&
		a.knowledge == j.snapshot.Knowledge && plain(j.snapshot)
}

// plain says whether the snapshot holds nothing that had to be looked up. Of
// seats, LookupClasses says the same whenever it is asked.
func plain(s *conversations.Snapshot) bool {
	return !s.New && s.Condition == (conversations.Condition{}) && s.Scan == conversations.NoScan && s.Follower == nil && len(s.Claimants) == 0 &&
		s.PostedDigest == "" && len(s.Taken) == 0 && s.Message == nil && len(s.Early) == 0
}

// foreseen says whether all conversations of the group are known before
// anything was read.
func (g *group) foreseen() bool {
	return !slices.ContainsFunc(g.jobs, func(j *job) bool {
		return j.ahead == nil && j.command != nil
	})
}

// meet begins the transaction, locks the conversations that were foreseen and
// then sees who the addresses belong to, in one round trip. What proves to be
// otherwise is left to another group.
func (g *group) meet(ctx context.Context) error {
	var ids, addresses keys
	var from []conversations.Address
	for _, j := range g.jobs {
		if j.ahead != nil {
			j.conversation = j.ahead.conversation
			ids.add(j.conversation)
			addresses.add(addressKey(j.to.Address))
			from = append(from, j.to.Address)
		}
	}
	slices.Sort(ids)
	g.addresses = make(map[string]string, len(addresses))
	g.loaded = make(map[string]*storedConversation, len(g.jobs))
	var sc script
	sc.exec(g.s.db.begin())
	g.lock(&sc, slices.Compact(ids))
	g.lookUp(&sc, addresses, from, g.addresses)
	g.findSeen(&sc)
	g.findQueued(&sc)
	g.findRiding(&sc)
	if err := g.tx.run(ctx, &sc); err != nil {
		return err
	}
	for _, j := range g.jobs {
		if j.ahead != nil && g.addresses[addressKey(j.to.Address)] != j.ahead.conversation {
			j.postponed, j.ahead = true, nil
		}
	}
	return nil
}

// lock locks conversations and reads those that are not in memory as they
// are.
func (g *group) lock(sc *script, ids keys) {
	known := make(map[string]*storedConversation, len(ids))
	unknown := g.s.states.take(ids, known)
	if !g.s.db.shared() {
		maps.Copy(g.loaded, known)
		sc.queryKeys(lockConversations, unknown, g.scanConversation)
		return
	}
	rows := make([][]any, len(ids))
	for i, id := range ids {
		rows[i] = []any{id, int64(-1)}
		if c := known[id]; c != nil {
			rows[i][1] = c.turns
		}
	}
	var changed storedConversation // of the present row
	sc.queryBulk(lockChanged, rows, func(r row) error {
		var id string
		var same bool
		changed = storedConversation{}
		if err := changed.scan(r, &id, &same, &changed.turns); err != nil {
			return err
		}
		if same {
			g.loaded[id] = known[id]
			return nil
		}
		c := changed
		g.loaded[id] = &c
		return nil
	})
}
