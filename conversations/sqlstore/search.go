package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"jiebao/conversations"
)

// A search looks for people first: by the EHR's id, the end of a phone number,
// or a part of their name. Then it looks for words, the newest first. A
// conversation is shown once.

const (
	longestSearch = 200  // characters; more find nothing
	mostFound     = 1000 // conversations; whoever has seen so many should ask for more words
	mostLooked    = 3000 // texts that a page looks at; the next goes on from there
	lookAtOnce    = 64
)

// search is one under way.
type search struct {
	s     *Store
	q     conversations.InboxQuery
	words []string // folded, without blanks
	page  *conversations.InboxPage
	progress

	looked int // texts
	done   bool
	err    error // that ended it
}

func (s *Store) search(ctx context.Context, q conversations.InboxQuery, page *conversations.InboxPage) error {
	f := &search{s: s, q: q, page: page, words: strings.Fields(fold(q.Search))}
	if len([]rune(q.Search)) > longestSearch {
		return nil
	}
	var err error
	if f.progress, err = readProgress(q.Cursor); err != nil {
		return err
	}
	if err := f.lookUp(ctx); err != nil || f.done {
		return err
	}
	if f.people {
		if err := f.look(ctx, ofPerson); err != nil || f.done {
			return err
		}
		f.people, f.before = false, 0
	}
	return f.look(ctx, "")
}

