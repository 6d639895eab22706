package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"jiebao/gateway/ehr/mapping"
)

// Settings are how to speak to an endpoint: what people write in the API, the
// inbox or the configuration's file. As JSON they show no secret; a [Sealer]
// writes them for the database.
type Settings struct {
	// URL is where events are posted.
	URL string `json:"url"`
	// Secrets sign. While several are live each adds a signature, so that the
	// receiver can change from one to the next at any time between.
	Secrets []Secret `json:"secrets"`
	// Headers are sent with every event.
	Headers map[string]Hidden `json:"headers,omitempty"`
	// TLS is for receivers that ask for a certificate or have one of a private
	// authority.
	TLS *TLS `json:"tls,omitempty"`
	// Proxy is the way out, for receivers that know only certain addresses. The
	// environment's HTTPS_PROXY is not followed.
	Proxy *Proxy `json:"proxy,omitempty"`
	// Timeout is how long one attempt may take; zero means 15 seconds.
	Timeout Duration `json:"timeout,omitzero"`
	// InFlight is the number of attempts under way at once, over all
	// candidates, and of the connections that are kept; zero means 32.
	InFlight int `json:"in_flight,omitempty"`
	// PerSecond and PerMinute bound the attempts, which are spread evenly; zero
	// means no bound.
	PerSecond int `json:"per_second,omitempty"`
	PerMinute int `json:"per_minute,omitempty"`
	// ContentType is JSON, which empty means, or CloudEvents.
	ContentType string `json:"content_type,omitempty"`
	// Filter is an expression that is true for the events to be told; empty
	// means all.
	Filter string `json:"filter,omitempty"`
	// Mapping is an expression whose result is posted instead of the event.
	Mapping string `json:"mapping,omitempty"`
}

// The content types.
const (
	JSON        = "application/json"
	CloudEvents = "application/cloudevents+json"
)

// Secret signs as long as it is live.
type Secret struct {
	ID    string    `json:"id"`    // tells it from the endpoint's others
	Value Hidden    `json:"value"` // whsec_ and 24 to 64 bytes in base64
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"` // zero: until it is taken away
}

func (s Secret) live(now time.Time) bool {
	return !now.Before(s.Since) && (s.Until.IsZero() || now.Before(s.Until))
}

// TLS is what makes the connection. Everything is PEM.
type TLS struct {
	Certificate string `json:"certificate,omitempty"` // the client's, with its chain
	Key         Hidden `json:"key,omitzero"`          // of the certificate
	CA          string `json:"ca,omitempty"`          // the only authorities that are believed, if given
	ServerName  string `json:"server_name,omitempty"` // in the server's certificate, if it is not the URL's host
}

// Proxy is an HTTP CONNECT or SOCKS5 proxy.
type Proxy struct {
	URL      string `json:"url"` // http, https or socks5
	Username string `json:"username,omitempty"`
	Password Hidden `json:"password,omitzero"`
}

// Duration is a time.Duration that reads and writes as 15s.
type Duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) error {
	read, err := time.ParseDuration(string(b))
	if err != nil {
		return errors.New("a duration must be like 15s or 1m30s")
	}
	*d = Duration(read)
	return nil
}

// maxSettings is how long settings may be.
const maxSettings = 256 << 10

