package main

import (
	"context"
	"fmt"

	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/app"
)

// reconcileCommand compares what other systems know with what there is.
type reconcileCommand struct {
	DryRun bool `help:"Compare and report, and repair nothing."`
}

// Help tells what it does.
func (reconcileCommand) Help() string {
	return `A gateway that runs makes the comparison that is otherwise made every night: what each endpoint took,
what systems posted that they believe, and, if ehr.reconcile.url is set, what the EHR answers when it is asked.
What a system lacks is told again; what both sides changed goes to HR. The report is kept for a year.
The command ends with an error unless all candidates agree.`
}

// Run asks for the comparison and shows how far it is, and the report.
func (c reconcileCommand) Run(ctx context.Context, cfg config.Config, std streams) error {
	progress := func(conversations.Reconciliation) {}
	if terminal(std.err) {
		progress = func(r conversations.Reconciliation) {
			said := fmt.Sprintf("%d of %d candidates compared", r.Done, r.Candidates)
			if r.Started.IsZero() {
				said = "waiting for a gateway that runs to begin"
			}
			fmt.Fprint(std.err, "\r\x1b[K", said)
		}
	}
	rec, found, err := app.Reconcile(ctx, cfg, c.DryRun, progress)
	if terminal(std.err) {
		fmt.Fprint(std.err, "\r\x1b[K")
	}
	if err != nil {
		return err
	}
	for _, d := range found {
		fmt.Fprintf(std.out, "%s: %s (%s), has %d of %d events", d.Candidate, d.Verdict, d.System, d.Theirs, d.Ours)
		if d.Repair != "" {
			fmt.Fprintf(std.out, ", repair: %s", d.Repair)
		}
		fmt.Fprintln(std.out)
	}
	for _, f := range rec.Failed {
		fmt.Fprintln(std.out, f)
	}
	if !rec.Agrees() {
		return fmt.Errorf("%d of %d candidates do not agree; the report is %s", rec.Candidates-rec.Agree, rec.Candidates, rec.ID)
	}
	fmt.Fprintf(std.out, "All %d candidates agree.\n", rec.Candidates)
	return nil
}
