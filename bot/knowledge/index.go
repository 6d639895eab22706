package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"jiebao/conversations"
)

// Index is an immutable set of articles, safe for concurrent use.
type Index struct {
	read    *reader
	entries []*entry
	by      map[string][]posting
}

var _ conversations.Knowledge = (*Index)(nil)

// entry is one article in all its languages, for one branch.
type entry struct {
	id        string
	branch    string
	positions []string
	variants  map[conversations.Locale]conversations.Article
	subjects  map[string]bool // of its title and examples
	titles    [][]term        // in each language
	examples  []weighed
}

// weighed is the terms of a text with what they weigh.
type weighed struct {
	terms   []term
	weights []float64
	all     float64
}

// posting says that an entry deals with a term, and how much so: 1 in the
// title or an example, less in the text.
type posting struct {
	entry int
	share float64
}

// inText is how far a term of the text counts as dealt with.
const inText = 0.75

// New returns an index of the articles. Those with the same id and branch are
// one, in several languages; the last of a language counts.
func New(articles []conversations.Article) *Index {
	x := &Index{read: newReader(), by: map[string][]posting{}}
	at := map[[2]string]*entry{}
	for _, a := range articles {
		key := [2]string{a.ID, a.Branch}
		e := at[key]
		if e == nil {
			e = &entry{id: a.ID, branch: a.Branch, variants: map[conversations.Locale]conversations.Article{}, subjects: map[string]bool{}}
			at[key] = e
			x.entries = append(x.entries, e)
		}
		e.positions = a.Positions
		e.variants[a.Locale] = a
	}
	for i, e := range x.entries {
		x.enter(i, e)
	}
	for _, e := range x.entries {
		for i := range e.examples {
			e.examples[i] = x.weigh(e.examples[i].terms)
		}
	}
	return x
}

// enter lists an entry under its terms.
func (x *Index) enter(i int, e *entry) {
	shares := map[string]float64{}
	for _, l := range localesOf(e) {
		a := e.variants[l]
		for _, t := range x.read.terms(a.Text) {
			shares[t.word] = max(shares[t.word], inText)
		}
		for _, example := range append([]string{a.Title}, a.Questions...) {
			terms := x.read.terms(example)
			if example == a.Title {
				e.titles = append(e.titles, terms)
			}
			e.examples = append(e.examples, weighed{terms: terms})
			for _, t := range terms {
				shares[t.word] = 1
				if t.subject {
					e.subjects[t.word] = true
				}
			}
		}
	}
	for word, share := range shares {
		x.by[word] = append(x.by[word], posting{i, share})
	}
}

