package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"jiebao/channels/wechat/wechatsim"
)

// scriptCommands is what scripts say:
//
//	ehr FILE STATUS           post the file as a result, expect the HTTP status
//	api METHOD PATH STATUS [BODY]  call the API with the EHR's key
//	body REGEXP...            the last answer matches each
//	follow NAME [RESULT]      NAME scans the result's QR code, or just follows
//	unfollow NAME
//	say NAME TEXT             NAME types
//	tap NAME CHOICE           NAME taps the choice with that text
//	menu NAME KEY             NAME taps the account's menu
//	photo NAME SEED [cut]     NAME sends a photo; equal seeds, equal photos; cut: the end is missing
//	expect NAME REGEXP...     the next thing NAME sees, by whatever road, matches
//	passive NAME REGEXP...    the same, and it came in the callback's answer
//	quiet NAME                NAME sees nothing new once everything is settled
//	event TYPE [REGEXP...]    the next event the EHR gets; what is told of the bank's own words
//	                          is passed over, unless it is asked for
//	silence                   the EHR gets no further event
//	advance DURATION          time passes
//	hr signin|take|release NAME, hr reply|despite NAME TEXT, hr decide|overbook NAME VERDICT [DATE], hr approve NAME
//	hr settle NAME CHOICE [NOTE]  HR settles the conflict that the page shows
//	page NAME REGEXP...       HR's page of NAME's conversation matches each
//	fault MODE [PATH]         the platform misbehaves, once
//	ehrdown STATUS            the EHR answers STATUS from now on; 0: it works
//	policies FOLDER           the gateway follows these policies from now on
//	restart                   the gateway stops and starts again
//	model WORDS|STATUS        the model says the words, or answers with the HTTP status, from now on
//	asked [REGEXP...]         the next question the model got; without: it got no further one
//	unlogged TEXT...          the log holds none of these, nor any openid
//
// and what script_page_test.go, script_hands_test.go, script_knowledge_test.go, script_reach_test.go,
// script_mail_test.go, script_wecom_test.go, script_ehr_test.go,
// script_endpoints_test.go, script_storage_test.go, script_links_test.go,
// script_scanner_test.go, script_voice_test.go and script_typing_test.go add.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	commands := map[string]func(*script){
		"ehr": (*script).postResult, "api": (*script).api, "body": (*script).body,
		"follow": (*script).follow, "unfollow": (*script).unfollow, "say": (*script).say, "tap": (*script).tap,
		"menu": (*script).menu, "photo": (*script).photo,
		"expect": (*script).expect, "passive": (*script).passive, "quiet": (*script).quiet,
		"event": (*script).event, "silence": (*script).silence, "advance": (*script).advance,
		"hr": (*script).hr, "page": (*script).page, "fault": (*script).fault, "ehrdown": (*script).ehrdown,
		"restart": (*script).restart, "policies": (*script).policies, "unlogged": (*script).unlogged, "model": (*script).model, "asked": (*script).asked,
	}
	maps.Copy(commands, pageCommands())
	maps.Copy(commands, knowledgeCommands())
	maps.Copy(commands, handsCommands())
	maps.Copy(commands, reachCommands())
	maps.Copy(commands, mailCommands())
	maps.Copy(commands, weComCommands())
	maps.Copy(commands, signInCommands())
	maps.Copy(commands, ehrCommands())
	maps.Copy(commands, endpointCommands())
	maps.Copy(commands, reconcileCommands())
	maps.Copy(commands, storageCommands())
	maps.Copy(commands, bucketCommands())
	maps.Copy(commands, linkCommands())
	maps.Copy(commands, scannerCommands())
	maps.Copy(commands, voiceCommands())
	maps.Copy(commands, typingCommands())
	out := map[string]func(*testscript.TestScript, bool, []string){}
	for name, run := range commands {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s cannot be negated", name)
			}
			run(&script{ts, ts.Value(worldKey{}).(*world), args})
		}
	}
	return out
}

// script is one line of a script under way.
type script struct {
	*testscript.TestScript
	w    *world
	args []string
}

// arg returns argument i, which has to be there.
func (s *script) arg(i int) string {
	if i >= len(s.args) {
		s.Fatalf("argument %d is missing", i+1)
	}
	return s.args[i]
}

