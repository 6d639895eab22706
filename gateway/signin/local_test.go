package signin_test

import (
	"errors"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/gateway/signin"
)

const good = "correct horse battery staple"

var (
	office = netip.MustParseAddr("10.1.2.3")
	abroad = netip.MustParseAddr("2001:db8:1:2::7")
)

// house is a Desk over a real store, with one agent, and a clock.
type house struct {
	*signin.Desk
	t     *testing.T
	store *sqlstore.Store
	mu    sync.Mutex
	now   time.Time
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// cheap makes hashes fast; DefaultCost is tested once.
func cheap() signin.Cost { return signin.Cost{Memory: 64, Time: 1, Threads: 1} }

func newHouse(t *testing.T, change ...func(*signin.Options)) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC)}
	var err error
	h.store, err = sqlstore.Open(t.Context(), sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: storetest.Engine(), Now: h.clock, NewID: func() string { return "id" },
	})
	h.must(err)
	t.Cleanup(func() { _ = h.store.Close() })
	h.must(h.store.CreateAgent(t.Context(), conversations.Agent{ID: "na", Name: "李娜", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/beijing"}}))
	h.Desk = h.desk(change...)
	return h
}

func (h *house) desk(change ...func(*signin.Options)) *signin.Desk {
	o := signin.Options{
		Store: h.store, Secrets: [][]byte{[]byte(strings.Repeat("k", 32))}, Now: h.clock, NewID: func() string { return "new" },
		Issuer: "示例银行 捷报", Passwords: true, Cost: cheap(),
	}
	for _, c := range change {
		c(&o)
	}
	d, err := signin.New(o)
	h.must(err)
	return d
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// choose gives Li Na the good password.
func (h *house) choose() {
	h.t.Helper()
	h.must(h.SetPassword(h.t.Context(), signin.Choice{Agent: "na", Name: "Li.Na", New: good, Trusted: true}))
}

func (h *house) try(name, password string, from netip.Addr, known string) error {
	h.t.Helper()
	_, err := h.Password(h.t.Context(), signin.Attempt{Name: name, Password: password, Address: from, Known: known})
	return err
}

func (h *house) wantWait(err error, d time.Duration) {
	h.t.Helper()
	var wait *signin.WaitError
	if !errors.As(err, &wait) || wait.Until.Sub(h.clock()) != d {
		h.t.Fatalf("got %v, want to wait %s", err, d)
	}
}

func TestSigningInWithAPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.try("li.na", "", office, ""); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("without a password there is: %v", err)
	}
	h.choose()
	p, err := h.Password(t.Context(), signin.Attempt{Name: " LI.NA ", Password: good, Address: office})
	if err != nil || p.Agent != "na" || p.Next != "" {
		t.Fatalf("signed in %+v (%v)", p, err)
	}
	for name, password := range map[string]string{"li.na": good + " ", "li.nan": good, "": "", "agent:na": ""} {
		if err := h.try(name, password, office, ""); !errors.Is(err, signin.ErrWrong) {
			t.Errorf("%q with %q: %v", name, password, err)
		}
	}
	h.must(h.store.DisableAgent(t.Context(), "na"))
	if err := h.try("li.na", good, office, ""); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("disabled: %v", err)
	}
}

func TestChoosingAPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(h.store.CreateAgent(t.Context(), conversations.Agent{ID: "wu", Name: "吴", Role: conversations.RoleAgent, Scope: conversations.Scope{"head"}}))
	h.choose()
	var weak *signin.WeakError
	for name, c := range map[string]struct {
		choice signin.Choice
		want   error
	}{
		"a colleague's name":   {signin.Choice{Agent: "wu", Name: "LI.NA", New: good, Trusted: true}, signin.ErrTaken},
		"a wrong old password": {signin.Choice{Agent: "na", Name: "li.na", Old: "no", New: good + "!"}, signin.ErrWrong},
		"a stranger":           {signin.Choice{Agent: "nobody", Name: "x.y", New: good, Trusted: true}, conversations.ErrNotFound},
	} {
		if err := h.SetPassword(t.Context(), c.choice); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []signin.Choice{{Agent: "na", Name: "l", New: good}, {Agent: "na", Name: "li na", New: good}, {Agent: "na", Name: "li.na", New: "short"}} {
		c.Trusted = true
		if err := h.SetPassword(t.Context(), c); !errors.As(err, &weak) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	h.must(h.SetPassword(t.Context(), signin.Choice{Agent: "na", Name: "nana", Old: good, New: good + "!"}))
	if err := h.try("nana", good+"!", office, ""); err != nil {
		t.Error(err)
	}
}

// TestOtherSessionsEndWithThePassword: whoever knew the old one is out, and so
// are links that were made for the forgetful.
func TestOtherSessionsEndWithThePassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, id := range []string{"mine", "theirs"} {
		h.must(h.store.CreateSession(t.Context(), id, conversations.Session{ID: id, Agent: conversations.Agent{ID: "na"}, Began: h.clock(), Expires: h.clock().Add(time.Hour)}))
	}
	h.must(h.store.CreateSignIn(t.Context(), "link", "na", h.clock().Add(time.Hour)))
	h.must(h.SetPassword(t.Context(), signin.Choice{Agent: "na", Name: "li.na", New: good, Trusted: true, Session: "mine"}))
	left, err := h.store.Sessions(t.Context(), "na", h.clock(), time.Time{})
	if err != nil || len(left) != 1 || left[0].ID != "mine" {
		t.Errorf("left are %v (%v)", left, err)
	}
	if _, err := h.store.UseSignIn(t.Context(), "link", h.clock()); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("the link: %v", err)
	}
}

func TestGuessersWait(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	for _, name := range []string{"li.na", "nobody"} { // which cannot be told apart
		for range 6 {
			if err := h.try(name, "guess", abroad, ""); !errors.Is(err, signin.ErrWrong) {
				t.Fatal(err)
			}
		}
		for _, wait := range []time.Duration{1, 2, 4, 8, 15, 15} {
			h.wantWait(h.try(name, good, abroad, ""), wait*time.Minute)
			h.wantWait(h.try(name, good, office, ""), wait*time.Minute)
			h.advance(wait * time.Minute)
			if err := h.try(name, "guess", abroad, ""); !errors.Is(err, signin.ErrWrong) {
				t.Fatal(err)
			}
		}
	}
	h.advance(signin.PendingFor + 15*time.Minute)
	if err := h.try("li.na", good, office, ""); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := h.try("li.na", "guess", office, ""); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("who signed in has free tries again: %v", err)
	}
}

// TestGuessersDoNotKeepAColleagueOut: the browser that the agent uses is counted
// by itself, and so is a guesser who stole it.
func TestGuessersDoNotKeepAColleagueOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	known, err := h.Remember("na")
	h.must(err)
	for range 7 {
		_ = h.try("li.na", "guess", office, "")
	}
	h.wantWait(h.try("li.na", good, office, ""), time.Minute)
	h.must(h.try("li.na", good, office, known))
	for range 6 {
		_ = h.try("li.na", "guess", office, known)
	}
	h.wantWait(h.try("li.na", good, office, known), time.Minute)

	other, err := h.Remember("wu")
	h.must(err)
	h.wantWait(h.try("li.na", good, office, other), time.Minute)
	h.advance(signin.KnownFor)
	if h.Knows(known, "na") {
		t.Error("the browser is known for ever")
	}
}

// TestAnAddressWaitsToo: whoever tries one password with many names.
func TestAnAddressWaitsToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	for i := range 51 {
		if err := h.try("name"+string(rune('a'+i%26))+string(rune('a'+i/26)), "guess", netip.MustParseAddr("2001:db8:1:2::"+string(rune('1'+i%9))), ""); !errors.Is(err, signin.ErrWrong) {
			t.Fatal(i, err)
		}
	}
	h.wantWait(h.try("li.na", good, abroad, ""), time.Minute)
	h.must(h.try("li.na", good, office, ""))
}

