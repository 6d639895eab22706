package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"jiebao/conversations/audit"
)

// The log reads as sentences, with those whom the reader may know named.
func TestAuditPage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.get("/inbox/zhang")
	d.do(request("POST", "/signin", url.Values{"token": {"wrong"}}))
	w := d.get("/inbox/audit")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "查看了会话", "张", "登录失败", "尚未校验", `href="/inbox/zhang"`)
	w = d.get("/inbox/audit?subject=conversation%2Fzhang")
	d.wantText(w, "仅显示", "查看了会话")
	if strings.Contains(w.Body.String(), "<p class=\"audit-more\"></p>") || strings.Count(w.Body.String(), `id="n-`) != 1 {
		t.Errorf("a conversation's own entries are %d", strings.Count(w.Body.String(), `id="n-`))
	}
	d.wantText(d.get("/inbox/audit?action=agent.added"), "没有符合条件的记录")
	d.wantText(d.get("/inbox/audit?from=2999-01-01"), "没有符合条件的记录")
}

// Whoever may not audit sees nothing of it, and that is logged.
func TestAuditIsForAuditors(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.entries()
	for range 2 {
		d.wantCode(d.get("/inbox/audit"), http.StatusForbidden)
	}
	d.wantCode(d.post("/inbox/audit/export", url.Values{}), http.StatusForbidden)
	if refused := d.entries(); len(refused) != 2 || refused[0].Action != audit.AccessRefused || refused[0].Detail["permission"] != "audit" {
		t.Errorf("being refused is %+v", refused)
	}
}

// Verifying and exporting are in the log themselves; what is exported are the
// whole days.
func TestAuditIsVerifiedAndExported(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.entries()
	d.wantText(d.htmx("/inbox/audit/verify", url.Values{}), "已校验")
	w := d.post("/inbox/audit/export", url.Values{"from": {"2026-06-01"}, "to": {"2026-06-02"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, `"from":"2026-06-01","to":"2026-06-03"`)
	if !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment; filename=\"audit-") {
		t.Errorf("it is %q", w.Header().Get("Content-Disposition"))
	}
	d.wantCode(d.post("/inbox/audit/export", url.Values{"from": {"2026-06-03"}, "to": {"2026-06-01"}}), http.StatusUnprocessableEntity)
	done := d.entries()
	if len(done) != 2 || done[0].Action != audit.LogVerified || done[1].Action != audit.LogExported || done[1].Detail["from"] != "2026-06-01" {
		t.Errorf("logged is %+v", done)
	}
	d.f.state = audit.State{At: d.f.now(), Break: &audit.Break{N: 7, Why: audit.FlawHash}}
	d.wantText(d.get("/inbox/audit"), "第 7 条", "改动", `role="alert"`)
}
