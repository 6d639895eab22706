package console

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// open is what a route takes that asks for no role.
const open conversations.Permission = ""

// routes are all routes of the console with what they take.
func routes() map[conversations.Permission][]string {
	return map[conversations.Permission][]string{
		open: {
			"GET /static/*file", "GET /signin", "POST /signin", "POST /signout", "POST /inbox/language", "POST /inbox/theme",
			"POST /signin/code", "GET /signin/oidc", "GET /signin/oidc/back", "GET /signin/wecom", "GET /signin/wecom/back",
			"GET /me", "POST /me/password", "GET /me/factor", "POST /me/factor", "POST /me/factor/remove", "POST /me/sessions", "POST /me/sessions/:session", "GET /me/wecom",
			"GET /inbox", // which leads on who does not read
		},
		conversations.MayRead: {
			"POST /inbox", "POST /inbox/list", "POST /inbox/palette", "GET /inbox/events", "GET /inbox/numbers", "GET /inbox/alarms",
			"GET /inbox/:id", "GET /inbox/:id/live", "GET /inbox/:id/told", "GET /inbox/:id/earlier", "GET /inbox/:id/timeline", "GET /inbox/:id/consent", "GET /inbox/:id/promises", "GET /inbox/:id/print",
			"GET /inbox/filters", "GET /inbox/views/counts", "POST /inbox/views", "POST /inbox/views/:view",
			"GET /inbox/:id/documents/:document", "GET /inbox/:id/documents/:document/view", "GET /inbox/:id/voice/:n",
			"GET /knowledge", "POST /knowledge", "POST /knowledge/try", "GET /knowledge/count", "GET /knowledge/file", "GET /knowledge/gaps", "GET /knowledge/:id",
		},
		conversations.MayWork: {
			"GET /inbox/preflight", "POST /inbox/preflight",
			"GET /inbox/bulk", "POST /inbox/bulk", "GET /inbox/bulk/:run", "GET /inbox/bulk/:run/live", "GET /inbox/bulk/:run/file",
			"POST /inbox/bulk/:run", "POST /inbox/bulk/:run/confirm", "POST /inbox/bulk/:run/stop", "POST /inbox/bulk/:run/undo",
			"GET /inbox/work", "GET /inbox/work/count", "GET /inbox/work/tabs", "GET /inbox/work/requests", "POST /inbox/work/requests", "POST /inbox/work/requests/many",
			"GET /inbox/work/documents", "POST /inbox/work/documents", "POST /inbox/work/documents/words", "GET /inbox/work/calls", "POST /inbox/work/calls",
			"POST /inbox/work/calls/number", "GET /inbox/work/failed", "POST /inbox/work/failed", "GET /inbox/work/alarms",
			"POST /inbox/:id/seen", "POST /inbox/:id/phone", "POST /inbox/:id/reply", "POST /inbox/:id/messages/:message/cancel",
			"POST /inbox/:id/plan", "POST /inbox/:id/prefer", "POST /inbox/:id/called", "POST /inbox/:id/owner", "POST /inbox/:id/settle",
			"POST /inbox/:id/snooze", "POST /inbox/:id/close", "POST /inbox/:id/template", "POST /inbox/:id/here", "POST /inbox/:id/canned", "GET /inbox/canned", "POST /inbox/:id/remind",
			"POST /inbox/:id/decide", "GET /inbox/:id/date", "POST /inbox/:id/claim", "POST /inbox/:id/invitation", "POST /inbox/:id/documents/:document",
			"GET /knowledge/gaps/:gap", "POST /knowledge/gaps/:gap", "POST /knowledge/gaps/:gap/preview", "POST /knowledge/gaps/:gap/apart",
		},
		conversations.MayLead:  {"POST /inbox/:id/assign", "POST /inbox/export", "POST /inbox/canned", "POST /inbox/canned/:canned/drop"},
		conversations.MayTeach: {"GET /knowledge/new", "POST /knowledge/:id"},
		conversations.MayAdmin: {
			"GET /inbox/agents", "POST /inbox/agents", "POST /inbox/agents/:agent/link", "POST /inbox/agents/:agent/access",
			"GET /inbox/agents/:agent", "POST /inbox/agents/:agent", "POST /inbox/agents/:agent/factor", "POST /inbox/agents/:agent/sessions/:session",
		},
		conversations.MayAudit: {"GET /inbox/audit", "POST /inbox/audit/verify", "POST /inbox/audit/export"},
		conversations.MayRun: {
			"POST /inbox/alarms/:alarm/resume",
			"GET /inbox/reconciliations", "POST /inbox/reconciliations", "GET /inbox/reconciliations/:report",
			"GET /inbox/endpoints", "GET /inbox/endpoints/_live", "GET /inbox/endpoints/_new", "POST /inbox/endpoints/_new", "POST /inbox/endpoints/_try",
			"GET /inbox/endpoints/:endpoint", "POST /inbox/endpoints/:endpoint", "GET /inbox/endpoints/:endpoint/live",
			"GET /inbox/endpoints/:endpoint/attempts/:attempt", "POST /inbox/endpoints/:endpoint/attempts/:attempt",
			"POST /inbox/endpoints/:endpoint/pause", "POST /inbox/endpoints/:endpoint/resume", "POST /inbox/endpoints/:endpoint/test",
			"GET /inbox/endpoints/:endpoint/dead", "POST /inbox/endpoints/:endpoint/dead", "POST /inbox/endpoints/:endpoint/replay",
			"POST /inbox/endpoints/:endpoint/dismiss", "GET /inbox/endpoints/:endpoint/settings", "POST /inbox/endpoints/:endpoint/settings",
			"POST /inbox/endpoints/:endpoint/secret", "POST /inbox/endpoints/:endpoint/remove",
		},
	}
}

