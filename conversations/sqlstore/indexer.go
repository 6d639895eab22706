package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"jiebao/conversations"
)

// The index that words are found by is behind the commit: turns only note
// which conversations they changed, and the indexer reads what is new in those,
// some at a time, and rests between as long as to be no burden. What was noted
// and not indexed when a process ended, the next one looks for.
//
// It is made of two tables. Of every 16,000 texts, a page, words has a row for
// each word, which lists the texts it is in, two bytes each; texts says which
// message one is. So the newest texts with several words are found by reading
// a row of each word, a page at a time, whatever the words and however small
// the part of the bank they are looked for in: where a conversation is, is a
// word too. A row may list texts that do not have the word any more, or never
// had all the words side by side: who searches looks at the texts themselves.
//
// Of 2,000,000 messages, which have 685 MB in SQLite, words has 143 MB, texts 78
// and indexed 6. Building it takes some 40 µs of processor time a message, an
// upgrade's once and each message's later; the stage "inbox" of gateway/bench
// measures both.

const (
	// noted conversations are indexed so many at a time, in commits of so many
	// rows, which others' turns wait for.
	indexAtOnce   = 200
	indexedRows   = 300
	indexPause    = 200 * time.Millisecond // gathers what comes in one after the other
	indexPatience = 19                     // rests so many times as long as it worked
	longestRest   = 5 * time.Second
	lookForOthers = 15 * time.Minute // what nodes that died have left
)

// indexer follows what is said.
type indexer struct {
	s    *Store
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.Mutex
	noted map[string]bool // conversations that changed

	work sync.Mutex // held by who indexes
}

func (x *indexer) start(s *Store) {
	ctx, stop := context.WithCancel(context.Background())
	x.s, x.stop, x.wake, x.noted = s, stop, make(chan struct{}, 1), map[string]bool{}
	x.done.Go(func() { x.run(ctx) })
}

func (x *indexer) close() {
	x.stop()
	x.done.Wait()
}

// note remembers what a committed group changed.
func (x *indexer) note(jobs []*job) {
	x.mu.Lock()
	for _, j := range jobs {
		if j.changes != nil && (j.fresh || len(j.changes.Messages) > 0) {
			x.noted[j.conversation] = true
		}
	}
	some := len(x.noted) > 0
	x.mu.Unlock()
	if !some {
		return
	}
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// take takes some of what was noted.
func (x *indexer) take() (ids keys) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for id := range x.noted {
		if len(ids) == indexAtOnce {
			break
		}
		ids = append(ids, id)
		delete(x.noted, id)
	}
	slices.Sort(ids)
	return ids
}

// again notes what could not be indexed.
func (x *indexer) again(ids keys) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range ids {
		x.noted[id] = true
	}
}

func (x *indexer) run(ctx context.Context) {
	every := time.NewTicker(lookForOthers)
	defer every.Stop()
	behind := true
	for ctx.Err() == nil {
		began := time.Now()
		err := x.some(ctx, behind)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
			x.s.log.Warn("words that were said cannot be searched for yet", "error", err)
		}
		behind = err != nil
		rest := time.NewTimer(min(indexPause+indexPatience*time.Since(began), longestRest))
		select {
		case <-rest.C:
		case <-ctx.Done():
		}
		rest.Stop()
		if behind {
			continue
		}
		select {
		case <-x.wake:
		case <-every.C:
			behind = x.s.db.shared()
		case <-ctx.Done():
		}
	}
}

// some indexes what was noted, some of it, and before that, if it may be
// behind, whatever is missing.
func (x *indexer) some(ctx context.Context, behind bool) (err error) {
	x.work.Lock()
	defer x.work.Unlock()
	defer func() {
		if p := recover(); p != nil {
			x.s.logPanic("indexing panicked", p)
			err = errDefect
		}
	}()
	if behind {
		if err := x.catchUp(ctx); err != nil {
			return err
		}
	}
	ids := x.take()
	if len(ids) == 0 {
		return nil
	}
	if err := x.index(ctx, ids); err != nil {
		x.again(ids)
		return err
	}
	x.note(nil) // there may be more
	return nil
}

