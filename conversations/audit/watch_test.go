package audit

import (
	"context"
	"log/slog"
	"testing"

	"jiebao/conversations/clock"
)

// oneChain is a book that holds one chain.
type oneChain struct {
	Book
	links []Link
	head  Head
	read  func() // before links are, if set
}

func (s *oneChain) AuditHead(context.Context) (Head, error) { return s.head, nil }

func (s *oneChain) AuditLinks(_ context.Context, after, upto int64, limit int) ([]Link, error) {
	if s.read != nil {
		s.read()
	}
	return s.links[after:min(upto, after+int64(limit))], nil
}

// What was written since the watch last looked is verified for who asks, and
// what was broken since is found.
func TestWatchIsFresh(t *testing.T) {
	t.Parallel()
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	links := chain(t, 5)
	s := &oneChain{links: links, head: keys.Sign(Mark{}, links[1].Mark, noon)}
	w := &Watch{Book: s, Keys: keys, Clock: &clock.Shifted{}, Log: slog.New(slog.DiscardHandler)}
	if got := w.Fresh(t.Context()); !got.At.IsZero() {
		t.Errorf("before it ever looked it knows %+v", got)
	}
	if _, err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.head = keys.Sign(Mark{}, links[3].Mark, noon)
	if got := w.Fresh(t.Context()); got.Head.Last != links[3].Mark || got.Break != nil {
		t.Errorf("with two more entries it knows %+v", got)
	}
	s.links[4].Hash = links[0].Hash
	s.head = keys.Sign(Mark{}, links[4].Mark, noon)
	if got := w.Fresh(t.Context()); got.Break == nil || got.Break.N != 5 {
		t.Errorf("with a forged entry it knows %+v", got)
	}
}

// Who looks at the new part alone, and finds it sound, does not hide that
// somebody else found the old part broken meanwhile.
func TestWatchKeepsABreak(t *testing.T) {
	t.Parallel()
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	links := chain(t, 5)
	s := &oneChain{links: links, head: keys.Sign(Mark{}, links[2].Mark, noon)}
	w := &Watch{Book: s, Keys: keys, Clock: &clock.Shifted{}, Log: slog.New(slog.DiscardHandler)}
	if _, err := w.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.head = keys.Sign(Mark{}, links[4].Mark, noon)
	s.read = func() {
		s.read = nil
		sound := s.links[1].Hash
		s.links[1].Hash = links[0].Hash
		if got, err := w.Look(t.Context()); err != nil || got.Break == nil {
			t.Errorf("with a forged entry it knows %+v, %v", got, err)
		}
		s.links[1].Hash = sound
	}
	if got := w.Fresh(t.Context()); got.Break == nil {
		t.Errorf("who found nothing in the new part knows %+v", got)
	}
}
