package endpoints_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/conversations/sqlstore"
	"jiebao/conversations/storetest"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

var head = conversations.Scope{"head"}

func now() time.Time { return time.Date(2026, time.June, 22, 9, 30, 0, 0, time.UTC) }

func newDesk(t *testing.T) *endpoints.Desk {
	t.Helper()
	var ids atomic.Int64
	store, err := sqlstore.Open(t.Context(), sqlstore.Options{
		Driver: sqlstore.SQLite, DSN: filepath.Join(t.TempDir(), "jiebao.db"), Engine: storetest.Engine(), Now: now,
		NewID: func() string { return fmt.Sprintf("cv%08x", ids.Add(1)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	sealer, err := wire.NewSealer(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	return &endpoints.Desk{Store: store, Sealer: sealer, Now: now}
}

func draft() endpoints.Draft {
	return endpoints.Draft{Name: "EHR", Branch: "head", Types: []string{"start_date.*"}, Settings: wire.Settings{
		URL: "https://ehr.example.com/webhooks", Headers: map[string]wire.Hidden{"X-Tenant": wire.Hide("bank-7")},
	}}
}

func create(t *testing.T, d *endpoints.Desk) (relay.Endpoint, wire.Secret) {
	t.Helper()
	e, made, err := d.Create(t.Context(), head, endpoints.New{ID: "ehr", Kind: relay.Webhook, From: relay.FromNow, Draft: draft()})
	if err != nil {
		t.Fatal(err)
	}
	return e, made
}

func settings(t *testing.T, d *endpoints.Desk, e relay.Endpoint) wire.Settings {
	t.Helper()
	s, err := d.Settings(e)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wrong returns the paths of the fields that an error names.
func wrong(t *testing.T, err error) (paths []string) {
	t.Helper()
	var invalid *conversations.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("the error is %v", err)
	}
	for _, f := range invalid.Fields {
		paths = append(paths, f.Path)
	}
	return paths
}

func TestSecretsAreKeptSealed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	e, made := create(t, d)
	if text := string(e.Settings); strings.Contains(text, made.Value.Reveal()) || strings.Contains(text, "bank-7") {
		t.Errorf("the database holds %s", text)
	}
	kept := settings(t, d, e)
	if kept.Secrets[0].Value.Reveal() != made.Value.Reveal() || kept.Headers["X-Tenant"].Reveal() != "bank-7" {
		t.Error("what was kept is not what was given")
	}
	shown, err := json.Marshal(kept)
	if err != nil || strings.Contains(string(shown), "bank-7") || strings.Contains(string(shown), "whsec_") {
		t.Errorf("it shows %s, %v", shown, err)
	}
}

func TestChangingKeepsSecrets(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	e, made := create(t, d)
	to := draft()
	to.Name, to.Settings.Headers["X-Tenant"] = "人事系统", wire.Hide(wire.Redacted)
	changed, err := d.Change(t.Context(), head, "ehr", e.Version, to)
	if err != nil {
		t.Fatal(err)
	}
	kept := settings(t, d, changed)
	if changed.Name != "人事系统" || kept.Headers["X-Tenant"].Reveal() != "bank-7" || kept.Secrets[0].Value.Reveal() != made.Value.Reveal() {
		t.Errorf("it became %+v", changed)
	}
	if _, err := d.Change(t.Context(), head, "ehr", e.Version, to); !errors.Is(err, conversations.ErrStale) {
		t.Errorf("changing the former version: %v", err)
	}
	to.Settings.URL = "https://elsewhere.example.com/"
	if _, err := d.Change(t.Context(), head, "ehr", endpoints.AnyVersion, to); !slices.Equal(wrong(t, err), []string{"webhook.headers[X-Tenant]"}) {
		t.Errorf("a secret header goes to another host: %v", err)
	}
}

func TestRotating(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, first := create(t, d)
	e, second, err := d.Rotate(t.Context(), head, "ehr", wire.Hidden{}, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	secrets := settings(t, d, e).Secrets
	if len(secrets) != 2 || !secrets[0].Until.Equal(now().Add(24*time.Hour)) || secrets[1].Value.Reveal() != second.Value.Reveal() || first.Value.Reveal() == second.Value.Reveal() {
		t.Errorf("the secrets are %+v", secrets)
	}
	own := wire.NewSecret("", now()).Value
	if e, made, err := d.Rotate(t.Context(), head, "ehr", own, 0); err != nil || !made.Value.IsZero() || settings(t, d, e).Secrets[2].Value.Reveal() != own.Reveal() {
		t.Errorf("rotating to a secret of one's own: %+v, %v", made, err)
	}
	for _, overlap := range []time.Duration{-time.Second, endpoints.MaxOverlap + 1} {
		if _, _, err := d.Rotate(t.Context(), head, "ehr", wire.Hidden{}, overlap); !slices.Equal(wrong(t, err), []string{"overlap"}) {
			t.Errorf("an overlap of %s: %v", overlap, err)
		}
	}
	if _, _, err := d.Rotate(t.Context(), head, "ehr", wire.Hide("short"), 0); !slices.Equal(wrong(t, err), []string{"secret"}) {
		t.Errorf("a secret that is none: %v", err)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := endpoints.New{ID: "EHR", Kind: relay.Webhook, From: "then", Secret: wire.Hide("x"), Draft: endpoints.Draft{
		Name: " ", Branch: "head/beijing", Types: []string{"start_date.*", "nothing.*"}, Settings: wire.Settings{URL: "https://127.0.0.1/"},
	}}
	_, _, err := d.Create(t.Context(), head, n)
	if got := wrong(t, err); !slices.Equal(got, []string{"id", "from", "name", "types[1]", "webhook.url", "secret"}) {
		t.Errorf("it names %q", got)
	}
	n.Branch = "other"
	if _, _, err := d.Create(t.Context(), head, n); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("another's branch: %v", err)
	}
}

func TestTheConfigurationsEndpointsStay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	e, err := d.Store.PutEndpoint(t.Context(), relay.Endpoint{ID: "file", Name: "File", Kind: relay.Webhook, Branch: "head", Configured: true}, relay.FromNow)
	if err != nil {
		t.Fatal(err)
	}
	_, changing := d.Change(t.Context(), head, "file", e.Version, draft())
	_, _, rotating := d.Rotate(t.Context(), head, "file", wire.Hidden{}, 0)
	for _, err := range []error{changing, rotating, d.Remove(t.Context(), head, "file", endpoints.AnyVersion)} {
		if !errors.Is(err, endpoints.ErrConfigured) {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestFeedsHaveNoSecrets(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := endpoints.New{ID: "feed", Kind: relay.Feed, From: relay.FromBeginning, Draft: endpoints.Draft{Name: "夜间批处理", Branch: "head", Settings: wire.Settings{Filter: "event.("}}}
	if _, _, err := d.Create(t.Context(), head, n); !slices.Equal(wrong(t, err), []string{"filter"}) {
		t.Errorf("a filter that is none: %v", err)
	}
	n.Settings.Filter = "event.type != 'document.received'"
	e, made, err := d.Create(t.Context(), head, n)
	if err != nil || !made.Value.IsZero() || settings(t, d, e).Filter != n.Settings.Filter {
		t.Fatalf("%+v %v", e, err)
	}
	if _, _, err := d.Rotate(t.Context(), head, "feed", wire.Hidden{}, 0); !errors.Is(err, endpoints.ErrFeed) {
		t.Errorf("rotating: %v", err)
	}
	if err := d.Remove(t.Context(), head, "feed", e.Version+1); !errors.Is(err, conversations.ErrStale) {
		t.Errorf("removing what is another by now: %v", err)
	}
	if err := d.Remove(t.Context(), head, "feed", e.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Find(t.Context(), head, "feed"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("after it was removed: %v", err)
	}
}