// Index returns when everything that was committed before can be searched for.
func (s *Store) Index(ctx context.Context) error {
	s.indexer.work.Lock()
	defer s.indexer.work.Unlock()
	return wrap(s.indexer.catchUp(ctx), "indexing what was said")
}

const findBehind = `select c.id from conversations c left join indexed i on i.conversation = c.id
	where c.id > $1 and coalesce((select max(m.n) from messages m where m.conversation = c.id), 0) > coalesce(i.upto, 0)
	order by c.id limit 200`

// catchUp indexes whatever is missing.
func (x *indexer) catchUp(ctx context.Context) error {
	if err := x.build(ctx); err != nil {
		return err
	}
	for last := ""; ; {
		ids, err := x.s.list(ctx, findBehind, last)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := x.index(ctx, ids); err != nil {
			return err
		}
		last = ids[len(ids)-1]
	}
}

const (
	findIndexed = `select c.id, c.branch, c.name, coalesce(i.upto, 0), coalesce(i.branch, ''), coalesce(i.person, '')
		from conversations c left join indexed i on i.conversation = c.id where c.id in keys`
	findUnindexed = `select m.conversation, m.n, m.body from rows(conversation text, n bigint), messages m
		where m.conversation = r.conversation and m.n > r.n`
)

// known is what the index knows of a conversation, and what it is to know.
type known struct {
	id, branch, name  string
	upto              int64
	wasBranch, person string
}

// index indexes what is new in some conversations.
func (x *indexer) index(ctx context.Context, ids keys) error {
	conversations, after := map[string]*known{}, [][]any{}
	var sc script
	sc.queryKeys(findIndexed, ids, func(r row) error {
		k := &known{}
		if err := r.Scan(&k.id, &k.branch, &k.name, &k.upto, &k.wasBranch, &k.person); err != nil {
			return err
		}
		if k.wasBranch != k.branch {
			k.upto, k.person = 0, "" // all of it is found elsewhere now
		}
		conversations[k.id] = k
		after = append(after, []any{k.id, k.upto})
		return nil
	})
	if err := x.s.db.pipeline(ctx, &sc); err != nil {
		return err
	}
	p := newPassage(conversations)
	sc = script{}
	sc.queryBulk(findUnindexed, after, p.scan)
	if err := x.s.db.pipeline(ctx, &sc); err != nil {
		return err
	}
	slices.SortFunc(p.texts, func(a, b indexedText) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.conversation, b.conversation), cmp.Compare(a.n, b.n))
	})
	if err := x.write(ctx, p, indexedRows); err != nil {
		return err
	}
	return x.finish(ctx, p)
}

// passage are texts that are indexed together.
type passage struct {
	conversations map[string]*known
	texts         []indexedText
}

type indexedText struct {
	conversation string
	n            int64 // 0: text is a name
	text         string
	at           time.Time
}

// newPassage begins with who the candidates are, where that is news.
func newPassage(conversations map[string]*known) *passage {
	p := &passage{conversations: conversations}
	for _, k := range conversations {
		if k.name != k.person {
			k.person = k.name
			p.texts = append(p.texts, indexedText{conversation: k.id, text: k.name})
		}
	}
	return p
}

// scan takes a message. What nobody said is not searched for.
func (p *passage) scan(r row) error {
	var t indexedText
	var body []byte
	if err := r.Scan(&t.conversation, &t.n, &body); err != nil {
		return err
	}
	k := p.conversations[t.conversation]
	if k == nil {
		return nil // it began meanwhile
	}
	k.upto = max(k.upto, t.n)
	var m struct { // what of a message is needed
		Kind conversations.Kind `json:"kind"`
		Text string             `json:"text"`
		At   time.Time          `json:"at"`
	}
	err := json.Unmarshal(body, &m)
	if t.text, t.at = m.Text, m.At; searchable(m.Kind) && m.Text != "" {
		p.texts = append(p.texts, t)
	}
	return err
}

