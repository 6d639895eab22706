package doctor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/gateway/doctor"
)

func found(f ...channels.Finding) func(context.Context) []channels.Finding {
	return func(context.Context) []channels.Finding { return f }
}

func TestEveryCheckIsHeard(t *testing.T) {
	t.Parallel()
	stuck := make(chan struct{})
	defer close(stuck)
	checks := []doctor.Check{
		{Subject: "a", Name: "good", Run: found(channels.Found("good", "fine"))},
		{Subject: "a", Name: "panics", Run: func(context.Context) []channels.Finding { panic("oh") }},
		{Subject: "b", Name: "patient", Run: func(ctx context.Context) []channels.Finding {
			<-ctx.Done()
			return []channels.Finding{channels.Doubt("patient", "gave up", "wait")}
		}},
		{Subject: "b", Name: "stuck", Run: func(context.Context) []channels.Finding { <-stuck; return nil }},
	}
	var heard []int
	r := doctor.Run(t.Context(), checks, doctor.Options{Timeout: 20 * time.Millisecond, Progress: func(done, of int, _ doctor.Check) {
		heard = append(heard, done)
		if of != len(checks) {
			t.Errorf("%d checks", of)
		}
	}})
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Subject+" "+f.About+" "+string(f.State))
	}
	if want := []string{"a good ok", "a panics fail", "b patient warn", "b stuck fail"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if !slices.Equal(heard, []int{1, 2, 3, 4}) {
		t.Errorf("progress %v", heard)
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	r := doctor.Run(t.Context(), []doctor.Check{
		{Subject: "gateway", Run: found(channels.Found("clock", "fine"), channels.Doubt("calendar", "2027 is missing", "write it"))},
		{Subject: "account oa", Run: found(channels.Fault("access", "40164", "list the address"))},
	}, doctor.Options{Timeout: time.Minute})
	var text, js bytes.Buffer
	if err := r.Text(&text, false); err != nil {
		t.Fatal(err)
	}
	want := `gateway
  ok    clock     fine
  WARN  calendar  2027 is missing
                  → write it

account oa
  FAIL  access    40164
                  → list the address

3 things were looked at: 1 does not work, and 1 wants a look.
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &text, want)
	}
	fine := r
	fine.Findings = r.Findings[:2]
	text.Reset()
	if err := fine.Text(&text, false); err != nil || !strings.HasSuffix(text.String(), "\n2 things were looked at: nothing is broken, and 1 wants a look.\n") {
		t.Errorf("without a fault: %v\n%s", err, &text)
	}
	if err := r.JSON(&js); err != nil {
		t.Fatal(err)
	}
	var read struct {
		OK       bool
		Findings []struct{ Subject, About, State, Text, Do string }
	}
	if err := json.Unmarshal(js.Bytes(), &read); err != nil || read.OK || len(read.Findings) != 3 || read.Findings[2].Do != "list the address" {
		t.Errorf("%s: %v", &js, err)
	}
}

// states are the findings, in short.
func states(findings []channels.Finding) string {
	var out []string
	for _, f := range findings {
		out = append(out, f.About+" "+string(f.State))
	}
	return strings.Join(out, ", ")
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	proof, status, date := "proof-of-n1", http.StatusOK, now
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", date.Format(http.TimeFormat))
		if r.URL.Query().Get("nonce") == "n1" && proof != "" {
			w.Header().Set(doctor.ProofHeader, proof)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	ends := server.Certificate().NotAfter
	for name, tt := range map[string]struct {
		proof  string
		status int
		off    time.Duration
		now    time.Time
		ask    func(doctor.Addresses) []channels.Finding
		want   string
	}{
		"ours":                    {proof: "proof-of-n1", status: 200, want: "certificate ok, clock ok, public address ok"},
		"another gateway":         {proof: "other", status: 200, want: "certificate ok, clock ok, public address fail"},
		"no gateway":              {status: 200, want: "certificate ok, clock ok, public address fail"},
		"an error":                {proof: "proof-of-n1", status: 502, want: "certificate ok, clock ok, public address fail"},
		"a clock that is off":     {proof: "proof-of-n1", status: 200, off: -time.Minute, want: "certificate ok, clock warn, public address ok"},
		"a wrong clock":           {proof: "proof-of-n1", status: 200, off: time.Hour, want: "certificate ok, clock fail, public address ok"},
		"a certificate that ends": {proof: "proof-of-n1", status: 200, now: ends.Add(-20 * 24 * time.Hour), want: "certificate warn, clock ok, public address ok"},
		"callbacks":               {status: 403, want: "callbacks ok", ask: func(a doctor.Addresses) []channels.Finding { return a.Callback(t.Context(), server.URL, "oa") }},
		"unknown callbacks":       {status: 404, want: "callbacks fail", ask: func(a doctor.Addresses) []channels.Finding { return a.Callback(t.Context(), server.URL, "oa") }},
		"believed callbacks":      {status: 200, want: "callbacks fail", ask: func(a doctor.Addresses) []channels.Finding { return a.Callback(t.Context(), server.URL, "oa") }},
		"somebody's":              {status: 405, want: "certificate ok, clock ok, EHR ok", ask: func(a doctor.Addresses) []channels.Finding { return a.Endpoint(t.Context(), "EHR", server.URL) }},
		"somebody's, broken":      {status: 503, want: "certificate ok, clock ok, EHR warn", ask: func(a doctor.Addresses) []channels.Finding { return a.Endpoint(t.Context(), "EHR", server.URL) }},
		"nobody's": {want: "EHR fail", ask: func(a doctor.Addresses) []channels.Finding {
			return a.Endpoint(t.Context(), "EHR", "http://127.0.0.1:1")
		}},
	} {
		at := now
		if !tt.now.IsZero() {
			at = tt.now
		}
		proof, status, date = tt.proof, tt.status, at.Add(tt.off)
		a := doctor.Addresses{Client: server.Client(), Now: func() time.Time { return at }}
		if tt.ask == nil {
			tt.ask = func(a doctor.Addresses) []channels.Finding {
				return a.Gateway(t.Context(), server.URL, "n1", "proof-of-n1")
			}
		}
		if got := states(tt.ask(a)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	if got := channels.Certificate("certificate", ends, ends.Add(time.Second)); got.State != channels.Bad {
		t.Errorf("an ended certificate: %+v", got)
	}
	stranger := doctor.Addresses{Client: http.DefaultClient, Now: func() time.Time { return now }}
	if got := states(stranger.Endpoint(t.Context(), "EHR", server.URL)); got != "EHR fail" {
		t.Errorf("a certificate that nobody trusts: %s", got)
	}
}
