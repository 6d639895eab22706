package h5_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"jiebao/channels/channeltest"
	"jiebao/channels/h5"
	"jiebao/conversations"
)

// overheard is the world's store, which tells another of all that it is told.
type overheard struct {
	*memory
	by conversations.Store
}

func (o *overheard) Apply(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	applied, err := o.memory.Apply(ctx, to, c)
	if err == nil {
		_, err = o.by.Apply(ctx, to, c)
	}
	return applied, err
}

// recorded is the account with the conversation that it shows: what it takes
// stands there.
type recorded struct {
	h5.Account
	world *world
}

func (a recorded) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	receipt, err := a.Account.Send(ctx, d)
	if err == nil {
		a.world.record(conversations.Message{Author: conversations.ByBot, Kind: d.Kind, Address: d.To, Text: d.Text, Choices: d.Choices, Status: conversations.Sent})
	}
	return receipt, err
}

var (
	said = regexp.MustCompile(`(?s)<li class="bubble"><p class="who">.*?<div class="said">(.*?)</div></li>`)
	tags = regexp.MustCompile(`<[^>]*>`)
)

// shown are the account's messages as they stand on the page.
func (v *visitor) shown() []string {
	answer := v.do("GET", v.path+"/chat", nil, v.pass)
	var out []string
	for _, m := range said.FindAllStringSubmatch(answer.Body.String(), -1) {
		out = append(out, html.UnescapeString(tags.ReplaceAllString(m[1], "")))
	}
	return out
}

// send submits a form of the conversation as often as told.
func (v *visitor) send(times int, fields ...string) {
	v.t.Helper()
	page := v.get("/chat")
	for range times {
		if answer := v.press(page, "/chat", fields...); answer.Code != http.StatusSeeOther {
			v.t.Fatalf("sending %q: %d %s", fields, answer.Code, answer.Body)
		}
	}
}

// tap taps a choice that the page offers. The bot's answer takes its place, so
// that the question is asked again.
func (v *visitor) tap(choice string) {
	v.t.Helper()
	if offer := `name="choice" value="` + choice + `"`; !strings.Contains(v.get("/chat"), offer) {
		v.t.Fatalf("the page does not offer %s", choice)
	}
	asked := v.messages["c1"][len(v.messages["c1"])-1].Message
	v.send(1, "choice", choice)
	v.record(asked)
}

// forgeries are posts that none but the candidate's own page may make.
func (v *visitor) forgeries() map[string]func(*testing.T, string) {
	post := func(changes ...func(*http.Request)) func(*testing.T, string) {
		return func(_ *testing.T, text string) {
			form := sealed(v.get("/chat"))
			form.Set("text", text)
			v.do("POST", v.path+"/chat", strings.NewReader(form.Encode()), append(changes, header("Content-Type", "application/x-www-form-urlencoded"))...)
		}
	}
	return map[string]func(*testing.T, string){
		"without the digits":               post(),
		"with a pass by guess":             post(header("Cookie", "__Secure-jiebao_pass=AAAA")),
		"from another site":                post(v.passed, header("Sec-Fetch-Site", "cross-site")),
		"with the pass of somebody else's": post(v.enteredAs("c2", "9002")),
	}
}

// passed is the visitor's pass.
func (v *visitor) passed(r *http.Request) { v.pass(r) }

// enteredAs has somebody else open their own page, and returns their pass.
func (v *visitor) enteredAs(conversation, digits string) func(*http.Request) {
	return func(r *http.Request) {
		answer := v.enter(v.world.path(conversation), digits)
		if len(answer.Result().Cookies()) != 1 {
			v.t.Fatalf("entering %s: %d", conversation, answer.Code)
		}
		r.AddCookie(answer.Result().Cookies()[0])
	}
}

// platform is the page behind the address that requests go to, and c1's
// browser.
func platform(t *testing.T, address string) channeltest.Platform {
	store := &overheard{}
	w := newWorld(t, func(o *h5.Options) {
		store.memory = o.Store.(*memory)
		o.Store = store
	})
	u, err := url.Parse(address)
	check(t, err)
	w.front = httputil.NewSingleHostReverseProxy(u)
	v := &visitor{world: w}
	return channeltest.Platform{
		Adapter: recorded{h5.Account{Name: "候选人网页"}, w},
		Now:     w.time,
		To:      conversations.Address{Account: conversations.PageAccount, ID: "c1"},
		Door: func(told conversations.Store) http.Handler {
			store.by = told
			return w.page
		},
		Begin:    func(*testing.T) { *v = *w.visitor() },
		Say:      func(_ *testing.T, text string) { v.send(1, "text", text) },
		SayAgain: func(_ *testing.T, text string) { v.send(3, "text", text) },
		Tap:      func(_ *testing.T, choice string) { v.tap(choice) },
		Unsigned: true, // the link and the pass are the secret
		Forge:    v.forgeries(),
		Shown:    v.shown,
		Secrets:  []string{"13800138001", w.links.Page("c1", noon)},
		Logged:   w.log.String,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, platform)
}
