package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"jiebao/gateway/ehr/wire"
)

const canary = "canary-5eCr3t"

// full are settings with everything, each secret with the canary in it.
func full() wire.Settings {
	s := settings("https://ehr.example.com/hooks")
	s.Secrets[0].Value = wire.Hide("whsec_" + canary)
	s.Headers = map[string]wire.Hidden{"Authorization": wire.Hide("Bearer " + canary)}
	s.TLS = &wire.TLS{Certificate: "pem", Key: wire.Hide(canary), CA: "ca", ServerName: "ehr"}
	s.Proxy = &wire.Proxy{URL: "http://proxy.example.com:3128", Username: "jiebao", Password: wire.Hide(canary)}
	s.Timeout, s.InFlight, s.PerSecond, s.PerMinute = wire.Duration(3*time.Second), 4, 5, 60
	s.ContentType, s.Filter, s.Mapping = wire.JSON, "true", "event"
	return s
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	s := full()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "settings", s, "secret", s.Secrets[0], "tls", s.TLS, "hidden", s.Proxy.Password)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "settings", s, "secret", s.Secrets[0], "tls", s.TLS)
	shown, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{log.String(), string(shown), fmt.Sprintf("%v %+v %#v %v", s, s, s, s.Secrets)} {
		if strings.Contains(text, canary) {
			t.Errorf("a secret is shown: %s", text)
		}
	}
	if !strings.Contains(string(shown), `"value":"[secret]"`) || !strings.Contains(string(shown), `"timeout":"3s"`) {
		t.Errorf("the settings show as %s", shown)
	}
}

func TestWireIsNotShown(t *testing.T) {
	t.Parallel()
	s := settings("https://ehr.example.com/hooks?token=" + canary)
	s.Headers = map[string]wire.Hidden{"Authorization": wire.Hide(canary)}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "wire", open(t, s, wire.Options{}))
	if strings.Contains(log.String(), canary) || !strings.Contains(log.String(), "wire.host=ehr.example.com") {
		t.Errorf("the log says %s", log.String())
	}
}

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

func sealer(t *testing.T, keys ...[]byte) *wire.Sealer {
	t.Helper()
	s, err := wire.NewSealer(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedSettingsOpenAgain(t *testing.T) {
	t.Parallel()
	raw, err := sealer(t, key(1)).Seal("ehr", full())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), canary) || strings.Contains(string(raw), wire.Redacted) {
		t.Errorf("sealed as %s", raw)
	}
	rotated := sealer(t, key(2), key(1))
	got, err := rotated.Open("ehr", raw)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, full()) {
		t.Error("what was opened is not what was sealed")
	}
	if !rotated.Stale(raw) || sealer(t, key(1)).Stale(raw) {
		t.Error("it is not known which key sealed")
	}
	again, err := rotated.Seal("ehr", got)
	if err != nil || rotated.Stale(again) {
		t.Errorf("sealed anew with the former key: %v", err)
	}
}

func TestSealedSecretsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	s := sealer(t, key(1))
	raw, err := s.Seal("ehr", full())
	if err != nil {
		t.Fatal(err)
	}
	renamed := bytes.Replace(raw, []byte(`"Authorization"`), []byte(`"X-Leak"`), 1)
	changed := bytes.Replace(raw, []byte("sealed:v1:"), []byte("sealed:v2:"), 1)
	for name, open := range map[string]func() (wire.Settings, error){
		"another endpoint": func() (wire.Settings, error) { return s.Open("payroll", raw) },
		"another field":    func() (wire.Settings, error) { return s.Open("ehr", renamed) },
		"another format":   func() (wire.Settings, error) { return s.Open("ehr", changed) },
		"another key":      func() (wire.Settings, error) { return sealer(t, key(3)).Open("ehr", raw) },
		"plain text": func() (wire.Settings, error) {
			return s.Open("ehr", []byte(`{"secrets":[{"id":"a","value":"whsec_x"}]}`))
		},
	} {
		if got, err := open(); err == nil || strings.Contains(err.Error(), canary) || got.URL != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	shown := full()
	shown.Secrets[0].Value = wire.Hide(wire.Redacted)
	if _, err := s.Seal("ehr", shown); err == nil {
		t.Error("a secret that is only shown was sealed")
	}
}

