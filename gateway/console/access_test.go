package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"jiebao/conversations"
)

// beside is another browser at the same console.
func (d *desk) beside(agent string) *desk {
	d.t.Helper()
	other := &desk{t: d.t, f: d.f, c: d.c, h: d.h, cookies: map[string]string{}}
	other.signIn(agent)
	return other
}

func (d *desk) change(agent, what string) *httptest.ResponseRecorder {
	return d.post("/inbox/agents/"+agent+"/access", url.Values{"do": {what}})
}

func (d *desk) wantSignedOut(w *httptest.ResponseRecorder) {
	d.t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/signin" {
		d.t.Errorf("got %d %q, want to be sent to sign in", w.Code, w.Header().Get("Location"))
	}
}

func TestLeaversAreOutAtOnce(t *testing.T) {
	t.Parallel()
	admin := as(t, "ag-head")
	leaver := admin.beside("ag-bj")
	link, err := admin.c.SignInLink(t.Context(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	leaver.wantCode(leaver.get("/inbox/zhang"), http.StatusOK)

	w := admin.change("ag-bj", "disable")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/inbox/agents" {
		t.Fatalf("disabling: %d %s", w.Code, w.Body)
	}
	leaver.wantSignedOut(leaver.get("/inbox/zhang"))
	leaver.wantSignedOut(leaver.post("/inbox/zhang/reply", url.Values{"text": {"再见"}}))
	_, token, _ := strings.Cut(link, "token=")
	used := leaver.do(request("POST", "/signin", url.Values{"token": {token}}))
	leaver.wantCode(used, http.StatusForbidden)
	admin.wantCode(admin.post("/inbox/agents/ag-bj/link", url.Values{}), http.StatusNotFound)
	admin.wantText(admin.get("/inbox/agents"), "李娜", "已停用", `value="enable"`)
	admin.wantText(admin.get("/inbox/liu"), "李娜（已停用）")
	if n := len(admin.f.applied); n != 0 {
		t.Errorf("%d commands were applied", n)
	}

	admin.wantCode(admin.change("ag-bj", "enable"), http.StatusSeeOther)
	leaver.wantSignedOut(leaver.get("/inbox"))
	leaver.signIn("ag-bj")
	leaver.wantCode(leaver.get("/inbox/zhang"), http.StatusOK)
	admin.wantNoText(admin.get("/inbox/agents"), "已停用")
}

func TestSigningOutEverywhere(t *testing.T) {
	t.Parallel()
	admin := as(t, "ag-head")
	lost := admin.beside("ag-bj")
	admin.wantCode(admin.change("ag-bj", "sign_out"), http.StatusSeeOther)
	lost.wantSignedOut(lost.get("/inbox"))
	lost.signIn("ag-bj")
	lost.wantCode(lost.get("/inbox"), http.StatusOK)
	admin.wantCode(admin.change("ag-head", "sign_out"), http.StatusSeeOther)
	admin.wantSignedOut(admin.get("/inbox"))
}

func TestWhoMayChangeAccess(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents,
		conversations.Agent{ID: "ag-bj-admin", Name: "北京管理员", Role: conversations.RoleBranchAdmin, Scope: conversations.Scope{"head/beijing"}},
		conversations.Agent{ID: "ag-two", Name: "两地", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/beijing", "head/shanghai"}},
	)
	for _, c := range []struct {
		by, agent, what string
		code            int
	}{
		{"ag-bj", "ag-bj", "disable", http.StatusForbidden}, // is no administrator
		{"ag-bj-admin", "ag-head", "disable", http.StatusNotFound},
		{"ag-bj-admin", "ag-sh", "sign_out", http.StatusNotFound},
		{"ag-bj-admin", "ag-two", "disable", http.StatusNotFound}, // only partly theirs
		{"ag-bj-admin", "nobody", "enable", http.StatusNotFound},
		{"ag-bj-admin", "ag-bj", "promote", http.StatusUnprocessableEntity},
		{"ag-bj-admin", "ag-bj-admin", "disable", http.StatusUnprocessableEntity},
		{"ag-bj-admin", "ag-bj", "disable", http.StatusSeeOther},
	} {
		by := d.beside(c.by)
		if w := by.change(c.agent, c.what); w.Code != c.code {
			t.Errorf("%s: %s %s: %d, want %d", c.by, c.what, c.agent, w.Code, c.code)
		}
		if c.code == http.StatusSeeOther {
			continue
		}
		for _, a := range d.f.agents {
			if a.Disabled {
				t.Fatalf("%s: %s %s: %s is disabled", c.by, c.what, c.agent, a.ID)
			}
		}
	}
	own := d.beside("ag-bj-admin")
	own.wantText(own.change("ag-bj-admin", "disable"), "不能停用您自己")
}

func TestLeaversHearNoMore(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	s := httptest.NewServer(d.h)
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/inbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "jiebao", Value: d.cookies["jiebao"]})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	begins := streamHead + "event: sync\n"
	first := make([]byte, len(begins))
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != begins {
		t.Fatalf("the stream begins with %q, %v", first, err)
	}
	d.beside("ag-head").change("ag-bj", "disable")
	if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != "data: 1\n\nretry: 0\n\n" {
		t.Errorf("the stream goes on with %q, %v", rest, err)
	}
	if again := d.listen("/inbox/events"); again.Code != http.StatusOK || again.Body.String() != "event: over\ndata: 1\n\n" {
		t.Errorf("asking again is answered by %d %q", again.Code, again.Body)
	}
}

