package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"jiebao/channels"
	"jiebao/config"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/gateway/api"
)

// keysLookedAt is how often the log is told of API keys that end soon.
const keysLookedAt = 24 * time.Hour

func apiKeys(configured []config.APIKey) []api.Key {
	var keys []api.Key
	for _, k := range configured {
		keys = append(keys, api.Key{
			Name: k.Name, Hash: k.Hash(), Branch: k.Branch, Scopes: k.Scopes,
			Expires: k.Expires.Time, Networks: k.Networks, PerMinute: k.PerMinute(),
		})
	}
	return keys
}

// spend counts a call of the API for all nodes.
func (a *App) spend(ctx context.Context, key string, perMinute int) api.Quota {
	return api.Quota(a.limits.Spend(ctx, outbox.PerMinute(key, perMinute)))
}

// unknownScopes are the scopes of keys that no operation needs: whoever wrote
// them meant another.
func unknownScopes(keys []config.APIKey) config.Problems {
	var problems config.Problems
	known := api.Scopes()
	for i, k := range keys {
		for j, scope := range k.Scopes {
			if !slices.Contains(known, scope) {
				problems = append(problems, config.Problem{
					Key:     fmt.Sprintf("api.keys[%d].scopes[%d]", i, j),
					Problem: fmt.Sprintf("is unknown: %q; known here: %s", scope, strings.Join(known, ", ")),
				})
			}
		}
	}
	return problems
}

// warnOfKeys tells the log, now and then every day, of API keys that end soon.
func warnOfKeys(ctx context.Context, keys []config.APIKey, c clock.Clock, log *slog.Logger) {
	for {
		for _, k := range config.EndingKeys(keys, c.Now()) {
			log.Warn("an API key ends soon, or has ended: give its system another and configure it in api.keys", "key", k.Name, "ends", k.Expires.Format(time.RFC3339))
		}
		select {
		case <-c.At(c.Now().Add(keysLookedAt)):
		case <-ctx.Done():
			return
		}
	}
}

// keys looks at how long the API keys still work.
func (e examination) keys(context.Context) []channels.Finding {
	const do = "give its system another key, and configure it in api.keys beside the old one until the system uses it"
	now := e.o.Clock.Now()
	var findings []channels.Finding
	for _, k := range config.EndingKeys(e.cfg.API.Keys, now) {
		about := "API key " + k.Name
		if now.Before(k.Expires.Time) {
			findings = append(findings, channels.Doubt(about, "it ends on "+k.Expires.Format(time.DateTime), do))
		} else {
			findings = append(findings, channels.Fault(about, "it ended on "+k.Expires.Format(time.DateTime)+", so that its system's calls are refused", do))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, channels.Found("API keys", "none ends within two weeks"))
	}
	return findings
}