func localesOf(e *entry) []conversations.Locale {
	var out []conversations.Locale
	for l := range e.variants {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// few articles weigh words as so many would, lest a word that the only article
// is about weighs nothing.
const few = 20

// weigh weighs terms: by what they are, and by how few articles have them.
func (x *Index) weigh(terms []term) weighed {
	w := weighed{terms: terms, weights: make([]float64, len(terms))}
	n := float64(max(len(x.entries), few))
	for i, t := range terms {
		df := float64(len(x.by[t.word]))
		w.weights[i] = t.weight * (0.3 + math.Log(1+(n-df+0.5)/(df+0.5)))
		w.all += w.weights[i]
	}
	return w
}

// terms reads a text and weighs what it speaks of.
func (x *Index) terms(text string) weighed { return x.weigh(x.read.terms(text)) }

// The thresholds of certainty, on scores from 0 to 1.
const (
	sure    = 0.74 // and the subject is named
	alike   = 0.82 // an example asks the same
	perhaps = 0.42
	rival   = 0.06 // a second article this near makes the bot ask
)

// compared is how many articles are looked at example by example.
const compared = 16

// hit is an entry that fits, under way.
type hit struct {
	*entry
	score, firm, alike float64
	named              bool // the question names a subject of it
	lacks              int  // aspects that are asked about and it does not deal with
	at                 int  // its place in the index
}

// Find implements conversations.Knowledge.
func (x *Index) Find(q conversations.Inquiry) conversations.Found {
	terms := x.terms(q.Text)
	found := conversations.Found{Empty: len(terms.terms) == 0}
	for _, t := range terms.terms {
		found.Subject = found.Subject || t.subject && !slices.Contains(offered, t.word)
	}
	hits := nearest(x.hits(terms, q))
	for _, h := range hits[:min(3, len(hits))] {
		if h.score < perhaps || !h.named && h.alike < alike && !h.titled(terms) {
			continue
		}
		found.Articles = append(found.Articles, conversations.Match{Article: h.in(q.Locale), Score: h.score, Words: x.words(terms, h)})
	}
	if len(found.Articles) == 0 {
		return found
	}
	found.Certainty, found.Firm = verdict(hits), hits[0].firm >= sure
	found.Subject = found.Subject || hits[0].titled(terms)
	return found
}

// titled says whether a question holds the whole of a title, and the title
// names nothing that an offer answers: whoever wrote an article on it made it a
// subject.
func (e *entry) titled(asked weighed) bool {
	return slices.ContainsFunc(e.titles, func(title []term) bool {
		return len(title) > 0 && !slices.ContainsFunc(title, func(t term) bool {
			return slices.Contains(offered, t.word) || !slices.ContainsFunc(asked.terms, func(a term) bool { return a.word == t.word })
		})
	})
}

// words are those of the question that led to h.
func (x *Index) words(asked weighed, h *hit) []string {
	var out []string
	for _, t := range asked.terms {
		if slices.ContainsFunc(x.by[t.word], func(p posting) bool { return p.entry == h.at }) {
			out = append(out, strings.TrimPrefix(t.word, "#"))
		}
	}
	return out
}

// verdict says whether the best hit may be told.
func verdict(hits []*hit) conversations.Certainty {
	best := hits[0]
	switch {
	case best.lacks > 0 || best.score < sure || !best.named && best.alike < alike:
		return conversations.Perhaps
	case len(hits) > 1 && best.score-hits[1].score < rival && best.alike-hits[1].alike < rival:
		return conversations.Perhaps
	}
	return conversations.Certainly
}

// hits scores the entries that are for the inquirer.
func (x *Index) hits(asked weighed, q conversations.Inquiry) []*hit {
	aspects := 0
	got := map[int]*hit{}
	for i, t := range asked.terms {
		need := slices.Contains(needed, t.word)
		if need {
			aspects++
		}
		for _, p := range x.by[t.word] {
			h := got[p.entry]
			if h == nil {
				h = &hit{entry: x.entries[p.entry], at: p.entry}
				got[p.entry] = h
			}
			h.take(t, asked.weights[i], p.share, need)
		}
	}
	var out []*hit
	for _, h := range got {
		h.score, h.firm, h.lacks = h.score/asked.all, h.firm/asked.all, h.lacks+aspects
		if h.score >= perhaps/2 && h.isFor(q) {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, before)
	out = out[:min(compared, len(out))]
	for _, h := range out {
		for _, ex := range h.examples {
			h.alike = max(h.alike, likeness(asked, ex))
		}
	}
	slices.SortFunc(out, before)
	return out
}

// take counts a term that the entry deals with.
func (h *hit) take(t term, weight, share float64, need bool) {
	h.score += weight * share
	if share == 1 {
		h.firm += weight
	}
	if need {
		h.lacks--
	}
	h.named = h.named || h.subjects[t.word]
}

// before orders by score, then by the example that is most alike.
func before(a, b *hit) int {
	return cmp.Or(cmp.Compare(b.score+b.alike/4, a.score+a.alike/4), strings.Compare(a.id, b.id), strings.Compare(a.branch, b.branch))
}

// likeness is how much two questions have in common, by weight.
func likeness(a, b weighed) float64 {
	if a.all+b.all == 0 {
		return 0
	}
	common := 0.0
	for i, t := range a.terms {
		if slices.ContainsFunc(b.terms, func(o term) bool { return o.word == t.word }) {
			common += a.weights[i]
		}
	}
	return 2 * common / (a.all + b.all)
}

// isFor says whether the inquirer is told the entry at all.
func (e *entry) isFor(q conversations.Inquiry) bool {
	if e.branch != "" && !(conversations.Scope{e.branch}).Allows(q.Branch) {
		return false
	}
	if len(e.positions) > 0 && !slices.ContainsFunc(e.positions, func(p string) bool { return strings.EqualFold(p, q.Position) }) {
		return false
	}
	_, ok := e.variant(q.Locale)
	return ok
}

// variant returns the article in a language: traditional Chinese falls back to
// simplified, and all to what is for all languages.
func (e *entry) variant(l conversations.Locale) (conversations.Article, bool) {
	if l == "" {
		l = conversations.Chinese
	}
	a, ok := e.variants[l]
	if !ok {
		a, ok = e.variants[""]
	}
	if !ok && l == conversations.Traditional {
		a, ok = e.variants[conversations.Chinese]
	}
	return a, ok
}

func (e *entry) in(l conversations.Locale) conversations.Article {
	a, _ := e.variant(l)
	return a
}

// nearest drops hits that a more specific one on the same subject stands in
// for: a branch's own text before the head office's, one for the position
// before the general one.
func nearest(hits []*hit) []*hit {
	return slices.DeleteFunc(slices.Clone(hits), func(h *hit) bool {
		return slices.ContainsFunc(hits, func(o *hit) bool {
			return o.entry != h.entry && o.speaksFor(h.entry) && (o.id == h.id || o.score >= h.score-4*rival)
		})
	})
}

// speaksFor says whether e is on the subject of o, and more specific.
func (e *entry) speaksFor(o *entry) bool {
	return e.specific() > o.specific() && (e.id == o.id || shares(e.subjects, o.subjects))
}

// specific ranks by the depth of the branch, then by position.
func (e *entry) specific() int {
	n := 0
	if e.branch != "" {
		n = 2 * (1 + strings.Count(e.branch, "/"))
	}
	if len(e.positions) > 0 {
		n++
	}
	return n
}

func shares(a, b map[string]bool) bool {
	for s := range a {
		if b[s] {
			return true
		}
	}
	return false
}

// Article implements conversations.Knowledge.
func (x *Index) Article(id string, q conversations.Inquiry) (conversations.Article, bool) {
	var best *entry
	for _, e := range x.entries {
		if e.id == id && e.isFor(q) && (best == nil || e.specific() > best.specific()) {
			best = e
		}
	}
	if best == nil {
		return conversations.Article{}, false
	}
	return best.in(q.Locale), true
}

// Articles lists all articles, as they came.
func (x *Index) Articles() []conversations.Article {
	var out []conversations.Article
	for _, e := range x.entries {
		for _, l := range localesOf(e) {
			out = append(out, e.variants[l])
		}
	}
	return out
}
