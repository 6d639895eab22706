package wechatsim_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

const templatePath = "/message/template/send"

func TestAPIFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode   string
		code   int  // errcode answered
		broken bool // no readable answer
		shown  bool // the phone shows the message all the same
	}{
		{"errcode:45009", 45009, false, false},
		{"rate_limit", 45011, false, false},
		{"http:502", 0, true, false},
		{"slow:1ms", 0, false, true},
		{"reset", 0, true, false},
		{"reset_after_commit", 0, true, true},
		{"garbage_json", 0, true, true},
		{"token_kill", 40001, false, false},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			p := start(t, wechatsim.Options{}, nil, nil)
			p.follow()
			path := p.with("/cgi-bin/message/template/send")
			p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: templatePath, OpenID: p.anna.OpenID()}, Mode: c.mode, Count: 1})
			got, err := p.tryPost(path, goodTemplate(p.anna.OpenID(), "once"))
			if (err != nil) != c.broken || got.Code != c.code {
				t.Fatalf("answer %+v, %v; want errcode %d, broken %v", got, err, c.code, c.broken)
			}
			if _, shown := p.anna.Screen().Last(); shown != c.shown {
				t.Fatalf("shown %v, want %v", shown, c.shown)
			}
			want(t, p.sendTemplate("once"), 0) // struck once only
			if n := len(p.anna.Screen().Messages); n != 2 {
				t.Fatalf("%d things on the phone, want the follow and one message", n)
			}
			if f := p.Faults(); f[0].Hits != 1 {
				t.Fatalf("hits %d, want 1", f[0].Hits)
			}
		})
	}
}

func TestExpireMediaFault(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	id := p.upload("image", "a.png", onePixel(t)).MediaID
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: "/media/get"}, Mode: "expire_media", Count: 1})
	if _, body := p.download(id); !strings.Contains(body, "40007") {
		t.Fatalf("got %s", body)
	}
}

func TestFaultsMatchAndEnd(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	id := p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: templatePath, OpenID: "oOther"}, Mode: "errcode:-1"})
	want(t, p.sendTemplate(""), 0)
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: templatePath}, Mode: "errcode:-1"})
	want(t, p.sendTemplate(""), -1)
	want(t, p.sendTemplate(""), -1)
	if err := p.RemoveFault(id); err != nil {
		t.Fatal(err)
	}
	if p.RemoveFault(id) == nil {
		t.Fatal("removed twice")
	}
	p.ClearFaults()
	want(t, p.sendTemplate(""), 0)
	for _, bad := range []string{"dance", "errcode:x", "http:200", "duplicate:1", "slow:soon", "slow"} {
		if _, err := p.AddFault(wechatsim.Fault{Mode: bad}); err == nil {
			t.Errorf("accepted mode %q", bad)
		}
	}
}

func TestProbableFaults(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: templatePath}, Mode: "errcode:-1", Prob: 0.5})
	hit := 0
	for range 100 {
		if p.sendTemplate("").Code != 0 {
			hit++
		}
	}
	if hit < 30 || hit > 70 {
		t.Fatalf("%d of 100 struck at 0.5", hit)
	}
}

func TestDuplicateShowsOneReply(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]int{}
	p := start(t, wechatsim.Options{}, plain, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		_, rest, _ := strings.Cut(string(b), "<MsgId>")
		id, _, _ := strings.Cut(rest, "<")
		mu.Lock()
		seen[id]++
		mu.Unlock()
		io.WriteString(w, textReply(r.URL.Query().Get("openid"), "收到"))
	})
	p.follow()
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "duplicate:3"})
	x := p.say("你好")
	if seen[x.MsgID] != 3 || len(x.Attempts) != 3 {
		t.Fatalf("posted %d times, %d attempts", seen[x.MsgID], len(x.Attempts))
	}
	sc := p.anna.Screen()
	if n := len(sc.Messages); n != 4 { // follow, its reply, the text, one reply
		t.Fatalf("%d things on the phone, want 4", n)
	}
}

func contents(in *inbox) string {
	var names []string
	for _, r := range in.all() {
		_, rest, _ := strings.Cut(r.body, "<Content><![CDATA[")
		name, _, ok := strings.Cut(rest, "]")
		if ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func TestReorder(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{}, plain, in.take)
	p.follow()
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "reorder", Count: 1})
	if x := p.say("first"); x.Outcome != wechatsim.Held {
		t.Fatalf("outcome %s", x.Outcome)
	}
	p.say("second")
	if got := contents(&in); got != "second first" {
		t.Fatalf("delivered %q", got)
	}
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "reorder", Count: 1})
	p.say("third")
	if err := p.Settle(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := contents(&in); got != "second first third" {
		t.Fatalf("Settle left it at %q", got)
	}
}

func TestDelayAndDrop(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{}, plain, in.take)
	p.follow()
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "delay", Delay: wechatsim.Duration(10 * time.Minute), Count: 1})
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: "drop", Count: 1})
	if x := p.say("later"); x.Outcome != wechatsim.Delayed {
		t.Fatalf("outcome %s", x.Outcome)
	}
	if x := p.say("never"); x.Outcome != wechatsim.Dropped {
		t.Fatalf("outcome %s", x.Outcome)
	}
	p.say("now")
	p.Advance(10 * time.Minute)
	if got := contents(&in); got != "now later" {
		t.Fatalf("delivered %q", got)
	}
}

func TestReceiptFaults(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{}, plain, in.take)
	p.follow()
	p.fault(wechatsim.Fault{Match: wechatsim.Match{Path: templatePath}, Mode: "receipt_before_response", Count: 1})
	want(t, p.sendTemplate(""), 0)
	if n := len(in.all()); n != 2 {
		t.Fatalf("%d callbacks when the answer arrives, want the receipt among them", n)
	}
	p.fault(wechatsim.Fault{Mode: "late_receipt", Delay: wechatsim.Duration(2 * time.Hour), Count: 1})
	want(t, p.sendTemplate(""), 0)
	p.Advance(time.Hour)
	if n := len(in.all()); n != 2 {
		t.Fatal("the late receipt was on time")
	}
	p.Advance(time.Hour + 2*time.Second)
	if n := len(in.all()); n != 3 {
		t.Fatalf("%d callbacks, want the late receipt", n)
	}
}

func TestForgedCallbacks(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{Start: day0}, nil, in.take)
	p.follow()
	good := in.all()[0]
	for _, mode := range []string{"bad_signature", "old_timestamp", "downgrade_plain"} {
		p.fault(wechatsim.Fault{Match: wechatsim.Match{Event: "text"}, Mode: mode, Count: 1})
		if x := p.say(mode); len(x.Attempts) != 1 {
			t.Fatalf("%s: %d tries, want one", mode, len(x.Attempts))
		}
	}
	all := in.all()
	if all[1].query["encrypt_type"] != "aes" || strings.Contains(all[1].body, "bad_signature") {
		t.Error("bad_signature: want it sealed")
	}
	if all[2].query["timestamp"] >= good.query["timestamp"] {
		t.Error("old_timestamp: want it older than today's")
	}
	if all[3].query["encrypt_type"] != "" || !strings.Contains(all[3].body, "downgrade_plain") || len(all[3].query["signature"]) != 40 {
		t.Errorf("downgrade_plain: %v %s", all[3].query, all[3].body)
	}
}
