package app

import (
	"context"
	"fmt"

	"jiebao/channels"
	"jiebao/gateway/doctor"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/wire"
)

// endpoints are the checks of the configured webhooks: their addresses by the
// road that events take and, if that was asked for, a test event.
func (e examination) endpoints() []doctor.Check {
	var checks []doctor.Check
	for _, c := range configured(e.cfg.EHR) {
		if c.Wire.URL == "" {
			continue
		}
		checks = append(checks, doctor.Check{Subject: "endpoint " + c.ID, Name: "address", Run: func(ctx context.Context) []channels.Finding {
			return e.webhook(ctx, c)
		}})
		if e.o.TestEndpoints {
			checks = append(checks, doctor.Check{Subject: "endpoint " + c.ID, Name: "test event", Run: func(ctx context.Context) []channels.Finding {
				return e.testEvent(ctx, c)
			}})
		}
	}
	return checks
}

func (e examination) webhook(ctx context.Context, c ehr.Configured) []channels.Finding {
	w, err := wire.New(c.Wire, wire.Options{Reach: wire.Reach{Allow: e.cfg.EHR.AllowNetworks, Trusted: true}, Clock: e.o.Clock})
	if err != nil {
		return []channels.Finding{channels.Fault("settings", err.Error(), "correct it; the gateway does not start with it")}
	}
	defer w.Close()
	var findings []channels.Finding
	if ends := c.Wire.CertificateEnds(); !ends.IsZero() {
		findings = append(findings, channels.Certificate("client certificate", ends, e.o.Clock.Now()))
	}
	addresses := e.addresses
	addresses.Client = w.Client()
	return append(findings, addresses.Endpoint(ctx, "address", c.Wire.URL)...)
}

func (e examination) testEvent(ctx context.Context, c ehr.Configured) []channels.Finding {
	const about = "test event"
	t := ehr.Tester{Networks: e.cfg.EHR.AllowNetworks, Zone: e.cfg.OfficeHours.TimeZone, NewID: newID, Clock: e.o.Clock}
	a, err := t.Test(ctx, c.Endpoint, c.Wire)
	switch {
	case err != nil:
		return []channels.Finding{channels.Fault(about, err.Error(), "see the endpoint in the configuration")}
	case a.Note != "":
		text := a.Note
		if a.Answer != "" {
			text += ": " + a.Answer
		}
		return []channels.Finding{channels.Fault(about, text, "see whether the receiver takes events of types that it does not know, and with this secret")}
	}
	return []channels.Finding{channels.Found(about, fmt.Sprintf("it was taken under the id %s, with status %d, in %d ms", a.Event, a.Status, a.Took.Milliseconds()))}
}