// searchable says whether messages of the kind are what somebody wrote.
func searchable(k conversations.Kind) bool { return k != conversations.Note }

const (
	takeDocs    = `update indexing set next = next + $1 where id = 1 returning next`
	insertWords = `insert into words (page, word, docs) select r.page, r.word, r.docs from rows(page bigint, word text, docs text)
		where true on conflict (page, word) do update set docs = words.docs || excluded.docs`
	insertTexts = `insert into texts (doc, conversation, n) select r.doc, r.conversation, r.n
		from rows(doc bigint, conversation text, n bigint)`
	putIndexed = `insert into indexed (conversation, upto, branch, person) select r.conversation, r.upto, r.branch, r.person
		from rows(conversation text, upto bigint, branch text, person text)
		where true on conflict (conversation) do update set upto = excluded.upto, branch = excluded.branch, person = excluded.person`
)

// write gives the passage's texts numbers and writes their words, a part a
// commit. Whatever is lost in a crash is indexed again, under other numbers.
func (x *indexer) write(ctx context.Context, p *passage, atOnce int) error {
	if len(p.texts) == 0 {
		return nil
	}
	var next int64
	err := x.s.write(ctx, func(sc *script) {
		sc.query(takeDocs, func(r row) error { return r.Scan(&next) }, int64(len(p.texts)))
	})
	if err != nil {
		return err
	}
	words, texts := p.rows(next - int64(len(p.texts)))
	for rows := range slices.Chunk(words, atOnce) {
		if err := x.s.write(ctx, func(sc *script) { sc.bulk(insertWords, rows) }); err != nil {
			return err
		}
	}
	for rows := range slices.Chunk(texts, atOnce) {
		if err := x.s.write(ctx, func(sc *script) { sc.bulk(insertTexts, rows) }); err != nil {
			return err
		}
	}
	return nil
}

// finish says how far the passage's conversations are indexed.
func (x *indexer) finish(ctx context.Context, p *passage) error {
	var rows [][]any
	for _, k := range p.conversations {
		rows = append(rows, []any{k.id, k.upto, k.branch, k.person})
	}
	sortRows(rows, 0)
	for rows := range slices.Chunk(rows, indexedRows) {
		if err := x.s.write(ctx, func(sc *script) { sc.bulk(putIndexed, rows) }); err != nil {
			return err
		}
	}
	return nil
}

// indexedWord is the key of a word in the index.
type indexedWord struct {
	page int64
	word string
}

// rows are those of the words and of the texts, which have the numbers from
// first on, in the order of their keys.
func (p *passage) rows(first int64) (words, texts [][]any) {
	places := map[indexedWord][]byte{}
	for i, t := range p.texts {
		doc := first + int64(i)
		texts = append(texts, []any{doc, t.conversation, t.n})
		add := func(word string) {
			at := indexedWord{doc / pageDocs, word}
			had := places[at]
			if next := appendPlace(had, doc); !repeated(next) {
				places[at] = next
			}
		}
		if t.n == 0 {
			personWords(t.text, add)
		} else {
			wordsOf(t.text, add)
		}
		branchWords(p.conversations[t.conversation].branch, add)
	}
	for at, docs := range places {
		words = append(words, []any{at.page, at.word, string(docs)})
	}
	slices.SortFunc(words, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(int64), b[0].(int64)), cmp.Compare(a[1].(string), b[1].(string)))
	})
	return words, texts
}

// repeated says whether the last two places are the same.
func repeated(places []byte) bool {
	n := len(places)
	return n >= 4 && places[n-1] == places[n-3] && places[n-2] == places[n-4]
}
