package app

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/config"
	"jiebao/conversations/clock"
)

func TestKeysThatEndSoonAreWarnedOf(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	key := func(name string, ends time.Time) config.APIKey {
		return config.APIKey{Name: name, Key: config.NewSecret(strings.Repeat(name, 32)), Branch: "head", Expires: config.Moment{Time: ends}}
	}
	day := 24 * time.Hour
	cfg := config.Default()
	cfg.API.Keys = []config.APIKey{
		key("never", time.Time{}), key("later", now.Add(15*day)), key("soon", now.Add(13*day)), key("ended", now.Add(-day)),
	}
	findings := examination{cfg: cfg, o: Options{Clock: clock.NewVirtual(now)}}.keys(t.Context())
	if len(findings) != 2 || findings[0].State != channels.Doubtful || findings[1].State != channels.Bad {
		t.Errorf("%+v", findings)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	warnOfKeys(ctx, cfg.API.Keys, clock.NewVirtual(now), slog.New(slog.NewTextHandler(&log, nil)))
	if got := log.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "key=soon") || !strings.Contains(got, "key=ended") {
		t.Errorf("the log says %s", got)
	}
}

func TestScopesNobodyNeeds(t *testing.T) {
	t.Parallel()
	problems := unknownScopes([]config.APIKey{{Scopes: []string{"results:read", "result:read"}}})
	if len(problems) != 1 || problems[0].Key != "api.keys[0].scopes[1]" {
		t.Errorf("%v", problems)
	}
}
