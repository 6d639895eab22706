// Package wire posts events to one endpoint, as Standard Webhooks
// (standardwebhooks.com, specification 1.0): it makes the payload, signs it
// with every live secret, and carries it there by the road that the endpoint's
// settings describe. Files it puts there in the same way, with a signed header in
// the place of a signed body, and it asks there for what the endpoint knows. It
// keeps nothing and decides nothing: whether and when an
// event is tried again is its caller's business.
//
// Where an endpoint may be is bounded by a [Reach], which looks at the address
// of each connection. What HR or a program sets up reaches the internet and
// the networks of ehr.allow_networks, and nothing else; through a proxy too,
// because the proxy is told an address that was looked at, and no name. What
// the configuration's file sets up may also reach private networks, where
// banks' EHRs live, and leaves names to its proxy. Plain http goes to the
// listed networks and, from the file, to this machine. Metadata services,
// multicast and addresses of nobody are reached by no one.
//
// Secrets, headers' values, keys and passwords are [Hidden]; a [Sealer]
// encrypts them for the database.
//
// Imports: conversations/clock, gateway/ehr/mapping, the Standard Webhooks
// library, golang.org/x/net/http/httpguts and the standard library.
package wire

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"jiebao/conversations/clock"
	"jiebao/gateway/ehr/mapping"
)

// Options replace the world outside; each has a default.
type Options struct {
	Reach    Reach
	Clock    clock.Clock
	Resolver Resolver // asked when a proxy must not be given a name
	Take     Take     // asked for each turn at the endpoint's rate; nil: each gateway keeps the whole rate itself
}

// Resolver looks up addresses; net.DefaultResolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Wire posts to one endpoint. It is safe for concurrent use.
type Wire struct {
	target   *url.URL
	header   http.Header // of every request
	secrets  []string    // in it
	signer   *signer
	client   *http.Client
	timeout  time.Duration
	inFlight int
	pace     *pace
	filter   *mapping.Filter  // nil: all events are wanted
	mapping  *mapping.Mapping // nil: events are posted as they are
	reach    Reach
	pinned   bool // the proxy is told addresses
	resolver Resolver
	turn     atomic.Uint32 // which of several addresses, changed by failures
	clock    clock.Clock
}

// What settings mean that are not given.
const (
	defaultTimeout  = 15 * time.Second
	defaultInFlight = 32
)

// New makes the wire for settings, after it has checked them: errors about
// them are [Problems].
func New(s Settings, o Options) (*Wire, error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Resolver == nil {
		o.Resolver = net.DefaultResolver
	}
	s = s.clone()
	if err := s.Check(o.Reach, o.Clock.Now()); err != nil {
		return nil, err
	}
	w := &Wire{
		timeout: time.Duration(s.Timeout), pace: newPace(s.PerSecond, s.PerMinute, o.Clock, o.Take), clock: o.Clock,
		reach: o.Reach, pinned: s.Proxy != nil && !o.Reach.Trusted, resolver: o.Resolver, header: header(s), secrets: secrets(s.Headers),
	}
	if w.timeout == 0 {
		w.timeout = defaultTimeout
	}
	if w.inFlight = s.InFlight; w.inFlight == 0 {
		w.inFlight = defaultInFlight
	}
	w.inFlight = w.pace.inFlight(w.inFlight)
	if err := w.open(s); err != nil {
		return nil, err
	}
	return w, nil
}

// open makes what Check has found to be good.
func (w *Wire) open(s Settings) (err error) {
	if w.target, err = url.Parse(s.URL); err != nil {
		return fmt.Errorf("reading the endpoint's address: %w", err)
	}
	if w.signer, err = newSigner(s.Secrets); err != nil {
		return err
	}
	if w.client, err = newClient(s, w.target, w.reach, w.inFlight); err != nil {
		return err
	}
	if s.Filter != "" {
		if w.filter, err = mapping.CompileFilter(s.Filter); err != nil {
			return err
		}
	}
	if s.Mapping != "" {
		w.mapping, err = mapping.Compile(s.Mapping)
	}
	return err
}

func header(s Settings) http.Header {
	h := http.Header{"User-Agent": {"Jiebao"}, "Content-Type": {JSON}}
	if s.ContentType != "" {
		h.Set("Content-Type", s.ContentType)
	}
	for name, value := range s.Headers {
		h.Set(name, value.Reveal())
	}
	return h
}

