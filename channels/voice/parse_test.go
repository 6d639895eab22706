package voice

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

const testKey = "0123456789abcdef"

func testAdapter(t testing.TB) *Adapter {
	t.Helper()
	a, err := New(Account{ID: "voice", KeyID: "k", Secret: "s", CallbackKey: testKey, Templates: map[string]string{"x": "TTS_1"}},
		Options{Now: func() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPacksWhatMessagesAreCalled(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"abcdefghij234567-1", "zzzzzzzzzzzzzzzz-511", "aaaaaaaaaaaaaaaa-7", "c-1", "conv-123"} {
		for _, asks := range []bool{true, false} {
			out := pack(message, asks)
			got, asked := unpack(out)
			if out == "" || len(out) > 15 || got != message || asked != asks {
				t.Errorf("%s (%t) is sent along as %q and comes back as %q (%t)", message, asks, out, got, asked)
			}
		}
	}
	for _, message := range []string{"", "words", "abcdefghij234567-512", "ABCDEFGHIJ234567-1", "abcdefghij234567-0"} {
		if out := pack(message, false); out != "" {
			t.Errorf("%q is sent along as %q", message, out)
		}
	}
	for _, out := range []string{"", "12345", "123456789012345!", "order-x", "AAAAAAAAAAAAAAA"} {
		if message, _ := unpack(out); message != "" {
			t.Errorf("%q comes back as %q", out, message)
		}
	}
}

func TestReadsReportsAsThePagesShowThem(t *testing.T) {
	t.Parallel()
	a := testAdapter(t)
	for name, c := range map[string]struct {
		body     string
		receipts int
	}{
		"VoiceReport":           {`[{"call_id":"100001616500^100001871490","originate_time":"2020-05-01 10:00:00","start_time":"2017-06-01 10:00:00","end_time":"2017-06-01 10:00:00","caller":"05711111","callee":"13900001111","duration":"10","status_code":"200010","out_id":"123456","dtmf":"","voice_type":"voice"}]`, 1},
		"several":               {`[{"call_id":"1^1","status_code":"200000"},{"call_id":"1^2","status_code":"200002"}]`, 2},
		"on the way to it":      {`[{"status_code":"300000","smart_status_code":"ANSWERED","dtmf":"1","status_time":"2023-03-06 16:21:12","out_id":"4","call_id":"1^1"}]`, 0},
		"a number for duration": {`[{"call_id":"1^1","status_code":"200000","duration":10}]`, 1},
	} {
		b, err := a.Parse(httptest.NewRequest("POST", "/?key="+testKey, strings.NewReader(c.body)))
		if err != nil || len(b.Receipts) != c.receipts || string(b.Ack) == "" {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`[{"call_id":"1^1","status_code":"200000","callee":"13900001111","dtmf":"1","out_id":"c-1!","end_time":"2026-11-23 09:00:00"}]`)
	f.Add(`{"call_id":"1^1","status_code":"200000","dtmf":"012"}`)
	f.Add(`[null]`)
	f.Add(`[{"out_id":"AAAAAAAAAAAAAAB","call_id":"1","status_code":"2"}]`)
	a := testAdapter(f)
	f.Fuzz(func(t *testing.T, body string) {
		b, err := a.Parse(httptest.NewRequest("POST", "/?key="+testKey, strings.NewReader(body)))
		if err != nil && (len(b.Inbound) > 0 || len(b.Receipts) > 0) {
			t.Errorf("%q is refused and says %+v", body, b)
		}
		for _, in := range b.Inbound {
			if in.Address.ID == "" || strings.Trim(in.Address.ID, "0123456789") != "" || in.Gesture != conversations.Said {
				t.Errorf("%q came in as %+v", body, in)
			}
		}
		if len(b.Inbound) > len(b.Receipts) {
			t.Errorf("%q has more answers than calls", body)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add("c-1!")
	f.Add("0-00000000000001")
	f.Add(pack("abcdefghij234567-12", true))
	f.Fuzz(func(t *testing.T, out string) {
		message, asks := unpack(out)
		if message == "" {
			return
		}
		if again, _ := unpack(pack(message, asks)); again != message {
			t.Errorf("%q is %q, which comes back as %q", out, message, again)
		}
	})
}
