package doctor

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"jiebao/channels"
)

// Addresses ask addresses for an answer.
type Addresses struct {
	Client *http.Client // follows no redirects
	Now    func() time.Time
}

// The clocks of both sides may differ by so much: signatures with times, such
// as those of events, are refused beyond five minutes, and tokens earlier.
const (
	slow   = 30 * time.Second
	broken = 4 * time.Minute
)

// ProofHeader holds, in the answer to /healthz?nonce=…, what only this gateway
// can make of the nonce.
const ProofHeader = "Jiebao-Proof"

// Gateway looks whether the gateway's public address leads to it: whether
// what answers proves to be a gateway with the same key.
func (a Addresses) Gateway(ctx context.Context, public, nonce, proof string) []channels.Finding {
	const about = "public address"
	r, findings := a.get(ctx, http.MethodGet, public+"/healthz?nonce="+url.QueryEscape(nonce), about,
		"start the gateway, and let server.public_url lead to it")
	if r == nil {
		return findings
	}
	switch got := r.Header.Get(ProofHeader); {
	case r.StatusCode != http.StatusOK || got == "":
		findings = append(findings, channels.Fault(about, fmt.Sprintf("something else than the gateway answers (status %d)", r.StatusCode), "let the reverse proxy pass all paths of server.public_url on to the gateway"))
	case subtle.ConstantTimeCompare([]byte(got), []byte(proof)) != 1:
		findings = append(findings, channels.Fault(about, "another gateway answers, with another documents key", "let server.public_url lead to this one, or give all gateways the same documents.key"))
	default:
		findings = append(findings, channels.Found(about, "this gateway answers there, as seen from this machine"))
	}
	return findings
}

// Callback looks whether a platform's callbacks would arrive: one that nobody
// signed has to be refused by the gateway, and not by anything before it.
func (a Addresses) Callback(ctx context.Context, public, account string) []channels.Finding {
	const about = "callbacks"
	r, findings := a.get(ctx, http.MethodGet, public+"/callbacks/"+account, about, "start the gateway, and let server.public_url lead to it")
	switch {
	case r == nil:
		return findings
	case r.StatusCode == http.StatusForbidden || r.StatusCode == http.StatusMethodNotAllowed:
		return []channels.Finding{channels.Found(about, "they would arrive: what is not signed is refused, as seen from this machine")}
	case r.StatusCode == http.StatusNotFound:
		return []channels.Finding{channels.Fault(about, "the gateway that answers has no such account", "restart it with this configuration, or let the proxy pass /callbacks/ on")}
	}
	return []channels.Finding{channels.Fault(about, fmt.Sprintf("the answer has status %d instead of 403", r.StatusCode), "let the reverse proxy pass /callbacks/ on unchanged")}
}

// Endpoint looks whether an address of somebody else answers, whatever it
// answers to a question about nothing.
func (a Addresses) Endpoint(ctx context.Context, about, address string) []channels.Finding {
	r, findings := a.get(ctx, http.MethodHead, address, about, "see whether this machine reaches it: name resolution, firewall, proxy")
	switch {
	case r == nil:
		return findings
	case r.StatusCode >= http.StatusInternalServerError && r.StatusCode != http.StatusNotImplemented:
		return append(findings, channels.Doubt(about, fmt.Sprintf("it answers with status %d", r.StatusCode), "ask whoever runs it"))
	}
	return append(findings, channels.Found(about, "it answers"))
}

// get asks, and looks at the certificate and the clock on the way. It returns
// no answer, and why, if there is none.
func (a Addresses) get(ctx context.Context, method, address, about, do string) (*http.Response, []channels.Finding) {
	r, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return nil, []channels.Finding{channels.Fault(about, "it is no address", "correct it")}
	}
	before := a.Now()
	answer, err := a.Client.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, []channels.Finding{channels.Fault(about, "there is no answer: "+err.Error(), do)}
	}
	_, _ = io.CopyN(io.Discard, answer.Body, 1<<16)
	answer.Body.Close()
	var findings []channels.Finding
	if answer.TLS != nil && len(answer.TLS.PeerCertificates) > 0 {
		findings = append(findings, channels.Certificate("certificate", answer.TLS.PeerCertificates[0].NotAfter, a.Now()))
	}
	return answer, append(findings, a.clock(answer, before)...)
}

// clock compares this machine's clock with the answer's.
func (a Addresses) clock(answer *http.Response, before time.Time) []channels.Finding {
	theirs, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil || answer.Header.Get("Age") != "" { // a cache's answer tells an old time
		return nil
	}
	after := a.Now()
	off := time.Duration(0)
	if theirs.Before(before.Add(-time.Second)) {
		off = before.Sub(theirs)
	} else if theirs.After(after.Add(time.Second)) {
		off = theirs.Sub(after)
	}
	text := fmt.Sprintf("the clock here and there differ by %s", off.Round(time.Second))
	const do = "let this machine's clock follow a time server (chrony or systemd-timesyncd)"
	switch {
	case off >= broken:
		return []channels.Finding{channels.Fault("clock", text, do)}
	case off >= slow:
		return []channels.Finding{channels.Doubt("clock", text, do)}
	}
	return []channels.Finding{channels.Found("clock", "it agrees with theirs")}
}
