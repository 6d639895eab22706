package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
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
ehr: {endpoint: {url: %q, secret: %q, timeout: 2s}} # a dead node's leases end after twice as long
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

// killUnderLoad lets candidates write, kills the gateway in the middle, starts
// it again, and holds the EHR's events against what WeChat got an answer for.
func killUnderLoad(t *testing.T, dir, store string) {
	const candidates, each, kills = 24, 25, 2
	sim := wechatsim.New(wechatsim.Options{Seed: 7, RealTime: true, CallbackTimeout: time.Second, Receipts: wechatsim.Receipts{Off: true}})
	simServer := httptest.NewServer(sim.Handler())
	ehr := newReceiver(t)
	ehrServer := httptest.NewServer(ehr)
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
	phones := make([]*wechatsim.Phone, candidates)
	for i := range phones {
		p, err := sim.AddCandidate(appID, wechatsim.Candidate{Name: fmt.Sprint("候选人", i), Following: true})
		if err != nil {
			t.Fatal(err)
		}
		phones[i] = p
		postKnown(t, gateway.url, i, p.OpenID())
	}

	var acknowledged sync.Map
	var answered atomic.Int64
	var up sync.RWMutex // held for writing while the gateway is down
	half := make(chan struct{}, kills)
	var load sync.WaitGroup
	for i, p := range phones {
		load.Go(func() {
			for n := range each {
				words := fmt.Sprintf("谢谢 c%d-m%d", i, n)
				up.RLock() // whom nobody answered does not write on at once
				x, err := p.Say(words)
				up.RUnlock()
				if err == nil && x.Outcome == wechatsim.Answered {
					acknowledged.Store(words, true)
					if a := answered.Add(1); a%(candidates*each/(kills+1)) == 0 {
						select {
						case half <- struct{}{}:
						default:
						}
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { load.Wait(); close(done) }()
	for range kills {
		select {
		case <-half:
		case <-done:
		}
		gateway.kill()
		up.Lock()
		gateway = startProcess(t, file)
		platform.CallbackURL = gateway.url + "/callbacks/oa"
		err := sim.Configure(platform)
		up.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	<-done
	expectEverything(t, ehr, &acknowledged, int(answered.Load()), gateway)
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
