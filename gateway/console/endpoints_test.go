package console

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/wire"
)

// branchAdmin is a desk with an administrator of Beijing beside it.
func branchAdmin(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-bj-admin", Name: "北京管理员", Role: conversations.RoleBranchAdmin, Scope: conversations.Scope{"head/beijing"}})
	d.signIn("ag-bj-admin")
	return d
}

// wantNoSecrets fails for a page that says what only receivers may know.
func (d *desk) wantNoSecrets(w *httptest.ResponseRecorder) {
	d.t.Helper()
	d.wantNoText(w, "header-secret", "tenant-secret", "whsec_configured", "whsec_old", "whsec_kept", "key-secret", "proxy-secret", "url-token")
}

func TestEndpointsSayHowTheyStand(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/endpoints")
	d.wantText(w, "EHR", "北京 OA", "夜间批处理", "已暂停", "对方长时间没有接收任何事件", "最早的等了 26 小时", "正常", "配置文件", "全行", "#20411")
	d.wantNoSecrets(w)
	d.wantText(d.get("/inbox"), `href="/inbox/endpoints"`)
	d.f.relays.all = nil
	d.wantText(d.get("/inbox/endpoints"), "还没有接收系统")
}

func TestEndpointsAreForAdministratorsOfTheirBranch(t *testing.T) {
	t.Parallel()
	paths := []string{"", "/_new", "/ehr", "/ehr/dead", "/ehr/settings", "/ehr/attempts/3", "/ehr/live", "/_live"}
	d := as(t, "ag-bj")
	for _, path := range paths {
		d.wantCode(d.get("/inbox/endpoints"+path), http.StatusForbidden)
	}
	d.wantNoText(d.get("/inbox"), `href="/inbox/endpoints"`)
	d = branchAdmin(t)
	d.wantText(d.get("/inbox/endpoints"), "北京 OA")
	d.wantNoText(d.get("/inbox/endpoints"), "EHR", "夜间批处理")
	for _, path := range paths[2:7] {
		d.wantCode(d.get("/inbox/endpoints"+path), http.StatusNotFound)
	}
	for path, form := range map[string]url.Values{
		"/pause": {}, "/resume": {}, "/test": {}, "/replay": {"candidate": {"E2026zhang"}, "do": {"replay"}}, "/dismiss": {"dead": {"1"}, "do": {"dismiss"}},
		"/secret": {"overlap": {"0s"}}, "/remove": {"do": {"remove"}, "id": {"ehr"}}, "/settings": {"name": {"x"}}, "/attempts/3": {}, "": {}, "/dead": {},
	} {
		d.wantCode(d.post("/inbox/endpoints/ehr"+path, form), http.StatusNotFound)
	}
	if r := d.f.relays; len(r.all) != 3 || len(r.dead) != 3 || r.replayed != nil || r.rotated != nil || r.changed != nil || paused(r.all[1]) {
		t.Error("a branch changed the head office's endpoint")
	}
	w := d.post("/inbox/endpoints/_new", url.Values{"id": {"mine"}, "name": {"x"}, "kind": {"feed"}, "from": {"now"}, "branch": {""}})
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "不在您的管理范围内")
}

func TestPausingResumingAndTesting(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.post("/inbox/endpoints/ehr/pause", url.Values{})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/inbox/endpoints/ehr" {
		t.Fatalf("pausing: %d %q", w.Code, w.Header().Get("Location"))
	}
	d.wantText(d.get("/inbox/endpoints/ehr"), "由我暂停", "恢复发送")
	if p := d.f.relays.all[1].Paused; p.By != "ag-head" || p.Reason != relay.PausedByHand {
		t.Errorf("it is paused %+v", p)
	}
	d.wantCode(d.post("/inbox/endpoints/ehr/resume", url.Values{}), http.StatusSeeOther)
	d.wantText(d.get("/inbox/endpoints/ehr"), `action="/inbox/endpoints/ehr/pause"`)
	w = d.post("/inbox/endpoints/ehr/test", url.Values{})
	d.wantText(w, "测试成功", "200 OK", "42 ms")
	d.wantNoSecrets(w)
	d.wantCode(d.post("/inbox/endpoints/nightly/test", url.Values{}), http.StatusUnprocessableEntity)
}

