package wire

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"jiebao/gateway/ehr/mapping"
)

// Problem is what is wrong with one field.
type Problem struct {
	Field string // as in the JSON, such as secrets[0].value
	Text  string // begins with a verb: must be …
}

// Problems is the error that names every field that is wrong.
type Problems []Problem

// Error names every field.
func (p Problems) Error() string {
	parts := make([]string, len(p))
	for i := range p {
		parts[i] = p[i].Field + " " + p[i].Text
	}
	return strings.Join(parts, "; ")
}

func (p *Problems) must(ok bool, field, format string, args ...any) bool {
	if !ok {
		*p = append(*p, Problem{field, fmt.Sprintf(format, args...)})
	}
	return ok
}

// Check says what is wrong with the settings, as [Problems], for an endpoint
// that may reach what is given.
func (s Settings) Check(reach Reach, now time.Time) error {
	var p Problems
	s.checkURL(&p, reach)
	s.checkSecrets(&p, now)
	s.checkHeaders(&p)
	s.checkTLS(&p)
	s.checkProxy(&p, reach)
	p.must(s.Timeout >= 0 && time.Duration(s.Timeout) <= maxTimeout, "timeout", "must be at most %s", maxTimeout)
	p.must(s.InFlight >= 0 && s.InFlight <= maxInFlight, "in_flight", "must be at most %d", maxInFlight)
	p.must(s.PerSecond >= 0 && s.PerSecond <= maxRate, "per_second", "must be at most %d", maxRate)
	p.must(s.PerMinute >= 0 && s.PerMinute <= 60*maxRate, "per_minute", "must be at most %d", 60*maxRate)
	p.must(slices.Contains([]string{"", JSON, CloudEvents}, s.ContentType), "content_type", "must be %s or %s", JSON, CloudEvents)
	p.must(s.Mapping == "" || s.ContentType != CloudEvents, "content_type", "must be %s for a mapped payload, which is no CloudEvent", JSON)
	if s.Filter != "" {
		_, err := mapping.CompileFilter(s.Filter)
		p.must(err == nil, "filter", "cannot be read: %v", err)
	}
	if s.Mapping != "" {
		_, err := mapping.Compile(s.Mapping)
		p.must(err == nil, "mapping", "cannot be read: %v", err)
	}
	if p != nil {
		return p
	}
	return nil
}

// The bounds of what can be set.
const (
	maxTimeout  = 2 * time.Minute
	maxInFlight = 256
	maxRate     = 10_000
	maxHeaders  = 32
	maxURL      = 2048
)

func (s Settings) checkURL(p *Problems, reach Reach) {
	const field = "url"
	u, err := url.Parse(s.URL)
	if !p.must(err == nil && u.Host != "" && u.Hostname() != "" && len(s.URL) <= maxURL, field,
		"must be like https://ehr.example.com/webhooks") {
		return
	}
	if !p.must(u.Scheme == "https" || u.Scheme == "http", field, "must begin with https://") {
		return
	}
	p.must(u.User == nil, field, "must not hold a user and a password; send them as the header Authorization")
	p.must(u.Fragment == "", field, "must not hold a fragment (#)")
	plain := u.Scheme == "http"
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		problem := reach.check(ip, plain)
		p.must(problem == nil, field, "must begin with https:// and lead to an allowed address: %v", problem)
		return
	}
	named := u.Hostname() == "localhost" && reach.Trusted || len(reach.Allow) > 0 // each address is checked when connecting
	p.must(!plain || named, field, "must begin with https://; plain http goes only to networks of ehr.allow_networks")
	p.must(!plain || s.Proxy == nil, field, "must begin with https:// to go through a proxy")
}

func (s Settings) checkSecrets(p *Problems, now time.Time) {
	const field = "secrets"
	p.must(len(s.Secrets) > 0, field, "must hold at least one secret to sign with")
	p.must(len(s.Secrets) <= maxSecrets, field, "must hold at most %d secrets; take away those that have ended", maxSecrets)
	for i, secret := range s.Secrets {
		at := fmt.Sprintf("secrets[%d].", i)
		p.must(secretID.MatchString(secret.ID), at+"id", "must be 1 to 32 letters, digits, - and _")
		p.must(!slices.ContainsFunc(s.Secrets[:i], func(o Secret) bool { return o.ID == secret.ID }), at+"id", "is used twice")
		_, err := keyOf(secret.Value)
		p.must(err == nil, at+"value", "must be whsec_ and 24 to 64 bytes in base64")
		p.must(secret.Until.IsZero() || secret.Until.After(secret.Since), at+"until", "must be after since")
	}
	if at, gap := s.unsigned(now); gap && len(s.Secrets) > 0 {
		p.must(false, field, "must always hold one that is live; at %s there is none", at.UTC().Format(time.RFC3339))
	}
}

