package config

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// EHR is who is told what happens to candidates: the system of record, and
// others.
type EHR struct {
	// Endpoint is the short form for the one endpoint named [EHREndpoint].
	Endpoint SoleEndpoint `koanf:"endpoint"`
	// Endpoints are further systems.
	Endpoints []Endpoint `koanf:"endpoints"`
	// AllowNetworks are networks that endpoints of the API and the inbox may
	// reach besides the internet.
	AllowNetworks []netip.Prefix `koanf:"allow_networks"`
	Retry         Retry          `koanf:"retry"`
	Documents     EHRDocuments   `koanf:"documents"`
	Reconcile     Reconcile      `koanf:"reconcile"`
	// KeepAttempts is how long attempts at telling endpoints are kept.
	KeepAttempts time.Duration `koanf:"keep_attempts"`
	// KeepFeeds is how long events stay in feeds; 0 is for ever.
	KeepFeeds time.Duration `koanf:"keep_feeds"`
}

// EHRDocuments is the EHR's own storage, which every document is put into.
type EHRDocuments struct {
	// URL is what the documents' addresses begin with; empty means that the EHR
	// fetches them itself.
	URL string `koanf:"url"`
	// Secret signs what is said of them: whsec_ and 24 to 64 bytes in base64.
	Secret Secret `koanf:"secret"`
	// Timeout is how long one attempt may take.
	Timeout time.Duration `koanf:"timeout"`
	// InFlight is the number of documents on their way at once.
	InFlight int `koanf:"in_flight"`
	// Headers are sent with every document.
	Headers []Header       `koanf:"headers"`
	TLS     *EndpointTLS   `koanf:"tls"`
	Proxy   *EndpointProxy `koanf:"proxy"`
}

func (d EHRDocuments) check(c *checker) {
	const at = "ehr.documents"
	c.webAddress(at+".url", d.URL)
	c.must(d.URL == "" || !d.Secret.Empty(), at+".secret", "is needed to sign what is said of the documents")
	c.webhookSecret(at+".secret", d.Secret)
	c.must(d.Timeout > 0 && d.Timeout <= 2*time.Minute, at+".timeout", "must be more than nothing and at most 2m")
	c.must(d.InFlight > 0 && d.InFlight <= 256, at+".in_flight", "must be between 1 and 256")
	c.headers(at, d.Headers)
}

// EHREndpoint is the id of the endpoint of the short form.
const EHREndpoint = "ehr"

// SoleEndpoint is an endpoint that is told everything.
type SoleEndpoint struct {
	// URL receives the events; empty means that there is no such endpoint.
	URL string `koanf:"url"`
	// Secret signs them: whsec_ and 24 to 64 bytes in base64.
	Secret Secret `koanf:"secret"`
	// Timeout is how long one attempt may take.
	Timeout time.Duration `koanf:"timeout"`
	// InFlight is the number of attempts under way at once, over all candidates.
	InFlight int `koanf:"in_flight"`
}

// The kinds of endpoints, and from when on they are told.
const (
	EndpointWebhook = "webhook"
	EndpointFeed    = "feed"

	StartNow       = "now"
	StartBeginning = "beginning"
)

// Endpoint is a system that is told: by signed webhooks (Standard Webhooks), or
// by a feed that it pulls or gets as files.
type Endpoint struct {
	// ID names the endpoint in stored rows and in the API; never change it.
	ID string `koanf:"id"`
	// Name is what people see; empty means the ID.
	Name string `koanf:"name"`
	// Kind is [EndpointWebhook], which empty means, or [EndpointFeed].
	Kind string `koanf:"kind"`
	// Branch is the branch whose candidates it is told of, with all below it;
	// empty means all candidates.
	Branch string `koanf:"branch"`
	// Types are the events it is told, as names or with a star at the end; none
	// means all.
	Types []string `koanf:"types"`
	// Filter is a CEL expression that is true for what it is told.
	Filter string `koanf:"filter"`
	// Start is [StartNow], which empty means, or [StartBeginning].
	Start string `koanf:"start"`

	URL string `koanf:"url"`
	// Secret signs the events. OldSecrets sign them as well while the receiver
	// changes over.
	Secret     Secret   `koanf:"secret"`
	OldSecrets []Secret `koanf:"old_secrets"`
	// Headers are sent with every event.
	Headers []Header       `koanf:"headers"`
	TLS     *EndpointTLS   `koanf:"tls"`
	Proxy   *EndpointProxy `koanf:"proxy"`
	// Mapping is a CEL expression whose result is posted in place of the event.
	Mapping string `koanf:"mapping"`
	// ContentType is application/json, which empty means, or
	// application/cloudevents+json.
	ContentType string        `koanf:"content_type"`
	Timeout     time.Duration `koanf:"timeout"`
	InFlight    int           `koanf:"in_flight"`
	// PerSecond and PerMinute bound the attempts; 0 means no bound.
	PerSecond int `koanf:"per_second"`
	PerMinute int `koanf:"per_minute"`

	// Daily has a feed written to files, one for each day.
	Daily *Daily `koanf:"daily"`
}

