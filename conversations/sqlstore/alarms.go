package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

const (
	raiseAlarms = `insert into alarms (id, account, work, reason, code, detail, since, last, count, probe)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (account, work) where ended = 0 do update set
			reason = excluded.reason, code = excluded.code, detail = excluded.detail, last = excluded.last,
			count = alarms.count + excluded.count,
			probe = case when excluded.probe > alarms.probe then excluded.probe else alarms.probe end
		returning ` + alarmColumns
	probeAlarms = `update alarms set probe = $3 where id = $1 and ended = 0 and probe <= $2 returning id`
	endAlarms   = `update alarms set ended = $2, ended_by = $3, probe = 0 where id = $1 and ended = 0 returning account, work`

	// Of endpoints: a pause that nobody asked for, and its end.
	alarmPause = `insert into alarms (id, account, work, reason, code, detail, since, last, count, probe)
		select $1, $2, 'event', $3, '', $4, $5, $5, 1, 0
		where exists (select 1 from endpoints where id = $6 and removed = 0 and paused = $5 and pause_reason = $7)
		on conflict (account, work) where ended = 0 do update set
			reason = excluded.reason, detail = excluded.detail, last = excluded.last, count = alarms.count + 1, probe = 0`
	endPauseAlarm = `update alarms set ended = $2, ended_by = $3, probe = 0 where account = $1 and work = 'event' and ended = 0`

	alarmColumns = `id, account, work, reason, code, detail, since, last, count, probe, ended, ended_by`
	openAlarms   = `select ` + alarmColumns + `, 0 from alarms where ended = 0 order by since, id`
	recentAlarms = `select ` + alarmColumns + `, case when ended <> 0 then 0 else
			(select count(*) from outbox o where o.waits = alarms.account and o.waits <> '' and o.kind = alarms.work and o.done = 0) end
			+ coalesce((select count(*) from deliveries d join endpoints e on e.key = d.endpoint
				where e.removed = 0 and alarms.ended = 0 and alarms.account = 'endpoint:' || e.id and d.due > 0), 0),
			coalesce((select e.name from endpoints e where e.removed = 0 and alarms.account = 'endpoint:' || e.id), ''),
			coalesce((select e.branch from endpoints e where e.removed = 0 and alarms.account = 'endpoint:' || e.id), '')
		from alarms where ended = 0 or ended > $1 order by ended <> 0, since desc, id limit 200`

	waitingFor = `select lane from outbox where waits = $1 and waits <> '' and kind = $2 and done = 0`
	wakeTasks  = `update outbox set due = $2, waits = '' where lane in keys and done = 0 and waits = $3`
)

func scanAlarm(r row, more ...any) (a conversations.Alarm, err error) {
	var since, last, probe, ended int64
	err = r.Scan(append([]any{
		&a.ID, &a.Account, &a.Work, &a.Reason, &a.Code, &a.Detail, &since, &last, &a.Count, &probe, &ended, &a.EndedBy,
	}, more...)...)
	a.Since, a.Last, a.Probe, a.Ended = fromMillis(since), fromMillis(last), fromMillis(probe), fromMillis(ended)
	return a, err
}

// OpenAlarms returns the alarms that last.
func (s *Store) OpenAlarms(ctx context.Context) (alarms []conversations.Alarm, err error) {
	err = s.read(ctx, openAlarms, func(r row) error {
		a, err := scanAlarm(r, new(int))
		alarms = append(alarms, a)
		return err
	})
	return alarms, wrap(err, "reading alarms")
}

// Alarms returns the alarms that last, and then those that ended since, with
// what waits for each: those of accounts that candidates of the scope are
// reached by. What was given up stands among them for as long as it is there.
func (s *Store) Alarms(ctx context.Context, scope conversations.Scope, since time.Time) (views []conversations.AlarmView, err error) {
	err = s.read(ctx, recentAlarms, func(r row) error {
		var v conversations.AlarmView
		var err error
		if v.Alarm, err = scanAlarm(r, &v.Waiting, &v.Name, &v.Branch); err != nil {
			return err
		}
		if _, ok := relay.AlarmEndpoint(v.Account); ok || v.Work == conversations.TaskPush {
			if scope.Writes(v.Branch) { // who may do something about it
				views = append(views, v)
			}
			return nil
		}
		d, ok := s.engine.Channels.Describe(v.Account)
		if v.Name, v.Branch = d.Name, d.Branch; ok && scope.Concerns(d.Branch) {
			views = append(views, v)
		}
		return nil
	}, millis(since))
	if err != nil {
		return nil, fmt.Errorf("reading alarms: %w", err)
	}
	lost, err := s.givenUp(ctx, scope)
	ended := slices.IndexFunc(views, func(v conversations.AlarmView) bool { return !v.Ended.IsZero() })
	if ended < 0 {
		ended = len(views)
	}
	return slices.Insert(views, ended, lost...), wrap(err, "reading what was given up")
}