func (s *script) phone() *phone {
	name := s.arg(0)
	p, ok := s.w.phones[name]
	if !ok {
		sp, err := s.w.sim.AddCandidate(appID, wechatsim.Candidate{Name: name})
		s.Check(err)
		p = &phone{Phone: sp}
		s.w.phones[name] = p
	}
	return p
}

func (s *script) status(got int, want string) {
	if strconv.Itoa(got) != want {
		s.Fatalf("status %d, want %s: %s", got, want, shortened(s.w.last))
	}
}

func (s *script) match(what, text string, patterns []string) {
	for _, p := range patterns {
		if !matcher(p).MatchString(text) {
			s.Fatalf("%s does not match %q:\n%s", what, p, text)
		}
	}
}

func matcher(pattern string) *regexp.Regexp { return regexp.MustCompile("(?s)" + pattern) }

var asEHR = http.Header{"Authorization": {"Bearer " + apiKey}, "Content-Type": {"application/json"}}

func (s *script) postResult() {
	code, err := s.w.call(http.MethodPost, "/v1/results", asEHR, s.ReadFile(s.arg(0)))
	s.Check(err)
	s.status(code, s.arg(1))
}

func (s *script) api() {
	body := ""
	if len(s.args) > 3 {
		body = s.arg(3)
	}
	code, err := s.w.call(s.arg(0), s.arg(1), asEHR, body)
	s.Check(err)
	s.status(code, s.arg(2))
}

func (s *script) body() { s.match("the answer", s.w.last, s.args) }

// acted ends an act of the candidate: WeChat must have got a good answer.
func (s *script) acted(x wechatsim.Exchange, err error) {
	s.Check(err)
	if x.Outcome != wechatsim.Answered && x.Outcome != wechatsim.Silent {
		s.Logf("the callback: %s %+v", x.Outcome, x.Attempts)
	}
}

func (s *script) follow() {
	code := ""
	if len(s.args) > 1 {
		code = s.invitation(s.args[1])
	}
	p := s.phone()
	if code != "" {
		s.acted(p.Scan(code))
		return
	}
	s.acted(p.Follow(""))
}

// invitation waits until the result's QR code is made, and returns what it
// says. A code once seen can be shown again when it is used up.
func (s *script) invitation(result string) string {
	if link, ok := s.w.links[result]; ok {
		return link
	}
	var view struct {
		Binding struct {
			Invitation struct{ Link string }
		}
	}
	s.eventually("the QR code of "+result+" is made", func() bool {
		_, err := s.w.call(http.MethodGet, "/v1/results/"+result, asEHR, "")
		s.Check(err)
		s.Check(json.Unmarshal([]byte(s.w.last), &view))
		return view.Binding.Invitation.Link != ""
	})
	s.w.links[result] = view.Binding.Invitation.Link
	return s.w.links[result]
}

// eventually looks again and again, because what it waits for happens in the
// program's own time.
func (s *script) eventually(what string, true_ func() bool) {
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !true_() {
		select {
		case <-look.C:
		case <-ctx.Done():
			s.Fatalf("it does not come about that %s; the last answer was %s\nlog:\n%s", what, s.w.last, s.w.logged())
		}
	}
}

func (s *script) unfollow() { s.acted(s.phone().Unfollow()) }
func (s *script) say()      { s.acted(s.phone().Say(s.arg(1))) }
func (s *script) menu()     { s.acted(s.phone().ClickMenu(s.arg(1))) }

func (s *script) tap() {
	p := s.phone()
	for _, m := range slices.Backward(p.Screen().Messages) {
		for _, ch := range m.Choices {
			if ch.Content == s.arg(1) {
				s.acted(p.Tap(ch.ID))
				return
			}
		}
	}
	s.Fatalf("nobody offered %q: %s", s.arg(1), screen(p.Screen().Messages))
}

func (s *script) photo() {
	photo := s.photoOf(s.arg(1))
	if len(s.args) > 2 {
		photo = photo[:len(photo)-100]
	}
	s.acted(s.phone().SendImage(photo))
}

// photoOf takes a photo; equal seeds, equal photos.
func (s *script) photoOf(seed string) []byte {
	n, err := strconv.Atoi(seed)
	s.Check(err)
	photo, err := takePhoto(n)
	s.Check(err)
	return photo
}

