package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/audit"
)

// offlineAudit opens what there is, beside a gateway that may run, for some
// work on the audit log.
func offlineAudit(ctx context.Context, cfg config.Config, log *slog.Logger, work func(*App) error) error {
	if _, err := heldKeys(cfg.Documents); err != nil { // a key that is made now has signed nothing
		return err
	}
	a, err := New(ctx, cfg, Options{Log: log, Offline: true})
	if err != nil {
		return err
	}
	defer a.Close()
	return work(a)
}

// VerifyAudit checks the audit log of the database, and that it still has the
// place expect, unless that is nil.
func VerifyAudit(ctx context.Context, cfg config.Config, log *slog.Logger, expect *audit.Mark) (head audit.Head, err error) {
	err = offlineAudit(ctx, cfg, log, func(a *App) (err error) {
		if head, err = audit.Verify(ctx, a.store, a.audit.keys); err != nil || expect == nil {
			return err
		}
		return hasMark(ctx, a.store, head, *expect)
	})
	return head, err
}

// hasMark says whether a log that was verified still has a place.
func hasMark(ctx context.Context, links audit.Links, head audit.Head, m audit.Mark) error {
	switch {
	case m == head.Anchor, m == head.Last:
		return nil
	case m.N <= head.Anchor.N:
		return fmt.Errorf("entry %d had its time and is not kept any more: the log begins after entry %d", m.N, head.Anchor.N)
	case m.N > head.Last.N:
		return &audit.Break{N: head.Last.N, Why: audit.FlawEnd}
	}
	found, err := links.AuditLinks(ctx, m.N-1, m.N, 1)
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0].Mark != m {
		return &audit.Break{N: m.N, Why: audit.FlawHead}
	}
	return nil
}

// VerifyAuditFiles checks exported parts of the audit log, with a public key in
// PEM or, if that is empty, with the configuration's keys. Each file has to
// follow on the one before, and expect, unless it is nil, to be where one ends or
// begins.
func VerifyAuditFiles(cfg config.Config, publicKey []byte, expect *audit.Mark, paths []string, tell func(path string, x audit.Exported, err error)) error {
	keys, err := auditKeys(cfg, publicKey)
	if err != nil {
		return err
	}
	var last *audit.Mark
	met := expect == nil
	for _, path := range paths {
		x, err := verifyAuditFile(path, keys)
		if err == nil && last != nil && x.After != *last {
			err = fmt.Errorf("it does not follow on the file before, which ends at %s", last)
		}
		tell(path, x, err)
		last = &x.Upto
		met = met || *expect == x.After || *expect == x.Upto
	}
	if !met {
		return errors.New("no file begins or ends at the expected place")
	}
	return nil
}

func verifyAuditFile(path string, keys audit.Keys) (audit.Exported, error) {
	f, err := os.Open(path)
	if err != nil {
		return audit.Exported{}, err
	}
	defer f.Close()
	return audit.VerifyExport(f, keys)
}

// auditKeys are those that a log is checked with.
func auditKeys(cfg config.Config, publicKey []byte) (audit.Keys, error) {
	if len(publicKey) > 0 {
		return audit.ReadKeys(publicKey)
	}
	keys, err := heldKeys(cfg.Documents)
	if err != nil {
		return audit.Keys{}, err
	}
	secrets, err := keys.derive(audit.Purpose)
	if err != nil {
		return audit.Keys{}, err
	}
	return audit.NewKeys(secrets...)
}

// AuditKey is the public key of the audit log, in PEM.
func AuditKey(cfg config.Config) ([]byte, error) {
	keys, err := auditKeys(cfg, nil)
	if err != nil {
		return nil, err
	}
	return keys.PEM(), nil
}

// ExportAudit writes the audit log of some days, both included and in the bank's
// time zone; "" for from the beginning, and up to now. The export itself is in
// the log.
func ExportAudit(ctx context.Context, cfg config.Config, log *slog.Logger, from, to string, out io.Writer) (n int, err error) {
	err = offlineAudit(ctx, cfg, log, func(a *App) error {
		x := audit.Export{Scope: conversations.Everything, By: commandLine, Now: a.clock.Now(), From: time.UnixMilli(0), To: a.clock.Now()}
		if from != "" {
			first, err := conversations.ParseDate(from)
			if err != nil {
				return err
			}
			x.From = first.In(a.engine.Zone)
		}
		if to != "" {
			last, err := conversations.ParseDate(to)
			if err != nil {
				return err
			}
			x.To = last.AddDays(1).In(a.engine.Zone)
		}
		err := a.store.Record(ctx, audit.Entry{
			Action: audit.LogExported, Actor: commandLine, Subject: audit.Of(audit.OfLog, ""), Detail: audit.Detail{"from": from, "to": to},
		})
		if err != nil {
			return err
		}
		n, err = a.audit.Export(ctx, out, x)
		return err
	})
	return n, err
}

// commandLine is who works with the program's commands: somebody at its
// machine.
const commandLine = "command line"
