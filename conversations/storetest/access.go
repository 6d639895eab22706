package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
)

// fresh is a session of the agent's that begins now.
func (b *bench) fresh(agent string, until time.Time) conversations.Session {
	return conversations.Session{
		ID: "s-" + agent, Agent: conversations.Agent{ID: agent}, CSRF: "csrf", Way: conversations.ByLink,
		Began: b.clock.Now(), Expires: until, Browser: "Edge, Windows", Place: "10.1.2.x",
	}
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) wantNotFound(what string, err error) {
	b.t.Helper()
	if !errors.Is(err, conversations.ErrNotFound) {
		b.t.Errorf("%s: %v", what, err)
	}
}

// testSessions: an agent sees where they are signed in, with their role as it
// is, and can end each; what is not used ends by itself.
func testSessions(t *testing.T, b *bench) {
	ctx, start := t.Context(), b.clock.Now()
	b.staff("li", "wu")
	until := start.Add(24 * time.Hour)
	second := b.fresh("li", until)
	second.ID, second.Way, second.Began = "s2", conversations.ByPassword, b.clock.Now()
	b.must(b.CreateSession(ctx, "li-second", second))
	ids := func(agent string, idle time.Time) (out []string) {
		t.Helper()
		all, err := b.Sessions(ctx, agent, b.clock.Now(), idle)
		b.must(err)
		for _, s := range all {
			out = append(out, s.ID)
		}
		return out
	}
	if got := ids("li", time.Time{}); !slices.Equal(got, []string{"s2", "s-li"}) {
		t.Errorf("sessions, the last used first: %v", got)
	}
	b.clock.Advance(10 * time.Minute)
	now := b.clock.Now()
	b.must(b.TouchSession(ctx, "li-session", now))
	s, err := b.Session(ctx, "li-session", now, time.Time{})
	if err != nil || !s.Seen.Equal(now) || !s.Began.Equal(start) || s.Way != conversations.ByLink || s.Browser != "Edge, Windows" || s.Place != "10.1.2.x" || s.Enrolled {
		t.Errorf("the session is %+v (%v)", s, err)
	}
	if got := ids("li", now.Add(-time.Minute)); !slices.Equal(got, []string{"s-li"}) {
		t.Errorf("used in the last minute: %v", got)
	}
	_, err = b.Session(ctx, "li-second", now, now.Add(-time.Minute))
	b.wantNotFound("a session that was idle", err)

	b.must(b.CreateAgent(ctx, conversations.Agent{ID: "li", Name: "李", Role: conversations.RoleAuditor, Scope: conversations.Scope{"head/north"}}))
	if s, err := b.Session(ctx, "li-session", now, time.Time{}); err != nil || s.Agent.Role != conversations.RoleAuditor || s.Agent.Scope.Allows("head") {
		t.Errorf("with another role the session is %+v (%v)", s, err)
	}
	b.wantNotFound("ending a colleague's session", b.EndSession(ctx, "wu", "s2"))
	b.must(b.EndSession(ctx, "li", "s2"))
	b.wantNotFound("ending it again", b.EndSession(ctx, "li", "s2"))
	if got := ids("li", time.Time{}); !slices.Equal(got, []string{"s-li"}) {
		t.Errorf("left are %v", got)
	}
}

func testLogins(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	b.staff("li", "wu")
	_, err := b.Login(ctx, "li")
	b.wantNotFound("an agent without a login", err)
	b.must(b.SetPassword(ctx, "li", "li.na", "hash-1", "s-li", now))
	if session, link := b.in("li"); !session || link {
		t.Errorf("with the new password the session kept lives: %v, the link works: %v", session, link)
	}
	b.must(b.SetPassword(ctx, "li", "nana", "hash-2", "other", now))
	if session, _ := b.in("li"); session {
		t.Error("the session that is not kept lives")
	}
	_, err = b.LoginNamed(ctx, "li.na")
	b.wantNotFound("a name that was given up", err)
	if err := b.SetPassword(ctx, "wu", "nana", "hash", "", now); !errors.Is(err, conversations.ErrConflict) {
		t.Errorf("a colleague's name: %v", err)
	}
	b.wantNotFound("a stranger's password", b.SetPassword(ctx, "nobody", "x", "hash", "", now))
	b.must(b.Rehash(ctx, "li", "hash-1", "hash-3"))
	b.must(b.Rehash(ctx, "li", "hash-2", "hash-4"))
	l, err := b.LoginNamed(ctx, "nana")
	if err != nil || l.Agent != "li" || l.Password != "hash-4" || !l.Changed.Equal(now) || !l.Enrolled.IsZero() {
		t.Errorf("the login is %+v (%v)", l, err)
	}
	b.must(b.DisableAgent(ctx, "li"))
	_, err = b.LoginNamed(ctx, "nana")
	b.wantNotFound("a disabled agent's login", err)
}