// Whoever has another role is told no more than it may be told; the page leaves.
func TestStreamsEndWithTheRole(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.f.agents = append(d.f.agents, conversations.Agent{ID: "ag-it", Name: "工程师", Role: conversations.RoleIntegrator, Scope: conversations.Scope{"head"}})
	d.signIn("ag-it")
	if told := d.listen("/inbox/events"); told.Body.String() != "event: over\ndata: 1\n\n" {
		t.Errorf("an engineer is told %q", told.Body)
	}
}

// listen asks to be told, as the browser does, what is told in one breath.
func (d *desk) listen(path string) *httptest.ResponseRecorder {
	r := request("GET", path, nil)
	r.Header.Set("Accept", "text/event-stream")
	return d.do(r)
}

// TestNobodySlipsInWhileBeingDisabled: a link that was used up just before is
// no way in just after.
func TestNobodySlipsInWhileBeingDisabled(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.c.o.Store = disabling{d.f}
	link, err := d.c.SignInLink(t.Context(), "ag-bj")
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	w := d.do(request("POST", "/signin", url.Values{"token": {token}}))
	d.wantCode(w, http.StatusForbidden)
	if len(w.Result().Cookies()) > 0 {
		t.Error("a session was begun")
	}
}

// disabling disables agents in the moment they start a session.
type disabling struct{ *fake }

func (s disabling) UseSignIn(ctx context.Context, hash string, now time.Time) (conversations.Agent, error) {
	a, err := s.fake.UseSignIn(ctx, hash, now)
	return a, errors.Join(err, s.DisableAgent(ctx, a.ID))
}

// A role that another node took away is noticed with the next beat.
func TestStreamsNoticeRolesTakenElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := as(t, "ag-bj")
		defer d.c.Close()
		time.AfterFunc(2*heartbeat+heartbeat/2, func() {
			d.f.mu.Lock()
			defer d.f.mu.Unlock()
			for i := range d.f.agents {
				if d.f.agents[i].ID == "ag-bj" {
					d.f.agents[i].Role = conversations.RoleIntegrator
				}
			}
		})
		begun := time.Now()
		told := d.listen("/inbox/events").Body.String()
		if want := streamHead + "event: sync\ndata: 1\n\n:\n\n:\n\nretry: 0\n\n"; told != want || time.Since(begun) != 3*heartbeat {
			t.Errorf("after %s the page was told %q, want %q", time.Since(begun), told, want)
		}
	})
}