func TestGuessesAtOnceAreAsMany(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	var mu sync.Mutex
	var wg sync.WaitGroup
	looked := 0
	for range 40 {
		wg.Go(func() {
			if err := h.try("li.na", "guess", office, ""); errors.Is(err, signin.ErrWrong) {
				mu.Lock()
				looked++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if looked != 6 {
		t.Errorf("%d guesses were looked at, want 6", looked)
	}
}

func TestHashesAreMadeAnewWhenTheCostChanges(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	before, err := h.store.Login(t.Context(), "na")
	h.must(err)
	h.Desk = h.desk(func(o *signin.Options) { o.Cost = signin.Cost{} }) // DefaultCost
	h.must(h.try("li.na", good, office, ""))
	after, err := h.store.Login(t.Context(), "na")
	h.must(err)
	if !strings.HasPrefix(before.Password, "$argon2id$v=19$m=64,t=1,p=1$") || !strings.HasPrefix(after.Password, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("the hash was %s and is %s", before.Password, after.Password)
	}
	h.must(h.try("li.na", good, office, ""))
}

// enrol sets a second factor up and returns its secret's code at the clock's
// time, and the recovery codes.
func (h *house) enrol() (code func() string, recovery []string) {
	h.t.Helper()
	e, err := h.Enrol(conversations.Agent{ID: "na", Name: "李娜"}, "li.na")
	h.must(err)
	u, err := url.Parse(e.Address)
	h.must(err)
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/示例银行 捷报:li.na" || u.Query().Get("issuer") != "示例银行 捷报" ||
		u.Query().Get("secret") != strings.ReplaceAll(e.Secret, " ", "") {
		h.t.Fatalf("the QR code says %s", e.Address)
	}
	code = func() string { return totp(h.t, u.Query().Get("secret"), h.clock()) }
	if _, err := h.Confirm(h.t.Context(), "na", e.Token, "000000"); !errors.Is(err, signin.ErrWrong) && code() != "000000" {
		h.t.Fatalf("a wrong code: %v", err)
	}
	if _, err := h.Confirm(h.t.Context(), "wu", e.Token, code()); !errors.Is(err, signin.ErrLate) {
		h.t.Fatalf("a colleague's token: %v", err)
	}
	recovery, err = h.Confirm(h.t.Context(), "na", e.Token, code())
	h.must(err)
	return code, recovery
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	code, recovery := h.enrol()
	second := func(c string) error {
		t.Helper()
		p, err := h.Password(t.Context(), signin.Attempt{Name: "li.na", Password: good, Address: office})
		h.must(err)
		agent, way, err := h.Second(t.Context(), p.Next, c, "")
		if err == nil && (agent != "na" || way != conversations.ByPassword) {
			t.Errorf("signed in %s by %s", agent, way)
		}
		return err
	}
	if err := second(code()); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("the code of the enrolment again: %v", err)
	}
	h.advance(30 * time.Second)
	h.must(second(code()[:3] + " " + code()[3:]))
	if err := second(code()); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("a code again: %v", err)
	}
	h.must(second(strings.ToLower(recovery[3])))
	if err := second(recovery[3]); !errors.Is(err, signin.ErrWrong) {
		t.Errorf("a recovery code again: %v", err)
	}
	if l, err := h.store.Login(t.Context(), "na"); err != nil || l.Codes != 9 || strings.Contains(l.Factor, recovery[0]) {
		t.Errorf("left are %d codes (%v)", l.Codes, err)
	}
	h.advance(time.Hour)
	for range 5 {
		_ = second("111111")
	}
	h.wantWait(second(code()), time.Minute)

	p, err := h.ByLink(t.Context(), "na")
	if err != nil || p.Next == "" {
		t.Errorf("a link passes the second factor by: %+v (%v)", p, err)
	}
	h.advance(5*time.Minute + time.Second)
	if _, _, err := h.Second(t.Context(), p.Next, code(), ""); !errors.Is(err, signin.ErrLate) {
		t.Errorf("after five minutes: %v", err)
	}
	h.must(h.DropFactor(t.Context(), "na"))
	if p, err := h.ByLink(t.Context(), "na"); err != nil || p.Next != "" {
		t.Errorf("without a second factor: %+v (%v)", p, err)
	}
}

// TestSecondFactorsOutliveTheKey: what was sealed with a former key is sealed
// anew once it is used.
func TestSecondFactorsOutliveTheKey(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.choose()
	code, _ := h.enrol()
	was, next := []byte(strings.Repeat("k", 32)), []byte(strings.Repeat("n", 32))
	h.Desk = h.desk(func(o *signin.Options) { o.Secrets = [][]byte{next, was} })
	h.advance(time.Minute)
	h.must(h.Code(t.Context(), "na", code(), false))
	h.Desk = h.desk(func(o *signin.Options) { o.Secrets = [][]byte{next} })
	h.advance(time.Minute)
	h.must(h.Code(t.Context(), "na", code(), false))
}
