package wecom_test

import (
	"strings"
	"testing"

	"jiebao/channels"
	"jiebao/channels/wecom"
	"jiebao/channels/wecom/wecomsim"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		prepare  func(*world)
		app, kf  channels.State
		says     string
		openKfID string
		agent    int64
	}{
		"well": {app: channels.Good, kf: channels.Good},
		"another address": {prepare: func(w *world) {
			w.fault(wecomsim.Fault{Path: "/agent/get", Mode: "errcode:60020"})
		}, app: channels.Bad, kf: channels.Good, says: "企业可信IP"},
		"another app":   {agent: 1000009, app: channels.Bad, kf: channels.Good, says: "agent_id"},
		"an unknown kf": {openKfID: "wkUnknown", app: channels.Good, kf: channels.Bad, says: "open_kfid"},
		"a kf without right": {prepare: func(w *world) {
			w.fault(wecomsim.Fault{Path: "/kf/account/list", Mode: "errcode:48002"})
		}, app: channels.Good, kf: channels.Bad, says: "可调用接口的应用"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, wecomsim.XML, "http://127.0.0.1:1")
			if tt.prepare != nil {
				tt.prepare(w)
			}
			if tt.openKfID == "" {
				tt.openKfID = openKfID
			}
			if tt.agent == 0 {
				tt.agent = agentID
			}
			app, kfs, err := wecom.New(wecom.Account{
				ID: appID, Name: "捷报银行", Branch: "head", CorpID: corpID, AgentID: tt.agent, Secret: secret, Token: token, EncodingAESKey: key, BaseURL: w.server.URL,
				Kf: []wecom.KfAccount{{ID: kfID, Name: "招聘客服", Branch: "head", OpenKfID: tt.openKfID}},
			}, wecom.Options{Now: w.Now})
			w.must(err)
			var said string
			for checker, want := range map[channels.Checker]channels.State{app: tt.app, kfs[0]: tt.kf} {
				worst := channels.Good
				for _, f := range checker.Check(t.Context()) {
					if f.State != channels.Good {
						worst = f.State
					}
					said += f.Text + " " + f.Do + "\n"
				}
				if worst != want {
					t.Errorf("%T: %s, want %s", checker, worst, want)
				}
			}
			if !strings.Contains(said, tt.says) || strings.Contains(said, secret) {
				t.Errorf("said %s", said)
			}
		})
	}
}
