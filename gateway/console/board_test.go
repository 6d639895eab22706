package console

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"jiebao/conversations"
)

// changes are a store's notices.
type changes chan conversations.Changed

func (c changes) Subscribe() (<-chan conversations.Changed, func()) { return c, func() {} }

func TestPagesAreToldOfWhatTheyShow(t *testing.T) {
	t.Parallel()
	page := newBoard().page(conversations.Scope{"head/beijing"}, "zhang", "")
	if page.note(conversations.Changed{ID: "sun", Branch: "head/shanghai"}) || page.pending() {
		t.Error("told of another branch")
	}
	page.note(conversations.Changed{ID: "li", Branch: "head/beijing"})
	if topics := page.takeTopics(); !page.takeMoved() || len(topics) > 0 {
		t.Errorf("of a conversation that it does not show it hears %v", topics)
	}
	page.note(conversations.Changed{ID: "zhang", Branch: "head/beijing"})
	if topics := page.takeTopics(); !page.takeMoved() || len(topics) != 1 || topics[0] != "zhang" {
		t.Errorf("of what it shows it hears %v", topics)
	}
}

// A page that turns to another conversation loses nothing that it was still to
// be told, wherever it was told before.
func TestPagesGoOnWhereTheyWere(t *testing.T) {
	t.Parallel()
	b, scope := newBoard(), conversations.Scope{"head"}
	watch := func(open, page string, again bool) *watcher {
		w := b.page(scope, open, page)
		b.watch(changes(nil), t.Context(), w, again)
		return w
	}
	watch("sun", "others", false)
	before := watch("zhang", "mine", false)
	for _, id := range []string{"zhang", conversations.ChangedAlarms} {
		b.tell(conversations.Changed{ID: id, Branch: "head"})
	}
	after := watch("li", "mine", true)
	if topics := after.takeTopics(); !after.takeMoved() || len(topics) != 1 || topics[0] != conversations.ChangedAlarms {
		t.Errorf("after it turned to another conversation it hears %v", topics)
	}
	if b.tell(conversations.Changed{ID: "li", Branch: "head"}); before.pending() || !after.pending() {
		t.Error("what happens then is told where it was before")
	}
	if elsewhere := watch("li", "new here", true); !elsewhere.takeMoved() || len(elsewhere.takeTopics()) != 2 {
		t.Error("from another node it comes with nothing to hear of")
	}
}

// A page that lost its line, and is back before that is known, is not gone when
// the line is known to be lost.
func TestPagesThatAreBackAreNotGone(t *testing.T) {
	t.Parallel()
	b := newBoard()
	watch := func(open string) (leave func() bool) {
		return b.watch(changes(nil), t.Context(), b.page(conversations.Scope{"head"}, open, "mine"), false)
	}
	lost, again, other := watch("zhang"), watch("zhang"), watch("li")
	if lost() || !again() || !other() {
		t.Error("the last page that shows a conversation is gone, and only that")
	}
}

// Pages that are left while they wait keep nobody else waiting.
func TestPagesThatAreLeftKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, feed, scope := newBoard(), make(changes), conversations.Scope{"head"}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var leave []func() bool
		for range 500 {
			leave = append(leave, b.watch(feed, ctx, b.page(scope, "", ""), false))
		}
		stays := b.page(scope, "", "")
		b.watch(feed, ctx, stays, false)
		feed <- conversations.Changed{ID: "zhang", Branch: "head"}
		synctest.Wait()
		for _, left := range leave {
			left()
		}
		time.Sleep(10 * time.Millisecond)
		synctest.Wait()
		select {
		case <-stays.news:
		default:
			t.Error("the page that stays waits for those that were left")
		}
	})
}

