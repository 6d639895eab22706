package sqlstore

import (
	"fmt"
	"slices"
	"strings"

	"jiebao/conversations"
)

// A conversation's row has parts, each of which changes less often than those
// before it, and a turn writes it up to the last that changed: SQLite writes
// every index that has a column which a statement sets, changed or not.

// part is the last part of a row that is written.
type part int

const (
	partState part = iota // every turn
	partPlace
	partStanding
	partIdentity
)

// Columns of a row up to each part.
const (
	stateColumns    = `id text, turns bigint, state text`
	placeColumns    = stateColumns + `, place bigint`
	standingColumns = placeColumns + `, agent text, flags bigint, hidden bigint, closed bigint, position text, intake text, channel text, answer text, ` +
		`snoozed bigint, deadline bigint, shuts bigint, asked bigint, papers bigint, rings bigint, failing bigint`
	identityColumns = standingColumns + `, branch text, candidate text, phone text, tail text, name text`
)

var (
	columnCandidate     = columnNamed("candidate", identityColumns)
	insertConversations = insertion("conversations", identityColumns)
	updateConversations = [...]string{
		partState: updating(stateColumns), partPlace: updating(placeColumns), partStanding: updating(standingColumns), partIdentity: updating(identityColumns),
	}
)

// columnNamed is where a column stands in a row.
func columnNamed(name, list string) int {
	names, _ := columns(list)
	return slices.Index(names, name)
}

func insertion(table, list string) string {
	names, _ := columns(list)
	return fmt.Sprintf("insert into %s (%s) select r.%s from rows(%s)", table, strings.Join(names, ", "), strings.Join(names, ", r."), list)
}

func updating(list string) string {
	names, _ := columns(list)
	var sets []string
	for _, n := range names[1:] {
		sets = append(sets, n+" = r."+n)
	}
	return fmt.Sprintf("update conversations set %s from rows(%s) where conversations.id = r.id", strings.Join(sets, ", "), list)
}

// changed is the last part in which the columns differ.
func (c computed) changed(was computed) part {
	switch {
	case c.identity != was.identity:
		return partIdentity
	case c.standing != was.standing:
		return partStanding
	case c.place != was.place:
		return partPlace
	}
	return partState
}

// row is a conversation's row up to a part.
func (c computed) row(upto part, id string, turns int64, state string) []any {
	row := []any{id, turns, state}
	if upto >= partPlace {
		row = append(row, c.place)
	}
	if upto >= partStanding {
		row = append(row, c.agent, c.flags, c.merged, c.closed, c.position, c.intake, c.channel, c.answer,
			c.snoozed, c.deadline, c.shuts, c.asked, c.papers, c.rings, c.failing)
	}
	if upto >= partIdentity {
		row = append(row, c.branch, c.candidate, c.phone, c.tail, c.name)
	}
	return row
}

// stateOf is the conversation as it is kept.
func stateOf(c *conversations.Conversation) (string, error) {
	state, err := inJSON(c)
	if err != nil {
		return "", fmt.Errorf("writing conversation %s: %w", c.ID, err)
	}
	return state, nil
}
