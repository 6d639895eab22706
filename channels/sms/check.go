package sms

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// filing is how far something filed with a provider has come.
type filing struct {
	state  channels.State
	text   string
	advice string
}

// Check looks whether every provider lets the account in and has approved its
// signature and templates. Whether the carriers have filed the signature, too
// (实名制报备), only the provider's console tells.
func (a *Adapter) Check(ctx context.Context) []channels.Finding {
	var findings []channels.Finding
	for i, l := range a.providers {
		name := l.config.Kind
		if len(a.providers) > 1 {
			name = fmt.Sprintf("%s (%d)", l.config.Kind, i+1)
		}
		findings = append(findings, l.check(ctx, name)...)
	}
	return findings
}

// check asks for the signature, which takes a good key, and for the templates.
func (l *line) check(ctx context.Context, name string) []channels.Finding {
	sign, refused := l.signature(ctx)
	if refused != nil {
		return []channels.Finding{denied(name+": access", refused)}
	}
	findings := []channels.Finding{channels.Found(name+": access", "key_id and secret are right, and the provider lets this machine in")}
	if sign.state != "" {
		findings = append(findings, channels.Finding{About: name + ": signature", State: sign.state, Text: sign.text, Do: sign.advice})
	}
	filed, refused := l.templates(ctx, slices.Sorted(maps.Values(l.config.Templates)))
	if refused != nil {
		return append(findings, denied(name+": templates", refused))
	}
	for _, purpose := range slices.Sorted(maps.Keys(l.config.Templates)) {
		f, known := filed[l.config.Templates[purpose]]
		if !known {
			f = filing{channels.Bad, "the provider has no template of that id", "copy the id from the provider's console, or file the words of the template file's note there"}
		}
		findings = append(findings, channels.Finding{About: name + ": template " + purpose, State: f.state, Text: f.text, Do: f.advice})
	}
	return findings
}

func denied(about string, refused *conversations.SendError) channels.Finding {
	do := "see whether this machine reaches the provider: name resolution, firewall, proxy"
	if refused.Reason == conversations.Credentials {
		do = "see the provider's console, and key_id, secret and app_id in the configuration"
	}
	return channels.Fault(about, refused.Error(), do)
}

// approval is the filing of a signature or template by its state.
func approval(approved, pending bool, reason string) filing {
	switch {
	case approved:
		return filing{state: channels.Good, text: "it is approved"}
	case pending:
		return filing{channels.Doubtful, "it waits for approval", "nothing can be sent with it until then"}
	}
	text := "it is not approved"
	if reason != "" {
		text += ": " + reason
	}
	return filing{channels.Bad, text, "correct and file it anew in the provider's console"}
}

// Calls are the providers' addresses.
func (a *Adapter) Calls() []string {
	var all []string
	for _, l := range a.providers {
		own := "https://" + aliyunHost
		if l.config.Kind == Tencent {
			own = "https://" + tencentHost
		}
		all = append(all, carrier.Base(l.config.BaseURL, own))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
