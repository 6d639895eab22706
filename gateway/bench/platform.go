package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// platform is the simulated WeChat, with a lookout before it.
type platform struct {
	sim    *wechatsim.Sim
	server *httptest.Server
	// lenient is set while the load generator plays the candidates behind
	// the simulator's back: it then knows of no reply window, and customer
	// messages are taken without asking it.
	lenient bool
	// told is called for every result whose template message was accepted.
	told atomic.Pointer[func(result int, at time.Time)]
}

// newPlatform simulates WeChat for one stage. Stages share databases and the
// account, and the platform never gives out a message's id twice: each has a
// seed of its own.
func newPlatform(seed uint64, latency time.Duration, lenient bool) (*platform, error) {
	p := &platform{lenient: lenient}
	p.sim = wechatsim.New(wechatsim.Options{
		Seed: seed, RealTime: true, Journal: -1,
		Receipts: wechatsim.Receipts{Off: true}, Latency: wechatsim.Range{Max: latency},
	})
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	p.sim.SetPublicURL(p.server.URL)
	if err := p.sim.AddAccount(p.account("")); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *platform) account(callback string) wechatsim.Account {
	return wechatsim.Account{
		AppID: appID, Secret: appSecret, Token: token, EncodingAESKey: encodingAESKey,
		Mode: wechatsim.Secure, CallbackURL: callback, Original: original, DailyTemplates: -1,
		Templates: map[string]wechatsim.TemplateSpec{
			"T-RESULT":  {Title: "面试结果通知", Content: "姓名：{{thing1.DATA}}\n岗位：{{thing2.DATA}}\n结果：{{phrase3.DATA}}\n日期：{{date4.DATA}}\n地点：{{thing5.DATA}}"},
			"T-WAITING": {Title: "消息提醒", Content: "姓名：{{thing1.DATA}}\n提醒：{{thing2.DATA}}\n说明：{{thing3.DATA}}"},
		},
	}
}

func (p *platform) close() {
	p.server.Close()
	p.sim.Close()
}

// follow gives the account n followers and returns their phones.
func (p *platform) follow(group string, n int) ([]*wechatsim.Phone, error) {
	phones := make([]*wechatsim.Phone, n)
	for i := range phones {
		var err error
		phones[i], err = p.sim.AddCandidate(appID, wechatsim.Candidate{Name: "王小明", OpenID: openID(group, i), Following: true})
		if err != nil {
			return nil, fmt.Errorf("adding followers to the simulator: %w", err)
		}
	}
	return phones, nil
}

const (
	templatePath = "/cgi-bin/message/template/send"
	customPath   = "/cgi-bin/message/custom/send"
)

func (p *platform) serve(w http.ResponseWriter, r *http.Request) {
	switch told := p.told.Load(); {
	case p.lenient && r.URL.Path == customPath:
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	case told != nil && r.URL.Path == templatePath:
		p.watch(w, r, *told)
	default:
		p.sim.Handler().ServeHTTP(w, r)
	}
}

// watch lets the simulator answer, and tells of what it accepted.
func (p *platform) watch(w http.ResponseWriter, r *http.Request, told func(int, time.Time)) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	heard := &listener{ResponseWriter: w}
	p.sim.Handler().ServeHTTP(heard, r)
	if n, found := resultOf(string(body)); found && heard.accepted {
		told(n, time.Now())
	}
}

// listener hears whether an answer says that a message was accepted.
type listener struct {
	http.ResponseWriter
	accepted bool
}

func (l *listener) Write(b []byte) (int, error) {
	l.accepted = l.accepted || bytes.Contains(b, []byte(`"errcode":0`))
	return l.ResponseWriter.Write(b)
}

// tellings returns the numbers of the results that the phone was told of, in
// the order they came.
func tellings(phone *wechatsim.Phone) (numbers []int) {
	for _, m := range phone.Screen().Messages {
		if m.Source != wechatsim.SourceTemplate {
			continue
		}
		for _, f := range m.Fields {
			if n, found := resultOf(f.Value); found && strings.HasPrefix(f.Value, street) {
				numbers = append(numbers, n)
			}
		}
	}
	return numbers
}
