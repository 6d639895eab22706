package wecom_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/channels/wecom"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/conversations"
)

var _ channels.Marker = (*wecom.App)(nil)

// tapped sends a card, has its button tapped, and returns the mark to be made.
func (w *world) tapped(d *desk, message string) conversations.Mark {
	w.t.Helper()
	menu := w.toMember(conversations.Menu, "您能在12月1日入职吗？")
	menu.Message = message
	menu.Choices = []conversations.Choice{{ID: "yes", Text: "可以 & <好>"}, {ID: "no", Text: "不行"}}
	w.send(w.app, menu)
	w.did(w.li.Tap(agentID, "可以 & <好>"))
	in := d.last(w.t)
	if in.Mark == nil {
		w.t.Fatalf("the tap came in as %+v", in)
	}
	return *in.Mark
}

func (w *world) refusedMark(m conversations.Mark) *conversations.SendError {
	w.t.Helper()
	err := w.app.Mark(w.t.Context(), m)
	var e *conversations.SendError
	if !errors.As(err, &e) {
		w.t.Fatalf("marking ended with %v", err)
	}
	for _, hidden := range []string{secret, userID, m.Handle} {
		if hidden != "" && strings.Contains(err.Error(), hidden) {
			w.t.Errorf("the error tells %q: %v", hidden, err)
		}
	}
	return e
}

func (w *world) chosen(i int) string { return w.li.Screen(agentID)[i].Chosen }

// A code works once, for 72 hours; what is refused is refused for good.
func TestAMarkIsMadeOnceAndInTime(t *testing.T) {
	t.Parallel()
	w, d := open(t, wecomsim.XML)
	m := w.tapped(d, "c-1")
	w.must(w.app.Mark(t.Context(), m))
	if got := w.chosen(0); got != "✓ 可以 & <好>" {
		t.Errorf("the card shows %q", got)
	}
	if e := w.refusedMark(m); e.Reason != conversations.BadContent {
		t.Errorf("a used code: %v", e)
	}
	late := w.tapped(d, "c-2")
	w.Advance(72 * time.Hour)
	if e := w.refusedMark(late); e.Reason != conversations.BadContent || w.Now().Before(late.Until) {
		t.Errorf("after 72 hours: %v; it was to be made until %v", e, late.Until)
	}
	if got := w.chosen(1); got != "" {
		t.Errorf("the card shows %q", got)
	}
}

// A token that dies is renewed and the mark made all the same; so it is when the
// answer to the first try gets lost, though nobody can tell then.
func TestMarksOutliveTrouble(t *testing.T) {
	t.Parallel()
	const path = "/message/update_template_card"
	w, d := open(t, wecomsim.JSON)
	m := w.tapped(d, "c-1")
	w.fault(wecomsim.Fault{Path: path, Mode: "token_kill", Count: 1})
	w.must(w.app.Mark(t.Context(), m))
	if got := w.chosen(0); got != m.Text {
		t.Errorf("the card shows %q", got)
	}
	for mode, want := range map[string]conversations.Reason{
		"garbage_json": conversations.OutcomeUnsure, "errcode:-1": conversations.Temporary, "http:502": conversations.Temporary,
		"errcode:45009": conversations.Throttled, "errcode:48002": conversations.Credentials,
	} {
		m := w.tapped(d, "c-"+strings.ReplaceAll(mode, ":", "_"))
		w.fault(wecomsim.Fault{Path: path, Mode: mode, Count: 1})
		if e := w.refusedMark(m); e.Reason != want {
			t.Errorf("%s: %v", mode, e)
		}
		again := w.app.Mark(t.Context(), m)
		if made := mode == "garbage_json"; (again == nil) == made || w.chosen(len(w.li.Screen(agentID))-1) != m.Text {
			t.Errorf("%s: once more: %v", mode, again)
		}
	}
	m.To.ID = "@all"
	if e := w.refusedMark(m); e.Reason != conversations.BadRecipient {
		t.Errorf("everybody: %v", e)
	}
}

// Only an answer that says errcode 0 and names nobody is a success.
func TestHowMarksAreAnswered(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]conversations.Reason{
		`{"errcode":0,"errmsg":"ok","invaliduser":[]}`:                "",
		`{"errcode":0,"errmsg":"ok"}`:                                 "",
		`{"errcode":0,"invaliduser":""}`:                              "",
		`{"errcode":0,"errmsg":"ok","invaliduser":["lisi-20261122"]}`: conversations.BadRecipient,
		`{"errmsg":"ok"}`:                                             conversations.OutcomeUnsure,
		`[]`:                                                          conversations.OutcomeUnsure,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/gettoken") {
				io.WriteString(rw, `{"errcode":0,"access_token":"t1","expires_in":7200}`)
				return
			}
			io.WriteString(rw, body)
		}))
		app, _, err := wecom.New(wecom.Account{
			ID: appID, CorpID: corpID, AgentID: agentID, Secret: secret, Token: token, EncodingAESKey: key, BaseURL: server.URL,
		}, wecom.Options{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		err = app.Mark(t.Context(), conversations.Mark{To: conversations.Address{Account: appID, ID: userID}, Handle: "code", Text: "✓ 可以"})
		var e *conversations.SendError
		if errors.As(err, &e); (err == nil) != (want == "") || e != nil && e.Reason != want {
			t.Errorf("%s: %v", body, err)
		}
		server.Close()
	}
}
