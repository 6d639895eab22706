package sqlstore

import (
	"context"

	"jiebao/conversations"
)

const conversationsByID = `select state from conversations where id in keys`

// Conversations returns those of the ids that lie in the scope, in the order of
// the ids.
func (s *Store) Conversations(ctx context.Context, scope conversations.Scope, ids []string) ([]conversations.Conversation, error) {
	found := make(map[string]conversations.Conversation, len(ids))
	sc := &script{}
	sc.queryKeys(conversationsByID, ids, func(r row) error {
		var c storedConversation
		err := c.scan(r)
		if err == nil && scope.Allows(c.Branch) {
			found[c.ID] = c.Conversation
		}
		return err
	})
	if err := s.db.pipeline(ctx, sc); err != nil {
		return nil, wrap(err, "reading %d conversations", len(ids))
	}
	out := make([]conversations.Conversation, 0, len(found))
	for _, id := range ids {
		if c, ok := found[id]; ok {
			out = append(out, c)
			delete(found, id)
		}
	}
	return out, nil
}
