package sqlstore

import (
	"context"
	"slices"
	"unicode/utf8"
)

// Docs are numbered in the order in which they are indexed, which but for
// what lay there before is the order of their times. pageDocs of them share a
// page.
const pageDocs = 16_000

// A place in a page is written in two characters of ASCII, none of which is
// zero: places can be appended to a text of either database.
const placeBase = 127

func appendPlace(to []byte, doc int64) []byte {
	place := doc % pageDocs
	return append(to, byte(place/placeBase)+1, byte(place%placeBase)+1)
}

// docsIn reads the places in a page, and returns the docs, sorted.
func docsIn(page int64, places string) []int64 {
	docs := make([]int64, 0, len(places)/2)
	sorted := true
	for i := 0; i+1 < len(places); i += 2 {
		doc := page*pageDocs + int64(places[i]-1)*placeBase + int64(places[i+1]-1)
		sorted = sorted && (len(docs) == 0 || docs[len(docs)-1] < doc)
		docs = append(docs, doc)
	}
	if !sorted { // nodes index at the same time
		slices.Sort(docs)
		docs = slices.Compact(docs)
	}
	return docs
}

// common are the docs in both of two sorted lists.
func common(a, b []int64) []int64 {
	var both []int64
	for _, doc := range a {
		for len(b) > 0 && b[0] < doc {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == doc {
			both = append(both, doc)
		}
	}
	return both
}

// united are the docs in either of two sorted lists.
func united(a, b []int64) []int64 {
	if len(a) == 0 {
		return b
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

const (
	findWords = `select w.page, r.word, w.docs from rows(page bigint, word text), words w where w.page = r.page and w.word = r.word`
	findBegun = `select w.page, r.word, w.docs from rows(page bigint, word text, upto text), words w
		where w.page = r.page and w.word >= r.word and w.word < r.upto`
)

// pagesAtOnce are read together.
const pagesAtOnce = 8

// docs returns the docs of some pages, the last of which is given, that have
// all terms and are of one of the branches, if any are named. They are sorted.
func (s *Store) docs(ctx context.Context, terms []term, branches []string, last int64) (all []int64, err error) {
	places := map[indexedWord][]int64{}
	take := func(r row) error {
		var at indexedWord
		var docs string
		err := r.Scan(&at.page, &at.word, &docs)
		places[at] = united(places[at], docsIn(at.page, docs))
		return err
	}
	var whole, begun [][]any
	first := max(0, last-pagesAtOnce+1)
	for page := first; page <= last; page++ {
		for _, t := range terms {
			if t.begins {
				begun = append(begun, []any{page, t.word, t.word + string(utf8.MaxRune)})
			} else {
				whole = append(whole, []any{page, t.word})
			}
		}
		for _, branch := range branches {
			whole = append(whole, []any{page, ofBranch + branch})
		}
	}
	var sc script
	sc.queryBulk(findWords, whole, take)
	sc.queryBulk(findBegun, begun, take)
	if err := s.db.pipeline(ctx, &sc); err != nil {
		return nil, err
	}
	for page := first; page <= last; page++ {
		docs := places[indexedWord{page, terms[0].word}]
		for _, t := range terms[1:] {
			docs = common(docs, places[indexedWord{page, t.word}])
		}
		if branches != nil {
			var of []int64
			for _, branch := range branches {
				of = united(of, places[indexedWord{page, ofBranch + branch}])
			}
			docs = common(docs, of)
		}
		all = append(all, docs...)
	}
	return all, nil
}
