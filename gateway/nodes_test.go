package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations/storetest/testenv"
	"jiebao/gateway/app"
)

// nodes are two gateways on one PostgreSQL and one Redis.
type nodes struct {
	*world
	urls [2]string
}

func newNodes(t *testing.T, set ...func(*config.Config)) *nodes {
	t.Helper()
	database, cache := config.NewSecret(testenv.PostgreSQL(t)), config.NewSecret("redis://"+testenv.Redis(t))
	w := newWorld(t, t.TempDir(), t.Cleanup, config.Store{Driver: config.PostgreSQL, DSN: database})
	w.stop()
	w.cfg.Redis.URL = cache
	for _, s := range set {
		s(&w.cfg)
	}
	w.start()
	n := &nodes{world: w}
	n.urls = [2]string{w.app.URL(), n.startAnother(t)}
	n.passTime(t)
	return n
}

// startAnother starts one more gateway, until the test ends.
func (n *nodes) startAnother(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(writerFunc(n.write), nil)).With("node", 2)
	a, err := app.New(t.Context(), n.cfg, app.Options{Clock: n.clock, Log: log, Listener: listener})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the second gateway ended with %v", err)
		}
	})
	return a.URL()
}

// passTime has the virtual clock run, twice as fast as the real one, until
// the test ends: nodes look now and then for what others left to be done.
func (n *nodes) passTime(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	t.Cleanup(func() { stop(); running.Wait() })
	running.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				n.clock.Advance(20 * time.Millisecond)
				n.sim.Tick()
			case <-ctx.Done():
				return
			}
		}
	})
}

// alternate stands before both nodes and gives each request to the other one.
func (n *nodes) alternate(t *testing.T) (address string) {
	t.Helper()
	var targets []*url.URL
	for _, address := range n.urls {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, u)
	}
	var turn atomic.Int64
	server := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(targets[turn.Add(1)%2]) },
	})
	t.Cleanup(server.Close)
	return server.URL
}

// callbacksAt has WeChat call that address.
func (n *nodes) callbacksAt(t *testing.T, address string) {
	t.Helper()
	if err := n.sim.Configure(simAccount(address)); err != nil {
		t.Fatal(err)
	}
}

// until looks again and again, because what it waits for happens in the
// gateways' own time.
func (n *nodes) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("it does not come about that %s; log:\n%s", what, n.logged())
		}
	}
}

// invite posts a result to one node and waits, at the other, for the link of
// its QR code.
func (n *nodes) invite(t *testing.T, i int) (link string) {
	t.Helper()
	body := fmt.Sprintf(`{"id": "r-%d", "branch": "head/beijing",
		"candidate": {"id": "E-%d", "name": "张伟", "phone": "138001380%02d"},
		"position": {"title": "综合柜员"}, "interview": {"score": 88, "passed": true},
		"offer": {"start_date": "2026-07-06", "workplace": "朝阳支行", "contact_name": "李老师", "contact_phone": "010-12345678"}}`, i, i, i)
	code, err := n.call(http.MethodPost, n.urls[i%2]+"/v1/results", asEHR, body)
	if err != nil || code != http.StatusCreated {
		t.Fatalf("posting a result: %d, %v: %s", code, err, n.last)
	}
	n.until(t, "the QR code is made", func() bool {
		code, err := n.call(http.MethodGet, fmt.Sprintf("%s/v1/results/r-%d", n.urls[(i+1)%2], i), asEHR, "")
		if err != nil || code != http.StatusOK {
			t.Fatalf("reading a result: %d, %v: %s", code, err, n.last)
		}
		var view struct {
			Binding struct{ Invitation struct{ Link string } }
		}
		if err := json.Unmarshal([]byte(n.last), &view); err != nil {
			t.Fatal(err)
		}
		link = view.Binding.Invitation.Link
		return link != ""
	})
	return link
}

// follower is a candidate who followed by the QR code of result i.
func (n *nodes) follower(t *testing.T, i int) *wechatsim.Phone {
	t.Helper()
	link := n.invite(t, i)
	p, err := n.sim.AddCandidate(appID, wechatsim.Candidate{Name: fmt.Sprint("候选人", i)})
	if err != nil {
		t.Fatal(err)
	}
	if x, err := p.Scan(link); err != nil || x.Outcome != wechatsim.Answered {
		t.Fatalf("scanning: %+v, %v", x, err)
	}
	return p
}

