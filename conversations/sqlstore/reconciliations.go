package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiebao/conversations"
)

const (
	insertReconciliation = `insert into reconciliations (id, kind, branch, asked, finished, body)
		values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing returning id`
	claimReconciliation = `update reconciliations set lease = $2, holder = $3
		where finished = 0 and lease <= $1 and id = (select id from reconciliations
			where finished = 0 and lease <= $1 order by asked, id limit 1) returning body`
	updateReconciliation = `update reconciliations set body = $3, lease = $4, finished = $5
		where id = $1 and holder = $2 and finished = 0 returning id`
	insertDifferences = `insert into differences (reconciliation, n, branch, body)
		select r.reconciliation, r.n, r.branch, r.body from rows(reconciliation text, n bigint, branch text, body text)`
	openReconciliation = `select count(*) from reconciliations where finished = 0 and lease <= $1`
	clearDifferences   = `delete from differences where reconciliation = $1`
	reconciliationBody = `select body from reconciliations where id = $1`
	pruneDifferences   = `delete from differences where reconciliation in (select id from reconciliations where asked < $1 and finished > 0)`
	pruneReports       = `delete from reconciliations where asked < $1 and finished > 0 returning id`
)

// differencesAtOnce is how many differences one statement keeps.
const differencesAtOnce = 1000

// PutReconciliation keeps a comparison that is to be made, or one that was
// made, with its differences. It says whether there was none of that id.
func (s *Store) PutReconciliation(ctx context.Context, rec conversations.Reconciliation, differences []conversations.Difference) (began bool, err error) {
	body, rows, err := reconciliationRows(rec, 0, differences)
	if err != nil {
		return false, err
	}
	err = s.write(ctx, func(sc *script) {
		began = false
		sc.query(insertReconciliation, func(row) error { began = true; return nil },
			rec.ID, string(rec.Kind), rec.Branch, millis(rec.Asked), millis(rec.Finished), body)
	})
	if err == nil && began {
		err = s.putDifferences(ctx, rows)
	}
	return began, wrap(err, "keeping reconciliation %s", rec.ID)
}

// ClaimReconciliation gives the holder, a random id, the oldest comparison
// that nobody makes until then; the lease of a holder who died ends. Nil if
// there is none. What a former holder found is forgotten.
func (s *Store) ClaimReconciliation(ctx context.Context, holder string, until time.Time) (*conversations.Reconciliation, error) {
	var body []byte
	var open int
	now := millis(s.now())
	err := s.read(ctx, openReconciliation, func(r row) error { return r.Scan(&open) }, now)
	if err != nil || open == 0 { // as it nearly always is: nothing is written
		return nil, wrap(err, "looking for reconciliations to make")
	}
	err = s.write(ctx, func(sc *script) {
		body = nil
		sc.query(claimReconciliation, func(r row) error { return r.Scan(&body) }, now, millis(until), holder)
	})
	if err != nil || body == nil {
		return nil, wrap(err, "looking for reconciliations to make")
	}
	rec := &conversations.Reconciliation{}
	if err := json.Unmarshal(body, rec); err != nil {
		return nil, fmt.Errorf("reading a reconciliation: %w", err)
	}
	err = s.write(ctx, func(sc *script) { sc.exec(clearDifferences, rec.ID) })
	return rec, wrap(err, "beginning reconciliation %s", rec.ID)
}

// AdvanceReconciliation keeps how far the holder is, and the differences found
// since, the first of which has the number n. With a Finished the comparison
// is over. It ends with conversations.ErrStale if another holds it by now.
func (s *Store) AdvanceReconciliation(ctx context.Context, rec conversations.Reconciliation, holder string, until time.Time, n int, found []conversations.Difference) error {
	body, rows, err := reconciliationRows(rec, n, found)
	if err != nil {
		return err
	}
	held := false
	keep := func(finished time.Time) error {
		return s.write(ctx, func(sc *script) {
			held = false
			sc.query(updateReconciliation, func(row) error { held = true; return nil }, rec.ID, holder, body, millis(until), millis(finished))
		})
	}
	err = keep(time.Time{}) // the differences are there before it counts as finished
	if err == nil && held {
		err = s.putDifferences(ctx, rows)
	}
	if err == nil && held && !rec.Finished.IsZero() {
		err = keep(rec.Finished)
	}
	if err == nil && !held {
		err = conversations.ErrStale
	}
	return wrap(err, "keeping reconciliation %s", rec.ID)
}

