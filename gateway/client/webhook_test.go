package client

import (
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	oldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
	told1     = `{"specversion":"1.0","id":"evt_1","type":"start_date.confirmed","data":{"candidate_id":"C1","result_id":"R1","sequence":7,"start_date":{"date":"2026-07-06"}}}`
)

// signed is a webhook as the independent library signs it.
func signed(t testing.TB, body string, at time.Time, secrets ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, "https://ehr.example.com/webhooks", reader(body))
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, secret := range secrets {
		w, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		one, err := w.Sign("evt_1", at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		all += one + " "
	}
	r.Header.Set("webhook-id", "evt_1")
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", all)
	return r
}

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.June, 22, 9, 30, 0, 0, time.UTC)
	for name, secrets := range map[string][]string{"the old secret": {oldSecret}, "the new": {newSecret}, "either": {newSecret, oldSecret}} {
		e, err := Receive(signed(t, told1, at, oldSecret, newSecret), at.Add(4*time.Minute), secrets...)
		if err != nil || e.ID != "evt_1" || e.Data.Sequence != 7 || e.Data.CandidateID != "C1" || e.Data.ResultID != "R1" {
			t.Errorf("%s: %+v (%v)", name, e, err)
		}
	}
	var said struct {
		StartDate struct{ Date string } `json:"start_date"`
	}
	e, _ := Receive(signed(t, told1, at, oldSecret), at, oldSecret)
	if err := e.Data.Decode(&said); err != nil || said.StartDate.Date != "2026-07-06" {
		t.Errorf("%+v (%v)", said, err)
	}
	for name, refused := range map[string]func(*http.Request) error{
		"another secret": func(r *http.Request) error { _, err := Receive(r, at, newSecret); return err },
		"no secret":      func(r *http.Request) error { _, err := Receive(r, at); return err },
		"too late":       func(r *http.Request) error { _, err := Receive(r, at.Add(6*time.Minute), oldSecret); return err },
		"too early":      func(r *http.Request) error { _, err := Receive(r, at.Add(-6*time.Minute), oldSecret); return err },
		"another body":   func(r *http.Request) error { return Verify(r.Header, []byte(told1+" "), at, oldSecret) },
		"another id": func(r *http.Request) error {
			r.Header.Set("webhook-id", "evt_2")
			return Verify(r.Header, []byte(told1), at, oldSecret)
		},
		"no signature": func(r *http.Request) error {
			r.Header.Del("webhook-signature")
			return Verify(r.Header, []byte(told1), at, oldSecret)
		},
	} {
		if err := refused(signed(t, told1, at, oldSecret)); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Verify(signed(t, told1, at, oldSecret).Header, []byte(told1), at, "whsec_?"); err == nil || errors.Is(err, ErrSignature) {
		t.Errorf("a secret that is none: %v", err)
	}
}

// FuzzReceive: whatever comes, only what was signed is an event.
func FuzzReceive(f *testing.F) {
	at := time.Date(2026, time.June, 22, 9, 30, 0, 0, time.UTC)
	good := signed(f, told1, at, oldSecret).Header
	f.Add(told1, good.Get("webhook-id"), good.Get("webhook-timestamp"), good.Get("webhook-signature"))
	f.Add("", "", "", "")
	f.Add(told1, "evt_1", "-9223372036854775808", "v1, v1 ,,")
	f.Add(`{"data":[]}`, "evt_1", good.Get("webhook-timestamp"), "v1a,x")
	f.Fuzz(func(t *testing.T, body, id, stamp, signature string) {
		r := &http.Request{Body: reader(body), Header: http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}}}
		if e, err := Receive(r, at, oldSecret); err == nil && (body != told1 || id != "evt_1" || e.ID != "evt_1") {
			t.Errorf("%q is taken for %+v", body, e)
		}
		var d EventData
		if d.UnmarshalJSON([]byte(body)) == nil {
			if _, err := d.MarshalJSON(); err != nil {
				t.Error(err)
			}
		}
	})
}
