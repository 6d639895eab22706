package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"jiebao/conversations"
)

// read runs one statement that only reads and calls each for every row.
func (s *Store) read(ctx context.Context, text string, each func(row) error, args ...any) error {
	rows, err := s.db.reads().query(ctx, text, args...)
	if err != nil {
		return err
	}
	return scanAll(rows, each)
}

// Thread returns the conversation of that id, or ErrNotFound if there is
// none in the scope.
func (s *Store) Thread(ctx context.Context, scope conversations.Scope, id string) (conversations.Conversation, error) {
	return s.conversation(ctx, scope, `select state from conversations where id = $1`, id)
}

// Candidate returns the conversation of the candidate with the EHR's id.
func (s *Store) Candidate(ctx context.Context, scope conversations.Scope, ehr string) (conversations.Conversation, error) {
	return s.conversation(ctx, scope, `select state from conversations where candidate = $1 and candidate <> ''`, ehr)
}

func (s *Store) conversation(ctx context.Context, scope conversations.Scope, text, key string) (conversations.Conversation, error) {
	var found *storedConversation
	err := s.read(ctx, text, func(r row) error {
		found = &storedConversation{}
		return found.scan(r)
	}, key)
	if err != nil {
		return conversations.Conversation{}, fmt.Errorf("reading a conversation: %w", err)
	}
	if found == nil || !scope.Allows(found.Branch) {
		return conversations.Conversation{}, conversations.ErrNotFound
	}
	return found.Conversation, nil
}

// Messages returns up to limit messages before number before, oldest first;
// with before 0 it returns the newest. Limit 0 means 50.
func (s *Store) Messages(ctx context.Context, scope conversations.Scope, conversation string, before int64, limit int) ([]conversations.MessageView, error) {
	if _, err := s.Thread(ctx, scope, conversation); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1<<63 - 1
	}
	if limit <= 0 {
		limit = 50
	}
	var views []conversations.MessageView
	err := s.read(ctx, `select `+messageColumns+` from messages m where m.conversation = $1 and m.n < $2 order by m.n desc limit $3`,
		func(r row) error {
			m, err := scanMessage(r, nil)
			if err == nil {
				views = append(views, conversations.MessageView{Message: m.Message, History: m.history})
			}
			return err
		}, conversation, before, limit)
	if err != nil {
		return nil, fmt.Errorf("reading messages: %w", err)
	}
	slices.Reverse(views)
	return views, nil
}

// Result returns a posted result and what became of it.
func (s *Store) Result(ctx context.Context, scope conversations.Scope, id string) (conversations.ResultView, error) {
	var result conversations.Result
	var c conversations.Conversation
	var body, state []byte
	err := s.read(ctx, `select r.body, c.state from results r join conversations c on c.id = r.conversation where r.id = $1`,
		func(r row) error { return r.Scan(&body, &state) }, id)
	if err == nil && body == nil {
		return conversations.ResultView{}, conversations.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal(body, &result)
	}
	if err == nil {
		err = json.Unmarshal(state, &c)
	}
	if err != nil {
		return conversations.ResultView{}, fmt.Errorf("reading result %s: %w", id, err)
	}
	if !scope.Allows(c.Branch) || !scope.Allows(result.Branch) {
		return conversations.ResultView{}, conversations.ErrNotFound
	}
	return result.View(c), nil
}
