package demo

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// Verdict is what became of a webhook.
type Verdict string

// The verdicts.
const (
	Accepted  Verdict = "accepted"
	Duplicate Verdict = "duplicate" // told again, the same
	Conflict  Verdict = "conflict"  // told again, differently
	Refused   Verdict = "refused"   // not signed, or not readable
)

// Sources of an event.
const (
	verified = "webhook"
	fetched  = "api" // read from the gateway to fill a gap
	byHand   = "ehr" // no event: somebody changed something in the EHR
)

// Entry is one arrival, as the page lists it.
type Entry struct {
	Number    int64           `json:"number"`
	At        time.Time       `json:"at"`
	Source    string          `json:"source"`
	Verdict   Verdict         `json:"verdict"`
	Problem   string          `json:"problem,omitempty"`
	ID        string          `json:"id"`
	Type      string          `json:"type,omitempty"`
	Candidate string          `json:"candidate,omitempty"`
	Sequence  int64           `json:"sequence,omitempty"`
	Body      json.RawMessage `json:"body,omitempty"`
}

// Tally is one candidate's reconciliation: the numbers from 1 to Highest that
// did not arrive are missing.
type Tally struct {
	Candidate  string `json:"candidate"`
	Highest    int64  `json:"highest"`
	Received   int    `json:"received"`
	Duplicates int    `json:"duplicates"`
	Late       int    `json:"late"` // arrived after a higher number
	Conflicts  int    `json:"conflicts"`
	Missing    []span `json:"missing"`

	Date string `json:"date,omitempty"` // the start date, if the EHR has it from no event
	Own  bool   `json:"own,omitempty"`  // the date was changed in the EHR, and nobody was told
}

// span is a run of numbers, both ends included.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// keptEntries is how many arrivals the page can list. What was received is
// remembered beyond that.
const keptEntries = 600

// ledger remembers every event by its id and every candidate's numbers.
type ledger struct {
	mu      sync.Mutex
	entries []Entry
	last    int64
	ids     map[string]record
	tallies map[string]*tally

	documents map[string]string // hashes, by id

	watch  chan struct{} // closed at the next change
	closed chan struct{}
}

// record is an event that was accepted. Digest is zero when the event was read
// from the API, where it is not written byte for byte as in its webhook.
type record struct {
	ID        string   `json:"id"`
	Candidate string   `json:"candidate"`
	Sequence  int64    `json:"sequence"`
	Digest    [32]byte `json:"digest"`
}

type tally struct {
	Tally
	ids map[int64]string // by number
}

func newLedger() *ledger {
	return &ledger{
		ids: map[string]record{}, tallies: map[string]*tally{}, documents: map[string]string{},
		watch: make(chan struct{}), closed: make(chan struct{}),
	}
}

// take books an event and says what it was.
func (l *ledger) take(e event, source string, now time.Time) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.tally(e.Candidate)
	r := record{e.ID, e.Candidate, e.Sequence, sha256.Sum256(e.Body)}
	if source == fetched {
		r.Digest = [32]byte{}
	}
	v := l.judge(t, r)
	switch v {
	case Accepted:
		l.keep(t, r, source)
		t.learn(e)
	case Duplicate:
		t.Duplicates++
	case Conflict:
		t.Conflicts++
	}
	l.add(Entry{
		At: now, Source: source, Verdict: v, ID: e.ID, Type: e.Type,
		Candidate: e.Candidate, Sequence: e.Sequence, Body: e.Body,
	})
	return v
}

func (l *ledger) judge(t *tally, r record) Verdict {
	before, known := l.ids[r.ID]
	if !known {
		if _, taken := t.ids[r.Sequence]; taken {
			return Conflict
		}
		return Accepted
	}
	same := before.Candidate == r.Candidate && before.Sequence == r.Sequence
	unknown := before.Digest == [32]byte{} || r.Digest == [32]byte{}
	if same && (unknown || before.Digest == r.Digest) {
		return Duplicate
	}
	return Conflict
}

