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
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"jiebao/config"
)

// commandLine is what can be asked of the program.
type commandLine struct {
	Config string `help:"The configuration file. Without one, defaults and the environment count." type:"path" env:"JIEBAO_CONFIG" placeholder:"FILE"`

	Serve     serveCommand     `cmd:"" default:"withargs" help:"Serve callbacks, API and inbox until a signal ends it (the default)."`
	SignIn    signInCommand    `cmd:"" help:"Print a new one-time link to sign in to the inbox."`
	Check     checkCommand     `cmd:"" help:"Check the configuration, say what is not configured, and end."`
	Doctor    doctorCommand    `cmd:"" help:"Look whether everything works: accounts, addresses, certificates, database, clock."`
	Reconcile reconcileCommand `cmd:"" help:"Compare what other systems know of candidates with what there is, and tell again what they lack."`
	Audit     auditCommand     `cmd:"" help:"Check or export the log of what people and systems did."`
	Verify    verifyCommand    `cmd:"" help:"Check the daily files of a feed: signature, content, and that no day is missing between them."`
	Rekey     rekeyCommand     `cmd:"" help:"Encrypt all documents with the first of the configured keys."`

	Understand understandCommand `cmd:"" help:"Read what candidates write, a line each, and show the intents and the date."`
	Chat       chatCommand       `cmd:"" help:"Be the candidate, here in the terminal, and see what the bot makes of it."`
}

// streams are the program's input and output.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// errConfiguration wraps what is wrong with the configuration.
type errConfiguration struct{ error }

func main() {
	collectAt(serving)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run returns the exit code: 0, 1 for a failure, 2 for a wrong command line
// or configuration. The configuration is read only for commands that need it.
func run(ctx context.Context, args []string, std streams) int {
	var cli commandLine
	var log *slog.Logger // of commands that log; others tell whoever started them
	parser, err := kong.New(&cli, kong.Name("jiebao"), kong.UsageOnError(), kong.Writers(std.out, std.err),
		kong.Description("Tells candidates their interview results, and what they reply to the EHR."),
		kong.Bind(std),
		kong.BindSingletonProvider(func() (config.Config, error) {
			cfg, err := config.Load(cli.Config, os.Environ())
			if err != nil {
				return cfg, errConfiguration{err}
			}
			return cfg, nil
		}),
		kong.BindSingletonProvider(func(cfg config.Config) *slog.Logger {
			log = newLogger(cfg.Log, std.err)
			return log
		}))
	if err != nil {
		panic(err) // the commands above are wrong
	}
	chosen, err := parser.Parse(longFlags(parser.Model, args))
	if err != nil {
		fmt.Fprintf(std.err, "jiebao: %v; see %s --help\n", err, meant(err))
		return 2
	}
	chosen.BindTo(ctx, (*context.Context)(nil))
	err = chosen.Run()
	var wrong errConfiguration
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.As(err, &wrong):
		fmt.Fprintln(std.err, "jiebao:", wrong)
		return 2
	case log != nil:
		log.Error("ended", "error", err)
	default:
		fmt.Fprintln(std.err, "jiebao:", err)
	}
	return 1
}

// meant is the command that a wrong command line is of, as far as it can be told.
func meant(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Selected() != nil {
		if chosen := wrong.Context.Selected(); chosen.Name != "serve" { // the default, which nobody may have named
			return "jiebao " + chosen.Path()
		}
	}
	return "jiebao"
}

// longFlags lets a flag be written with one dash, as Go's own commands have
// it: -at means --at.
func longFlags(model *kong.Application, args []string) []string {
	known := map[string]bool{}
	for _, node := range append(model.Leaves(false), model.Node) {
		for _, group := range node.AllFlags(false) {
			for _, flag := range group {
				known[flag.Name] = true
			}
		}
	}
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && known[name] {
			out[i] = "-" + arg
		}
	}
	return out
}

func newLogger(cfg config.Log, to io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: cfg.Level}
	if cfg.Format == config.LogJSON {
		return slog.New(slog.NewJSONHandler(to, opts))
	}
	return slog.New(slog.NewTextHandler(to, opts))
}