func TestKeepPutsBackWhatWasShown(t *testing.T) {
	t.Parallel()
	shown, err := json.Marshal(full())
	if err != nil {
		t.Fatal(err)
	}
	back, err := wire.Parse(shown)
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Keep(full()); !reflect.DeepEqual(got, full()) {
		t.Error("settings that were sent back as shown are not those that are kept")
	}
	back.URL, back.Proxy.URL = "https://other.example.com", "http://other.example.com"
	moved := back.Keep(full())
	if moved.Headers["Authorization"].Reveal() != wire.Redacted || moved.Proxy.Password.Reveal() != wire.Redacted {
		t.Error("what one host was sent would go to another")
	}
	if moved.Secrets[0].Value.Reveal() != full().Secrets[0].Value.Reveal() {
		t.Error("the signing secret, which goes nowhere, is lost")
	}
	err = moved.Check(wire.Reach{}, time.Now())
	for _, want := range []string{"headers[Authorization] must be given anew", "proxy.password must be given anew"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestKeepGivesNobodyElseWhatIsSent changes settings as somebody who may, but
// may not know the headers' values.
func TestKeepGivesNobodyElseWhatIsSent(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*wire.Settings){
		"another host":                 func(s *wire.Settings) { s.URL = "https://evil.example.com/hooks" },
		"in the open":                  func(s *wire.Settings) { s.URL = "http://ehr.example.com/hooks" },
		"through a proxy of their own": func(s *wire.Settings) { s.Proxy.URL = "http://evil.example.com:3128" },
		"by a proxy's roundabout way":  func(s *wire.Settings) { s.Proxy = nil },
		"by an authority of their own": func(s *wire.Settings) { s.TLS.CA = "evil" },
		"as a server of their own":     func(s *wire.Settings) { s.TLS.ServerName = "evil.example.com" },
	} {
		s := full()
		s.Headers["Authorization"] = wire.Hide(wire.Redacted)
		change(&s)
		if got := s.Keep(full()).Headers["Authorization"].Reveal(); got != wire.Redacted {
			t.Errorf("%s: they get %q", name, got)
		}
	}
	s := full()
	s.URL, s.Headers["Authorization"] = "https://ehr.example.com/other", wire.Hide(wire.Redacted)
	if got := s.Keep(full()).Headers["Authorization"].Reveal(); got != "Bearer "+canary {
		t.Errorf("another path of the same host: %q", got)
	}
}

func TestCheckNamesEveryField(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 22, 9, 0, 0, 0, time.UTC)
	for want, change := range map[string]func(*wire.Settings){
		"url must be like":                                                   func(s *wire.Settings) { s.URL = "ehr.example.com" },
		"url must begin with https://":                                       func(s *wire.Settings) { s.URL = "http://ehr.example.com" },
		"url must not hold a user":                                           func(s *wire.Settings) { s.URL = "https://a:b@ehr.example.com" },
		"url must not hold a fragment":                                       func(s *wire.Settings) { s.URL += "#x" },
		"it is a cloud's metadata":                                           func(s *wire.Settings) { s.URL = "https://169.254.169.254/" },
		"it is in a private network":                                         func(s *wire.Settings) { s.URL = "https://10.1.2.3/" },
		"it is this machine itself":                                          func(s *wire.Settings) { s.URL = "https://[::ffff:127.0.0.1]/" },
		"secrets must hold at least one":                                     func(s *wire.Settings) { s.Secrets = nil },
		"secrets[0].value must be whsec_":                                    func(s *wire.Settings) { s.Secrets[0].Value = wire.Hide("whsec_c2hvcnQ=") },
		"secrets[0].id must be 1 to 32":                                      func(s *wire.Settings) { s.Secrets[0].ID = "" },
		"secrets[1].id is used twice":                                        func(s *wire.Settings) { s.Secrets = append(s.Secrets, s.Secrets[0]) },
		"secrets must always hold one that is live; at 2026-06-22T10:00:00Z": func(s *wire.Settings) { s.Secrets[0].Until = now.Add(time.Hour) },
		"secrets[1].until must be after": func(s *wire.Settings) {
			s.Secrets = append(s.Secrets, wire.Secret{ID: "s2", Value: wire.Hide(secret), Since: now, Until: now})
		},
		"headers[webhook-id] must not be set":     func(s *wire.Settings) { s.Headers = map[string]wire.Hidden{"webhook-id": wire.Hide("x")} },
		"headers[X A] must have a name":           func(s *wire.Settings) { s.Headers = map[string]wire.Hidden{"X A": wire.Hide("x")} },
		"headers[X] must be one line":             func(s *wire.Settings) { s.Headers = map[string]wire.Hidden{"X": wire.Hide("a\r\nb: c")} },
		"tls.certificate must be":                 func(s *wire.Settings) { s.TLS = &wire.TLS{Certificate: "x", Key: wire.Hide("y")} },
		"tls.ca must hold":                        func(s *wire.Settings) { s.TLS = &wire.TLS{CA: "x"} },
		"proxy.url must be like":                  func(s *wire.Settings) { s.Proxy = &wire.Proxy{URL: "ftp://proxy"} },
		"proxy.url must lead to":                  func(s *wire.Settings) { s.Proxy = &wire.Proxy{URL: "http://127.0.0.1:3128"} },
		"timeout must be":                         func(s *wire.Settings) { s.Timeout = wire.Duration(time.Hour) },
		"in_flight must be":                       func(s *wire.Settings) { s.InFlight = -1 },
		"per_second must be":                      func(s *wire.Settings) { s.PerSecond = -1 },
		"content_type must be":                    func(s *wire.Settings) { s.ContentType = "text/xml" },
		"filter cannot be read: line 1, column 1": func(s *wire.Settings) { s.Filter = "evnt" },
		"mapping cannot be read: line 2":          func(s *wire.Settings) { s.Mapping = "{\n1}" },
	} {
		s := settings("https://ehr.example.com/hooks")
		change(&s)
		err := s.Check(wire.Reach{}, now)
		var problems wire.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want only %q", err, want)
		}
	}
	s := settings("https://ehr.example.com/hooks")
	if err := s.Check(wire.Reach{}, now); err != nil {
		t.Error(err)
	}
}

