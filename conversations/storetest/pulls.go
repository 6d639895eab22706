package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
)

// keeper is a platform that keeps messages until they are fetched, two a page
// with an empty page between any two.
type keeper struct {
	mu     sync.Mutex
	kept   []conversations.Arrival
	tokens []string
	err    error
	during func() // called while a page is on its way
}

func (k *keeper) say(who, dedupe, words string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	in := said(who, dedupe, words).Inbound
	in.CanAnswer = false
	k.kept = append(k.kept, conversations.Arrival{Inbound: &in})
}

func (k *keeper) Pull(_ context.Context, _, token, cursor string) (outbox.Page, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tokens = append(k.tokens, token)
	if k.during != nil {
		k.during()
	}
	if k.err != nil {
		return outbox.Page{}, k.err
	}
	at, empty := strings.CutSuffix(cursor, "+")
	if empty {
		return outbox.Page{Cursor: at, More: true}, nil
	}
	from, _ := strconv.Atoi(at)
	to := min(from+2, len(k.kept))
	next := strconv.Itoa(to)
	if to-from == 2 {
		next += "+"
	}
	return outbox.Page{Arrivals: k.kept[from:to], Cursor: next, More: to-from == 2}, nil
}

func (b *bench) puller(k outbox.Puller, s Store) *outbox.Pull {
	return &outbox.Pull{Puller: k, Pulls: s, Retry: outbox.PullRetry(func() float64 { return 1 }), Now: b.clock.Now}
}

func (b *bench) askPull(token string) {
	b.t.Helper()
	if err := b.AskPull(b.t.Context(), "oa", token); err != nil {
		b.t.Fatal(err)
	}
}

// pull does the one pull that is due, and returns what became of it.
func (b *bench) pull(k outbox.Puller) outbox.Outcome {
	b.t.Helper()
	lanes := b.claimOf(b.Store, conversations.TaskPull, 10, 1)
	if len(lanes) != 1 || len(lanes[0].Items) != 1 {
		b.t.Fatalf("claimed %v, want one pull", lanes)
	}
	o := b.puller(k, b.Store).Do(b.t.Context(), lanes[0].Items[0])
	o.Item, o.Release = lanes[0].Items[0], true
	b.finish(o)
	return o
}

// arrive applies what was fetched, lane after lane.
func (b *bench) arrive() {
	b.t.Helper()
	w := &outbox.Receive{Store: b.Store, Now: b.clock.Now}
	for {
		lanes := b.claimOf(b.Store, conversations.TaskReceive, 100, 8)
		if len(lanes) == 0 {
			return
		}
		for _, l := range lanes {
			for i, it := range l.Items {
				o := w.Do(b.t.Context(), it)
				if o.Item, o.Release = it, i == len(l.Items)-1; o.Verdict != outbox.Done || o.Note != "" {
					b.t.Fatalf("applying what was fetched: %+v", o)
				}
				b.finish(o)
			}
		}
	}
}

// heard are the words of a follower, in order.
func (b *bench) heard(who string) (words []string) {
	b.t.Helper()
	id := b.receive(said(who, who+"-end", "quiet")).Conversation
	said := b.messages(id)
	slices.SortFunc(said, func(x, y conversations.MessageView) int { return cmp.Compare(x.N, y.N) })
	for _, m := range said {
		if m.Author == conversations.ByCandidate && m.Text != "quiet" {
			words = append(words, m.Text)
		}
	}
	return words
}

func (b *bench) want(who string, words ...string) {
	b.t.Helper()
	if got := b.heard(who); !slices.Equal(got, words) {
		b.t.Errorf("of %s came %v, want %v", who, got, words)
	}
}

