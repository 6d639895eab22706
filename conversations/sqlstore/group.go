package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiebao/conversations"
)

// group is some jobs on their way to one commit. Its steps are locate (which
// conversations are meant) and load (lock and read them), or meet where that
// was foreseen, then settle (who gets which), turn and write.
type group struct {
	s    *Store
	tx   session
	now  time.Time
	jobs []*job

	knowledge conversations.Knowledge

	// What locate found.
	addresses   map[string]string     // address → conversation
	candidates  map[string]string     // the EHR's id → conversation
	invitations map[string]string     // scene → conversation
	platforms   map[string]messageRef // account/platform id → message

	// What load found.
	loaded   map[string]*storedConversation
	seen     map[string]seen // by dedupe key
	results  map[string]string
	messages map[messageRef]*storedMessage
	early    map[string][]conversations.StatusChange // by account/platform id
	rides    map[string]ride                         // tasks, by message id
	riding   map[messageRef]bool                     // messages whose rides are no tasks
	carried  map[messageRef]bool                     // and those of which that was written, and that they arrived
	queued   map[string]bool                         // lanes with messages that are still to be sent
	branches map[string]string                       // of conversations whose rides were reported

	pages map[string]int64    // how many pages were pulled, by account
	seats conversations.Seats // of the intake classes that turns ask for; nil if none does

	occupied map[string]bool // conversations that a job of this group changes

	// What write came to.
	due  []dueLane
	told []string         // branches of conversations with new events
	more map[string]int64 // when endpoints, by key, have more to be told
	fed  []*deliveries    // feeds that grew

	troubled bool // there are other dead letters than before, or more waits for an account
}

// dueLane is when a lane has something to do.
type dueLane struct {
	kind conversations.TaskKind
	at   int64
}

// work is what one try at a job came to so far.
type work struct {
	conversation string   // the one it is for, "" if it has none
	fresh        bool     // it does not exist yet
	turns        int64    // how many turns it has had
	ends         []string // followers' conversations that may end in it
	scan         conversations.Scan
	snapshot     *conversations.Snapshot // nil without a command
	changes      *conversations.Changes  // nil: nothing to write
	written      written                 // the changes' documents
	rearm        string                  // the answer that rides again
	rearmRow     bool                    // its ride is no task
	postponed    bool                    // to the next group: another job of this one is for the same conversation
	result       conversations.Applied
	err          error // the turn's; it fails this job alone
}

// begin forgets what another try came to.
func (j *job) begin() {
	j.work = work{}
	if j.command != nil {
		j.snapshot = &conversations.Snapshot{}
	}
}

// hasTurn says whether there is a turn to run in this try, now that the job's
// conversation was chosen.
func (j *job) hasTurn() bool {
	return j.command != nil && j.err == nil && !j.postponed && !j.result.Duplicate && j.conversation != ""
}

// errMoved: an address went to another conversation while the lock was
// waited for.
var errMoved = errors.New("the address was bound to another conversation meanwhile")

// commit does the jobs in one transaction. Those it had to postpone it
// returns; the others are done. After an error none is.
func (s *Store) commit(ctx context.Context, tx session, jobs []*job) (done, postponed []*job, err error) {
	g := &group{s: s, tx: tx, now: s.now(), jobs: jobs, knowledge: s.knows(), messages: map[messageRef]*storedMessage{}, occupied: map[string]bool{}}
	for _, j := range jobs {
		j.begin()
	}
	defer func() {
		if err != nil {
			tx.rollback(ctx)
		}
	}()
	if err := g.find(ctx); err != nil {
		return nil, nil, err
	}
	var turns []*job
	for _, j := range jobs {
		if j.postponed {
			postponed = append(postponed, j)
			continue
		}
		done = append(done, j)
		switch {
		case !j.hasTurn():
		case j.look != nil:
			j.snapshot.Seats = g.seats
			*j.look, j.ends = *j.snapshot, nil
		default:
			turns = append(turns, j)
		}
	}
	g.turns(turns)
	g.jobs = done
	if err := g.write(ctx); err != nil {
		return nil, nil, fmt.Errorf("writing changes: %w", err)
	}
	s.states.remember(done)
	s.indexer.note(done)
	g.announce()
	return done, postponed, nil
}

// find begins the transaction, and finds and locks the jobs' conversations.
func (g *group) find(ctx context.Context) error {
	if g.foreseen() {
		if err := g.meet(ctx); err != nil {
			return fmt.Errorf("looking for what was foreseen: %w", err)
		}
	} else {
		if err := g.locate(ctx); err != nil {
			return fmt.Errorf("locating conversations: %w", err)
		}
		if err := g.load(ctx); err != nil {
			return fmt.Errorf("loading conversations: %w", err)
		}
	}
	if err := g.settle(ctx); err != nil {
		return fmt.Errorf("loading conversations: %w", err)
	}
	return nil
}

// announce tells this process what was committed.
func (g *group) announce() {
	if at, ok := g.s.rides.next(); ok {
		g.s.wakes.note(conversations.TaskDeliver, at, millis(g.now))
	}
	for _, d := range g.due {
		g.s.wakes.note(d.kind, d.at, millis(g.now))
	}
	g.s.relays.announce(g)
	if !g.s.notices.watched() {
		return
	}
	var changed []conversations.Changed
	for _, j := range g.jobs {
		if j.changes == nil {
			continue
		}
		changed = append(changed, conversations.Changed{ID: j.conversation, Branch: j.changes.Conversation.Branch})
		if from := g.loaded[j.conversation]; from != nil && from.Branch != j.changes.Conversation.Branch {
			changed = append(changed, conversations.Changed{ID: j.conversation, Branch: from.Branch})
		}
		for _, id := range j.ends {
			changed = append(changed, conversations.Changed{ID: id, Branch: g.loaded[id].Branch})
		}
	}
	for id, branch := range g.branches {
		changed = append(changed, conversations.Changed{ID: id, Branch: branch})
	}
	if g.troubled {
		changed = append(changed, conversations.Changed{ID: conversations.ChangedAlarms})
	}
	g.s.notices.publish(changed)
}
