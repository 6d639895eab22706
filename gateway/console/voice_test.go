package console

import (
	"net/http"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

const amr = "#!AMR\n\x04aaaaaaaaaaaa"

// spoke has Zhang send a voice message and returns its number.
func spoke(d *desk, words string, r conversations.Recording) int64 {
	c := d.f.convs["zhang"]
	s := seeder{f: d.f, now: d.f.now()}
	s.say(&c, time.Minute, conversations.Message{Author: conversations.ByCandidate, Kind: conversations.Voice, Text: words})
	r.N = c.Messages
	c.Recordings = append(c.Recordings, r)
	d.f.convs["zhang"] = c
	return r.N
}

func onTape() conversations.Recording {
	return conversations.Recording{State: conversations.RecordingKept, Size: int64(len(amr)), Millis: 64_400}
}

func TestVoiceIsServedSafely(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	n := spoke(d, "我接受", onTape())
	d.f.files["zhang-v"+number(n)] = []byte(amr)
	path := "/inbox/zhang/voice/" + number(n)
	w := d.get(path)
	d.wantCode(w, http.StatusOK)
	h := w.Header()
	if h.Get("Content-Type") != "audio/amr" || h.Get("Content-Disposition") != `attachment; filename="zhang-v`+number(n)+`.amr"` || h.Get("X-Content-Type-Options") != "nosniff" ||
		h.Get("Content-Length") != "19" || h.Get("Content-Security-Policy") != filePolicy || h.Get("Cache-Control") != "no-store" || w.Body.String() != amr {
		t.Errorf("headers %v, body %q", h, w.Body)
	}
	var logged []audit.Entry
	for _, e := range d.entries() {
		if e.Action == audit.VoiceHeard {
			logged = append(logged, e)
		}
	}
	if len(logged) != 1 || logged[0].Subject != audit.Conversation("zhang") || logged[0].Detail["message"] != "zhang-"+number(n) || logged[0].Actor != "ag-bj" {
		t.Errorf("the log holds %+v", logged)
	}
	for _, other := range []string{"/inbox/wang/voice/" + number(n), "/inbox/zhang/voice/1", "/inbox/zhang/voice/x", "/inbox/zhang/voice/-1"} {
		d.wantCode(d.get(other), http.StatusNotFound)
	}
	d.wantCode(d.beside("ag-sh").get(path), http.StatusNotFound)
}

func TestVoiceOnThePage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		words string
		r     conversations.Recording
		shown []string
		plays bool
	}{
		"heard":       {"我接受", onTape(), []string{"转写", "我接受", "1:04", "播放语音，长 1:04", "下载原声"}, true},
		"not heard":   {"", onTape(), []string{"未识别", "1:04"}, true},
		"on its way":  {"我接受", conversations.Recording{}, []string{"正在取回原声", "我接受"}, false},
		"lost":        {"", conversations.Recording{State: conversations.RecordingLost, Reason: "expired"}, []string{"原声没有保存：文件在平台上已失效", "未识别"}, false},
		"not a voice": {"", conversations.Recording{State: conversations.RecordingLost, Reason: "wrong_type"}, []string{"原声没有保存：文件类型不支持"}, false},
	} {
		d := as(t, "ag-bj")
		n := spoke(d, c.words, c.r)
		w := d.get("/inbox/zhang")
		d.wantText(w, c.shown...)
		if c.plays {
			d.wantText(w, `data-src="/inbox/zhang/voice/`+number(n)+`"`, `data-length="64400"`)
			d.wantText(d.get("/inbox/zhang/print"), "1:04 · zhang-v"+number(n))
		} else {
			d.wantNoText(w, "data-src=", `class="player"`)
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAVoiceOfLongAgoSaysThatItWasNotKept(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	spoke(d, "我接受", onTape())
	c := d.f.convs["zhang"]
	c.Recordings = nil
	d.f.convs["zhang"] = c
	d.wantText(d.get("/inbox/zhang"), "原声没有保存", "我接受")
}

func TestLengthsAreShownAsPlayersDo(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0:00", 20 * time.Millisecond: "0:00", 3980 * time.Millisecond: "0:04", time.Minute: "1:00", 599*time.Second + 500*time.Millisecond: "10:00",
	} {
		if got := minutes(d); got != want {
			t.Errorf("%s is shown as %s, want %s", d, got, want)
		}
	}
}