func testPages(t *testing.T, b *bench) {
	k := &keeper{}
	k.say("u", "1", "a")
	k.say("v", "2", "a")
	k.say("u", "3", "b")
	k.say("u", "3", "b") // the platform repeats itself on the next page
	k.say("u", "1", "a")
	b.askPull("")
	if o := b.pull(k); o.Verdict != outbox.Done || o.Note != "" {
		t.Fatalf("the pull came to %+v", o)
	}
	b.arrive()
	b.want("u", "a", "b")
	b.want("v", "a")
	k.say("u", "4", "c")
	b.askPull("")
	b.pull(k)
	b.arrive()
	b.want("u", "a", "b", "c")
	c, err := b.PullFrom(t.Context(), "oa")
	if err != nil || c.At != "6" {
		t.Errorf("the cursor is %q after %d pages (%v)", c.At, c.Page, err)
	}
}

func testPagesOfReceipts(t *testing.T, b *bench) {
	told, _ := b.notice()
	k := &keeper{}
	receipt := conversations.ArrivedReceipt{Account: "oa", PlatformID: "P1", Report: conversations.Report{Status: conversations.Read, At: b.clock.Now()}}
	k.kept = append(k.kept, conversations.Arrival{Receipt: &receipt})
	b.askPull("")
	b.pull(k)
	b.arrive()
	thread := b.thread(told)
	if s := thread.Application().Status; s != conversations.Read {
		t.Errorf("after a receipt that was fetched the status is %s", s)
	}
}

// failing loses pages on their way into the store.
type failing struct {
	outbox.Pulls
	from int64
}

var errDisk = errors.New("the disk is full")

func (f failing) PutPage(ctx context.Context, p outbox.Page) error {
	if p.Page >= f.from {
		return errDisk
	}
	return f.Pulls.PutPage(ctx, p)
}

// testPageLost: a crash between pages repeats nothing in effect.
func testPageLost(t *testing.T, b *bench) {
	k := &keeper{}
	for i := range 6 {
		k.say("u", fmt.Sprint(i), fmt.Sprint("w", i))
	}
	b.askPull("")
	lanes := b.claimOf(b.Store, conversations.TaskPull, 10, 1)
	w := b.puller(k, b.Store)
	w.Pulls = failing{b.Store, 2}
	o := w.Do(t.Context(), lanes[0].Items[0])
	if o.Verdict != outbox.Retry {
		t.Fatalf("a page that could not be kept came to %+v", o)
	}
	b.arrive()
	b.want("u", "w0", "w1")
	b.clock.Advance(lease) // the worker died; its lease ends
	b.pull(k)
	b.arrive()
	b.want("u", "w0", "w1", "w2", "w3", "w4", "w5")
}

func testPagesInOrder(t *testing.T, b *bench) {
	k := &keeper{}
	var want []string
	for i := range 60 {
		words := fmt.Sprintf("w%02d", i)
		want = append(want, words)
		for _, who := range []string{"u", "v", "w"} {
			k.say(who, who+words, words)
		}
	}
	b.askPull("")
	for rounds := 0; ; rounds++ {
		if o := b.pull(k); o.Verdict == outbox.Done {
			break
		} else if !o.Uncounted || rounds > 10 {
			t.Fatalf("many pages came to %+v", o)
		}
		b.arrive()
	}
	b.arrive()
	for _, who := range []string{"u", "v", "w"} {
		b.want(who, want...)
	}
}