func takePhoto(n int) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x * n), uint8(y), uint8(n), 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, nil)
	return b.Bytes(), err
}

// see waits for the next message from the account.
func (s *script) see() wechatsim.PhoneMessage {
	p := s.phone()
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	for {
		sc := p.Screen()
		for _, m := range sc.Messages {
			if m.Seq > p.read && m.From != wechatsim.FromCandidate && m.Type != "event" {
				p.read = m.Seq
				return m
			}
		}
		if ctx.Err() != nil {
			s.Fatalf("%s sees nothing new after\n%s\nlog:\n%s", s.arg(0), screen(sc.Messages), s.w.logged())
		}
		s.pause(ctx, p, sc.Version)
	}
}

// pause lets a moment pass, in which the phone may change.
func (s *script) pause(ctx context.Context, p *phone, version int64) {
	s.w.clock.Advance(50 * time.Millisecond)
	soon, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	p.Wait(soon, version)
}

func (s *script) expect() { s.match("what "+s.arg(0)+" sees", rendered(s.see()), s.args[1:]) }

func (s *script) passive() {
	m := s.see()
	if m.Source != wechatsim.SourcePassive {
		s.Fatalf("this came by %s: %s", m.Source, rendered(m))
	}
	s.match("the callback's answer", rendered(m), s.args[1:])
}

func (s *script) quiet() {
	s.settle()
	for _, m := range s.phone().Screen().Messages {
		if m.Seq > s.phone().read && m.From != wechatsim.FromCandidate && m.Type != "event" {
			s.Fatalf("%s sees %s", s.arg(0), rendered(m))
		}
	}
}

// settle lets a second pass and waits until the outbox holds nothing that is
// due.
func (s *script) settle() {
	s.w.clock.Advance(time.Second)
	s.eventually("the outbox is empty", func() bool {
		_, err := s.w.call(http.MethodGet, "/readyz", nil, "")
		s.Check(err)
		return !strings.Contains(s.w.last, `"due":true`)
	})
}

func (s *script) event() {
	ctx, cancel := context.WithTimeout(s.w.t.Context(), patient)
	defer cancel()
	ev, err := s.w.ehr.next(ctx, s.arg(0))
	if err != nil {
		s.Fatalf("waiting for %s: %v\nlog:\n%s", s.arg(0), err, s.w.logged())
	}
	if ev.Type != s.arg(0) {
		s.Fatalf("the EHR got %s %s, want %s", ev.Type, ev.Body, s.arg(0))
	}
	s.match("the event", ev.Body, s.args[1:])
}

func (s *script) silence() {
	s.settle()
	s.w.ehr.mu.Lock()
	defer s.w.ehr.mu.Unlock()
	for _, ev := range s.w.ehr.events {
		if !ev.beside() {
			s.Fatalf("the EHR got %+v", ev)
		}
	}
}

func (s *script) advance() {
	d, err := time.ParseDuration(s.arg(0))
	s.Check(err)
	s.settle()
	s.w.clock.Advance(d)
	s.w.sim.Tick()
	s.settle()
}

func (s *script) hr() {
	switch s.arg(0) {
	case "signin":
		link, err := s.w.app.FirstSignInLink(s.w.t.Context())
		s.Check(err)
		_, token, _ := strings.Cut(link, "token=")
		code, err := s.w.call(http.MethodPost, "/signin", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "token="+token)
		s.Check(err)
		s.status(code, "200")
	case "take", "release":
		s.hrForm("/owner", url.Values{"do": {s.arg(0)}, "epoch": {s.shown("epoch")}})
	case "reply":
		s.hrForm("/reply", url.Values{"text": {s.arg(2)}, "epoch": {s.shown("epoch")}})
	case "despite": // a reply to somebody who wants no more messages
		s.hrForm("/reply", url.Values{"text": {s.arg(2)}, "epoch": {s.shown("epoch")}, "despite": {"yes"}})
	case "decide", "overbook":
		fields := url.Values{"request": {s.shown("request")}, "verdict": {s.arg(2)}}
		if len(s.args) > 3 {
			fields.Set("date", s.args[3])
		}
		if s.arg(0) == "overbook" {
			fields.Set("overbook", "yes")
		}
		s.hrForm("/decide", fields)
	case "settle":
		fields := url.Values{"conflict": {s.shown("conflict")}, "choice": {s.arg(2)}}
		if len(s.args) > 3 {
			fields.Set("note", s.args[3])
		}
		s.hrForm("/settle", fields)
	case "approve":
		s.hrForm("/claim", url.Values{"do": {"approve"}, "match": {s.shown("match")}})
	default:
		s.Fatalf("HR cannot %q", s.arg(0))
	}
}

