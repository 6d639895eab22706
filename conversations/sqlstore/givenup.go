package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"sync"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// Alarms about what was given up are not kept: they last for as long as it is
// there, and are read from that.
const (
	deadAlarms = `select e.id, e.name, e.branch, count(*), count(distinct l.conversation), min(l.at), max(l.at)
		from dead_letters l join endpoints e on e.key = l.endpoint where e.removed = 0
		group by e.id, e.name, e.branch order by min(l.at), e.id`
	unpushed = `select count(*) over (), state from conversations where flags & 256 <> 0 order by id limit 200`
)

// givenUpPrefix begins the ids of alarms about what was given up. Their
// accounts follow.
const givenUpPrefix = "given-up:"

// givenUp returns the alarms about what was given up that are the scope's to do
// something about.
func (s *Store) givenUp(ctx context.Context, scope conversations.Scope) (views []conversations.AlarmView, err error) {
	err = s.read(ctx, deadAlarms, func(r row) error {
		v := givenUpView(conversations.TaskEvent)
		var endpoint string
		var since, last int64
		err := r.Scan(&endpoint, &v.Name, &v.Branch, &v.Count, &v.Waiting, &since, &last)
		v.Account, v.Since, v.Last = relay.AlarmAccount(endpoint), fromMillis(since), fromMillis(last)
		if v.ID = givenUpPrefix + v.Account; scope.Writes(v.Branch) {
			views = append(views, v)
		}
		return err
	})
	if err != nil || !s.engine.PushDocuments || !scope.Writes("") {
		return views, err
	}
	v, err := s.unpushedAlarm(ctx)
	if v.Count > 0 {
		views = append(views, v)
	}
	return views, err
}

func givenUpView(work conversations.TaskKind) conversations.AlarmView {
	return conversations.AlarmView{Alarm: conversations.Alarm{Work: work, Reason: conversations.GaveUp}}
}

// unpushedAlarm is the alarm about documents; its count is 0 if none was given
// up. Of many candidates it looks at the documents of the first.
func (s *Store) unpushedAlarm(ctx context.Context) (conversations.AlarmView, error) {
	v := givenUpView(conversations.TaskPush)
	v.ID, v.Account = givenUpPrefix+conversations.PushAccount, conversations.PushAccount
	err := s.read(ctx, unpushed, func(r row) error {
		var c storedConversation
		err := c.scan(r, &v.Waiting)
		for _, p := range c.Unpushed() {
			v.Count++
			if v.Since.IsZero() || p.Failed.Before(v.Since) {
				v.Since = p.Failed
			}
			if p.Failed.After(v.Last) {
				v.Last, v.Detail = p.Failed, p.Problem
			}
		}
		if len(v.Whose) < conversations.AlarmNames {
			v.Whose = append(v.Whose, conversations.Named{Conversation: c.ID, Name: c.Candidate.Name})
		}
		return err
	})
	return v, err
}

// again tries everything again that an alarm is about.
func (s *Store) again(ctx context.Context, scope conversations.Scope, account, agent string) error {
	if endpoint, ok := relay.AlarmEndpoint(account); ok {
		n, err := s.Replay(ctx, scope, endpoint, relay.Selection{DeadOnly: true}, false)
		if err == nil {
			s.log.Info("events are told again", "endpoint", endpoint, "events", n, "by", agent)
		}
		return err
	}
	if account != conversations.PushAccount || !scope.Writes("") {
		return conversations.ErrNotFound
	}
	pick, all := conversations.PushPick{GivenUp: true}, 0
	for after, more := "", true; more; more = after != "" {
		n, next, err := s.PushDocuments(ctx, conversations.Everything, pick, after, false)
		if err != nil {
			return err
		}
		all, after = all+n, next
	}
	s.log.Info("documents are put into the EHR's own storage again", "documents", all, "by", agent)
	return nil
}

// pushedAtOnce is how many candidates' documents one call asks for.
const pushedAtOnce = 1000

// PushDocuments has the documents that are picked put into the EHR's own
// storage: those of the next thousand candidates, by conversation, after a
// place, or only counts them. It returns how many there are, and the place to go
// on after, "" at the end. It ends with conversations.ErrNoPush where the EHR
// has no such storage.
func (s *Store) PushDocuments(ctx context.Context, scope conversations.Scope, pick conversations.PushPick, after string, dry bool) (n int, next string, err error) {
	if !s.engine.PushDocuments {
		return 0, "", conversations.ErrNoPush
	}
	w := &where{}
	w.terms = []string{"c.hidden = 0", "c.id > " + w.arg(after)}
	w.within(scope, "c.branch")
	if pick.Candidate != "" {
		w.terms = append(w.terms, "c.candidate <> ''", "c.candidate = "+w.arg(pick.Candidate))
	}
	if pick.GivenUp {
		w.terms = append(w.terms, "c."+flagIs(flagUnpushed))
	}
	if !pick.From.IsZero() { // the EHR is told of no document before it came in
		w.terms = append(w.terms, fmt.Sprintf("exists (select 1 from events ev where ev.conversation = c.id and ev.type = '%s' and ev.at >= %s)",
			conversations.EventDocumentReceived, w.arg(millis(pick.From))))
	}
	text := fmt.Sprintf("select state from conversations c where %s order by c.id limit %d", w.sql(), pushedAtOnce+1)
	var found []string
	seen := 0
	err = s.read(ctx, text, func(r row) error {
		var c storedConversation
		if err := c.scan(r); err != nil {
			return err
		}
		if seen++; seen > pushedAtOnce {
			next = after
			return nil
		}
		after = c.ID
		if some := c.Pushable(pick); some > 0 {
			n, found = n+some, append(found, c.ID)
		}
		return nil
	}, w.args...)
	if err != nil || dry {
		return n, next, wrap(err, "looking for documents to be put into the EHR's storage")
	}
	return n, next, s.pushEach(ctx, scope, pick, found)
}

// pushEach asks for the documents of conversations. Many turns share a commit.
func (s *Store) pushEach(ctx context.Context, scope conversations.Scope, pick conversations.PushPick, of []string) error {
	errs := make([]error, len(of))
	var turns sync.WaitGroup
	for i, id := range of {
		turns.Go(func() {
			_, err := s.Apply(ctx, conversations.Target{Conversation: id, Scope: scope}, conversations.PushEach{Pick: pick})
			if err != nil && !errors.Is(err, conversations.ErrNotFound) { // it left meanwhile
				errs[i] = err
			}
		})
	}
	turns.Wait()
	return wrap(errors.Join(errs...), "asking for documents to be put into the EHR's storage")
}
