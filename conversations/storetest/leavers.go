package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"jiebao/conversations"
)

// staff adds agents, in this order, each with a session and a sign-in link
// of the hashes "<id>-session" and "<id>-link".
func (b *bench) staff(ids ...string) {
	b.t.Helper()
	ctx := b.t.Context()
	for _, id := range ids {
		a := conversations.Agent{ID: id, Name: "姓名" + id, Scope: conversations.Scope{"head"}}
		if err := b.CreateAgent(ctx, a); err != nil {
			b.t.Fatal(err)
		}
		b.admit(id)
		b.clock.Advance(time.Second)
	}
}

func (b *bench) admit(id string) {
	b.t.Helper()
	until := b.clock.Now().Add(time.Hour)
	if err := b.CreateSession(b.t.Context(), id+"-session", b.fresh(id, until)); err != nil {
		b.t.Fatal(err)
	}
	if err := b.CreateSignIn(b.t.Context(), id+"-link", id, until); err != nil {
		b.t.Fatal(err)
	}
}

// in says whether the agent's session lives and their link works, which uses
// it up.
func (b *bench) in(id string) (session, link bool) {
	b.t.Helper()
	alive := func(err error) bool {
		if err != nil && !errors.Is(err, conversations.ErrNotFound) {
			b.t.Fatal(err)
		}
		return err == nil
	}
	_, err := b.Session(b.t.Context(), id+"-session", b.clock.Now(), time.Time{})
	session = alive(err)
	_, err = b.UseSignIn(b.t.Context(), id+"-link", b.clock.Now())
	return session, alive(err)
}

// testLeavers: a disabled agent is out at once, gets no new way in, and stays
// known by name; enabled again they need a new link.
func testLeavers(t *testing.T, b *bench) {
	ctx := t.Context()
	b.staff("wu", "li", "he")
	if err := b.DisableAgent(ctx, "li"); err != nil {
		t.Fatal(err)
	}
	if session, link := b.in("li"); session || link {
		t.Errorf("the leaver's session lives: %v, link works: %v", session, link)
	}
	if session, link := b.in("wu"); !session || !link {
		t.Errorf("a colleague's session lives: %v, link works: %v", session, link)
	}
	until := b.clock.Now().Add(time.Hour)
	for name, err := range map[string]error{
		"a link for the leaver":  b.CreateSignIn(ctx, "new", "li", until),
		"a link for a stranger":  b.CreateSignIn(ctx, "new", "nobody", until),
		"a leaver's session":     b.CreateSession(ctx, "new", b.fresh("li", until)),
		"a stranger's session":   b.CreateSession(ctx, "new", b.fresh("nobody", until)),
		"a stranger's disabling": b.DisableAgent(ctx, "nobody"),
		"a stranger's enabling":  b.EnableAgent(ctx, "nobody"),
	} {
		if !errors.Is(err, conversations.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.CreateAgent(ctx, conversations.Agent{ID: "li", Name: "新名", Scope: conversations.Scope{"head"}}); err != nil {
		t.Fatal(err)
	}
	agents, err := b.Agents(ctx)
	if err != nil || len(agents) != 3 || agents[0].ID != "wu" || agents[1].Name != "新名" || !agents[1].Disabled || agents[2].Disabled {
		t.Errorf("agents, oldest first: %+v (%v)", agents, err)
	}
	for _, change := range []func(context.Context, string) error{b.EnableAgent, b.DisableAgent, b.EnableAgent} {
		if err := change(ctx, "li"); err != nil {
			t.Fatal(err)
		}
	}
	if session, link := b.in("li"); session || link {
		t.Errorf("enabled again, the old session lives: %v, the old link works: %v", session, link)
	}
	b.admit("li")
	if session, link := b.in("li"); !session || !link {
		t.Errorf("enabled again, a new session lives: %v, a new link works: %v", session, link)
	}
}

func testEndSessions(t *testing.T, b *bench) {
	b.staff("wu", "li")
	if err := b.EndSessions(t.Context(), "li"); err != nil {
		t.Fatal(err)
	}
	if session, link := b.in("li"); session || link {
		t.Errorf("the session lives: %v, the link works: %v", session, link)
	}
	if session, link := b.in("wu"); !session || !link {
		t.Errorf("a colleague's session lives: %v, link works: %v", session, link)
	}
	b.admit("li")
	if session, link := b.in("li"); !session || !link {
		t.Errorf("a new session lives: %v, a new link works: %v", session, link)
	}
}