var (
	secretID   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)
	serverName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$`)
)

// unsigned is the first moment from now on when no secret is live.
func (s Settings) unsigned(now time.Time) (time.Time, bool) {
	moments := []time.Time{now}
	for _, secret := range s.Secrets {
		if secret.Until.After(now) {
			moments = append(moments, secret.Until)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range moments {
		if !slices.ContainsFunc(s.Secrets, func(o Secret) bool { return o.live(at) }) {
			return at, true
		}
	}
	return time.Time{}, false
}

// reserved are the headers that the program, the protocol or the specification
// of Standard Webhooks fills in.
func reserved(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "webhook-") || strings.HasPrefix(name, "proxy-") || strings.HasPrefix(name, ":") ||
		slices.Contains([]string{"host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection",
			"keep-alive", "te", "trailer", "upgrade", "expect", "accept-encoding", "user-agent"}, name)
}

func (s Settings) checkHeaders(p *Problems) {
	p.must(len(s.Headers) <= maxHeaders, "headers", "must be at most %d", maxHeaders)
	names := map[string]bool{}
	for name, value := range s.Headers {
		at := "headers[" + name + "]"
		if !p.must(httpguts.ValidHeaderFieldName(name) && len(name) <= 128, at, "must have a name of letters, digits and -") {
			continue
		}
		p.must(!reserved(name), at, "must not be set: Jiebao sets it itself")
		p.must(!names[strings.ToLower(name)], at, "is given twice")
		names[strings.ToLower(name)] = true
		p.must(!value.kept(), at, "must be given anew")
		p.must(httpguts.ValidHeaderFieldValue(value.Reveal()) && len(value.Reveal()) <= 4096, at, "must be one line of at most 4096 characters")
	}
}

func (s Settings) checkTLS(p *Problems) {
	if s.TLS == nil {
		return
	}
	t := s.TLS
	if t.Certificate != "" || !t.Key.IsZero() {
		_, err := clientCertificate(*t)
		p.must(err == nil, "tls.certificate", "must be a certificate and tls.key its key, both in PEM: %v", err)
	}
	if t.CA != "" {
		p.must(x509.NewCertPool().AppendCertsFromPEM([]byte(t.CA)), "tls.ca", "must hold certificates in PEM")
	}
	p.must(t.ServerName == "" || serverName.MatchString(t.ServerName), "tls.server_name", "must be the name of a host")
}

// clientCertificate reads the certificate, whose error does not quote it.
func clientCertificate(t TLS) (tls.Certificate, error) {
	if t.Key.kept() {
		return tls.Certificate{}, errors.New("the key must be given anew")
	}
	pair, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key.Reveal()))
	if err != nil {
		return tls.Certificate{}, errors.New("they cannot be read, or do not belong together")
	}
	return pair, nil
}

func (s Settings) checkProxy(p *Problems, reach Reach) {
	if s.Proxy == nil {
		return
	}
	u, err := url.Parse(s.Proxy.URL)
	good := err == nil && u.Hostname() != "" && slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) &&
		(u.Path == "" || u.Path == "/") && u.RawQuery == ""
	if !p.must(good, "proxy.url", "must be like http://proxy.example.com:3128, https://… or socks5://…") {
		return
	}
	p.must(u.User == nil, "proxy.url", "must not hold a user and a password, which have their own fields")
	p.must(!s.Proxy.Password.kept(), "proxy.password", "must be given anew")
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil {
		problem := reach.check(ip, false)
		p.must(problem == nil, "proxy.url", "must lead to an allowed address: %v", problem)
	}
}

// CertificateEnds is when the client's certificate has to be replaced by; zero
// if there is none.
func (s Settings) CertificateEnds() time.Time {
	if s.TLS == nil || s.TLS.Certificate == "" {
		return time.Time{}
	}
	pair, err := clientCertificate(*s.TLS)
	if err != nil || pair.Leaf == nil {
		return time.Time{}
	}
	return pair.Leaf.NotAfter
}