// Who reads what just changed is told at the next turn that is theirs, though
// others were in line before.
func TestWhoReadsOvertakesWhoWaitsForATurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, scope := newBoard(), conversations.Scope{"head"}
		b.turns.SetLimit(fewestPages)
		b.turns.SetBurst(1)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for range 10 {
			b.lineUp(b.page(scope, "", ""))
		}
		go b.call(ctx)
		turn := time.Second / fewestPages
		time.Sleep(turn * 3 / 2) // two had theirs
		reader := b.page(scope, "zhang", "")
		reader.note(conversations.Changed{ID: "zhang", Branch: "head"})
		b.mu.Lock()
		b.lineUp(reader)
		b.mu.Unlock()
		time.Sleep(turn)
		synctest.Wait()
		select {
		case <-reader.news:
		default:
			t.Error("who reads waits for the turn of somebody whose list alone changed")
		}
	})
}

// sit opens n pages and returns how many of them were told, by when asked.
func sit(t *testing.T, n int, happens <-chan conversations.Changed) (told func() int) {
	b := newBoard()
	feed := make(changes)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	pages := make([]*watcher, n)
	for i := range pages {
		pages[i] = b.page(conversations.Scope{"head"}, "", "")
		b.watch(feed, ctx, pages[i], false)
	}
	go func() {
		for ch := range happens {
			feed <- ch
		}
	}()
	return func() (n int) {
		synctest.Wait()
		for _, p := range pages {
			select {
			case <-p.news:
				p.takeMoved()
				n++
			default:
			}
		}
		return n
	}
}

// In a calm hour all pages hear of a message soon.
func TestCalmPagesHearAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		happens := make(chan conversations.Changed)
		defer close(happens)
		told := sit(t, 500, happens)
		happens <- conversations.Changed{ID: "zhang", Branch: "head"}
		if n := told(); n != calmAtOnce {
			t.Errorf("%d pages hear at once, want %d", n, calmAtOnce)
		}
		time.Sleep(3 * time.Second)
		if n := told(); n != 500-calmAtOnce {
			t.Errorf("%d more hear within seconds, want %d", n, 500-calmAtOnce)
		}
	})
}

// While candidates keep the node busy, pages take turns, the fewer the busier it
// is, and each has its turn.
func TestPagesTakeTurnsOnABusyNode(t *testing.T) {
	t.Parallel()
	for changes, most := range map[int]int{500: 40, 1000: 20, 5000: fewestPages} { // a second
		synctest.Test(t, func(t *testing.T) {
			happens := make(chan conversations.Changed)
			defer close(happens)
			told := sit(t, 100, happens)
			all, seconds := 0, 120/most+2
			for second := range seconds {
				for i := range changes {
					happens <- conversations.Changed{ID: fmt.Sprint(second, i), Branch: "head"}
					time.Sleep(time.Second / time.Duration(changes))
				}
				n := told()
				if second > 0 && n > most+2 {
					t.Errorf("at %d changes %d pages are told in a second, want %d", changes, n, most)
				}
				all += n
			}
			if all < 100 {
				t.Errorf("at %d changes only %d of 100 pages had a turn in %d seconds", changes, all, seconds)
			}
		})
	}
}

// Who shows the conversation that changed does not wait behind everybody whose
// list did, and does not keep them from their turns.
func TestWhoReadsAConversationOvertakes(t *testing.T) {
	t.Parallel()
	b, scope := newBoard(), conversations.Scope{"head"}
	pages := make([]*watcher, 9)
	for i := range pages {
		open := "sun"
		if i >= 6 {
			open = "zhang"
		}
		pages[i] = b.page(scope, open, "")
		b.watchers = append(b.watchers, pages[i])
	}
	b.tell(conversations.Changed{ID: "zhang", Branch: "head"})
	for i, want := range []int{6, 0, 7, 1, 8, 2, 3, 4, 5} {
		if got := slices.Index(pages, b.first()); got != want {
			t.Errorf("turn %d is page %d's, want %d's", i, got, want)
		}
	}
	if b.first() != nil {
		t.Error("somebody has two turns")
	}
}

func BenchmarkTell500Pages(b *testing.B) {
	all := newBoard()
	for i := range 500 {
		all.watchers = append(all.watchers, all.page(conversations.Scope{"head"}, fmt.Sprintf("conversation-%016d", i), ""))
	}
	for i := 0; b.Loop(); i++ {
		all.tell(conversations.Changed{ID: fmt.Sprintf("conversation-%016d", i%5000), Branch: "head/beijing"})
	}
}
