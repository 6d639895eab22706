package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"jiebao/config"
	"jiebao/conversations/audit"
	"jiebao/gateway/app"
)

// auditCommand is about the log of what people and systems did.
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that the log is whole: that nothing in it was changed, removed or added."`
	Export auditExportCommand `cmd:"" help:"Write a part of the log to a signed file that can be checked anywhere."`
	Key    auditKeyCommand    `cmd:"" help:"Print the public key, in PEM, with which the log and its files are checked."`
}

// auditVerifyCommand checks the database, or files.
type auditVerifyCommand struct {
	PublicKey string   `help:"The key that signed, in PEM, as \"jiebao audit key\" prints it. Without it the configuration's keys count." type:"existingfile" placeholder:"FILE"`
	Expect    string   `help:"A place that was noted earlier, like 17:9f86d0…, which has to be there still." placeholder:"PLACE"`
	Files     []string `arg:"" optional:"" help:"Exported files, each following on the one before. Without any, the log in the database is checked." type:"existingfile"`
}

// Help tells what it finds.
func (auditVerifyCommand) Help() string {
	return `Every entry is linked to the one before by its hash, and the last is signed with a key that is not in the
database: whoever changes, removes or adds an entry is found out, with the number of the first that is wrong.
The place at the end is printed. Note it elsewhere from time to time and hand it over with --expect later:
then nobody can put back an older copy of the whole log either.`
}

// Run checks, and fails unless everything is whole.
func (c auditVerifyCommand) Run(ctx context.Context, cfg config.Config, log *slog.Logger, std streams) error {
	var expect *audit.Mark
	if c.Expect != "" {
		m, err := audit.ParseMark(c.Expect)
		if err != nil {
			return err
		}
		expect = &m
	}
	if len(c.Files) > 0 {
		return c.files(cfg, expect, std.out)
	}
	if c.PublicKey != "" {
		return fmt.Errorf("--public-key is for files: the log in the database is checked with the configuration's keys")
	}
	head, err := app.VerifyAudit(ctx, cfg, log, expect)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "ok    %d entries, up to %s, signed %s\n", head.Last.N-head.Anchor.N, head.Last, head.At.Format(time.RFC3339))
	return err
}

func (c auditVerifyCommand) files(cfg config.Config, expect *audit.Mark, out io.Writer) error {
	var key []byte
	if c.PublicKey != "" {
		var err error
		if key, err = os.ReadFile(c.PublicKey); err != nil {
			return err
		}
	}
	bad := 0
	err := app.VerifyAuditFiles(cfg, key, expect, c.Files, func(path string, x audit.Exported, err error) {
		if err != nil {
			bad++
			fmt.Fprintf(out, "FAIL  %s: %v\n", path, err)
			return
		}
		fmt.Fprintf(out, "ok    %s: %d entries, of which %d are not shown, after %s up to %s\n", path, x.Entries, x.Hidden, x.After, x.Upto)
	})
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d of %d files cannot be trusted", bad, len(c.Files))
	}
	return err
}

// auditExportCommand writes a part of the log.
type auditExportCommand struct {
	From   string `help:"The first day, like 2026-06-01, in the bank's time zone. Without it, from the beginning." placeholder:"DAY"`
	To     string `help:"The last day. Without it, up to now." placeholder:"DAY"`
	Output string `short:"o" help:"The file; without it, standard output." placeholder:"FILE"`
}

// Run writes it.
func (c auditExportCommand) Run(ctx context.Context, cfg config.Config, log *slog.Logger, std streams) (err error) {
	out := std.out
	if c.Output != "" {
		f, err := os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		defer func() {
			if e := f.Close(); err == nil {
				err = e
			}
		}()
		out = f
	}
	n, err := app.ExportAudit(ctx, cfg, log, c.From, c.To, out)
	if err == nil {
		fmt.Fprintf(std.err, "%d entries exported\n", n)
	}
	return err
}

// auditKeyCommand prints the public key.
type auditKeyCommand struct{}

// Run prints it.
func (auditKeyCommand) Run(cfg config.Config, std streams) error {
	key, err := app.AuditKey(cfg)
	if err != nil {
		return err
	}
	_, err = std.out.Write(key)
	return err
}
