package main

import (
	"slices"
	"strconv"

	"jiebao/conversations"
)

// answerAll is HR's answer to all who ask what NAME asks. It is kept as an
// article, and there have to be so many of them:
//
//	answer NAME COUNT TITLE TEXT
func (s *script) answerAll() {
	ctx, store, hr := s.w.t.Context(), s.w.app.Store(), conversations.Scope{"head"}
	asker := s.conversation(s.arg(0))
	gaps, err := store.Gaps(ctx, hr)
	s.Check(err)
	groups := s.w.app.Knowledge().Group(gaps)
	i := slices.IndexFunc(groups, func(group conversations.GapGroup) bool {
		return slices.ContainsFunc(group, func(q conversations.OpenGap) bool { return q.Conversation == asker })
	})
	if i < 0 {
		s.Fatalf("%s has no open question among %d", s.arg(0), len(gaps))
	}
	if n := len(groups[i]); strconv.Itoa(n) != s.arg(1) {
		s.Fatalf("%d ask this, want %s: %+v", n, s.arg(1), groups)
	}
	a := conversations.Article{ID: "kept", Title: s.arg(2), Text: s.arg(3), Source: "人力资源部"}
	for _, q := range groups[i] {
		a.Questions = append(a.Questions, q.Text)
	}
	s.Check(store.PutArticle(ctx, hr, conversations.ArticleVersion{Article: a}.Approve("li", s.w.clock.Now())))
	for range 2 { // a double click
		for _, q := range groups[i] {
			answer := conversations.AnswerQuestion{Agent: "li", Question: q.ID, Text: a.Text, Source: a.Source, Article: a.ID}
			_, err := store.Apply(ctx, conversations.Target{Scope: hr, Conversation: q.Conversation}, answer)
			s.Check(err)
			s.settle() // so that the EHR gets one candidate's events after the other's
		}
	}
}
