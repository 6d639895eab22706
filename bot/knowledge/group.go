package knowledge

import (
	"slices"

	"jiebao/conversations"
)

// together is how alike two questions are that ask the same.
const together = 0.62

// Group puts open questions together that ask the same, in the order of their
// oldest. Questions in Chinese and in English stay apart, since one answer goes
// to all of a group; those that were taken out of a group stand alone. Equal
// questions give equal groups.
func (x *Index) Group(gaps []conversations.OpenGap) []conversations.GapGroup {
	sorted := slices.Clone(gaps)
	slices.SortStableFunc(sorted, func(a, b conversations.OpenGap) int { return a.At.Compare(b.At) })
	var groups []conversations.GapGroup
	var leads []weighed // of each group's oldest; empty for one that stands alone
	for _, g := range sorted {
		terms := x.terms(g.Text)
		best, at := together, -1
		for i, lead := range leads {
			if g.Apart || len(lead.terms) == 0 || (groups[i][0].Locale == conversations.English) != (g.Locale == conversations.English) {
				continue
			}
			if l := likeness(terms, lead); l >= best {
				best, at = l, i
			}
		}
		switch {
		case at >= 0:
			groups[at] = append(groups[at], g)
		case g.Apart || len(terms.terms) == 0:
			groups, leads = append(groups, conversations.GapGroup{g}), append(leads, weighed{})
		default:
			groups, leads = append(groups, conversations.GapGroup{g}), append(leads, terms)
		}
	}
	return groups
}
