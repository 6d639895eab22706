package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"jiebao/config"
	"jiebao/gateway/app"
)

// signInCommand prints a sign-in link, for who has lost access.
type signInCommand struct {
	Agent string `arg:"" optional:"" help:"The agent's id. Without one, the first administrator signs in."`
}

// Run prints the link.
func (c signInCommand) Run(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	a, err := app.New(ctx, cfg, app.Options{Log: log, Offline: true})
	if err != nil {
		return err
	}
	defer a.Close()
	return c.print(ctx, a, os.Stdout, os.Stderr)
}

// print prints the link to out or, if nobody has the id, all agents to hints.
func (c signInCommand) print(ctx context.Context, a *app.App, out, hints io.Writer) error {
	link, err := c.link(ctx, a, hints)
	if err != nil {
		return fmt.Errorf("making a sign-in link: %w", err)
	}
	_, err = fmt.Fprintln(out, link)
	return err
}

func (c signInCommand) link(ctx context.Context, a *app.App, hints io.Writer) (string, error) {
	if c.Agent == "" {
		return a.AdminSignInLink(ctx)
	}
	agents, err := a.Agents(ctx)
	if err != nil {
		return "", err
	}
	w := tabwriter.NewWriter(hints, 0, 0, 2, ' ', 0)
	for _, agent := range agents {
		role := string(agent.Role)
		switch {
		case agent.Disabled:
			role = "disabled"
		case agent.ID == c.Agent:
			return a.SignInLink(ctx, c.Agent)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", agent.ID, agent.Name, role, strings.Join(agent.Scope, ", "))
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	return "", fmt.Errorf("nobody who may sign in has the id %q; there are %d agents", c.Agent, len(agents))
}
