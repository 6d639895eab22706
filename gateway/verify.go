package main

import (
	"context"
	"fmt"
	"os"

	"jiebao/config"
	"jiebao/gateway/app"
	"jiebao/gateway/ehr/daily"
)

// verifyCommand checks the daily files of feeds.
type verifyCommand struct {
	PublicKey string   `help:"The key that signed, in PEM, as it was handed over. Without it the configuration's keys count." type:"existingfile" placeholder:"FILE"`
	Files     []string `arg:"" help:"Files or manifests of days. What stands beside them is found." type:"existingfile"`
}

// Run checks them, and says what each holds.
func (c verifyCommand) Run(_ context.Context, cfg config.Config, std streams) (err error) {
	var key []byte
	if c.PublicKey != "" {
		if key, err = os.ReadFile(c.PublicKey); err != nil {
			return err
		}
	}
	bad := 0
	err = app.VerifyDaily(cfg, key, c.Files, func(path string, m daily.Manifest, err error) {
		if err != nil {
			bad++
			fmt.Fprintf(std.out, "FAIL  %s: %v\n", path, err)
			return
		}
		fmt.Fprintf(std.out, "ok    %s: %d events of %s, positions above %d up to %d\n", path, m.Events, m.Day, m.After, m.Upto)
	})
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d of %d files cannot be trusted", bad, len(c.Files))
	}
	return err
}
