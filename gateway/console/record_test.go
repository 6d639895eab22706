package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"jiebao/conversations/audit"
)

// Every form says what it is in the audit log, and nothing is said of a route
// that is not there.
func TestEveryFormHasAnAction(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	routes := map[string]bool{}
	for _, r := range d.h.(*gin.Engine).Routes() {
		name := r.Method + " " + r.Path
		routes[name] = true
		if _, known := actions[name]; !known && r.Method != http.MethodGet && r.Method != http.MethodHead {
			t.Errorf("actions.go does not say what %s is in the audit log", name)
		}
	}
	all := append(audit.Actions(), byTurn, byHand, unlogged)
	for name, a := range actions {
		if !routes[name] {
			t.Errorf("actions.go has %s, which is no route", name)
		}
		if !slices.Contains(all, a.Action) {
			t.Errorf("%s is %q, which is no action", name, a.Action)
		}
	}
}

// entries returns what was logged since the last call.
func (d *desk) entries() []audit.Entry {
	d.f.mu.Lock()
	defer d.f.mu.Unlock()
	all := d.f.logged
	d.f.logged = nil
	return all
}

// What agents look at is logged once an hour, by whom and of which branch.
func TestReadingIsLogged(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	if in := d.entries(); len(in) != 1 || in[0].Action != audit.SignedIn || in[0].Actor != "ag-head" || in[0].Branch != "head" {
		t.Fatalf("signing in is %+v", in)
	}
	for range 2 {
		d.get("/inbox/zhang")
		d.get("/inbox/zhang/live")
	}
	opened := d.entries()
	if len(opened) != 1 || opened[0].Action != audit.ConversationOpened || opened[0].Subject != "conversation/zhang" || opened[0].Branch != "head/beijing/chaoyang" || opened[0].Role == "" {
		t.Fatalf("opening a conversation is %+v", opened)
	}
	d.post("/inbox/zhang/phone", url.Values{})
	d.post("/inbox/zhang/phone", url.Values{})
	if shown := d.entries(); len(shown) != 2 || shown[0].Action != audit.PhoneShown {
		t.Errorf("looking at the number is %+v", shown)
	}
	d.get("/inbox/nobody")
	d.post("/inbox/list", url.Values{"filter": {"mine"}})
	if none := d.entries(); len(none) > 0 {
		t.Errorf("what came to nothing is %+v", none)
	}
	d.post("/inbox/list", url.Values{"q": {"张伟"}})
	d.post("/inbox/list", url.Values{"q": {"张伟"}})
	d.post("/inbox/list", url.Values{"q": {"王芳"}})
	searched := d.entries()
	if len(searched) != 2 || searched[0].Action != audit.SearchMade || strings.Contains(searched[0].Text(), "张") {
		t.Errorf("searching is %+v", searched)
	}
}

// What is not in the log is not shown, and whoever wanted to see it can try
// again.
func TestNothingIsShownUnlogged(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.c.o.Store = unloggable{d.c.o.Store}
	for range 2 {
		if w := d.get("/inbox/zhang"); w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "张") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

type unloggable struct{ Store }

func (unloggable) Record(context.Context, ...audit.Entry) error {
	return errors.New("the disk is full")
}

// Changes of access and of settings say what changed, and of whom.
func TestChangesAreLogged(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	d.entries()
	d.post("/inbox/agents", url.Values{"name": {"陈晨"}, "scope": {"head/beijing"}, "role": {"agent"}})
	added := d.entries()
	if len(added) != 1 || added[0].Action != audit.AgentAdded || added[0].Branch != "head/beijing" || added[0].Detail["scope"] != "head/beijing" || strings.Contains(added[0].Text(), "陈晨") {
		t.Fatalf("adding a colleague is %+v", added)
	}
	kind, id := added[0].Subject.Split()
	if kind != audit.OfAgent || id == "" {
		t.Fatalf("the colleague is %q", added[0].Subject)
	}
	d.post("/inbox/agents/"+id+"/access", url.Values{"do": {"disable"}})
	if changed := d.entries(); len(changed) != 1 || changed[0].Action != audit.AgentAccess || changed[0].Detail["do"] != "disable" || changed[0].Subject != added[0].Subject {
		t.Errorf("disabling is %+v", changed)
	}
	d.post("/inbox/agents", url.Values{"name": {""}, "scope": {"head/beijing"}})
	if refused := d.entries(); len(refused) > 0 {
		t.Errorf("what was refused is %+v", refused)
	}
	d.post("/signout", url.Values{})
	if out := d.entries(); len(out) != 1 || out[0].Action != audit.SignedOut {
		t.Errorf("signing out is %+v", out)
	}
}

// A wrong link is logged, and trying a hundred does not fill the log.
func TestFailedSignInsAreLogged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 100 {
		d.do(request("POST", "/signin", url.Values{"token": {"wrong"}}))
	}
	if failed := d.entries(); len(failed) != 1 || failed[0].Action != audit.SignInFailed || failed[0].Actor != "" {
		t.Errorf("failing is %+v", failed)
	}
}
