package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"jiebao/conversations"
)

const (
	digestsOf  = `select branch, candidate, state from conversations where candidate in keys and candidate <> ''`
	putBeliefs = `insert into beliefs (system, candidate, at, body)
		select r.system, r.candidate, r.at, r.body from rows(system text, candidate text, at bigint, body text)
		where true on conflict (system, candidate) do update set at = excluded.at, body = excluded.body`
	beliefsAfter = `select body from beliefs where system = $1 and candidate collate "C" > $2 order by candidate collate "C" limit $3`
	believers    = `select distinct system from beliefs order by system`
)

// Digests returns up to limit digests of the scope's candidates with ids
// above after, and up to through unless it is "", in the order of their bytes.
func (s *Store) Digests(ctx context.Context, scope conversations.Scope, after, through string, limit int) ([]conversations.Digest, error) {
	w := &where{}
	w.terms = []string{"candidate <> ''", `candidate collate "C" > ` + w.arg(after)}
	if through != "" {
		w.terms = append(w.terms, `candidate collate "C" <= `+w.arg(through))
	}
	w.within(scope, "branch")
	text := fmt.Sprintf(`select state from conversations where %s order by candidate collate "C" limit %d`, w.sql(), limit)
	var out []conversations.Digest
	err := s.read(ctx, text, func(r row) error {
		var c storedConversation
		err := c.scan(r)
		out = append(out, c.Digest())
		return err
	}, w.args...)
	return out, wrap(err, "reading digests")
}

// CountCandidates counts the scope's candidates.
func (s *Store) CountCandidates(ctx context.Context, scope conversations.Scope) (n int, err error) {
	w := &where{terms: []string{"candidate <> ''"}}
	w.within(scope, "branch")
	err = s.read(ctx, "select count(*) from conversations where "+w.sql(), func(r row) error { return r.Scan(&n) }, w.args...)
	return n, wrap(err, "counting candidates")
}

// DigestsOf returns the digests of those of the candidates that the scope has,
// by the EHR's id.
func (s *Store) DigestsOf(ctx context.Context, scope conversations.Scope, candidates []string) (map[string]conversations.Digest, error) {
	out := make(map[string]conversations.Digest, len(candidates))
	sc := &script{}
	sc.queryKeys(digestsOf, candidates, func(r row) error {
		var c storedConversation
		if err := c.scan(r, &c.Branch, &c.Candidate.ID); err != nil {
			return err
		}
		if scope.Allows(c.Branch) {
			out[c.Candidate.ID] = c.Digest()
		}
		return nil
	})
	return out, wrap(s.db.pipeline(ctx, sc), "reading digests")
}

// PutBeliefs keeps what a system believes now.
func (s *Store) PutBeliefs(ctx context.Context, system string, beliefs []conversations.Belief) error {
	at := millis(s.now())
	byCandidate := map[string][]any{}
	for _, b := range beliefs {
		body, err := json.Marshal(b)
		if err != nil {
			return fmt.Errorf("writing what %s believes: %w", system, err)
		}
		byCandidate[b.Candidate] = []any{system, b.Candidate, at, string(body)}
	}
	// A statement may change a row once, and all callers change rows in the
	// same order.
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(byCandidate)) {
		rows = append(rows, byCandidate[id])
	}
	return wrap(s.write(ctx, func(sc *script) { sc.bulk(putBeliefs, rows) }), "keeping what %s believes", system)
}

// Beliefs returns up to limit of a system's last beliefs of candidates with
// ids above after, in the order of their bytes.
func (s *Store) Beliefs(ctx context.Context, system, after string, limit int) (out []conversations.Belief, err error) {
	err = s.read(ctx, beliefsAfter, func(r row) error {
		var body []byte
		if err := r.Scan(&body); err != nil {
			return err
		}
		var b conversations.Belief
		err := json.Unmarshal(body, &b)
		out = append(out, b)
		return err
	}, system, after, limit)
	return out, wrap(err, "reading what %s believes", system)
}

// Believers are the systems that said what they believe.
func (s *Store) Believers(ctx context.Context) (out []string, err error) {
	err = s.read(ctx, believers, func(r row) error {
		var system string
		err := r.Scan(&system)
		out = append(out, system)
		return err
	})
	return out, wrap(err, "reading who believes something")
}

// Conflicts returns up to limit of the scope's conversations with
// disagreements that HR has to settle, in the inbox's order.
func (s *Store) Conflicts(ctx context.Context, scope conversations.Scope, limit int) (out []conversations.Conversation, err error) {
	w := &where{terms: []string{"hidden = 0", flagIs(flagConflict)}}
	w.within(scope, "branch")
	text := fmt.Sprintf(`select state from conversations where %s order by place, id limit %d`, w.sql(), limit)
	err = s.read(ctx, text, func(r row) error {
		var c storedConversation
		err := c.scan(r)
		out = append(out, c.Conversation)
		return err
	}, w.args...)
	return out, wrap(err, "reading conflicts")
}