// Parse reads what people wrote. Fields that it does not know are errors. A
// user and a password in the proxy's address move to their own fields.
func Parse(raw []byte) (Settings, error) {
	if len(raw) > maxSettings {
		return Settings{}, fmt.Errorf("the settings are %d bytes long; at most %d are allowed", len(raw), maxSettings)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	var s Settings
	if err := d.Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("the settings cannot be read: %w", quiet(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return Settings{}, errors.New("the settings are more than one JSON object")
	}
	s.splitProxy()
	return s, nil
}

// quiet takes out of an error of encoding/json what it quotes.
func quiet(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s must be of another type than %s", wrong.Field, strings.Fields(wrong.Value + " ")[0])
	}
	return err
}

func (s *Settings) splitProxy() {
	if s.Proxy == nil {
		return
	}
	u, err := url.Parse(s.Proxy.URL)
	if err != nil || u.User == nil {
		return
	}
	s.Proxy.Username = u.User.Username()
	if password, given := u.User.Password(); given {
		s.Proxy.Password = Hide(password)
	}
	u.User = nil
	s.Proxy.URL = u.String()
}

// Keep takes from the former settings the secrets that s shows as [Redacted]:
// who changes settings sends back what they were shown. What is sent to a host
// or a proxy goes to no other: where the connection may end elsewhere, by its
// address, its proxy or the certificates that are believed, it has to be given
// anew.
func (s Settings) Keep(former Settings) Settings {
	s = s.clone()
	old := map[string]Hidden{}
	former.each(func(field string, h *Hidden) { old[field] = *h })
	sameRoad, sameProxy := s.road() == former.road(), s.proxyURL() == former.proxyURL()
	s.each(func(field string, h *Hidden) {
		elsewhere := strings.HasPrefix(field, "headers[") && !sameRoad || field == proxyPassword && !sameProxy
		if was, known := old[field]; known && h.kept() && !elsewhere {
			*h = was
		}
	})
	return s
}

// road is what decides who can read the headers of a request.
func (s Settings) road() [5]string {
	r := [5]string{0: host(s.URL), 1: s.proxyURL()}
	if u, err := url.Parse(s.URL); err == nil {
		r[2] = u.Scheme
	}
	if s.TLS != nil {
		r[3], r[4] = s.TLS.CA, s.TLS.ServerName
	}
	return r
}

func (s Settings) proxyURL() string {
	if s.Proxy == nil {
		return ""
	}
	return s.Proxy.URL
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

const proxyPassword = "proxy.password"

// each visits every secret with the name of its field, which stays the same
// when others come and go.
func (s *Settings) each(visit func(field string, h *Hidden)) {
	for i := range s.Secrets {
		visit("secrets["+s.Secrets[i].ID+"].value", &s.Secrets[i].Value)
	}
	for name, value := range s.Headers {
		visit("headers["+name+"]", &value)
		s.Headers[name] = value
	}
	if s.TLS != nil {
		visit("tls.key", &s.TLS.Key)
	}
	if s.Proxy != nil {
		visit(proxyPassword, &s.Proxy.Password)
	}
}

// clone shares nothing with s that can be changed.
func (s Settings) clone() Settings {
	s.Secrets = append([]Secret(nil), s.Secrets...)
	if s.Headers != nil {
		headers := make(map[string]Hidden, len(s.Headers))
		for name, value := range s.Headers {
			headers[name] = value
		}
		s.Headers = headers
	}
	if s.TLS != nil {
		copied := *s.TLS
		s.TLS = &copied
	}
	if s.Proxy != nil {
		copied := *s.Proxy
		s.Proxy = &copied
	}
	return s
}

// Try shows what the filter and the mapping make of events.
func (s Settings) Try(ctx context.Context, events ...[]byte) ([]mapping.Preview, error) {
	return mapping.Try(ctx, s.Filter, s.Mapping, events...)
}

// LogValue shows where to and how fast, and no secret. Of the address it shows
// the host, since the rest may hold a token.
func (s Settings) LogValue() slog.Value {
	ids := make([]string, len(s.Secrets))
	for i, secret := range s.Secrets {
		ids[i] = secret.ID
	}
	return slog.GroupValue(slog.String("host", host(s.URL)), slog.Any("secrets", ids),
		slog.Bool("mutual_tls", s.TLS != nil && s.TLS.Certificate != ""), slog.String("proxy", host(s.proxyURL())),
		slog.Duration("timeout", time.Duration(s.Timeout)), slog.Int("in_flight", s.InFlight),
		slog.Bool("filter", s.Filter != ""), slog.Bool("mapping", s.Mapping != ""))
}
