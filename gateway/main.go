// Command gateway is Jiebao: it tells candidates their interview results over
// WeChat, talks with them, shows HR every conversation and syncs every reply
// back to the EHR.
//
// Without a subcommand it serves. Without a configuration it serves with
// defaults: SQLite below ./data, and says what is not configured.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"jiebao/config"
)

// commandLine is what can be asked of the program.
type commandLine struct {
	Config string `help:"The configuration file. Without one, defaults and the environment count." type:"path" env:"JIEBAO_CONFIG" placeholder:"FILE"`

	Serve  serveCommand  `cmd:"" default:"withargs" help:"Serve callbacks, API and inbox until a signal ends it (the default)."`
	SignIn signInCommand `cmd:"" help:"Print a new one-time link to sign in to the inbox."`
	Check  checkCommand  `cmd:"" help:"Check the configuration, say what is not configured, and end."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run returns the exit code: 0, 1 for a failure, 2 for a wrong command line
// or configuration.
func run(ctx context.Context, args []string) int {
	var cli commandLine
	parser, err := kong.New(&cli, kong.Name("jiebao"), kong.UsageOnError(),
		kong.Description("Tells candidates their interview results, and what they reply to the EHR."))
	if err != nil {
		panic(err) // the commands above are wrong
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "jiebao:", err)
		return 2
	}
	cfg, err := config.Load(cli.Config, os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, "jiebao:", err)
		return 2
	}
	log := newLogger(cfg.Log)
	chosen.BindTo(ctx, (*context.Context)(nil))
	if err := chosen.Run(cfg, log); err != nil && !errors.Is(err, context.Canceled) {
		log.Error("ended", "error", err)
		return 1
	}
	return 0
}

func newLogger(cfg config.Log) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, opts))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opts))
}
