package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations/storetest/testenv"
)

// asGateway makes the test binary be the gateway.
const asGateway = "TEST_AS_GATEWAY"

func TestMain(m *testing.M) {
	if os.Getenv(asGateway) != "" {
		os.Exit(run(context.Background(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
	}
	os.Exit(m.Run())
}

// process is a gateway in a process of its own, which can be killed.
type process struct {
	cmd *exec.Cmd
	url string
	log *tail
}

// tail keeps what a process logged.
type tail struct {
	mu    sync.Mutex
	lines []string
}

func (l *tail) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}

var readyLine = regexp.MustCompile(`msg=ready url=(\S+)`)

// startProcess starts a gateway and returns when it is ready.
func startProcess(t *testing.T, configFile string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], "--config", configFile), log: &tail{}}
	p.cmd.Env = append(os.Environ(), asGateway+"=1")
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	ready := make(chan string, 1)
	go func() {
		for s := bufio.NewScanner(stderr); s.Scan(); {
			p.log.add(s.Text())
			if m := readyLine.FindStringSubmatch(s.Text()); m != nil {
				ready <- m[1]
			}
		}
		close(ready)
	}()
	url, ok := <-ready
	if !ok {
		t.Fatalf("the gateway ended before it was ready:\n%s", p.log)
	}
	p.url = url
	return p
}

// kill is kill -9.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

const crashConfig = `
server: {listen: "127.0.0.1:0"}
%s
documents: {dir: %q, key_file: %q}
api: {keys: [{name: ehr, key: key-for-tests-and-for-nothing-else, branch: head}]}
ehr:
  endpoint: {url: %q, secret: %q, timeout: 500ms} # a dead node's leases end a few times later
  retry: {schedule: [10ms, 50ms, 200ms]}
accounts:
  - {id: oa, platform: wechat, branch: head, name: 招聘, app_id: wx0123456789abcdef, secret: app-secret,
     token: token, encoding_aes_key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, base_url: %q, templates: {result_passed: T-RESULT}}
`

func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	for _, driver := range []string{config.SQLite, config.PostgreSQL} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			store := fmt.Sprintf("store: {driver: sqlite, path: %q}", dir+"/jiebao.db")
			if driver == config.PostgreSQL {
				store = fmt.Sprintf("store: {driver: postgres, dsn: %q}", testenv.PostgreSQL(t))
			}
			killUnderLoad(t, dir, store)
		})
	}
}

// A hundred kills, half with each database, at any moment: after so few
// callbacks that many come while the gateway is still starting to work.
const (
	killsEach   = 50
	betweenMost = 12 // acknowledged callbacks
	talkers     = 24
)

// killUnderLoad lets candidates write, kills the gateway again and again, and
// holds the EHR's events against what WeChat got an answer for. The EHR fails
// every now and then, too.
func killUnderLoad(t *testing.T, dir, store string) {
	sim := wechatsim.New(wechatsim.Options{Seed: 7, RealTime: true, CallbackTimeout: time.Second, Receipts: wechatsim.Receipts{Off: true}})
	simServer := httptest.NewServer(sim.Handler())
	ehr := newReceiver(t)
	ehrServer := httptest.NewServer(unreliable(ehr))
	t.Cleanup(func() { simServer.Close(); ehrServer.Close(); sim.Close() })

	file := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf(crashConfig, store, dir+"/documents", dir+"/documents.key", ehrServer.URL, webhookSecret, simServer.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	gateway := startProcess(t, file)
	platform := simAccount(gateway.url)
	if err := sim.AddAccount(platform); err != nil {
		t.Fatal(err)
	}
	k := &killer{t: t, answered: make(chan struct{}, talkers*betweenMost), over: make(chan struct{})}
	for i := range talkers {
		p, err := sim.AddCandidate(appID, wechatsim.Candidate{Name: fmt.Sprint("候选人", i), Following: true})
		if err != nil {
			t.Fatal(err)
		}
		postKnown(t, gateway.url, i, p.OpenID())
		k.load.Go(func() { k.talk(p, i) })
	}
	rng := rand.New(rand.NewPCG(11, uint64(len(store))))
	var starting time.Duration
	for range killsEach {
		for range rng.IntN(betweenMost) {
			<-k.answered
		}
		gateway.kill()
		k.up.Lock()
		began := time.Now()
		gateway = startProcess(t, file)
		starting += time.Since(began)
		platform.CallbackURL = gateway.url + "/callbacks/oa"
		err := sim.Configure(platform)
		k.up.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	close(k.over)
	k.load.Wait()
	t.Logf("%d kills; a start took %s", killsEach, (starting / killsEach).Round(time.Millisecond))
	expectEverything(t, ehr, &k.acknowledged, int(k.count.Load()), gateway)
}

// unreliable is an EHR that refuses some events, and takes some and says that
// it failed.
func unreliable(r *receiver) http.Handler {
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch n.Add(1) % 23 {
		case 7:
			w.WriteHeader(http.StatusServiceUnavailable)
		case 19:
			r.ServeHTTP(httptest.NewRecorder(), req)
			w.WriteHeader(http.StatusBadGateway)
		default:
			r.ServeHTTP(w, req)
		}
	})
}

