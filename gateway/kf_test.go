package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wecom/wecomsim"
	"jiebao/config"
)

const (
	corpID   = "ww5823bf96d3bd56c7"
	openKfID = "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw"
)

// newCustomerService is a gateway whose bank also has a 微信客服 account, and a
// customer of it.
func newCustomerService(t *testing.T) (*badDay, *wecomsim.Sim, *wecomsim.Customer) {
	t.Helper()
	d := newBadDay(t, 0)
	d.stop()
	sim := wecomsim.New(wecomsim.Options{Seed: 7, Now: d.clock.Now})
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(server.Close)
	d.cfg.Accounts = append(d.cfg.Accounts, config.Account{
		ID: "wecom", Platform: "wecom", Branch: "head", Name: "示范银行", Secret: config.NewSecret("wecom-secret"),
		Token: config.NewSecret("wecomtoken"), EncodingAESKey: config.NewSecret(strings.Repeat("b", 42) + "A"), BaseURL: server.URL,
		WeCom: &config.WeCom{CorpID: corpID, AgentID: 1000002, Kf: []config.WeComKf{{ID: "kf", OpenKfID: openKfID, Name: "示范银行客服"}}},
	})
	d.start()
	app := wecomsim.App{
		CorpID: corpID, AgentID: 1000002, Name: "示范银行", Secret: "wecom-secret", Token: "wecomtoken",
		EncodingAESKey: strings.Repeat("b", 42) + "A", CallbackURL: d.app.URL() + "/callbacks/wecom",
	}
	if err := sim.AddApp(app); err != nil {
		t.Fatal(err)
	}
	if err := sim.AddKf(corpID, 1000002, wecomsim.Kf{OpenKfID: openKfID, Name: "示范银行客服"}); err != nil {
		t.Fatal(err)
	}
	anna, err := sim.AddCustomer(corpID, "安娜")
	if err != nil {
		t.Fatal(err)
	}
	return d, sim, anna
}

// heard are the customer's words as HR's page has them.
func (d *badDay) heard() []string {
	d.t.Helper()
	if _, err := d.call(http.MethodGet, "/inbox", nil, ""); err != nil {
		d.t.Fatal(err)
	}
	row := regexp.MustCompile(`href="/inbox/([a-z0-9]{16})`).FindStringSubmatch(d.last)
	if row == nil {
		return nil
	}
	if _, err := d.call(http.MethodGet, "/inbox/"+row[1], nil, ""); err != nil {
		d.t.Fatal(err)
	}
	_, talk, _ := strings.Cut(d.last, `class="messages"`)
	var words []string
	for _, m := range regexp.MustCompile(`class="words">(第[0-9]+句)<`).FindAllStringSubmatch(talk, -1) {
		words = append(words, m[1])
	}
	return words
}

// TestCustomerServiceMisbehaves: callbacks come twice or not at all, pages are
// empty, the platform fails and the gateway restarts. Every message is heard
// once and in order.
func TestCustomerServiceMisbehaves(t *testing.T) {
	t.Parallel()
	d, sim, anna := newCustomerService(t)
	fault := func(f wecomsim.Fault) {
		if err := sim.AddFault(f); err != nil {
			t.Fatal(err)
		}
	}
	link, err := d.app.FirstSignInLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	if code, err := d.call(http.MethodPost, "/signin", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "token="+token); err != nil || code != http.StatusOK {
		t.Fatalf("signing in: %d, %v", code, err)
	}
	var want []string
	say := func() {
		want = append(want, fmt.Sprintf("第%d句", len(want)+1))
		if _, err := anna.Say(openKfID, want[len(want)-1]); err != nil {
			t.Fatal(err)
		}
	}
	all := func(what string) {
		t.Helper()
		d.until(what, func() bool { return slices.Equal(d.heard(), want) })
	}
	say()
	all("the first words are heard")

	fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "duplicate:3", Count: 2})
	say()
	say()
	all("words whose callbacks came three times are heard once")

	fault(wecomsim.Fault{Path: "/kf/sync_msg", Mode: "empty_page", Count: 3})
	say()
	all("words behind empty pages are heard")

	fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "drop", Count: 2})
	say()
	say()
	d.pass(2 * time.Minute)
	all("words are heard whose callbacks never came")

	fault(wecomsim.Fault{Path: "/kf/sync_msg", Mode: "http:502", Count: 2})
	say()
	d.pass(time.Minute)
	all("words are heard that the platform gave out late")

	fault(wecomsim.Fault{Event: "kf_msg_or_event", Mode: "drop", Count: 1})
	d.stop()
	say()
	d.start()
	d.pass(2 * time.Second)
	all("words are heard that were said while the gateway was down")
}
