package sqlstore

import (
	"context"
	"fmt"

	"jiebao/conversations"
)

// Import keeps conversations and messages as they are, all or none of them: no
// turn is run, and nobody is told. What they say can be searched for after
// Reindex. It is for measurements, which need more of both than they have time
// for.
func (s *Store) Import(ctx context.Context, cs []conversations.Conversation, ms []conversations.Message) error {
	var rows, messages [][]any
	facets := map[facet]bool{}
	for i := range cs {
		state, err := stateOf(&cs[i])
		if err != nil {
			return err
		}
		cols := columnsOf(&cs[i], s.engine.Channels.Describe)
		cols.facets(facets)
		rows = append(rows, cols.row(partIdentity, cs[i].ID, 1, state))
	}
	for _, m := range ms {
		row, err := messageRow(m)
		if err != nil {
			return fmt.Errorf("writing message %s: %w", m.ID, err)
		}
		messages = append(messages, row)
	}
	return wrap(s.write(ctx, func(sc *script) {
		sc.bulk(insertConversations, rows)
		sc.bulk(insertFacets, facetRows(facets))
		sc.bulk(insertMessages, messages)
	}), "keeping what is imported")
}

// Reindex builds the index of words anew. Nothing is found meanwhile but what
// is indexed again.
func (s *Store) Reindex(ctx context.Context) error {
	s.indexer.work.Lock()
	defer s.indexer.work.Unlock()
	if err := s.write(ctx, func(sc *script) { sc.exec(`update indexing set built = 0, lease = 0 where id = 1`) }); err != nil {
		return wrap(err, "beginning a new index")
	}
	return wrap(s.indexer.catchUp(ctx), "building the index of words")
}
