package console

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"jiebao/conversations"
)

// watch is a presence of which a test sees what is kept.
type watch struct {
	*presence
	t   *testing.T
	now time.Time
}

func newWatch(t *testing.T) *watch { return &watch{newPresence(), t, testNow()} }

// says has an agent's page say where it is.
func (w *watch) says(agent, page string, typing bool) (news, due bool) {
	return w.note(Glimpse{Conversation: "c1", Agent: agent, Page: page, Typing: typing}, w.now)
}

func (w *watch) leaves(agent, page string) (news, due bool) {
	return w.note(Glimpse{Conversation: "c1", Agent: agent, Page: page, Left: true}, w.now)
}

func (w *watch) want(all ...Present) {
	w.t.Helper()
	if got := w.presence.present("c1", w.now); !slices.Equal(got, all) {
		w.t.Errorf("present are %v, want %v", got, all)
	}
}

func TestPresenceEnds(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	for i, want := range []bool{true, false, true, false} {
		if news, _ := w.says("li", "a", i >= 2); news != want {
			t.Errorf("the %d. word is news: %v", i+1, news)
		}
	}
	w.says("wang", "b", false)
	w.want(Present{"li", true}, Present{"wang", false})
	w.now = w.now.Add(typesFor)
	w.want(Present{"li", false}, Present{"wang", false})
	if news, _ := w.says("li", "a", true); !news {
		t.Error("to write again is no news")
	}
	w.now = w.now.Add(looksFor)
	w.want()
	w.note(Glimpse{Conversation: "c2", Agent: "li", Page: "a"}, w.now)
	if left := len(w.open); left != 1 {
		t.Errorf("%d conversations are remembered", left)
	}
}

// Who leaves is gone at once, unless another of their pages is there.
func TestPresenceEndsWithTheLastPage(t *testing.T) {
	t.Parallel()
	w := newWatch(t)
	w.says("li", "", false) // the page as it is first asked for, before it has a name
	if news, _ := w.says("li", "a", false); news {
		t.Error("that the page has a name is news")
	}
	w.says("li", "b", true)
	if news, due := w.leaves("li", "b"); !news || !due {
		t.Error("that somebody does not write any more is no news")
	}
	w.want(Present{"li", false})
	if news, _ := w.leaves("li", "a"); !news {
		t.Error("to leave is no news")
	}
	w.want()
	if news, due := w.leaves("li", "a"); news || due {
		t.Error("to leave twice is news")
	}
	if len(w.open) > 0 {
		t.Errorf("remembered is %v", w.open)
	}
	w.says("li", "a", false)
	w.says("li", "b", false)
	if news, due := w.leaves("li", "a"); news || !due {
		t.Error("other nodes do not hear that one of two pages left, and keep it when the other has")
	}
}

// Other nodes are told of what is new, and else just so often that nobody who
// is there ends.
func TestPresenceIsToldNowAndThen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typing      bool
		every, last time.Duration
		least, most int
	}{
		{false, 20 * time.Second, looksFor, 30, 30},
		{false, 4 * time.Second, looksFor, 30, 40}, // while a colleague writes
		{true, 3 * time.Second, typesFor, 200, 200},
	} {
		w := newWatch(t)
		told, since := 0, time.Duration(0)
		for range 10 * time.Minute / c.every {
			if _, due := w.says("li", "a", c.typing); due {
				told, since = told+1, 0
			}
			w.now, since = w.now.Add(c.every), since+c.every
			if since >= c.last {
				t.Errorf("every %v: nothing is told for %v", c.every, since)
			}
		}
		if told < c.least || told > c.most {
			t.Errorf("every %v: %d times in ten minutes", c.every, told)
		}
	}
}

// others are nodes that hear at once what one publishes.
type others struct {
	told  chan []Glimpse
	heard chan func([]Glimpse)
}

func (o *others) Publish(_ context.Context, all []Glimpse) error {
	o.told <- all
	return nil
}

func (o *others) Listen(ctx context.Context, heard func([]Glimpse)) error {
	o.heard <- heard
	<-ctx.Done()
	return nil
}

func TestNodesTellEachOtherWhoReads(t *testing.T) {
	t.Parallel()
	li := as(t, "ag-bj")
	o := &others{told: make(chan []Glimpse, 10), heard: make(chan func([]Glimpse), 1)}
	li.c.nodes.connect(li.c.closing, o, li.c.heard, li.c.o.Logger)
	t.Cleanup(li.c.Close)
	heard := <-o.heard
	li.wantCode(li.get("/inbox/zhang"), http.StatusOK)
	if got := <-o.told; !slices.Equal(got, []Glimpse{{Conversation: "zhang", Agent: "ag-bj"}}) {
		t.Errorf("other nodes are told %v", got)
	}
	li.wantCode(li.htmx("/inbox/zhang/here", url.Values{}), http.StatusOK)
	li.wantNoText(li.get("/inbox/zhang"), "周敏也在看")
	heard([]Glimpse{{Conversation: "zhang", Agent: "ag-head", Page: "x", Typing: true}})
	li.wantText(li.htmx("/inbox/zhang/here", url.Values{}), "周敏正在输入")
	heard([]Glimpse{{Conversation: "zhang", Agent: "ag-head", Page: "x", Left: true}})
	li.wantNoText(li.htmx("/inbox/zhang/here", url.Values{}), "周敏")
	if len(o.told) > 0 {
		t.Errorf("what is known, or was heard, is told again: %v", <-o.told)
	}
}