// testPulls: however many callbacks come, one pull waits behind the one under
// way, and none of them is missed.
func testPulls(t *testing.T, b *bench) {
	k := &keeper{}
	b.askPull("old")
	b.askPull("")
	b.askPull("new")
	b.askPull("")
	k.during = func() {
		k.during = nil
		for range 3 {
			b.askPull("newer")
		}
		if lanes := b.claimOf(b.Store, conversations.TaskPull, 10, 1); len(lanes) != 0 {
			t.Errorf("two pulls of an account at once: %v", lanes)
		}
	}
	drain(b.Wake(conversations.TaskPull))
	b.pull(k)
	select {
	case <-b.Wake(conversations.TaskPull):
	default:
		t.Error("no wake-up for what was asked for while a pull was under way")
	}
	b.pull(k)
	if got := fmt.Sprint(k.tokens); got != "[new newer]" {
		t.Errorf("pulled with the tokens %s", got)
	}
	if lanes := b.claimOf(b.Store, conversations.TaskPull, 10, 1); len(lanes) != 0 {
		t.Errorf("after all that was asked for came %v", lanes)
	}
	b.clock.Advance(10 * time.Minute)
	b.askPull("")
	b.pull(k)
	if got := k.tokens[2]; got != "" {
		t.Errorf("the token %q was sent after its life", got)
	}
	k.err = &conversations.SendError{Reason: conversations.Temporary}
	b.askPull("")
	if o := b.pull(k); o.Verdict != outbox.Retry {
		t.Fatalf("a platform in trouble came to %+v", o)
	}
	b.askPull("") // must not hurry it
	if lanes := b.claimOf(b.Store, conversations.TaskPull, 10, 1); len(lanes) != 0 {
		t.Errorf("a callback hurried a pull that waits: %v", lanes)
	}
	k.err = nil
	b.clock.Advance(2 * time.Second)
	if o := b.pull(k); o.Verdict != outbox.Done {
		t.Errorf("after the trouble: %+v", o)
	}
}

// testTwoNodesOnePage: who lost the lease while the platform answered does not
// put a page behind a newer one.
func testTwoNodesOnePage(t *testing.T, b *bench) {
	k := &keeper{}
	k.say("u", "1", "a")
	other := b.another()
	b.askPull("")
	slow := b.claimOf(b.Store, conversations.TaskPull, 10, 1)[0].Items[0]
	k.during = func() {
		k.during = nil
		k.mu.Unlock()
		defer k.mu.Lock()
		b.clock.Advance(lease)
		again := b.claimOf(other, conversations.TaskPull, 10, 1)[0].Items[0]
		o := b.puller(k, other).Do(t.Context(), again)
		o.Item, o.Release = again, true
		if err := other.Finish(t.Context(), []outbox.Outcome{o}); err != nil || o.Note != "" {
			t.Errorf("the other node's pull: %+v, %v", o, err)
		}
	}
	o := b.puller(k, b.Store).Do(t.Context(), slow)
	if o.Verdict != outbox.Done || o.Note == "" {
		t.Errorf("the slow node's pull: %+v", o)
	}
	o.Item, o.Release = slow, true
	b.finish(o)
	if c, err := b.PullFrom(t.Context(), "oa"); err != nil || c.Page != 1 || c.At != "1" {
		t.Errorf("the cursor is %q after %d pages (%v)", c.At, c.Page, err)
	}
	b.arrive()
	b.want("u", "a")
}

// testPullOfNodes: callbacks on all nodes, pulls on all nodes; every message
// comes once and in order.
func testPullOfNodes(t *testing.T, b *bench) {
	const messages = 60
	k := &keeper{}
	nodes := []Store{b.Store, b.another(), b.another()}
	var want []string
	for i := range messages {
		want = append(want, fmt.Sprintf("w%02d", i))
	}
	var all sync.WaitGroup
	for _, n := range nodes {
		all.Go(func() { // callbacks, and pulls in between
			for i := range messages {
				if n == nodes[0] {
					k.say("u", want[i], want[i])
				}
				if err := n.AskPull(t.Context(), "oa", ""); err != nil {
					t.Error(err)
				}
				b.pullOn(n, k)
			}
		})
	}
	all.Wait()
	b.pullOn(nodes[0], k)
	b.arrive()
	b.want("u", want...)
}

func (b *bench) pullOn(n Store, k *keeper) {
	for _, l := range b.claimOf(n, conversations.TaskPull, 10, 1) {
		o := b.puller(k, n).Do(b.t.Context(), l.Items[0])
		o.Item, o.Release = l.Items[0], true
		if err := n.Finish(b.t.Context(), []outbox.Outcome{o}); err != nil {
			b.t.Error(err)
		}
	}
}