func testFactors(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	b.staff("li", "wu")
	b.must(b.SetFactor(ctx, "li", "sealed", 7, []string{"c1", "c2"}, now))
	l, err := b.Login(ctx, "li")
	if err != nil || l.Factor != "sealed" || l.Step != 7 || l.Codes != 2 || !l.Enrolled.Equal(now) || l.Name != "" || l.Password != "" {
		t.Errorf("the login is %+v (%v)", l, err)
	}
	if s, err := b.Session(ctx, "li-session", now, time.Time{}); err != nil || !s.Enrolled {
		t.Errorf("the session is %+v (%v)", s, err)
	}
	b.must(b.SetPassword(ctx, "li", "li.na", "hash", "s-li", now))
	if l, err := b.Login(ctx, "li"); err != nil || l.Factor != "sealed" || l.Name != "li.na" {
		t.Errorf("with a password, too: %+v (%v)", l, err)
	}
	b.wantNotFound("the step of the enrolment", b.UseStep(ctx, "li", 7))
	var wg sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 8 {
		wg.Go(func() {
			if b.UseStep(ctx, "li", 8) == nil {
				mu.Lock()
				used++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if used != 1 {
		t.Errorf("a code was good %d times", used)
	}
	b.wantNotFound("a colleague's code", b.UseRecoveryCode(ctx, "wu", "c1"))
	b.must(b.UseRecoveryCode(ctx, "li", "c1"))
	b.wantNotFound("a recovery code again", b.UseRecoveryCode(ctx, "li", "c1"))
	b.must(b.Reseal(ctx, "li", "other", "wrong"))
	b.must(b.Reseal(ctx, "li", "sealed", "anew"))
	if l, err := b.Login(ctx, "li"); err != nil || l.Factor != "anew" || l.Codes != 1 {
		t.Errorf("sealed anew: %+v (%v)", l, err)
	}
	b.must(b.DropFactor(ctx, "li"))
	b.wantNotFound("a step without a factor", b.UseStep(ctx, "li", 99))
	b.wantNotFound("a code without a factor", b.UseRecoveryCode(ctx, "li", "c2"))
	if l, err := b.Login(ctx, "li"); err != nil || l.Factor != "" || !l.Enrolled.IsZero() || l.Password != "hash" {
		t.Errorf("without a factor: %+v (%v)", l, err)
	}
}

func testAliases(t *testing.T, b *bench) {
	ctx, now := t.Context(), b.clock.Now()
	b.staff("li", "wu")
	wecom := func(userid string) conversations.Alias {
		return conversations.Alias{Issuer: "wecom:ww1", Subject: userid}
	}
	sso := conversations.Alias{Issuer: "https://sso.bank.example.com", Subject: "u1"}
	b.must(b.BindAlias(ctx, wecom("LiNa"), "li", now))
	b.must(b.BindAlias(ctx, wecom("Nana"), "li", now))
	b.must(b.BindAlias(ctx, wecom("Nana"), "li", now))
	if err := b.BindAlias(ctx, wecom("Nana"), "wu", now); !errors.Is(err, conversations.ErrConflict) {
		t.Errorf("a colleague's alias: %v", err)
	}
	b.wantNotFound("a stranger's alias", b.BindAlias(ctx, wecom("X"), "nobody", now))
	_, err := b.AgentOf(ctx, wecom("LiNa"))
	b.wantNotFound("an alias that was replaced", err)
	if a, err := b.AgentOf(ctx, wecom("Nana")); err != nil || a.ID != "li" {
		t.Errorf("the alias is %+v's (%v)", a, err)
	}
	says := conversations.Agent{ID: "new-1", Name: "吴迪", Role: conversations.RoleLead, Scope: conversations.Scope{"head/north"}}
	first, err := b.Admit(ctx, sso, says)
	if err != nil || fmt.Sprint(first) != fmt.Sprint(says) {
		t.Errorf("admitted %+v (%v)", first, err)
	}
	says.ID, says.Name, says.Role, says.Scope = "new-2", "吴迪迪", conversations.RoleAgent, conversations.Scope{"head/south"}
	again, err := b.Admit(ctx, sso, says)
	if err != nil || again.ID != "new-1" || again.Name != "吴迪迪" || again.Role != conversations.RoleAgent || !again.Scope.Allows("head/south") {
		t.Errorf("admitted again %+v (%v)", again, err)
	}
	if all, err := b.Agents(ctx); err != nil || len(all) != 3 {
		t.Errorf("the agents are %v (%v)", all, err)
	}
	b.must(b.DisableAgent(ctx, "new-1"))
	if a, err := b.Admit(ctx, sso, says); err != nil || !a.Disabled {
		t.Errorf("disabled and admitted: %+v (%v)", a, err)
	}
	if all, err := b.Aliases(ctx, "li"); err != nil || !slices.Equal(all, []conversations.Alias{wecom("Nana")}) {
		t.Errorf("the aliases of li are %v (%v)", all, err)
	}
	if a, err := b.AgentOf(ctx, sso); err != nil || a.ID != "new-1" {
		t.Errorf("the provider's alias is %+v's (%v)", a, err)
	}
	b.must(b.BindAlias(ctx, wecom(""), "li", now))
	if all, err := b.Aliases(ctx, "li"); err != nil || len(all) > 0 {
		t.Errorf("without alias: %v (%v)", all, err)
	}
}

// testAdmittedAtOnce: two browsers that come at the same time make one agent.
func testAdmittedAtOnce(t *testing.T, b *bench) {
	sso := conversations.Alias{Issuer: "https://sso.bank.example.com", Subject: "u1"}
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() {
			a, err := b.Admit(t.Context(), sso, conversations.Agent{ID: "new-" + strconv.Itoa(i), Name: "吴", Role: conversations.RoleAgent, Scope: conversations.Scope{"head"}})
			if err != nil {
				t.Error(err)
			}
			ids[i] = a.ID
		})
	}
	wg.Wait()
	if all, err := b.Agents(t.Context()); err != nil || len(all) != 1 || len(slices.Compact(ids)) != 1 {
		t.Errorf("%d agents were made (%v): %v", len(all), err, ids)
	}
}

// testTries: waits are those that conversations.Tries says, and begin before a
// try is looked at.
func testTries(t *testing.T, b *bench) {
	ctx := t.Context()
	free := conversations.Tries{Key: "k", Free: 3}
	for n := 1; n <= 12; n++ {
		if until, err := b.Try(ctx, free, b.clock.Now()); err != nil || !until.IsZero() {
			t.Fatalf("try %d waits until %s (%v)", n, until, err)
		}
		want := free.Wait(n)
		until, err := b.Waits(ctx, "k", b.clock.Now())
		if got := max(until.Sub(b.clock.Now()), 0); err != nil || got != want {
			t.Fatalf("after %d tries the next waits %s, want %s (%v)", n, got, want, err)
		}
		if want > 0 {
			b.clock.Advance(want - time.Second)
			if until, err := b.Try(ctx, free, b.clock.Now()); err != nil || !until.Equal(b.clock.Now().Add(time.Second)) {
				t.Fatalf("a second early it waits until %s (%v)", until, err)
			}
			b.clock.Advance(time.Second)
		}
	}
	b.must(b.Forgive(ctx, "k", "other"))
	if until, err := b.Waits(ctx, "k", b.clock.Now()); err != nil || !until.IsZero() {
		t.Errorf("forgiven, it waits until %s (%v)", until, err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for range 30 {
		wg.Go(func() {
			if until, err := b.Try(ctx, free, b.clock.Now()); err == nil && until.IsZero() {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if looked != 4 {
		t.Errorf("of 30 at once %d were looked at, want 4", looked)
	}
	b.clock.Advance(conversations.TriesForgotten + time.Second)
	for range 4 {
		if until, err := b.Try(ctx, free, b.clock.Now()); err != nil || !until.IsZero() {
			t.Errorf("a day later: %s (%v)", until, err)
		}
	}
}