// greeting is what candidates say the i-th time: equal to the bot, but not to
// the test.
func greeting(i int) string { return "你好" + strings.Repeat("！", i) }

// TestTwoNodes has WeChat call either of two gateways in turn, now and then
// several times at once, while many candidates write. The EHR is told of every
// message once and in order, and every message is answered once.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	const candidates, greetings = 6, 10
	n := newNodes(t)
	n.callbacksAt(t, n.alternate(t))
	var phones []*wechatsim.Phone
	for i := range candidates {
		phones = append(phones, n.follower(t, i))
	}
	n.until(t, "every result is told", func() bool { return n.told("notification.delivered") == candidates })
	if _, err := n.sim.AddFault(wechatsim.Fault{Mode: "duplicate:3", Count: candidates * greetings / 3}); err != nil {
		t.Fatal(err)
	}
	var talking sync.WaitGroup
	for _, p := range phones {
		talking.Go(func() {
			for i := range greetings {
				if x, err := p.Say(greeting(i)); err != nil || x.Outcome == wechatsim.Failed {
					t.Errorf("saying the %d. word: %+v, %v", i, x, err)
				}
				n.await(t, p, i+1)
			}
		})
	}
	talking.Wait()
	n.until(t, "the EHR knows every message", func() bool { return n.told("message.received") == candidates*greetings })
	for i, p := range phones {
		n.checkEvents(t, fmt.Sprint("E-", i), greetings)
		if got := answers(p.Screen()); got != greetings {
			t.Errorf("%d greetings got %d answers:\n%s", greetings, got, screen(p.Screen().Messages))
		}
	}
	n.ehr.mu.Lock()
	defer n.ehr.mu.Unlock()
	if len(n.ehr.wrong) > 0 || n.ehr.again > 0 {
		t.Errorf("%d events came once more; the EHR refuses %v", n.ehr.again, n.ehr.wrong)
	}
}

// told counts the EHR's events of a type.
func (n *nodes) told(kind string) (count int) {
	n.ehr.mu.Lock()
	defer n.ehr.mu.Unlock()
	for _, ev := range n.ehr.events {
		if ev.Type == kind {
			count++
		}
	}
	return count
}

// checkEvents holds what the EHR heard of a candidate to what was said. That
// their sequence has no gap, the receiver has checked already.
func (n *nodes) checkEvents(t *testing.T, candidate string, greetings int) {
	t.Helper()
	n.ehr.mu.Lock()
	defer n.ehr.mu.Unlock()
	var said []string
	for _, ev := range n.ehr.events {
		if ev.Candidate != candidate || ev.Type != "message.received" {
			continue
		}
		var body struct {
			Data struct{ Message struct{ Text string } }
		}
		if err := json.Unmarshal([]byte(ev.Body), &body); err != nil {
			t.Fatal(err)
		}
		said = append(said, body.Data.Message.Text)
	}
	for i := range greetings {
		if len(said) != greetings || said[i] != greeting(i) {
			t.Fatalf("the EHR heard %q of %s", said, candidate)
		}
	}
}

// answers counts the bot's answers to greetings, by whatever road they came.
func answers(sc wechatsim.Screen) (count int) {
	for _, m := range sc.Messages {
		if m.From == wechatsim.FromAccount && strings.HasPrefix(m.Text, "您好") {
			count++
		}
	}
	return count
}

// await waits for so many answers on the phone.
func (n *nodes) await(t *testing.T, p *wechatsim.Phone, count int) {
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	for sc := p.Screen(); answers(sc) < count; sc = p.Wait(ctx, sc.Version) {
		if ctx.Err() != nil {
			t.Errorf("there is no answer number %d:\n%s", count, screen(sc.Messages))
			return
		}
	}
}

// signIn signs HR in at a node.
func (n *nodes) signIn(t *testing.T, address string) {
	t.Helper()
	link, err := n.app.FirstSignInLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	if code, err := n.call(http.MethodPost, address+"/signin", header, url.Values{"token": {token}}.Encode()); err != nil || code != http.StatusOK {
		t.Fatalf("signing in: %d, %v", code, err)
	}
}

