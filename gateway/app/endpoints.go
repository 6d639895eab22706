package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"jiebao/config"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/daily"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// openEvents makes who tells endpoints, and has the store know those of the
// configuration's file.
func (a *App) openEvents(ctx context.Context, o Options) error {
	sealer, err := wire.NewSealer(a.files.endpointSecrets...)
	if err != nil {
		return err
	}
	signer, err := daily.NewSigner(a.files.dailySecrets...)
	if err != nil {
		return err
	}
	e := a.cfg.EHR
	a.endpoints, err = ehr.New(ehr.Options{
		Store: a.store, Sealer: sealer, Configured: configured(e), Networks: e.AllowNetworks,
		Retry:  ehr.Retry{Schedule: e.Retry.Schedule, Jitter: e.Retry.Jitter, GiveUp: e.Retry.GiveUp},
		Limits: a.limits, KeepAttempts: e.KeepAttempts, KeepFeeds: e.KeepFeeds,
		Signer: signer, Zone: a.cfg.OfficeHours.TimeZone, Source: a.engine.Source, NewID: newID, Clock: a.clock, Log: a.log,
	})
	if err != nil || o.Offline {
		return err
	}
	return a.endpoints.Ensure(ctx)
}

// desk is where endpoints are set up that the file does not define.
func (a *App) desk() *endpoints.Desk {
	return &endpoints.Desk{Store: a.store, Sealer: a.endpoints.Sealer, Reach: wire.Reach{Allow: a.cfg.EHR.AllowNetworks}, Now: a.clock.Now}
}

// configured are the endpoints of the configuration's file.
func configured(e config.EHR) []ehr.Configured {
	var all []ehr.Configured
	for _, x := range e.All() {
		c := ehr.Configured{
			Endpoint: relay.Endpoint{ID: x.ID, Name: x.Name, Kind: relay.Webhook, Branch: x.Branch, Types: x.Types, Configured: true},
			Wire:     settingsOf(x), From: relay.FromNow,
		}
		if x.Name == "" {
			c.Name = x.ID
		}
		if x.Kind == config.EndpointFeed {
			c.Kind = relay.Feed
		}
		if x.Start == config.StartBeginning {
			c.From = relay.FromBeginning
		}
		if d := x.Daily; d != nil {
			c.Daily = &ehr.Daily{Dir: d.Dir, At: time.Duration(d.At) * time.Minute}
		}
		all = append(all, c)
	}
	return all
}

// VerifyDaily checks daily files of feeds, with a public key in PEM or, if that
// is empty, with the keys of the configuration. Each is told of as it is looked
// at.
func VerifyDaily(cfg config.Config, publicKey []byte, paths []string, tell func(path string, m daily.Manifest, err error)) error {
	signer, err := dailySigner(cfg, publicKey)
	if err != nil {
		return err
	}
	for _, path := range paths {
		m, err := signer.Verify(path)
		tell(path, m, err)
	}
	return nil
}

func dailySigner(cfg config.Config, publicKey []byte) (*daily.Signer, error) {
	if len(publicKey) > 0 {
		return daily.ReadKey(publicKey)
	}
	keys, err := heldKeys(cfg.Documents)
	if err != nil {
		return nil, err
	}
	secrets, err := keys.derive(daily.Purpose)
	if err != nil {
		return nil, err
	}
	return daily.NewSigner(secrets...)
}

// settingsOf says how to speak to a configured endpoint.
func settingsOf(x config.Endpoint) wire.Settings {
	s := wire.Settings{
		URL: x.URL, Timeout: wire.Duration(x.Timeout), InFlight: x.InFlight, PerSecond: x.PerSecond, PerMinute: x.PerMinute,
		ContentType: x.ContentType, Filter: x.Filter, Mapping: x.Mapping,
	}
	if !x.Secret.Empty() {
		s.Secrets = []wire.Secret{{ID: "configured", Value: wire.Hide(x.Secret.Reveal())}}
	}
	for i, old := range x.OldSecrets {
		s.Secrets = append(s.Secrets, wire.Secret{ID: fmt.Sprintf("old-%d", i+1), Value: wire.Hide(old.Reveal())})
	}
	road(&s, x.Headers, x.TLS, x.Proxy)
	return s
}