// lookUp finds whose id, or whose phone number, was typed in.
func (f *search) lookUp(ctx context.Context) error {
	is := map[string]any{"candidate <> '' and candidate = $1": strings.TrimSpace(f.q.Search)}
	if digits := phoneDigits(fold(f.q.Search)); len(digits) >= tailDigits {
		is["tail <> '' and tail = '"+tailOf(digits)+"' and phone like $1"] = "%" + digits
	}
	var ids keys
	for is, what := range is {
		found, err := f.s.list(ctx, "select id from conversations where hidden = 0 and "+is+" order by place, id limit 200", what)
		if err != nil {
			return err
		}
		ids = append(ids, found...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	allowed, err := f.allowed(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if c := allowed[id]; c != nil && !f.found(id, c, nil) {
			break
		}
	}
	return f.err
}

// look looks for the words in texts, or with the mark of people in names, from
// the newest page back.
func (f *search) look(ctx context.Context, mark string) error {
	terms := f.terms(mark)
	if len(terms) == 0 {
		return nil
	}
	if f.before == 0 {
		if err := f.s.read(ctx, `select next from indexing where id = 1`, func(r row) error { return r.Scan(&f.before) }); err != nil {
			return err
		}
	}
	for page := (f.before+pageDocs-1)/pageDocs - 1; page >= 0; page -= pagesAtOnce {
		docs, err := f.s.docs(ctx, terms, f.roots(), page)
		if err != nil {
			return err
		}
		if err := f.lookAt(ctx, docs); err != nil || f.done {
			return err
		}
	}
	return nil
}

// terms are those of all words, none if one of the words cannot be found.
func (f *search) terms(mark string) (terms []term) {
	for _, word := range f.words {
		of := termsOf(word, mark)
		if len(of) == 0 {
			return nil
		}
		terms = append(terms, of...)
	}
	return terms
}

// roots are the branches that are searched, with those below, nil for all.
func (f *search) roots() []string {
	roots := f.q.Scope
	if f.q.Branch != "" {
		roots = conversations.Scope{f.q.Branch}
	}
	if slices.ContainsFunc(roots, headOffice) {
		return nil
	}
	return append([]string{}, roots...)
}

// lookAt looks at docs, the last first.
func (f *search) lookAt(ctx context.Context, docs []int64) error {
	end, _ := slices.BinarySearch(docs, f.before)
	for docs = docs[:end]; len(docs) > 0 && !f.done; {
		some := docs[max(0, len(docs)-lookAtOnce):]
		docs = docs[:len(docs)-len(some)]
		if err := f.lookAtSome(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (f *search) lookAtSome(ctx context.Context, docs []int64) error {
	texts, err := f.texts(ctx, docs)
	if err != nil {
		return err
	}
	var ids keys
	for _, t := range texts {
		ids.add(t.conversation)
	}
	slices.Sort(ids)
	allowed, err := f.allowed(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	texts = slices.DeleteFunc(texts, func(t *text) bool { return allowed[t.conversation] == nil })
	if err := f.readTexts(ctx, texts, allowed); err != nil {
		return err
	}
	for _, t := range texts {
		if t.has && !f.found(t.conversation, allowed[t.conversation], t.hit) {
			return f.err
		}
		f.before = t.doc
	}
	f.before = docs[0]
	if f.looked += len(docs); f.looked >= mostLooked {
		f.stop()
	}
	return nil
}

// found shows a conversation, if it was not, and says whether there was room.
func (f *search) found(id string, c *allowed, hit *conversations.Hit) bool {
	if f.has(id) {
		return true
	}
	if len(f.page.Rows) == f.q.Limit {
		f.stop()
		return false
	}
	row, err := f.s.inboxRow(c.state)
	if err != nil {
		f.err = fmt.Errorf("reading conversation %s: %w", id, err)
		return false
	}
	row.Hit = hit
	f.page.Rows = append(f.page.Rows, row)
	f.saw(id)
	return true
}

// stop ends the page. The next goes on where it stands.
func (f *search) stop() {
	f.done = true
	if len(f.seen) < mostFound {
		f.page.Next = f.cursor()
	}
}

// text is one that may have the words.
type text struct {
	doc          int64
	conversation string
	n            int64
	has          bool
	hit          *conversations.Hit
}

const (
	findTexts = `select t.doc, t.conversation, t.n from rows(doc bigint), texts t where t.doc = r.doc`
	findBody  = `select m.conversation, m.n, m.body from rows(conversation text, n bigint), messages m
		where m.conversation = r.conversation and m.n = r.n`
)

// texts finds out which texts the docs are, the newest first, but for those of
// conversations that were shown.
func (f *search) texts(ctx context.Context, docs []int64) (texts []*text, err error) {
	rows := make([][]any, len(docs))
	for i, doc := range docs {
		rows[i] = []any{doc}
	}
	var sc script
	sc.queryBulk(findTexts, rows, func(r row) error {
		t := &text{}
		err := r.Scan(&t.doc, &t.conversation, &t.n)
		if !f.has(t.conversation) && (t.n == 0) == f.people {
			texts = append(texts, t)
		}
		return err
	})
	err = f.s.db.pipeline(ctx, &sc)
	slices.SortFunc(texts, func(a, b *text) int { return int(b.doc - a.doc) })
	return texts, err
}

// allowed is a conversation that may be shown.
type allowed struct {
	name  string
	state []byte
}

// allowed returns those conversations that the query's scope, view and filters
// show.
func (f *search) allowed(ctx context.Context, ids keys) (map[string]*allowed, error) {
	w := &where{args: []any{[]string(ids)}}
	w.add("id in keys", "hidden = 0")
	if f.q.View != conversations.ViewAll {
		f.s.view(w, f.q)
	}
	w.filter(f.q)
	found := map[string]*allowed{}
	var sc script
	sc.queryKeys("select id, name, state from conversations where "+w.sql(), ids, func(r row) error {
		var id string
		c := &allowed{}
		err := r.Scan(&id, &c.name, &c.state)
		found[id] = c
		return err
	}, w.args[1:]...)
	return found, f.s.db.pipeline(ctx, &sc)
}

// readTexts looks whether the texts, or the names, have the words.
func (f *search) readTexts(ctx context.Context, texts []*text, allowed map[string]*allowed) error {
	by, rows := map[messageRef]*text{}, [][]any{}
	for _, t := range texts {
		if t.n == 0 {
			t.has = f.matches(allowed[t.conversation].name)
			continue
		}
		by[messageRef{t.conversation, t.n}] = t
		rows = append(rows, []any{t.conversation, t.n})
	}
	var sc script
	sc.queryBulk(findBody, rows, func(r row) error {
		var ref messageRef
		var body []byte
		if err := r.Scan(&ref.conversation, &ref.n, &body); err != nil {
			return err
		}
		var m conversations.Message
		if err := json.Unmarshal(body, &m); err != nil {
			return err
		}
		t := by[ref]
		if t.has = searchable(m.Kind) && f.matches(m.Text); t.has {
			t.hit = &conversations.Hit{Message: ref.n, Author: m.Author, At: m.At, Snippet: snippet(m.Text, f.words[0])}
		}
		return nil
	})
	return f.s.db.pipeline(ctx, &sc)
}

// matches says whether all words are somewhere in the text.
func (f *search) matches(text string) bool {
	folded := fold(text)
	return !slices.ContainsFunc(f.words, func(word string) bool { return !strings.Contains(folded, word) })
}

// The characters of a snippet, and of those before the word.
const (
	snippetLength = 60
	snippetBefore = 15
)

// snippet is what is around a word in a text, on one line.
func snippet(text, word string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	before, _, _ := strings.Cut(fold(string(line)), word)
	from := max(0, len([]rune(before))-snippetBefore)
	from = max(0, min(from, len(line)-snippetLength))
	to := min(from+snippetLength, len(line))
	out := string(line[from:to])
	if from > 0 {
		out = "…" + out
	}
	if to < len(line) {
		out += "…"
	}
	return out
}

// phoneDigits are the digits of what may be the end of a phone number, "" if
// it cannot be one.
func phoneDigits(words string) string {
	if strings.Trim(words, "0123456789 -+()") != "" {
		return ""
	}
	return conversations.NormalPhone(words)
}