// A page whose line was lost at one node is back at another before the one
// knows: who knows better says so, and nobody is gone.
func TestPagesThatMovedToThisNodeHaveNotLeft(t *testing.T) {
	t.Parallel()
	li := as(t, "ag-bj")
	o := &others{told: make(chan []Glimpse, 10), heard: make(chan func([]Glimpse), 1)}
	li.c.nodes.connect(li.c.closing, o, li.c.heard, li.c.o.Logger)
	t.Cleanup(li.c.Close)
	heard := <-o.heard
	here := Glimpse{Conversation: "zhang", Agent: "ag-head", Page: "z"}
	heard([]Glimpse{here})
	leave := li.c.board.watch(li.f, li.c.closing, li.c.board.page(conversations.Scope{"head"}, "zhang", watcherName("ag-head", "z")), false)
	late := here
	late.Left = true
	heard([]Glimpse{late})
	if got := <-o.told; !slices.Equal(got, []Glimpse{here}) {
		t.Errorf("other nodes are told %v, want %v", got, here)
	}
	li.wantText(li.get("/inbox/zhang"), "周敏也在看")
	leave()
	heard([]Glimpse{late})
	li.wantNoText(li.get("/inbox/zhang"), "周敏也在看")
}

// What nobody takes is dropped, rather than have pages wait.
func TestNodesThatTakeNothingHoldUpNobody(t *testing.T) {
	t.Parallel()
	n := newNodes()
	n.tell(Glimpse{}) // alone
	n.queue = make(chan Glimpse, untold)
	for range untold + 5 {
		n.tell(Glimpse{Agent: "li"})
	}
	if got := len(n.rest(<-n.queue)); got != untold {
		t.Errorf("%d wait to be told", got)
	}
}

// A page that is closed is seen to be gone by the end of its stream.
func TestPagesThatCloseAreGone(t *testing.T) {
	t.Parallel()
	li := as(t, "ag-bj")
	zhou := li.beside("ag-head")
	s := httptest.NewServer(li.h)
	t.Cleanup(s.Close)
	stream := func(d *desk, page string) (read func(until string), end func()) {
		ctx, end := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/inbox/events?c=zhang&page="+page, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { end(); res.Body.Close() })
		lines := bufio.NewScanner(res.Body)
		return func(until string) {
			t.Helper()
			for lines.Scan() {
				if lines.Text() == "event: "+until {
					return
				}
			}
			t.Fatalf("the stream ended before %s: %v", until, lines.Err())
		}, end
	}
	here := func(d *desk, page string) *httptest.ResponseRecorder {
		r := request("POST", "/inbox/zhang/here", url.Values{"csrf": {d.csrf}})
		r.Header.Set("HX-Request", "true")
		r.Header.Set(pageHeader, page)
		return d.do(r)
	}
	reads, _ := stream(zhou, "z")
	reads("sync")
	_, closes := stream(li, "a")
	here(li, "a")
	reads("c." + thereTopic("zhang"))
	zhou.wantText(here(zhou, "z"), "李娜也在看")
	reads("c." + thereTopic("zhang"))
	closes()
	reads("c." + thereTopic("zhang"))
	zhou.wantNoText(here(zhou, "z"), "李娜")
}

func TestColleaguesSeeWhoLooksAndWrites(t *testing.T) {
	t.Parallel()
	li := as(t, "ag-bj")
	li.wantCode(li.get("/inbox/zhang"), http.StatusOK)
	zhou := li.beside("ag-head")
	zhou.wantText(zhou.get("/inbox/zhang"), "李娜也在看")
	li.wantCode(li.htmx("/inbox/zhang/here", url.Values{"typing": {"yes"}}), http.StatusOK)
	w := zhou.htmx("/inbox/zhang/here", url.Values{})
	zhou.wantText(w, "李娜正在输入", "every 4s")
	zhou.wantNoText(w, "周敏", "<html")
	sh := li.beside("ag-sh")
	sh.wantCode(sh.htmx("/inbox/zhang/here", url.Values{}), http.StatusGone)
}

// Only who owns the conversation is shown to write, and only while words may be
// sent at all.
func TestCandidatesSeeThatTheirPersonWrites(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*conversations.Conversation)
		typing string
		want   []bool
	}{
		"the owner writes":   {func(*conversations.Conversation) {}, "yes", []bool{true}},
		"and writes no more": {func(*conversations.Conversation) {}, "", []bool{false}},
		"the bot speaks":     {func(c *conversations.Conversation) { c.Owner = conversations.Owner{} }, "yes", nil},
		"nobody speaks yet":  {func(c *conversations.Conversation) { c.Owner = conversations.Owner{Kind: conversations.OwnedByQueue} }, "yes", nil},
		"a colleague speaks": {func(c *conversations.Conversation) { c.Owner.Agent = "ag-head" }, "yes", nil},
		"the window closed":  {func(c *conversations.Conversation) { c.Reaches[0].Grants = nil }, "yes", nil},
		"they want no words": {func(c *conversations.Conversation) { c.OptOut = testNow() }, "yes", nil},
		"they left":          {func(c *conversations.Conversation) { c.Reaches = nil }, "yes", nil},
	} {
		d, shown := as(t, "ag-bj"), []bool(nil)
		d.c.o.Typing = func(conversation string, to conversations.Reach, typing bool) {
			if conversation != "zhang" || to.Address.ID != "openid-zhang" {
				t.Errorf("%s: shown to %s in %s", name, to.Address.ID, conversation)
			}
			shown = append(shown, typing)
		}
		conv := d.f.convs["zhang"]
		conv.Owner = conversations.Owner{Kind: conversations.OwnedByAgent, Agent: "ag-bj", Epoch: 1}
		c.change(&conv)
		d.f.convs["zhang"] = conv
		d.wantCode(d.htmx("/inbox/zhang/here", url.Values{"typing": {c.typing}}), http.StatusOK)
		if !slices.Equal(shown, c.want) {
			t.Errorf("%s: shown is %v, want %v", name, shown, c.want)
		}
	}
}
