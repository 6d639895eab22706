package console

import (
	"net/http"
	"net/url"
	"testing"

	"jiebao/conversations"
)

func TestAgents(t *testing.T) {
	t.Parallel()
	plain := as(t, "ag-bj")
	plain.wantCode(plain.get("/inbox/agents"), http.StatusForbidden)
	plain.wantCode(plain.post("/inbox/agents", url.Values{"name": {"x"}, "scope": {"head/beijing"}}), http.StatusForbidden)
	plain.wantCode(plain.post("/inbox/agents/ag-head/link", url.Values{}), http.StatusForbidden)
	plain.wantNoText(plain.get("/inbox"), "/inbox/agents")

	d := as(t, "ag-head")
	d.wantText(d.get("/inbox/agents"), "李娜", "北京分行")
	w := d.post("/inbox/agents", url.Values{"name": {"韩梅"}, "role": {"agent"}, "scope": {"head/beijing/chaoyang，head/shanghai"}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "韩梅", "http://inbox.test/signin?token=")
	a := d.f.agents[len(d.f.agents)-1]
	if a.Name != "韩梅" || len(a.Scope) != 2 || a.Role != conversations.RoleAgent {
		t.Fatalf("added %+v", a)
	}
	for _, bad := range []url.Values{
		{"name": {""}, "role": {"agent"}, "scope": {"head"}}, {"name": {"x"}, "role": {"agent"}, "scope": {""}}, {"name": {"x"}, "role": {"agent"}, "scope": {"Head Office"}},
		{"name": {"x"}, "role": {"agent"}, "scope": {"other/bank"}}, {"name": {"x"}, "scope": {"head"}}, {"name": {"x"}, "role": {"admin"}, "scope": {"head"}},
	} {
		before := len(d.f.agents)
		d.wantCode(d.post("/inbox/agents", bad), http.StatusUnprocessableEntity)
		if len(d.f.agents) != before {
			t.Errorf("%v was added", bad)
		}
	}
}

func TestAdministratorsStayWithinTheirBranches(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-bj-admin", Name: "北京管理员", Role: conversations.RoleBranchAdmin, Scope: conversations.Scope{"head/beijing"}})
	d.signIn("ag-bj-admin")
	w := d.get("/inbox/agents")
	d.wantText(w, "李娜")
	d.wantNoText(w, "周敏", "陈晓")
	d.wantCode(d.post("/inbox/agents/ag-head/link", url.Values{}), http.StatusNotFound)
	for role, scope := range map[string]string{"agent": "head", "head_office": "head/beijing", "auditor": "head/beijing"} {
		d.wantCode(d.post("/inbox/agents", url.Values{"name": {"x"}, "role": {role}, "scope": {scope}}), http.StatusUnprocessableEntity)
	}
}
