package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"jiebao/config"
	"jiebao/gateway/app"
)

// serveCommand serves until ctx ends.
type serveCommand struct {
	Demo bool `help:"Demonstration: simulated platforms, a simulated EHR and sample candidates." env:"JIEBAO_DEMO__ENABLED"`
}

// Run serves.
func (c serveCommand) Run(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	collectAt(starting)
	if c.Demo || cfg.Demo.Enabled {
		return serveDemo(ctx, cfg, log)
	}
	if err := app.Check(cfg); err != nil {
		return errConfiguration{err}
	}
	for _, missing := range cfg.Unconfigured() {
		log.Warn("not configured: " + missing)
	}
	a, err := app.New(ctx, cfg, app.Options{Log: log})
	if err != nil {
		return err
	}
	if err := greet(ctx, a); err != nil {
		a.Close()
		return err
	}
	settle(cfg)
	log.Info("ready", "url", a.URL(), "inbox", a.URL()+"/inbox", "docs", a.URL()+"/docs")
	return a.Run(ctx)
}

// greet prints, at the very first start, the link that the first agent signs
// in with. It goes to standard output and not to the log, which is kept.
func greet(ctx context.Context, a *app.App) error {
	link, err := a.FirstSignInLink(ctx)
	if err != nil || link == "" {
		return err
	}
	_, err = fmt.Fprintf(os.Stdout, "\nNobody can sign in yet. This link works once, and makes you the administrator:\n\n  %s\n\n", link)
	return err
}

// checkCommand checks the configuration. It looks at no single value: Load
// did already.
type checkCommand struct{}

// Run says what is wrong, or else what is not configured.
func (checkCommand) Run(cfg config.Config) error {
	if err := app.Check(cfg); err != nil {
		return errConfiguration{err}
	}
	for _, missing := range cfg.Unconfigured() {
		fmt.Println("not configured:", missing)
	}
	for _, k := range config.EndingKeys(cfg.API.Keys, time.Now()) {
		fmt.Printf("ends soon, or has ended: the API key %s, on %s; configure another\n", k.Name, k.Expires.Format(time.DateTime))
	}
	_, err := fmt.Println("The configuration can be used.")
	return err
}