func TestParseIsStrict(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"uri":"x"}`:                    `unknown field "uri"`,
		`{"in_flight":"` + canary + `"}`: "in_flight must be of another type",
		`{"timeout":"soon"}`:             "a duration must be like",
		`{} {}`:                          "more than one",
		`{"url":"` + strings.Repeat("x", 300_000) + `"}`: "at most",
	} {
		if _, err := wire.Parse([]byte(raw)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%.40s: %v, want %q", raw, err, want)
		}
	}
	s, err := wire.Parse([]byte(`{"proxy":{"url":"socks5://u:p%40x@10.0.0.1:1080"}}`))
	if err != nil || s.Proxy.URL != "socks5://10.0.0.1:1080" || s.Proxy.Username != "u" || s.Proxy.Password.Reveal() != "p@x" {
		t.Errorf("%+v, %v", s.Proxy, err)
	}
}

// FuzzSettings holds whatever the API is sent to what it promises: it never
// panics, what it shows gives no secret away, and what is sealed opens.
func FuzzSettings(f *testing.F) {
	shown, err := json.Marshal(full())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(shown)
	f.Add([]byte(`{"url":"https://x","secrets":[{"id":"a","value":"whsec_` + canary + `","since":"2026-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"proxy":{"url":"http://a:b@[::1]:1"},"headers":{"":""},"tls":{}}`))
	box, err := wire.NewSealer(key(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := wire.Parse(raw)
		if err != nil {
			return
		}
		_ = s.Check(loopback(), time.Unix(0, 0))
		if len(s.Secrets) == 1 && len(s.Secrets[0].Value.Reveal()) > 30 {
			if text := fmt.Sprintf("%+v", s.Secrets[0]); strings.Contains(text, s.Secrets[0].Value.Reveal()) {
				t.Errorf("a secret is shown: %s", text)
			}
		}
		sealed, err := box.Seal("e", s)
		if err != nil {
			return
		}
		if _, err := box.Open("e", sealed); err != nil && uniqueIDs(s) {
			t.Errorf("%s sealed as %s does not open: %v", raw, sealed, err)
		}
	})
}

func uniqueIDs(s wire.Settings) bool {
	seen := map[string]bool{}
	for _, secret := range s.Secrets {
		if seen[secret.ID] {
			return false
		}
		seen[secret.ID] = true
	}
	return true
}