// TestNodesShareTheInbox looks at the inbox of one node while WeChat calls
// the other.
func TestNodesShareTheInbox(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	p := n.follower(t, 0)
	n.signIn(t, n.urls[1])
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, n.urls[1]+"/inbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := n.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stream := bufio.NewScanner(resp.Body)
	hear := func(event string) {
		t.Helper()
		for stream.Scan() {
			if strings.HasPrefix(stream.Text(), "event: "+event) {
				return
			}
		}
		t.Fatalf("the stream ended (%v) before %s", stream.Err(), event)
	}
	hear("sync")
	if x, err := p.Say("在吗"); err != nil || x.Outcome != wechatsim.Answered {
		t.Fatalf("the first node's callback: %+v, %v", x, err)
	}
	hear("inbox")
}

// TestNodesSeeWhoReads: who has a conversation open at one node is seen at the
// other, and that they left as well.
func TestNodesSeeWhoReads(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	n.follower(t, 0)
	n.signIn(t, n.urls[0])
	ask := func(by *http.Client, method, address string, fields url.Values) {
		t.Helper()
		header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Jiebao-Page": {"p" + fields.Get("page")}}
		if code, _, err := n.exchange(by, method, address, header, fields.Encode()); err != nil || code != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", address, code, err, shortened(n.last))
		}
	}
	between := func(before, after string) string {
		t.Helper()
		_, rest, _ := strings.Cut(n.last, before)
		got, _, found := strings.Cut(rest, after)
		if !found {
			t.Fatalf("the page has no %q: %s", before, shortened(n.last))
		}
		return got
	}
	ask(n.http, http.MethodGet, n.urls[0]+"/inbox", nil)
	csrf, thread := between(`name="csrf" value="`, `"`), "/inbox/"+between(`data-id="`, `"`)
	ask(n.http, http.MethodPost, n.urls[0]+"/inbox/agents", url.Values{"csrf": {csrf}, "name": {"王芳"}, "role": {"agent"}, "scope": {"head"}})
	token := html.UnescapeString(between("signin?token=", `"`))
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	wang := &http.Client{Jar: jar, Timeout: patient}
	ask(wang, http.MethodPost, n.urls[1]+"/signin", url.Values{"token": {token}})

	ctx, closeThePage := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.urls[1]+"/inbox/events?page=p2&c="+strings.TrimPrefix(thread, "/inbox/"), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := wang.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	ask(wang, http.MethodGet, n.urls[1]+thread, url.Values{"page": {"2"}})
	sees := func() bool {
		t.Helper()
		ask(n.http, http.MethodPost, n.urls[0]+thread+"/here", url.Values{"csrf": {csrf}})
		return strings.Contains(n.last, "王芳也在看")
	}
	n.until(t, "the other node sees who reads", sees)
	closeThePage()
	closed := n.clock.Now()
	n.until(t, "the other node sees that nobody reads any more", func() bool { return !sees() })
	if took := n.clock.Now().Sub(closed); took > 30*time.Second {
		t.Errorf("that the page was closed is seen %v later", took)
	}
}

// TestNodesShareTheKnowledge: what HR approves at one node, the other answers
// from a moment later, and no more once it is retired.
func TestNodesShareTheKnowledge(t *testing.T) {
	t.Parallel()
	n := newNodes(t)
	n.signIn(t, n.urls[0])
	form := func(path string, fields url.Values) {
		t.Helper()
		if code, err := n.form(path, fields); err != nil || code != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", path, code, err, shortened(n.last))
		}
	}
	knows := func(node int) bool {
		t.Helper()
		form(n.urls[node]+"/knowledge/try", url.Values{"question": {"请问有没有健身房"}, "of": {"head"}})
		return strings.Contains(n.last, "机器人会直接回答")
	}
	if knows(0) || knows(1) {
		t.Fatal("the question is answered before anybody wrote an answer")
	}
	form("/knowledge/gym", url.Values{
		"version": {"0"}, "do": {"approve"}, "branch": {"head"}, "title": {"健身房"}, "source": {"行政部"},
		"questions": {"公司有健身房吗"}, "text": {"二层有健身房。"},
	})
	if !knows(0) {
		t.Error("the node where it was approved does not know it at once")
	}
	n.until(t, "the other node knows what was approved", func() bool { return knows(1) })
	form("/knowledge/gym", url.Values{"version": {"1"}, "do": {"retire"}})
	if knows(0) {
		t.Error("the node where it was retired goes on telling it")
	}
	n.until(t, "the other node forgets what was retired", func() bool { return !knows(1) })
}