func (s *script) hrForm(action string, fields url.Values) {
	id := s.conversation(s.arg(1))
	code, err := s.w.form("/inbox/"+id+action, fields)
	s.Check(err)
	s.status(code, "200")
}

// conversation finds the id of the conversation in the inbox's list.
func (s *script) conversation(name string) string {
	_, err := s.w.call(http.MethodGet, "/inbox", nil, "")
	s.Check(err)
	var shown []string
	for _, row := range regexp.MustCompile(`(?s)href="/inbox/([a-z0-9]{16})[^"]*"[^>]*>.*?</a>`).FindAllStringSubmatch(s.w.last, -1) {
		if strings.Contains(row[0], name) {
			return row[1]
		}
		shown = append(shown, row[0])
	}
	s.Fatalf("the inbox does not show %s but %s", name, shown)
	return ""
}

// shown reads a hidden field of the conversation's page.
func (s *script) shown(field string) string {
	_, err := s.w.call(http.MethodGet, "/inbox/"+s.conversation(s.arg(1)), nil, "")
	s.Check(err)
	m := regexp.MustCompile(`name="` + field + `" value="([^"]*)"`).FindStringSubmatch(s.w.last)
	if m == nil {
		s.Fatalf("the page has no field %s: %s", field, shortened(s.w.last))
	}
	return m[1]
}

func (s *script) page() {
	_, err := s.w.call(http.MethodGet, "/inbox/"+s.conversation(s.arg(0)), nil, "")
	s.Check(err)
	s.match("the page", s.w.last, s.args[1:])
}

func (s *script) fault() {
	f := wechatsim.Fault{Mode: s.arg(0), Count: 1}
	if len(s.args) > 1 {
		f.Match.Path = s.args[1]
	}
	_, err := s.w.sim.AddFault(f)
	s.Check(err)
}

func (s *script) ehrdown() {
	code, err := strconv.Atoi(s.arg(0))
	s.Check(err)
	s.w.ehr.mu.Lock()
	defer s.w.ehr.mu.Unlock()
	s.w.ehr.status = code
}

func (s *script) restart() {
	s.w.stop()
	s.w.start()
}

func (s *script) policies() {
	s.w.cfg.Bot.PoliciesDir = s.MkAbs(s.arg(0))
	_, err := s.w.call(http.MethodGet, "/signin", nil, "") // once it has started
	s.Check(err)
	s.restart()
}

func (s *script) unlogged() {
	log, secrets := s.w.logged(), slices.Clone(s.args)
	for _, p := range s.w.phones {
		secrets = append(secrets, p.OpenID())
		if p.browser != nil {
			secrets = append(secrets, strings.TrimPrefix(p.browser.path, "/c/"))
		}
	}
	for _, secret := range secrets {
		if strings.Contains(log, secret) {
			s.Fatalf("the log says %q:\n%s", secret, log)
		}
	}
}

// rendered is a message as one text: its fields, words and choices.
func rendered(m wechatsim.PhoneMessage) string {
	parts := []string{m.Title, m.Text}
	for _, f := range m.Fields {
		parts = append(parts, f.Label+"："+f.Value)
	}
	for _, ch := range m.Choices {
		parts = append(parts, "["+ch.Content+"]")
	}
	return strings.TrimSpace(strings.Join(append(parts, m.Tail), "\n"))
}

func screen(ms []wechatsim.PhoneMessage) string {
	var b strings.Builder
	for _, m := range ms {
		b.WriteString(m.From + " (" + m.Source + "): " + rendered(m) + "\n")
	}
	return b.String()
}

// shortened is a page without what fills pages.
func shortened(page string) string {
	page = regexp.MustCompile(`(?s)<svg.*?</svg>|<head>.*?</head>|<[^>]*>`).ReplaceAllString(page, " ")
	return regexp.MustCompile(`\s+`).ReplaceAllString(page, " ")
}