func reconciliationRows(rec conversations.Reconciliation, n int, differences []conversations.Difference) (body string, rows [][]any, err error) {
	report, err := json.Marshal(rec)
	if err != nil {
		return "", nil, fmt.Errorf("writing reconciliation %s: %w", rec.ID, err)
	}
	for i, d := range differences {
		one, err := json.Marshal(d)
		if err != nil {
			return "", nil, fmt.Errorf("writing reconciliation %s: %w", rec.ID, err)
		}
		rows = append(rows, []any{rec.ID, int64(n + i), d.Branch, string(one)})
	}
	return string(report), rows, nil
}

func (s *Store) putDifferences(ctx context.Context, rows [][]any) error {
	for len(rows) > 0 {
		some := rows[:min(len(rows), differencesAtOnce)]
		rows = rows[len(some):]
		if err := s.write(ctx, func(sc *script) { sc.bulk(insertDifferences, some) }); err != nil {
			return err
		}
	}
	return nil
}

// Reconciliations returns up to limit comparisons that concern the scope and
// were asked for before that time, zero for the latest, newest first.
func (s *Store) Reconciliations(ctx context.Context, scope conversations.Scope, kind conversations.ReconciliationKind, before time.Time, limit int) ([]conversations.Reconciliation, error) {
	w := &where{}
	if !before.IsZero() {
		w.terms = append(w.terms, "asked < "+w.arg(millis(before)))
	}
	if kind != "" {
		w.terms = append(w.terms, "kind = "+w.arg(string(kind)))
	}
	w.concerning(scope, "branch")
	var out []conversations.Reconciliation
	err := s.read(ctx, fmt.Sprintf("select body from reconciliations where %s order by asked desc, id limit %d", w.sql(), limit), func(r row) error {
		rec, err := scanReconciliation(r)
		out = append(out, rec)
		return err
	}, w.args...)
	return out, wrap(err, "reading reconciliations")
}

// concerning confines the condition to what concerns a scope: its branches and
// those above.
func (w *where) concerning(scope conversations.Scope, column string) {
	inside := &where{args: w.args}
	inside.within(scope, column)
	if w.args = inside.args; len(inside.terms) == 0 {
		w.terms = append(w.terms, "1 = 1")
		return
	}
	term := inside.sql()
	if len(scope) > 0 {
		term += " or " + column + " = ''"
	}
	for _, root := range scope {
		term += fmt.Sprintf(" or substr(%s, 1, length(%s) + 1) = %s || '/'", w.arg(root), column, column)
	}
	w.terms = append(w.terms, "("+term+")")
}

func scanReconciliation(r row) (rec conversations.Reconciliation, err error) {
	var body []byte
	if err := r.Scan(&body); err != nil {
		return rec, err
	}
	return rec, json.Unmarshal(body, &rec)
}

// Reconciliation returns a comparison that concerns the scope, and up to limit
// of its differences from number n on that are about the scope's candidates,
// or about none that there is; next is the number after the last, 0 at the end.
func (s *Store) Reconciliation(ctx context.Context, scope conversations.Scope, id string, n, limit int) (rec conversations.Reconciliation, found []conversations.Difference, next int, err error) {
	there := false
	err = s.read(ctx, reconciliationBody, func(r row) (err error) {
		there = true
		rec, err = scanReconciliation(r)
		return err
	}, id)
	if err != nil {
		return rec, nil, 0, fmt.Errorf("reading reconciliation %s: %w", id, err)
	}
	if !there || !scope.Concerns(rec.Branch) {
		return rec, nil, 0, conversations.ErrNotFound
	}
	w := &where{}
	w.terms = []string{"reconciliation = " + w.arg(id), "n >= " + w.arg(int64(n))}
	if !scope.Writes(rec.Branch) || rec.Branch != "" && !scope.Allows(rec.Branch) {
		w.within(scope, "branch")
	}
	text := fmt.Sprintf("select n, body from differences where %s order by n limit %d", w.sql(), limit+1)
	err = s.read(ctx, text, func(r row) error {
		var at int
		var body []byte
		if err := r.Scan(&at, &body); err != nil {
			return err
		}
		if len(found) == limit {
			next = at
			return nil
		}
		var d conversations.Difference
		err := json.Unmarshal(body, &d)
		found = append(found, d)
		return err
	}, w.args...)
	return rec, found, next, wrap(err, "reading reconciliation %s", id)
}

// PruneReconciliations forgets those that were asked for before t, and returns
// how many.
func (s *Store) PruneReconciliations(ctx context.Context, t time.Time) (n int, err error) {
	err = s.write(ctx, func(sc *script) {
		n = 0
		sc.exec(pruneDifferences, millis(t))
		sc.query(pruneReports, func(row) error { n++; return nil }, millis(t))
	})
	return n, wrap(err, "forgetting old reconciliations")
}