// killer is who kills the gateway while candidates write to it.
type killer struct {
	t            *testing.T
	up           sync.RWMutex // held for writing while the gateway is down
	load         sync.WaitGroup
	acknowledged sync.Map
	count        atomic.Int64
	answered     chan struct{}
	over         chan struct{} // closed when nobody is killed any more
}

// talk has a candidate write until nobody is killed any more.
func (k *killer) talk(p *wechatsim.Phone, i int) {
	for n := 0; ; n++ {
		select {
		case <-k.over:
			return
		default:
		}
		words := fmt.Sprintf("谢谢 c%d-m%d", i, n)
		k.up.RLock() // whom nobody answered does not write on at once
		x, err := p.Say(words)
		k.up.RUnlock()
		if err != nil || x.Outcome != wechatsim.Answered {
			continue
		}
		k.acknowledged.Store(words, true)
		k.count.Add(1)
		select {
		case k.answered <- struct{}{}:
		default:
		}
	}
}

// expectEverything waits until the EHR knows every acknowledged message, and
// checks that it knows each once and in order.
func expectEverything(t *testing.T, ehr *receiver, acknowledged *sync.Map, want int, gateway *process) {
	if want == 0 {
		t.Fatal("no message was acknowledged")
	}
	got := map[string]int{}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	missing := func() (n int) {
		acknowledged.Range(func(words, _ any) bool {
			if got[words.(string)] == 0 {
				n++
			}
			return true
		})
		return n
	}
	for missing() > 0 {
		ev, err := ehr.next(ctx, "")
		if err != nil {
			t.Fatalf("%d of %d acknowledged messages did not reach the EHR: %v\n%s", missing(), want, err, gateway.log)
		}
		if ev.Type == "message.received" {
			words := regexp.MustCompile(`"text":"([^"]*)"`).FindStringSubmatch(ev.Body)
			got[words[1]]++
		}
	}
	for words, n := range got {
		if n != 1 {
			t.Errorf("%q reached the EHR under %d event ids", words, n)
		}
	}
	t.Logf("%d messages acknowledged, %d events", want, len(got))
}

func postKnown(t *testing.T, gateway string, i int, openID string) {
	t.Helper()
	body := fmt.Sprintf(`{"id": "r-%d", "branch": "head/beijing",
		"candidate": {"id": "E-%d", "name": "张伟", "phone": "138%08d", "addresses": [{"account": "oa", "id": %q}]},
		"position": {"title": "综合柜员"}, "interview": {"score": 88, "passed": true},
		"offer": {"start_date": "2099-07-06", "workplace": "朝阳支行", "contact_name": "李老师", "contact_phone": "010-12345678"}}`, i, i, i, openID)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, gateway+"/v1/results", strings.NewReader(body))
	req.Header = asEHR.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusCreated {
		t.Fatalf("posting: %d %s", resp.StatusCode, answer)
	}
}