func (l *ledger) keep(t *tally, r record, source string) {
	l.ids[r.ID], t.ids[r.Sequence] = r, r.ID
	t.Received++
	if r.Sequence < t.Highest && source == verified {
		t.Late++
	}
	t.Highest = max(t.Highest, r.Sequence)
}

func (l *ledger) tally(candidate string) *tally {
	t, ok := l.tallies[candidate]
	if !ok {
		t = &tally{Tally{Candidate: candidate}, map[int64]string{}}
		l.tallies[candidate] = t
	}
	return t
}

// refuse notes a webhook that was not believed. Nothing of it is kept but the
// id it claimed.
func (l *ledger) refuse(id, problem string, now time.Time) {
	const longest = 80
	if r := []rune(id); len(r) > longest {
		id = string(r[:longest]) + "…"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.add(Entry{At: now, Source: verified, Verdict: Refused, Problem: problem, ID: id})
}

func (l *ledger) add(e Entry) {
	l.last++
	e.Number = l.last
	l.entries = append(l.entries, e)
	if over := len(l.entries) - keptEntries; over > keptEntries/4 {
		l.entries = slices.Clone(l.entries[over:])
	}
	close(l.watch)
	l.watch = make(chan struct{})
}

// missing returns the numbers below the highest that did not arrive.
func (t *tally) missing() []span {
	spans, next := []span{}, int64(1)
	for _, n := range slices.Sorted(maps.Keys(t.ids)) {
		if n > next {
			spans = append(spans, span{next, n - 1})
		}
		next = n + 1
	}
	return spans
}

// news is what a page does not know yet.
type news struct {
	Entries []Entry `json:"entries"`
	Tallies []Tally `json:"tallies"`
}

// since returns the entries above after, every tally, and a channel that is
// closed at the next change.
func (l *ledger) since(after int64) (news, int64, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := news{Entries: []Entry{}, Tallies: []Tally{}}
	for _, e := range l.entries {
		if e.Number > after {
			n.Entries = append(n.Entries, e)
		}
	}
	for _, t := range l.tallies {
		one := t.Tally
		one.Missing = t.missing()
		n.Tallies = append(n.Tallies, one)
	}
	slices.SortFunc(n.Tallies, func(a, b Tally) int { return cmp.Compare(a.Candidate, b.Candidate) })
	return n, l.last, l.watch
}

// next waits until there is more than after, ctx ends or the ledger is closed.
func (l *ledger) next(ctx context.Context, after int64) (n news, last int64, ok bool) {
	for {
		n, last, changed := l.since(after)
		if last > after {
			return n, last, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return news{}, after, false
		case <-l.closed:
			return news{}, after, false
		}
	}
}

func (l *ledger) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
}

// ledgerState is what a restart keeps of the ledger.
type ledgerState struct {
	Last    int64    `json:"last"`
	Entries []Entry  `json:"entries"`
	Records []record `json:"records"`
	Tallies []Tally  `json:"tallies"`

	Documents map[string]string `json:"documents,omitempty"`
}

func (l *ledger) save() ledgerState {
	l.mu.Lock()
	defer l.mu.Unlock()
	st := ledgerState{Last: l.last, Entries: slices.Clone(l.entries), Documents: maps.Clone(l.documents)}
	for _, r := range l.ids {
		st.Records = append(st.Records, r)
	}
	for _, t := range l.tallies {
		st.Tallies = append(st.Tallies, t.Tally)
	}
	return st
}

func (l *ledger) load(st ledgerState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.entries = st.Last, st.Entries
	l.ids, l.tallies = map[string]record{}, map[string]*tally{}
	for _, t := range st.Tallies {
		l.tallies[t.Candidate] = &tally{t, map[int64]string{}}
	}
	l.documents = map[string]string{}
	maps.Copy(l.documents, st.Documents)
	for _, r := range st.Records {
		l.ids[r.ID] = r
		l.tally(r.Candidate).ids[r.Sequence] = r.ID
	}
}