// RaiseAlarm begins an alarm, or counts once more for the one that lasts.
func (s *Store) RaiseAlarm(ctx context.Context, a conversations.Alarm) (kept conversations.Alarm, began bool, err error) {
	id := "alarm-" + s.newID()
	err = s.write(ctx, func(sc *script) {
		sc.query(raiseAlarms, func(r row) (err error) {
			kept, err = scanAlarm(r)
			return err
		}, id, a.Account, string(a.Work), string(a.Reason), a.Code, a.Detail, millis(a.Since), millis(a.Last), int64(a.Count), millis(a.Probe))
	})
	if began = kept.ID == id; began && err == nil {
		s.alarmChanged(s.alarmBranch(ctx, a.Account))
	}
	return kept, began, wrap(err, "raising an alarm for account %s", a.Account)
}

// ProbeAlarm says whether the caller is the one who tries next.
func (s *Store) ProbeAlarm(ctx context.Context, id string, next time.Time) (won bool, err error) {
	err = s.write(ctx, func(sc *script) {
		won = false
		sc.query(probeAlarms, func(row) error { won = true; return nil }, id, millis(s.now()), millis(next))
	})
	return won, wrap(err, "probing alarm %s", id)
}

// EndAlarm ends an alarm and makes what waits for it due.
func (s *Store) EndAlarm(ctx context.Context, id, by string) (bool, error) {
	var account, work string
	err := s.write(ctx, func(sc *script) {
		account = ""
		sc.query(endAlarms, func(r row) error { return r.Scan(&account, &work) }, id, millis(s.now()), by)
	})
	if err != nil || account == "" {
		return false, wrap(err, "ending alarm %s", id)
	}
	s.alarmChanged(s.alarmBranch(ctx, account))
	var lanes []string
	err = s.read(ctx, waitingFor, func(r row) error {
		var lane string
		err := r.Scan(&lane)
		lanes = append(lanes, lane)
		return err
	}, account, work)
	if err == nil {
		err = s.hasten(ctx, conversations.TaskKind(work), lanes, wakeTasks, millis(s.now()), account)
	}
	return true, wrap(err, "waking what waits for account %s", account)
}

// Resume ends an alarm, and the others of its account, on an agent's word: what
// waits is tried at once, or what was given up once more. An agent may do so for
// accounts of their own branches.
func (s *Store) Resume(ctx context.Context, scope conversations.Scope, id, agent string) error {
	if account, ok := strings.CutPrefix(id, givenUpPrefix); ok {
		return s.again(ctx, scope, account, agent)
	}
	alarms, err := s.OpenAlarms(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(alarms, func(a conversations.Alarm) bool { return a.ID == id })
	if i < 0 {
		return conversations.ErrNotFound
	}
	account := alarms[i].Account
	if !scope.Writes(s.alarmBranch(ctx, account)) {
		return conversations.ErrNotFound
	}
	if endpoint, ok := relay.AlarmEndpoint(account); ok {
		return s.resumeTold(ctx, scope, endpoint, id, agent)
	}
	for _, a := range alarms {
		if a.Account != account {
			continue
		}
		if _, err := s.EndAlarm(ctx, a.ID, agent); err != nil {
			return err
		}
	}
	s.log.Info("an account is tried again on somebody's word", "account", account, "reason", alarms[i].Reason, "code", alarms[i].Code, "by", agent)
	return nil
}

// resumeTold ends an endpoint's pause, if it is paused, and has what waits
// tried at once.
func (s *Store) resumeTold(ctx context.Context, scope conversations.Scope, endpoint, alarm, agent string) error {
	if err := s.ResumeEndpoint(ctx, scope, endpoint, agent); err != nil {
		return err
	}
	if err := s.Hurry(ctx, endpoint); err != nil {
		return err
	}
	_, err := s.EndAlarm(ctx, alarm, agent)
	return err
}

// AlarmChanges counts the alarms that began or ended on this node.
func (s *Store) AlarmChanges() int64 { return s.alarmChanges.Load() }

// alarmBranch is the branch whose account or endpoint an alarm is about; the
// head office's if there is none any more.
func (s *Store) alarmBranch(ctx context.Context, account string) string {
	if endpoint, ok := relay.AlarmEndpoint(account); ok {
		e, _ := s.endpoint(ctx, conversations.Everything, endpoint)
		return e.Branch
	}
	d, _ := s.engine.Channels.Describe(account)
	return d.Branch
}

// alarmChanged tells who watches.
func (s *Store) alarmChanged(branch string) {
	s.alarmChanges.Add(1)
	s.notices.publish([]conversations.Changed{{ID: conversations.ChangedAlarms, Branch: branch}})
}
