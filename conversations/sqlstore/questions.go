package sqlstore

import (
	"context"
	"fmt"

	"jiebao/conversations"
)

const (
	insertQuestions = `insert into questions (id, conversation, message, at, text)
		select r.id, r.conversation, r.message, r.at, r.text
		from rows(id text, conversation text, message text, at bigint, text text)`
	settleQuestions = `update questions set settled = r.settled, agent = r.agent, article = r.article, by_hand = r.by_hand
		from rows(id text, settled bigint, agent text, article text, by_hand bigint)
		where questions.id = r.id and questions.settled = 0`
	openQuestions = `select q.id, q.conversation, q.message, q.at, q.text, q.apart, c.state
		from questions q join conversations c on c.id = q.conversation where %s order by q.at, q.id`
	questionAsker = `select c.id, c.branch from questions q join conversations c on c.id = q.conversation
		where q.id = $1 and q.settled = 0`
	setApart = `update questions set apart = $2 where id = $1 and settled = 0`
)

// questionWrites are the questions that nothing answered, and those that
// somebody now has.
type questionWrites struct{ left, answers [][]any }

func (w *questionWrites) collectQuestions(j *job, now int64) {
	for _, q := range j.changes.Gaps {
		w.left = append(w.left, []any{q.ID, q.Conversation, q.Message, millis(q.At), q.Text})
	}
	for _, q := range j.changes.Settled {
		w.answers = append(w.answers, []any{q.Question, now, q.Agent, q.Article, bit(q.ByHand)})
	}
}

func (w *questionWrites) questionScript(sc *script) {
	sc.bulk(insertQuestions, w.left)
	sc.bulk(settleQuestions, w.answers)
}

// Gaps returns the questions of the scope's candidates that still wait, the
// oldest first.
func (s *Store) Gaps(ctx context.Context, scope conversations.Scope) ([]conversations.OpenGap, error) {
	w := where{terms: []string{"q.settled = 0"}}
	w.within(scope, "c.branch")
	var gaps []conversations.OpenGap
	now := s.now()
	err := s.read(ctx, fmt.Sprintf(openQuestions, w.sql()), func(r row) error {
		var q conversations.Gap
		var at, apart int64
		var c storedConversation
		if err := c.scan(r, &q.ID, &q.Conversation, &q.Message, &at, &q.Text, &apart); err != nil {
			return err
		}
		q.At = fromMillis(at)
		gap := c.Gap(q, now, s.engine.Channels.Describe)
		gap.Apart = apart != 0
		gaps = append(gaps, gap)
		return nil
	}, w.args...)
	return gaps, wrap(err, "reading the open questions")
}

// SetApart takes an open question out of its group, or puts it back.
// ErrNotFound if the scope has no such question.
func (s *Store) SetApart(ctx context.Context, scope conversations.Scope, gap string, apart bool) error {
	var asker conversations.Changed
	err := s.read(ctx, questionAsker, func(r row) error { return r.Scan(&asker.ID, &asker.Branch) }, gap)
	if err == nil && (asker.ID == "" || !scope.Allows(asker.Branch)) {
		err = conversations.ErrNotFound
	}
	if err == nil {
		err = s.write(ctx, func(sc *script) { sc.exec(setApart, gap, bit(apart)) })
	}
	if err != nil {
		return fmt.Errorf("setting question %s apart: %w", gap, err)
	}
	s.notices.publish([]conversations.Changed{asker})
	return nil
}