// documentSettings and reconcileSettings say how to speak to the EHR's storage of
// documents, and to who is asked at night.
func documentSettings(c config.EHRDocuments) wire.Settings {
	s := wire.Settings{URL: c.URL, Secrets: sole(c.Secret), Timeout: wire.Duration(c.Timeout), InFlight: c.InFlight}
	road(&s, c.Headers, c.TLS, c.Proxy)
	return s
}

func reconcileSettings(e config.EHR) wire.Settings {
	c := e.Reconcile
	secret := c.Secret
	if secret.Empty() {
		secret = e.Endpoint.Secret
	}
	s := wire.Settings{URL: c.URL, Secrets: sole(secret), Timeout: wire.Duration(c.Timeout), InFlight: 1}
	road(&s, c.Headers, c.TLS, c.Proxy)
	return s
}

func sole(secret config.Secret) []wire.Secret {
	return []wire.Secret{{ID: "configured", Value: wire.Hide(secret.Reveal())}}
}

// road adds the way there to s.
func road(s *wire.Settings, headers []config.Header, t *config.EndpointTLS, p *config.EndpointProxy) {
	for _, h := range headers {
		if s.Headers == nil {
			s.Headers = map[string]wire.Hidden{}
		}
		s.Headers[h.Name] = wire.Hide(h.Value.Reveal())
	}
	if t != nil {
		s.TLS = &wire.TLS{Certificate: t.Certificate.Reveal(), Key: wire.Hide(t.Key.Reveal()), CA: t.CA.Reveal(), ServerName: t.ServerName}
	}
	if p != nil {
		s.Proxy = &wire.Proxy{URL: p.URL, Username: p.Username, Password: wire.Hide(p.Password.Reveal())}
	}
}

// badEndpoints are what is wrong with the configured endpoints.
func badEndpoints(e config.EHR, now time.Time) config.Problems {
	var all config.Problems
	short := len(e.All()) - len(e.Endpoints)
	for i, c := range configured(e) {
		at := "ehr.endpoint"
		if i >= short {
			at = fmt.Sprintf("ehr.endpoints[%d]", i-short)
		}
		for _, t := range c.Types {
			if !catalogue.Knows(t) {
				all = append(all, config.Problem{Key: at + ".types", Problem: fmt.Sprintf("%q is no event and no beginning of one; the API's documentation lists them", t)})
			}
		}
		all = append(all, badSettings(at, ehr.CheckSettings(c.Endpoint, c.Wire, e.AllowNetworks, now))...)
	}
	reach := wire.Reach{Trusted: true, Allow: e.AllowNetworks}
	if e.Documents.URL != "" {
		all = append(all, badSettings("ehr.documents", documentSettings(e.Documents).Check(reach, now))...)
	}
	if e.Reconcile.URL != "" {
		all = append(all, badSettings("ehr.reconcile", reconcileSettings(e).Check(reach, now))...)
	}
	return all
}

// badSettings are problems of settings by the keys of the file.
func badSettings(at string, err error) (all config.Problems) {
	var problems wire.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			all = append(all, config.Problem{Key: at + "." + configKey(p.Field), Problem: p.Text})
		}
	case err != nil:
		all = append(all, config.Problem{Key: at, Problem: err.Error()})
	}
	return all
}

// configKey is the key of the file for a field of the settings.
func configKey(field string) string {
	switch {
	case strings.HasPrefix(field, "secrets[0]"):
		return "secret"
	case strings.HasPrefix(field, "secrets"):
		return "old_secrets"
	case strings.HasPrefix(field, "headers["):
		return "headers"
	}
	return field
}