func TestLogOfAttempts(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/endpoints/ehr")
	d.wantText(w, "503 Service Unavailable", "没有应答", "204 No Content", "E2026liu", "E2026zhang", "申请改期", "start_date.confirmed")
	d.wantNoSecrets(w)
	d.wantNoText(w, "13800138000")
	w = d.htmx("/inbox/endpoints/ehr", url.Values{"failed": {"1"}})
	d.wantText(w, "503 Service Unavailable")
	d.wantNoText(w, "204 No Content", "<html")
	w = d.post("/inbox/endpoints/ehr", url.Values{"candidate": {" E2026liu "}})
	d.wantText(w, "EHR 还差 2 个事件，共 7 个", "起试了 4 次")
	d.wantNoText(w, "204 No Content")
	w = d.get("/inbox/endpoints/ehr?conversation=zhang")
	d.wantText(w, "EHR 已收到全部 12 个事件", `value="E2026zhang"`)
	for range attemptsAtOnce {
		d.f.relays.attempts = append(d.f.relays.attempts, relay.Attempt{ID: int64(len(d.f.relays.attempts)) + 1, Endpoint: "ehr", Candidate: "E2026sun", Attempt: outbox.Attempt{Status: 200}})
	}
	w = d.get("/inbox/endpoints/ehr")
	d.wantText(w, "更早的记录", `name="before" value="15"`)
	d.wantNoText(w, "E2026zhang")
	d.wantText(d.post("/inbox/endpoints/ehr", url.Values{"before": {"15"}}), "E2026zhang")
}

func TestAnAttemptHidesWhatWasSaid(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/endpoints/ehr/attempts/3")
	d.wantText(w, "POST https://ehr.example.com/hooks/jiebao?…", "Authorization: •••", "webhook-id: evt_zhang_3", "webhook-signature: v1,•••", "E2026zhang", "•••&#34;")
	d.wantNoText(w, "13800138000")
	d.wantNoSecrets(w)
	w = d.post("/inbox/endpoints/ehr/attempts/3", url.Values{})
	d.wantText(w, "13800138000", "已记录在日志里")
	d.wantNoSecrets(w)
	d.wantText(d.get("/inbox/endpoints/ehr/attempts/13"), "maintenance", "503 Service Unavailable", "已经查看不到")
	for _, path := range []string{"999", "0", "x", "-1"} {
		d.wantCode(d.get("/inbox/endpoints/ehr/attempts/"+path), http.StatusNotFound)
	}
	w = d.post("/inbox/endpoints/ehr/replay", url.Values{"event": {"evt_zhang_3"}, "candidate": {"E2026zhang"}, "do": {"replay"}})
	d.wantCode(w, http.StatusSeeOther)
	if got := d.f.relays.replayed; len(got) != 1 || !slices.Equal(got[0].Events, []string{"evt_zhang_3"}) {
		t.Errorf("replayed %+v", got)
	}
}

func TestMaskedJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"type":"message.received","data":{"candidate_id":"C1","text":"我叫张伟","at":"2026-06-22T09:30:00Z"}}`: `{"type":"message.received","data":{"candidate_id":"C1","text":"•••","at":"2026-06-22T09:30:00Z"}}`,
		`{"手机":"13800138000","n":12345678901234567890,"ok":true,"none":null,"list":["a",{"id":"x"}]}`:        `{"手机":"•••","n":12345678901234567890,"ok":true,"none":null,"list":["•••",{"id":"x"}]}`,
		`"张伟"`: `"•••"`,
		`[]`:   `[]`,
		`{"a"`: `"•••"`,
	} {
		if got := string(maskedJSON([]byte(in))); got != want {
			t.Errorf("%s became %s", in, got)
		}
	}
}

func FuzzMaskedJSON(f *testing.F) {
	f.Add([]byte(`{"id":"1","data":{"text":"你好"}}`))
	f.Add([]byte(`[1,"2",{"a":[]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out := maskedJSON(b); !json.Valid(out) {
			t.Errorf("%q became %q", b, out)
		}
	})
}

func TestReplayIsCountedFirst(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	form := url.Values{"candidate": {"E2026zhang"}, "from": {"2026-06-01T00:00"}, "to": {"2026-06-02T12:30"}}
	w := d.post("/inbox/endpoints/ehr/replay", form)
	d.wantText(w, "将向「EHR」重新发送 37 个事件", `name="from" value="2026-06-01T00:00"`)
	if d.f.relays.replayed != nil {
		t.Fatal("a preview replayed")
	}
	form.Set("do", "replay")
	w = d.post("/inbox/endpoints/ehr/replay", form)
	if w.Header().Get("Location") != "/inbox/endpoints/ehr/dead?replayed=37" {
		t.Fatalf("replaying: %d %q", w.Code, w.Header().Get("Location"))
	}
	d.wantText(d.get("/inbox/endpoints/ehr/dead?replayed=37"), "37 个事件正在重新发送")
	want := time.Date(2026, 6, 2, 12, 30, 0, 0, beijing)
	if got := d.f.relays.replayed; len(got) != 1 || got[0].Candidate != "E2026zhang" || !got[0].To.Equal(want) || got[0].DeadOnly {
		t.Errorf("replayed %+v", got)
	}
	for words, wrong := range map[string]url.Values{
		"请至少填一项": {"do": {"replay"}},
		"时间不对":   {"from": {"yesterday"}, "do": {"replay"}},
		"时间不对：":  {"from": {"2026-06-02T00:00"}, "to": {"2026-06-02T00:00"}, "do": {"replay"}},
	} {
		w := d.post("/inbox/endpoints/ehr/replay", wrong)
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, words)
	}
	if len(d.f.relays.replayed) != 1 {
		t.Error("a refused form replayed")
	}
}

