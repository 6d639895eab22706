package sqlstore

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"jiebao/conversations"
)

const insertFacets = `insert into facets (kind, branch, value) select r.kind, r.branch, r.value
	from rows(kind text, branch text, value text) where true on conflict do nothing`

// facet is one thing that conversations of a branch can be told apart by.
type facet struct{ kind, branch, value string }

// facets are those of a conversation.
func (c computed) facets(into map[facet]bool) {
	for _, f := range []facet{
		{"branch", c.branch, c.branch}, {"position", c.branch, c.position}, {"intake", c.branch, c.intake}, {"channel", c.branch, c.channel},
	} {
		if f.value != "" && c.merged == 0 {
			into[f] = true
		}
	}
}

// told is what facets are made of.
func (c computed) told() [4]string { return [...]string{c.branch, c.position, c.intake, c.channel} }

// unknown are the facets that this process does not know to be stored. None is
// ever deleted.
func (s *Store) unknown(facets map[facet]bool) map[facet]bool {
	maps.DeleteFunc(facets, func(f facet, _ bool) bool {
		_, known := s.facets.get(f)
		return known
	})
	return facets
}

// facetRows are in the order that all nodes write them in.
func facetRows(facets map[facet]bool) [][]any {
	var rows [][]any
	for f := range facets {
		rows = append(rows, []any{f.kind, f.branch, f.value})
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(string), b[2].(string)))
	})
	return rows
}

// Facets returns what the conversations of a scope can be told apart by, or
// could be once, each sorted.
func (s *Store) Facets(ctx context.Context, scope conversations.Scope) (f conversations.Facets, err error) {
	w := &where{terms: []string{"1 = 1"}}
	w.within(scope, "branch")
	into := map[string]*[]string{"branch": &f.Branches, "position": &f.Positions, "intake": &f.Intakes, "channel": &f.Channels}
	err = s.read(ctx, "select distinct kind, value from facets where "+w.sql(), func(r row) error {
		var kind, value string
		err := r.Scan(&kind, &value)
		if list := into[kind]; list != nil {
			*list = append(*list, value)
		}
		return err
	}, w.args...)
	for _, list := range into {
		slices.Sort(*list)
	}
	return f, wrap(err, "reading what conversations can be told apart by")
}