// Header is an HTTP header.
type Header struct {
	Name  string `koanf:"name"`
	Value Secret `koanf:"value"`
}

// EndpointTLS is for receivers that ask for a certificate, or have one of a
// private authority. Everything is PEM.
type EndpointTLS struct {
	Certificate Secret `koanf:"certificate"` // with its chain
	Key         Secret `koanf:"key"`
	CA          Secret `koanf:"ca"`
	ServerName  string `koanf:"server_name"`
}

// EndpointProxy is the way out to a receiver.
type EndpointProxy struct {
	URL      string `koanf:"url"`
	Username string `koanf:"username"`
	Password Secret `koanf:"password"`
}

// Daily is where and when a feed's files are written.
type Daily struct {
	Dir string `koanf:"dir"`
	// At is the time of day, in the office's time zone, that ends a file's day.
	At Clock `koanf:"at"`
}

// Reconcile is the nightly comparison of what other systems know with what
// there is to know of candidates.
type Reconcile struct {
	// At is the time of day in the bank's time zone.
	At Clock `koanf:"at"`
	// URL is asked for what the EHR believes; empty means that nobody is asked.
	URL string `koanf:"url"`
	// Secret signs the questions: whsec_ and 24 to 64 bytes in base64. Empty
	// means the endpoint's.
	Secret Secret `koanf:"secret"`
	// Headers are sent with every question.
	Headers []Header       `koanf:"headers"`
	TLS     *EndpointTLS   `koanf:"tls"`
	Proxy   *EndpointProxy `koanf:"proxy"`
	// Timeout is how long one answer may take.
	Timeout time.Duration `koanf:"timeout"`
	// Endpoints are told again what the EHR lacks, by id; none means all.
	Endpoints []string `koanf:"endpoints"`
}

// Retry is when an attempt that failed is repeated.
type Retry struct {
	// Schedule holds the waits before the second, third, … attempt. The last
	// one repeats.
	Schedule []time.Duration `koanf:"schedule"`
	// Jitter is the part of a wait, 0 to 1, that is drawn at random.
	Jitter float64 `koanf:"jitter"`
	// GiveUp is how long an event is tried, and a document.
	GiveUp time.Duration `koanf:"give_up"`
}

func defaultEHR() EHR {
	return EHR{
		Endpoint:     SoleEndpoint{Timeout: 15 * time.Second, InFlight: 32},
		Retry:        Retry{Schedule: defaultSchedule(), Jitter: 0.2, GiveUp: 3 * 24 * time.Hour},
		KeepAttempts: 30 * 24 * time.Hour,
		Documents:    EHRDocuments{Timeout: time.Minute, InFlight: 4},
		Reconcile:    Reconcile{At: 2*60 + 30, Timeout: time.Minute},
	}
}

// defaultSchedule is impatient with a hiccup and polite with an outage: ten
// attempts in fourteen hours, then one every six.
func defaultSchedule() []time.Duration {
	return []time.Duration{
		5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour,
	}
}

// All are the endpoints that are configured, in either form.
func (e EHR) All() []Endpoint {
	if e.Endpoint.URL == "" {
		return e.Endpoints
	}
	sole := Endpoint{
		ID: EHREndpoint, Name: "EHR", Start: StartBeginning, URL: e.Endpoint.URL, Secret: e.Endpoint.Secret,
		Timeout: e.Endpoint.Timeout, InFlight: e.Endpoint.InFlight,
	}
	return append([]Endpoint{sole}, e.Endpoints...)
}

func (e EHR) check(c *checker) {
	const at = "ehr.endpoint"
	c.webAddress(at+".url", e.Endpoint.URL)
	c.must(e.Endpoint.URL == "" || !e.Endpoint.Secret.Empty(), at+".secret", "is needed to sign the events")
	c.webhookSecret(at+".secret", e.Endpoint.Secret)
	c.must(e.Endpoint.Timeout > 0, at+".timeout", "must be more than nothing")
	c.must(e.Endpoint.InFlight > 0, at+".in_flight", "must be at least 1")
	for i, x := range e.Endpoints {
		here := fmt.Sprintf("ehr.endpoints[%d]", i)
		taken := slices.ContainsFunc(e.Endpoints[:i], func(o Endpoint) bool { return o.ID == x.ID })
		c.must(!taken, here+".id", "is used twice: %q", x.ID)
		c.must(x.ID != EHREndpoint || e.Endpoint.URL == "", here+".id", "must not be %s, which is the one of ehr.endpoint", EHREndpoint)
		x.check(c, here)
	}
	e.Documents.check(c)
	e.Retry.check(c)
	c.must(e.KeepAttempts > 0, "ehr.keep_attempts", "must be more than nothing")
	c.must(e.KeepFeeds >= 0, "ehr.keep_feeds", "must not be negative")
}

