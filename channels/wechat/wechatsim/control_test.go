package wechatsim_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// control calls the control API and decodes its answer into out.
func (p *platform) control(method, path string, in, out any) int {
	p.t.Helper()
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			p.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, p.url+"/_sim/"+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if out != nil && resp.StatusCode == http.StatusOK {
		if err := json.Unmarshal(b, out); err != nil {
			p.t.Fatalf("%s: %v in %s", path, err, b)
		}
	}
	return resp.StatusCode
}

func TestControlAPIDrivesAWholeConversation(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{Start: day0}, plain, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if strings.Contains(string(b), "[text]") {
			io.WriteString(w, textReply(r.URL.Query().Get("openid"), "收到"))
		}
	})
	var made wechatsim.Screen
	if code := p.control("POST", "phones", object{"app_id": appID, "name": "李雷"}, &made); code != 200 || len(made.OpenID) != 28 {
		t.Fatalf("status %d, phone %+v", code, made)
	}
	phone := "phones/" + appID + "/" + made.OpenID
	var x wechatsim.Exchange
	for _, step := range []struct {
		action string
		body   object
	}{{"follow", nil}, {"say", object{"text": "你好"}}, {"image", object{"data": onePixel(t)}}, {"voice", object{"recognition": "三月九号"}},
		{"file", object{"name": "a.pdf", "data": []byte("%PDF")}}, {"block", nil}, {"blacklist", object{"on": false}}} {
		if code := p.control("POST", phone+"/"+step.action, step.body, &x); code != 200 {
			t.Fatalf("%s: status %d", step.action, code)
		}
	}
	var sc wechatsim.Screen
	p.control("GET", phone, nil, &sc)
	kinds := []string{}
	for _, m := range sc.Messages {
		kinds = append(kinds, m.From+":"+m.Type)
	}
	wantKinds := []string{"candidate:event", "candidate:text", "account:text", "candidate:image", "candidate:voice", "candidate:file"}
	if !slices.Equal(kinds, wantKinds) || !sc.Blocked {
		t.Fatalf("phone shows %v, blocked %v", kinds, sc.Blocked)
	}
	var clock struct{ Now time.Time }
	p.control("POST", "clock", object{"advance": "49h"}, &clock)
	if !clock.Now.Equal(day0.Add(49 * time.Hour)) {
		t.Fatalf("clock says %v", clock.Now)
	}
	var list []struct{ Name, Last string }
	if p.control("GET", "phones?app_id="+appID, nil, &list); len(list) != 2 {
		t.Fatalf("phones %+v", list)
	}
	if code := p.control("POST", phone+"/unfollow", nil, nil); code != 200 {
		t.Fatal(code)
	}
	if code := p.control("POST", phone+"/say", object{"text": "?"}, nil); code != http.StatusConflict {
		t.Fatalf("speaking without following: %d", code)
	}
}

func TestControlAPIErrors(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	for _, c := range []struct {
		method, path string
		body         any
		code         int
	}{
		{"GET", "phones/wx0/o0", nil, 404},
		{"POST", "phones/" + appID + "/o0/say", object{"text": "x"}, 404},
		{"POST", "phones/" + appID + "/" + p.anna.OpenID() + "/dance", nil, 404},
		{"POST", "phones/" + appID + "/" + p.anna.OpenID() + "/say", object{"txet": "x"}, 400},
		{"POST", "clock", object{"advance": "-1h"}, 400},
		{"POST", "clock", object{"advance": 3}, 400},
		{"POST", "faults", object{"mode": "dance"}, 400},
		{"DELETE", "faults/9", nil, 404},
		{"POST", "accounts", object{"app_id": "wx1"}, 400},
		{"POST", "accounts", newAccount(""), 400},
		{"PUT", "snapshot", object{"version": 99}, 400},
		{"GET", "journal?after=x", nil, 400},
		{"GET", "phones/" + appID + "/" + p.anna.OpenID() + "?wait=x", nil, 400},
	} {
		if got := p.control(c.method, c.path, c.body, nil); got != c.code {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.code)
		}
	}
	for _, path := range []string{"", "healthz", "accounts", "faults", "clock"} {
		if got := p.control("GET", path, nil, nil); got != 200 {
			t.Errorf("GET %s: %d", path, got)
		}
	}
}

