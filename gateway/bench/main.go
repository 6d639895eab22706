package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"jiebao/config"
)

func main() {
	if len(os.Args) > 1 && (os.Args[1] == asCeiling || os.Args[1] == asGateway) {
		if err := child(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, os.Args[1]+":", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// plan is how much is measured.
type plan struct {
	connections int           // of the load generator, in
	followers   int           // who write
	rounds      int           // of which the median counts
	round       time.Duration // how long each lasts
	prepared    int           // callbacks of a round, at most
	repeated    int           // messages that are posted three times at once
	results     int           // posted for the outbound figures, at most
	telling     time.Duration // how long they are posted
	perPerson   int           // of these, for each candidate
	underWay    int           // results posted and not yet told, at most
	latency     time.Duration // of the platform, at most
	replied     int           // conversations in which HR replies
	replies     int           // in each
	followed    int           // callbacks whose way to the EHR is timed

	inboxes       int // open while candidates write
	arrivals      int // messages that an open page is timed with
	notifications int // told by every channel
	receipts      int // posted of these, with repeats

	listed int // conversations in the inbox
	said   int // messages in each
	looked int // times that each page of it is read
}

func fullPlan() plan {
	return plan{
		connections: 64, followers: 1000, rounds: 3, round: 2 * time.Second, prepared: 40_000, repeated: 500,
		results: 12_000, telling: 5 * time.Second, perPerson: 4, underWay: 512, latency: 40 * time.Millisecond, replied: 100, replies: 4, followed: 1000,
		inboxes: 500, arrivals: 300, notifications: 10_000, receipts: 70_000,
		listed: 100_000, said: 20, looked: 20,
	}
}

func quickPlan() plan {
	p := fullPlan()
	p.followers, p.rounds, p.round, p.prepared = 300, 1, time.Second, 15_000
	p.results, p.telling, p.replied, p.followed, p.notifications, p.receipts = 2000, time.Second, 20, 200, 1000, 2000
	p.arrivals, p.listed = 20, 5_000
	return p
}

// bench is one run.
type bench struct {
	plan
	dir      string // everything that is made, and goes at the end
	self     string // this program
	program  string // the gateway
	profile  string // folder for CPU profiles, "" for none
	profiles int
	only     string // driver to measure, "" for all
	report   report
}

func run(ctx context.Context, args []string) (err error) {
	b := &bench{plan: fullPlan()}
	if err := b.parse(args); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "jiebao-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	say("building the gateway")
	if b.program, err = build(ctx, b.dir); err != nil {
		return err
	}
	started := time.Now()
	if err := b.measure(ctx); err != nil {
		return err
	}
	b.report.print(os.Stdout)
	say("took %s", time.Since(started).Round(100*time.Millisecond))
	if b.report.broken > 0 {
		return fmt.Errorf("%d checks do not hold", b.report.broken)
	}
	return nil
}

func (b *bench) parse(args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "less of everything, in half a minute; for trying things, not for quoting")
	flags.StringVar(&b.only, "only", "", "measure with one database: sqlite or postgres")
	flags.StringVar(&b.profile, "profile", "", "write profiles of the gateway, of time and memory, to this folder")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *quick {
		b.plan = quickPlan()
	}
	if b.profile == "" {
		return nil
	}
	var err error
	if b.profile, err = filepath.Abs(b.profile); err != nil {
		return err
	}
	return os.MkdirAll(b.profile, 0o755)
}

// measure takes all figures.
func (b *bench) measure(ctx context.Context) error {
	all, stop, err := databases(b.dir, b.only)
	if err != nil {
		return err
	}
	defer stop()
	if err := b.measureTurn(); err != nil {
		return fmt.Errorf("measuring the turn: %w", err)
	}
	if b.only != config.PostgreSQL {
		if err := b.measureInbox(ctx); err != nil {
			return fmt.Errorf("measuring the inbox: %w", err)
		}
	}
	if err := b.measureInbound(ctx, all); err != nil {
		return fmt.Errorf("measuring inbound: %w", err)
	}
	for _, d := range all {
		if err := b.measureOutbound(ctx, d); err != nil {
			return fmt.Errorf("measuring outbound with %s: %w", d.name, err)
		}
		if err := b.measureMixed(ctx, d); err != nil {
			return fmt.Errorf("measuring all channels with %s: %w", d.name, err)
		}
	}
	return nil
}

// say tells whoever waits what is being done.
func say(format string, args ...any) {
	fmt.Fprintln(os.Stderr, "bench: "+strings.TrimSpace(fmt.Sprintf(format, args...)))
}