func TestDeadLettersAreFoundAndDismissed(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/endpoints/ehr/dead")
	d.wantText(w, "422 Unprocessable Entity", "evt_wang_3", "试了 31 次", "正在重新发送")
	d.wantNoText(d.post("/inbox/endpoints/ehr/dead", url.Values{"candidate": {"E2026zhang"}}), "evt_wang_3")
	form := url.Values{"event": {"evt_wang_3"}, "candidate": {"E2026wang"}}
	d.wantText(d.post("/inbox/endpoints/ehr/dismiss", form), "将不再保留这 1 个未送达的事件")
	if len(d.f.relays.dead) != 3 {
		t.Fatal("it was dismissed unasked")
	}
	form.Set("do", "dismiss")
	w = d.post("/inbox/endpoints/ehr/dismiss", form)
	if w.Header().Get("Location") != "/inbox/endpoints/ehr/dead?dismissed=1" || len(d.f.relays.dead) != 2 {
		t.Errorf("dismissing: %q, %d are left", w.Header().Get("Location"), len(d.f.relays.dead))
	}
}

// written is the form of an endpoint as a browser sends it.
func written() url.Values {
	return url.Values{
		"id": {"payroll"}, "kind": {"webhook"}, "from": {"beginning"}, "name": {"薪酬"}, "branch": {"head/beijing"}, "type": {"offer.declined"}, "types": {"start_date.*"},
		"url": {"https://pay.example.com/hook"}, "headers": {"Authorization: Bearer new-secret\r\nX-Tenant: [secret]\r\n"}, "timeout": {"20"}, "per_second": {"5"},
		"content_type": {""}, "filter": {"true"}, "proxy_url": {"http://proxy.example.com:3128"}, "proxy_username": {"jiebao"},
	}
}

func TestSettingUpAnEndpoint(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/endpoints/_new"), "https://ehr.example.com/webhooks/jiebao", "start_date.confirmed")
	w := d.post("/inbox/endpoints/_new", written())
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "whsec_made", "只显示这一次")
	d.wantNoText(w, "new-secret")
	n := d.f.relays.created[0]
	if n.ID != "payroll" || n.From != relay.FromBeginning || !slices.Equal(n.Types, []string{"offer.declined", "start_date.*"}) ||
		n.Settings.Headers["Authorization"].Reveal() != "Bearer new-secret" || n.Settings.Timeout != wire.Duration(20*time.Second) ||
		n.Settings.Proxy.Password.Reveal() != wire.Redacted || n.Settings.TLS != nil {
		t.Errorf("it was set up as %+v", n)
	}
	d.wantNoText(d.get("/inbox/endpoints/payroll/settings"), "whsec_made", "new-secret")
}

func TestARefusedFormSaysWhy(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.f.relays.wrong = &conversations.InvalidError{Fields: []conversations.FieldError{
		{Path: "webhook.url", Problem: "must begin with https://"}, {Path: "webhook.headers[X-Tenant]", Problem: "must be given anew"},
	}}
	w := d.post("/inbox/endpoints/_new", written())
	d.wantCode(w, http.StatusUnprocessableEntity)
	d.wantText(w, "webhook.url must begin with https://", "must be given anew", `value="payroll"`, "https://pay.example.com/hook", "Authorization: \n")
	d.wantNoText(w, "new-secret")
	d.f.relays.wrong = conversations.ErrConflict
	d.wantText(d.post("/inbox/endpoints/_new", written()), "编号 payroll 已经有了")
}