func TestAccountsByControlAPI(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.URL.Query().Get("echostr"))
	})
	second := newAccount("http://127.0.0.1:1/none")
	second.AppID = "wx2"
	if got := p.control("POST", "accounts", second, nil); got != 200 {
		t.Fatal(got)
	}
	if got := p.control("POST", "accounts/"+appID+"/verify", nil, nil); got != 200 {
		t.Fatalf("verify: %d", got)
	}
	if got := p.control("POST", "accounts/wx2/verify", nil, nil); got != 400 {
		t.Fatalf("verify of a dead URL: %d", got)
	}
	if got := p.control("POST", "accounts/wx2/key", object{"encoding_aes_key": "short"}, nil); got != 400 {
		t.Fatalf("short key: %d", got)
	}
	if got := p.control("POST", "accounts/wx2/key", object{"encoding_aes_key": strings.Repeat("B", 43)}, nil); got != 200 {
		t.Fatalf("rotate: %d", got)
	}
	second.Mode = wechatsim.Plain
	if got := p.control("PUT", "accounts/wx2", second, nil); got != 200 {
		t.Fatalf("put: %d", got)
	}
}

func TestPhoneCanBeWatched(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	sc := p.anna.Screen()
	changed := make(chan wechatsim.Screen, 1)
	go func() { changed <- p.anna.Wait(t.Context(), sc.Version) }()
	want(t, p.sendTemplate(""), 0)
	if got := <-changed; got.Version <= sc.Version || len(got.Messages) != 2 {
		t.Fatalf("woken with version %d and %d messages", got.Version, len(got.Messages))
	}
	var polled wechatsim.Screen
	path := "phones/" + appID + "/" + p.anna.OpenID()
	p.control("GET", fmt.Sprintf("%s?after=%d&wait=50ms", path, sc.Version+1), nil, &polled)
	if polled.Version != sc.Version+1 {
		t.Fatalf("polled version %d", polled.Version)
	}
}

func TestPhoneStream(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/_sim/phones/"+appID+"/"+p.anna.OpenID(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() (sc wechatsim.Screen) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &sc); err != nil {
					t.Fatal(err)
				}
				return sc
			}
		}
		t.Fatal("the stream ended")
		return sc
	}
	if sc := next(); sc.Following {
		t.Fatal("follows already")
	}
	p.follow()
	if sc := next(); !sc.Following || len(sc.Messages) != 1 {
		t.Fatalf("streamed %+v", sc)
	}
}

func TestJournalHoldsNoSecrets(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	tokens := []string{p.issue().Token, p.stable(false).Token, secret}
	want(t, p.sendTemplate(""), 0)
	p.get("/cgi-bin/token?grant_type=client_credential&appid=" + appID + "&secret=wrong-but-secret")
	p.Advance(time.Minute)
	es := p.Journal()
	b, err := json.Marshal(es)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(tokens, "wrong-but-secret") {
		if bytes.Contains(b, []byte(s)) {
			t.Errorf("the journal holds %.8s…", s)
		}
	}
	var kinds []string
	for _, e := range es {
		kinds = append(kinds, e.Kind)
	}
	if got := strings.Join(kinds, " "); got != "callback api api api api api callback" {
		t.Errorf("journal: %s", got)
	}
	if last := es[len(es)-1]; last.Path != "TEMPLATESENDJOBFINISH" || last.Exchange == nil || last.Status != 200 {
		t.Errorf("receipt noted as %+v", last)
	}
	var list []wechatsim.Entry
	p.control("GET", "journal?kind=api&path=template&openid="+p.anna.OpenID(), nil, &list)
	if len(list) != 1 || list[0].Path != "/cgi-bin/message/template/send?access_token=[redacted]" {
		t.Errorf("filtered journal: %+v", list)
	}
	p.control("DELETE", "journal", nil, nil)
	if len(p.Journal()) != 0 {
		t.Error("not cleared")
	}
}

func TestJournalIsARing(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{Journal: 3}, nil, nil)
	for range 5 {
		p.issue()
	}
	es := p.Journal()
	if len(es) != 3 || es[0].Seq != 3 || es[2].Seq != 5 {
		t.Fatalf("kept %d entries", len(es))
	}
}
