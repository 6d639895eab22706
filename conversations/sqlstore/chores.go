package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"jiebao/conversations"
)

// Chores are what migrations leave to the program, because it is said in Go.
// A migration that adds a computed column inserts "columns" into the table.
const (
	openChores  = `select name from chores`
	choreState  = `select turns, state from conversations where id > $1 order by id limit 500 for update`
	finishChore = `delete from chores where name = $1`
)

// chores does what migrations left to do, before anything else is done. Nodes
// that start together may do the same work, one part after the other.
func (s *Store) chores(ctx context.Context) error {
	open, err := s.list(ctx, openChores)
	if err != nil || len(open) == 0 {
		return err
	}
	session, err := s.db.session(ctx)
	if err != nil {
		return err
	}
	defer session.close()
	for _, name := range open {
		if name != "columns" {
			return fmt.Errorf("the database asks for %q, which this version does not know; use a newer one", name)
		}
		if err := s.computeColumns(ctx, session); err != nil {
			session.rollback(ctx)
			return fmt.Errorf("computing the columns of conversations: %w", err)
		}
		var sc script
		sc.exec(finishChore, name)
		if err := session.run(ctx, &sc); err != nil {
			return err
		}
	}
	return nil
}

// computeColumns computes the columns of every conversation, some at a time.
func (s *Store) computeColumns(ctx context.Context, session session) error {
	for last := ""; ; {
		var rows [][]any
		var sc script
		facets := map[facet]bool{}
		sc.exec(s.db.begin())
		sc.query(choreState, func(r row) error {
			row, err := s.compute(r, facets)
			rows = append(rows, row)
			return err
		}, last)
		if err := session.run(ctx, &sc); err != nil {
			return err
		}
		sc.bulk(updateConversations[partIdentity], rows)
		sc.bulk(insertFacets, facetRows(facets))
		sc.exec("commit")
		if err := session.run(ctx, &sc); err != nil || len(rows) == 0 {
			return err
		}
		last = rows[len(rows)-1][0].(string)
	}
}

// compute returns a conversation's row as it is to be. Of what failed, older
// versions only knew of notifications.
func (s *Store) compute(r row, facets map[facet]bool) ([]any, error) {
	var turns int64
	var state []byte
	if err := r.Scan(&turns, &state); err != nil {
		return nil, err
	}
	var c conversations.Conversation
	if err := json.Unmarshal(state, &c); err != nil {
		return nil, err
	}
	app := c.Application()
	if app != nil && c.Failed == nil && app.Answer == conversations.Open && (app.Status == conversations.Failed || app.Status == conversations.Unknown) {
		c.Failed = &conversations.Failure{Message: app.Notice, Status: app.Status, Reason: app.Reason, At: app.StatusAt}
	}
	text, err := stateOf(&c)
	cols := columnsOf(&c, s.engine.Channels.Describe)
	cols.facets(facets)
	return cols.row(partIdentity, c.ID, turns, text), err
}