func TestChangingAnEndpoint(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/endpoints/bj-oa/settings")
	d.wantText(w, "https://oa.example.com/in", "X-Tenant: [secret]", "已保存；留空则不变", "停用", "使用中", "start_date.*")
	d.wantNoSecrets(w)
	form := written()
	form.Set("version", "3")
	w = d.post("/inbox/endpoints/bj-oa/settings", form)
	if w.Header().Get("Location") != "/inbox/endpoints/bj-oa/settings?saved=1" {
		t.Fatalf("changing: %d %s", w.Code, w.Body)
	}
	if got := d.f.relays.changed[0].Settings.Headers["X-Tenant"].Reveal(); got != wire.Redacted {
		t.Errorf("the kept header became %q", got)
	}
	d.wantText(d.post("/inbox/endpoints/bj-oa/settings", form), "刚被别人改过")
	w = d.get("/inbox/endpoints/ehr/settings")
	d.wantText(w, "由配置文件定义", "https://ehr.example.com/hooks/jiebao?…")
	d.wantNoText(w, `action="/inbox/endpoints/ehr/secret"`, `action="/inbox/endpoints/ehr/settings"`)
	d.wantNoSecrets(w)
}

func TestASecretIsShownOnce(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.post("/inbox/endpoints/bj-oa/secret", url.Values{"overlap": {"24h0m0s"}})
	d.wantText(w, "whsec_rotated", "只显示这一次")
	if got := d.f.relays.rotated; !slices.Equal(got, []time.Duration{24 * time.Hour}) {
		t.Errorf("rotated with %v", got)
	}
	d.wantNoText(d.get("/inbox/endpoints/bj-oa/settings"), "whsec_rotated")
	d.wantCode(d.post("/inbox/endpoints/bj-oa/secret", url.Values{"overlap": {"9000h"}}), http.StatusUnprocessableEntity)
}

func TestRemovingIsAskedTwice(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/endpoints/bj-oa/settings?remove=1"), "请输入编号 bj-oa")
	for _, form := range []url.Values{{}, {"do": {"remove"}, "id": {"ehr"}}} {
		d.wantCode(d.post("/inbox/endpoints/bj-oa/remove", form), http.StatusUnprocessableEntity)
	}
	d.wantCode(d.post("/inbox/endpoints/bj-oa/remove", url.Values{"do": {"remove"}, "id": {"bj-oa"}}), http.StatusSeeOther)
	if len(d.f.relays.all) != 2 {
		t.Error("it is still there")
	}
}

func TestThreadSaysWhatSystemsKnow(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/zhang")
	d.wantText(w, "EHR 已收到全部 12 个事件", "北京 OA 还差 1 个事件，另有 2 个没有收到，共 12 个", "/inbox/endpoints/ehr?conversation=zhang")
	agent := as(t, "ag-bj")
	w = agent.get("/inbox/zhang/told")
	agent.wantText(w, "EHR 已收到全部 12 个事件")
	agent.wantNoText(w, "/inbox/endpoints")
	as(t, "ag-sh").wantCode(as(t, "ag-sh").get("/inbox/zhang/told"), http.StatusNotFound)
}

func TestTheLogIsLive(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.c.glance = time.Millisecond
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/endpoints/ehr/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(want string) {
		for lines.Scan() {
			if lines.Text() == "event: "+want {
				return
			}
		}
		t.Fatalf("the stream ended before %q: %v", want, lines.Err())
	}
	next("sync")
	d.f.mu.Lock()
	d.f.relays.attempts = append(slices.Clone(d.f.relays.attempts), relay.Attempt{ID: 100, Endpoint: "ehr"})
	d.f.mu.Unlock()
	next("told")
	hear(d.f, "zhang", "在吗") // the rail says how much waits
	next("inbox")
	d.c.Close()
	for lines.Scan() {
	}
}

func TestEveryPageOfEndpointsInEveryLanguage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.c.o.Words = strict{t, d.c.o.Words}
	pages := map[string]url.Values{
		"": nil, "/_new": nil, "/ehr": nil, "/nightly": nil, "/ehr/attempts/3": nil, "/ehr/dead": nil, "/bj-oa": nil, "/bj-oa/dead": nil, "/bj-oa/settings": nil, "/ehr/settings": nil,
		"/ehr/replay": {"candidate": {"x"}}, "/ehr/dismiss": {"dead": {"1"}}, "/ehr/test": {}, "/bj-oa/secret": {"overlap": {"0s"}},
	}
	seen := map[string]bool{}
	for _, l := range locales() {
		d.locale = string(l)
		for _, path := range slices.Sorted(maps.Keys(pages)) {
			w := d.get("/inbox/endpoints" + path)
			if pages[path] != nil {
				w = d.post("/inbox/endpoints"+path, pages[path])
			}
			d.wantCode(w, http.StatusOK)
			body := w.Body.String()
			if !strings.Contains(body, `lang="`+string(l)+`"`) || seen[body] {
				t.Errorf("%s is not in %s", path, l)
			}
			seen[body] = true
		}
	}
}
