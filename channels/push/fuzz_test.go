package push

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

// deviceToken is one that no answer may bring into an error.
const deviceToken = "18171adc033ae2f4a1b-secret"

// FuzzAnswers: whatever a provider answers is read as accepted only if it says
// so, and otherwise as a typed refusal that names no device.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		"", "{}", "null", "[]", `{"reason":"Unregistered","timestamp":1795600000000}`, `{"reason":"` + deviceToken + `"}`,
		`{"name":"projects/p/messages/1"}`, `{"error":{"code":404,"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}],"message":"` + deviceToken + `"}}`,
		`{"msg_id":"18"}`, `{"msg_id":18}`, `{"msg_id":""}`, `{"error":{"code":1011,"message":"cannot find user by ` + deviceToken + `"}}`,
		`{"code":"80000000","msg":"Success","requestId":"157"}`, `{"code":"80300007","msg":"{\"illegalTokens\":{\"noRight\":[\"` + deviceToken + `\"]}}"}`,
		`{"code":"80100000","msg":"{\"illegalTokens\":[\"x\"]}"}`, `{"code":"80100000","msg":"{\"illegalTokens\":{\"noPushTypeRight\":[]}}"}`, `{"code":80000000}`,
	} {
		for _, status := range []int{200, 400, 404, 410, 429, 503} {
			f.Add(status, body, "apns-id")
		}
	}
	now := func() time.Time { return time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) }
	judges := map[string]func(answer, string) (string, *refusal){
		NameAPNs: (&apns{now: now}).judge, NameFCM: (&fcm{now: now}).judge,
		NameJPush: (&jpush{now: now}).judge, NameHuawei: (&huawei{now: now}).judge,
	}
	f.Fuzz(func(t *testing.T, status int, body, id string) {
		if status < 100 || status > 999 {
			return
		}
		a := answer{status: status, header: http.Header{"Apns-Id": {id}, "Retry-After": {body}}, body: []byte(body)}
		for name, judge := range judges {
			taken, r := judge(a, deviceToken)
			if r == nil {
				if name != NameHuawei && (status != http.StatusOK || taken == "") {
					t.Errorf("%s: %d %q is taken for accepted as %q", name, status, body, taken)
				}
				continue
			}
			var e *conversations.SendError
			if !errors.As(error(r.SendError), &e) || e.Reason == "" {
				t.Errorf("%s: %d %q has no reason", name, status, body)
			}
			if strings.Contains(e.Detail, deviceToken) {
				t.Errorf("%s: %d %q tells the token: %v", name, status, body, e)
			}
			if !r.Gone.IsZero() && e.Reason != conversations.BadRecipient {
				t.Errorf("%s: %d %q drops the device for %v", name, status, body, e)
			}
			if e.RetryAfter < 0 || e.RetryAfter > 24*time.Hour {
				t.Errorf("%s: %d %q waits %v", name, status, body, e.RetryAfter)
			}
		}
	})
}

// Success says so in the provider's own words, whatever the status.
func TestHuaweiCodeDecides(t *testing.T) {
	t.Parallel()
	p := &huawei{now: time.Now}
	for body, want := range map[string]conversations.Reason{
		`{"code":"80000000","requestId":"1"}`:                                             "",
		`{"code":"80100000","msg":"{\"illegalTokens\":[\"x\"]}"}`:                         conversations.BadRecipient,
		`{"code":"80300007","msg":"nonsense"}`:                                            conversations.BadRecipient,
		`{"code":"80300007","msg":"{\"illegalTokens\":{\"noPushTypeRight\":[\"t\"]}}"}`:   conversations.Credentials,
		`{"code":"80300007","msg":"{\"illegalTokens\":{\"countryNotSupport\":[\"t\"]}}"}`: conversations.BadRecipient,
		`{"code":"80300008"}`: conversations.BadContent,
		`{"code":"81000001"}`: conversations.Temporary,
		`{"code":"99999999"}`: conversations.BadContent,
	} {
		_, r := p.judge(answer{status: 200, body: []byte(body)}, "t")
		switch {
		case want == "" && r != nil:
			t.Errorf("%s: %v", body, r)
		case want != "" && (r == nil || r.Reason != want):
			t.Errorf("%s: %+v, want %s", body, r, want)
		}
	}
}

func TestWhatFitsOnABanner(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		n        int
	}{{" 短 ", "短", 5}, {"一二三四五", "一二三四五", 5}, {"一二三四五六", "一二三四…", 5}, {"", "", 3}} {
		if got := shorten(c.in, c.n); got != c.want {
			t.Errorf("%q in %d is %q", c.in, c.n, got)
		}
	}
	long := strings.Repeat("m", 65)
	if got := collapse(long); len(got) > maxCollapse || got == collapse(long+"x") || collapse("m1") != "m1" {
		t.Errorf("collapses as %q", got)
	}
	if a, b := slot("m1"), slot("m2"); a <= 0 || b <= 0 || a == b || a != slot("m1") || a > 1<<31-1 {
		t.Errorf("slots %d and %d", a, b)
	}
}