// takes says what each route takes, by method and path.
func takes() map[string]conversations.Permission {
	out := map[string]conversations.Permission{}
	for p, all := range routes() {
		for _, r := range all {
			out[r] = p
		}
	}
	return out
}

// TestEveryRouteWithEveryRole asks every route for something that does not
// exist, as somebody of every role, of every branch: who may not is told so,
// and who may is not.
func TestEveryRouteWithEveryRole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, r := range conversations.Roles() {
		d.f.agents = append(d.f.agents, conversations.Agent{ID: "as-" + string(r), Name: string(r), Role: r, Scope: conversations.Scope{"head"}})
	}
	table := takes()
	served := map[string]bool{}
	for _, r := range d.h.(*gin.Engine).Routes() {
		served[r.Method+" "+r.Path] = true
		if _, ok := table[r.Method+" "+r.Path]; !ok {
			t.Errorf("%s %s: the table does not say who may", r.Method, r.Path)
		}
	}
	for _, role := range conversations.Roles() {
		by := d.beside("as-" + string(role))
		for route, p := range table {
			if !served[route] {
				t.Errorf("%s: there is no such route", route)
			}
			lasts := route == "GET /inbox/events" || strings.HasSuffix(route, "/_live") || route == "GET /inbox/endpoints/:endpoint/live"
			if p == open || lasts && role.Allows(p) {
				continue
			}
			refused := by.ask(route) == http.StatusForbidden
			if may := role.Allows(p); refused == may {
				t.Errorf("%s as %s: refused %v, and may %s: %v", route, role, refused, p, may)
			}
		}
	}
}

// ask sends an empty request to a route, about nobody in particular.
func (d *desk) ask(route string) int {
	method, path, _ := strings.Cut(route, " ")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, ":") {
			parts[i] = "nobody"
		}
	}
	if path = strings.Join(parts, "/"); method == http.MethodGet {
		return d.get(path).Code
	}
	return d.post(path, url.Values{}).Code
}

// TestRolesHoldInTheirBranchesOnly: what lies elsewhere is not there, whatever
// the role.
func TestRolesHoldInTheirBranchesOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, r := range conversations.Roles() {
		d.f.agents = append(d.f.agents, conversations.Agent{ID: "as-" + string(r), Name: string(r), Role: r, Scope: conversations.Scope{"head/shanghai"}})
	}
	for _, role := range conversations.Roles() {
		by := d.beside("as-" + string(role))
		for _, route := range append(routes()[conversations.MayRead], routes()[conversations.MayWork]...) {
			if !strings.Contains(route, "/inbox/:id") {
				continue
			}
			want := http.StatusNotFound
			if p := takes()[route]; !role.Allows(p) {
				want = http.StatusForbidden
			}
			got := by.ask(strings.Replace(route, ":id", "zhang", 1))
			if got != want && !(want == http.StatusNotFound && got == http.StatusUnprocessableEntity) { // an empty form
				t.Errorf("%s of Beijing's Zhang as %s of Shanghai: %d, want %d", route, role, got, want)
			}
		}
		if n := len(d.f.applied); n > 0 {
			t.Fatalf("as %s: %T was applied", role, d.f.applied[n-1])
		}
	}
}

func TestAuditorsOnlyLook(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-audit", Name: "审计", Role: conversations.RoleAuditor, Scope: conversations.Scope{"head"}})
	d.signIn("ag-audit")
	w := d.get("/inbox/zhang")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "张伟", "您的角色只能查看")
	for _, form := range []string{"reply", "owner", "seen", "decide", "prefer", "plan", "invitation"} {
		d.wantNoText(w, `action="/inbox/zhang/`+form)
	}
	d.wantNoText(w, `name="do" value="accept"`, "/inbox/preflight", "/inbox/agents", "/inbox/endpoints")
}

func TestEngineersStartFromTheSystems(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-it", Name: "工程师", Role: conversations.RoleIntegrator, Scope: conversations.Scope{"head"}})
	d.signIn("ag-it")
	if w := d.get("/signin"); w.Header().Get("Location") != endpointsPath {
		t.Errorf("signed in, they are led to %q", w.Header().Get("Location"))
	}
	d.wantCode(d.get(endpointsPath), http.StatusOK)
	w := d.get("/inbox/zhang")
	d.wantCode(w, http.StatusForbidden)
	d.wantText(w, `href="`+endpointsPath+`"`)
	d.wantNoText(w, "张伟")
}

// TestPagesAskWhereARoleHolds keeps the scope of who looks out of the pages:
// they take it from Agent.In or Agent.Over, which ask what it is for.
func TestPagesAskWhereARoleHolds(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	files := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "Scope" {
				if of, ok := s.X.(*ast.SelectorExpr); ok && strings.EqualFold(of.Sel.Name, "agent") {
					t.Errorf("%s: take In or Over in place of Scope", files.Position(n.Pos()))
				}
			}
			return true
		})
	}
}
