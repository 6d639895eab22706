package sqlstore

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/clock"
	"jiebao/conversations/storetest/testenv"
)

// The database refuses to change the audit log, and whoever makes it change it
// all the same is found out.
func TestAuditKeepsTamperersOut(t *testing.T) {
	t.Parallel()
	for driver, dsn := range map[string]func(*testing.T) string{
		SQLite:     func(t *testing.T) string { return filepath.Join(t.TempDir(), "jiebao.db") },
		PostgreSQL: func(t *testing.T) string { return testenv.PostgreSQL(t, testenv.WithoutFsync) },
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			testTamper(t, driver, dsn(t))
		})
	}
}

func testTamper(t *testing.T, driver, dsn string) {
	ctx, now := t.Context(), time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)
	s, err := Open(ctx, Options{Driver: driver, DSN: dsn, Engine: &conversations.Engine{}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	keys, _ := audit.NewKeys(make([]byte, 32))
	sealer := &audit.Sealer{Book: s, Keys: keys, Clock: clock.NewVirtual(now), Log: slog.New(slog.DiscardHandler)}
	for _, who := range []string{"li", "wang", "zhao"} {
		if err := s.Record(ctx, audit.Entry{Action: audit.SignedIn, Actor: who}); err != nil {
			t.Fatal(err)
		}
	}
	if err := sealer.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(ctx, audit.Entry{Action: audit.SignedOut, Actor: "li"}); err != nil {
		t.Fatal(err)
	}
	try := func(text string) error {
		return s.write(ctx, func(sc *script) { sc.exec(text) })
	}
	for _, text := range []string{
		`update audit_log set body = '{"action":"x","at":1}' where n = 2`, `delete from audit_log where n = 2`, `delete from audit_log`,
		`update audit_waiting set body = '{}'`, `delete from audit_waiting`, `delete from audit_head`, `insert into audit_head values (9, '', 9, '', 0, '')`,
	} {
		if try(text) == nil {
			t.Errorf("%s is done", text)
		}
	}
	if _, err := audit.Verify(ctx, s, keys); err != nil {
		t.Errorf("before anybody changed it: %v", err)
	}
	var b *audit.Break
	for _, c := range []struct {
		text string
		want audit.Break
	}{
		{`update audit_head set anchor = 1, anchor_hash = (select hash from audit_log where n = 1)`, audit.Break{N: 3, Why: audit.FlawSignature}},
		{`delete from audit_log where n = 1`, audit.Break{N: 3, Why: audit.FlawSignature}},
		{`update audit_head set n = 2, hash = (select hash from audit_log where n = 2)`, audit.Break{N: 2, Why: audit.FlawSignature}},
	} {
		if err := try(c.text); err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if _, err := audit.Verify(ctx, s, keys); !errors.As(err, &b) || *b != c.want {
			t.Errorf("after %s: %v", c.text, err)
		}
	}
}