// LogValue shows where to, and no secret.
func (w *Wire) LogValue() slog.Value { return slog.GroupValue(slog.String("host", w.target.Host)) }

// InFlight is how many attempts may be under way at once. It is less than was
// set where the rate allows no more.
func (w *Wire) InFlight() int { return w.inFlight }

// Timeout is how long [Wire.Post] takes at most: the wait for its turn, and
// the attempt.
func (w *Wire) Timeout() time.Duration {
	if w.pace.every <= 0 {
		return w.timeout
	}
	return w.timeout + longestTurn + w.pace.every
}

// Wants says whether the filter lets an event through. An event on which the
// filter fails is neither wanted nor unwanted: the error, a [*Failure], is for
// people to see.
func (w *Wire) Wants(ctx context.Context, event []byte) (bool, error) {
	if w.filter == nil {
		return true, nil
	}
	wanted, err := w.filter.Match(ctx, event)
	if err != nil && ctx.Err() == nil {
		return false, &Failure{Unmapped, err.Error()}
	}
	return wanted, err
}

// Payload is what is posted for an event: the same bytes each time.
func (w *Wire) Payload(ctx context.Context, event []byte) ([]byte, error) {
	if w.mapping == nil {
		return event, nil
	}
	payload, err := w.mapping.Apply(ctx, event)
	if err != nil && ctx.Err() == nil {
		return nil, &Failure{Unmapped, err.Error()}
	}
	return payload, err
}

// Post makes one attempt at telling the endpoint an event, whose id becomes
// the webhook's id, mapped or not, so that the endpoint can ignore what it has
// already. It ends with a [*Failure] if there is no answer, and with the
// context's error if that ended first.
func (w *Wire) Post(ctx context.Context, id string, event []byte) (Answer, error) {
	payload, err := w.Payload(ctx, event)
	if err != nil {
		return Answer{}, err
	}
	if err := w.pace.wait(ctx); err != nil {
		return Answer{}, err
	}
	told := func() []string { return told(w.secrets, event, payload) }
	attempt, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	req, err := w.request(attempt, http.MethodPost, id, payload)
	if err != nil {
		return w.unanswered(ctx, err)
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return w.unanswered(ctx, explain(err, told))
	}
	defer resp.Body.Close()
	return readAnswer(resp, w.clock.Now(), told), nil
}

// request makes a request that carries a payload and its signature; its errors
// are Failures.
func (w *Wire) request(ctx context.Context, method, id string, payload []byte) (*http.Request, error) {
	now := w.clock.Now()
	signature, err := w.signer.sign(id, now, payload)
	if err != nil {
		return nil, &Failure{Unsigned, "the event cannot be signed: " + err.Error()}
	}
	req, err := http.NewRequestWithContext(ctx, method, w.target.String(), bytes.NewReader(payload))
	if err != nil {
		return nil, explain(err, func() []string { return w.secrets })
	}
	req.Header = w.header.Clone()
	req.Header.Set(standardwebhooks.HeaderWebhookID, id)
	req.Header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	req.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	if w.pinned {
		if err := w.pin(ctx, req); err != nil {
			return nil, explain(err, func() []string { return w.secrets })
		}
	}
	return req, nil
}

// pin puts an address that was looked at in the place of the name that a proxy
// would resolve. The certificate is still held to the name.
func (w *Wire) pin(ctx context.Context, req *http.Request) error {
	addresses, err := w.addresses(ctx)
	if err != nil {
		return err
	}
	ip, err := w.reach.pick(addresses, int(w.turn.Load()%64))
	if err != nil {
		return err
	}
	req.Host = w.target.Host
	port := w.target.Port()
	if port == "" {
		port = "443"
	}
	req.URL.Host = net.JoinHostPort(ip.String(), port)
	return nil
}

func (w *Wire) addresses(ctx context.Context) ([]netip.Addr, error) {
	if ip, err := netip.ParseAddr(w.target.Hostname()); err == nil {
		return []netip.Addr{ip}, nil
	}
	return w.resolver.LookupNetIP(ctx, "ip", w.target.Hostname())
}

// Client goes the road to the endpoint, for who looks whether it leads there.
func (w *Wire) Client() *http.Client { return w.client }

// Close closes the idle connections.
func (w *Wire) Close() { w.client.CloseIdleConnections() }