func (r Retry) check(c *checker) {
	const at = "ehr.retry"
	c.must(r.Jitter >= 0 && r.Jitter <= 1, at+".jitter", "must be between 0 and 1")
	c.must(len(r.Schedule) > 0, at+".schedule", "must hold at least one wait")
	for i, wait := range r.Schedule {
		c.must(wait > 0, fmt.Sprintf("%s.schedule[%d]", at, i), "must be more than nothing")
	}
	c.must(r.GiveUp > 0, at+".give_up", "must be more than nothing")
}

func (r Reconcile) check(c *checker, endpoint Secret) {
	const at = "ehr.reconcile"
	c.must(r.At < 24*60, at+".at", "must be before 24:00")
	c.webAddress(at+".url", r.URL)
	c.must(r.URL == "" || !r.Secret.Empty() || !endpoint.Empty(), at+".secret", "is needed to sign the questions")
	c.webhookSecret(at+".secret", r.Secret)
	c.must(r.Timeout > 0 && r.Timeout <= 2*time.Minute, at+".timeout", "must be more than nothing and at most 2m")
	c.headers(at, r.Headers)
}

// webhookSecret allows an empty value.
func (c *checker) webhookSecret(key string, s Secret) {
	encoded, marked := strings.CutPrefix(s.Reveal(), "whsec_")
	secret, err := base64.StdEncoding.DecodeString(encoded)
	good := marked && err == nil && len(secret) >= 24 && len(secret) <= 64
	c.must(s.Empty() || good, key, "must be whsec_ and 24 to 64 bytes in base64")
}

func (e Endpoint) check(c *checker, at string) {
	c.must(idPattern.MatchString(e.ID), at+".id", "must be 1 to 64 lower-case letters, digits, - and _, is %q", e.ID)
	if e.Kind != "" {
		c.oneOf(at+".kind", e.Kind, EndpointWebhook, EndpointFeed)
	}
	if e.Start != "" {
		c.oneOf(at+".start", e.Start, StartNow, StartBeginning)
	}
	if e.Branch != "" {
		c.branch(at+".branch", e.Branch)
	}
	if e.Kind == EndpointFeed {
		e.checkFeed(c, at)
		return
	}
	c.must(e.URL != "", at+".url", "is needed for a webhook")
	c.must(!e.Secret.Empty(), at+".secret", "is needed to sign the events")
	c.webhookSecret(at+".secret", e.Secret)
	for i, old := range e.OldSecrets {
		c.webhookSecret(fmt.Sprintf("%s.old_secrets[%d]", at, i), old)
	}
	c.must(e.Daily == nil, at+".daily", "is for feeds only")
	c.must(e.Timeout >= 0, at+".timeout", "must not be negative")
	c.must(e.InFlight >= 0, at+".in_flight", "must not be negative")
	c.headers(at, e.Headers)
}

func (c *checker) headers(at string, hs []Header) {
	for i, h := range hs {
		here := fmt.Sprintf("%s.headers[%d]", at, i)
		same := func(o Header) bool { return strings.EqualFold(o.Name, h.Name) }
		c.must(h.Name != "", here+".name", "must not be empty")
		c.must(!slices.ContainsFunc(hs[:i], same), here+".name", "is given twice: %q", h.Name)
	}
}

func (e Endpoint) checkFeed(c *checker, at string) {
	posted := e.URL != "" || !e.Secret.Empty() || e.OldSecrets != nil || e.Headers != nil || e.TLS != nil || e.Proxy != nil ||
		e.Mapping != "" || e.ContentType != "" || e.Timeout != 0 || e.InFlight != 0 || e.PerSecond != 0 || e.PerMinute != 0
	c.must(!posted, at, "must have nothing of a webhook: a feed is pulled, and nothing is posted")
	if e.Daily != nil {
		c.must(e.Daily.Dir != "", at+".daily.dir", "must not be empty")
		c.must(e.Daily.At >= 0 && e.Daily.At < 24*60, at+".daily.at", "must be a time of day before 24:00")
	}
}
