package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/mattn/go-isatty"

	"jiebao/bot/nlu"
	"jiebao/gateway/understand"
)

// understandCommand reads utterances. It needs no configuration and opens
// nothing.
type understandCommand struct {
	At      moment   `help:"When lines that do not say so were written, such as 2026-06-24T09:00. Otherwise: now." placeholder:"TIME"`
	Offer   nlu.Date `help:"The start date offered to those that do not say so, such as 2026-06-29." placeholder:"DATE"`
	Explain bool     `help:"Add whether a reading is ambiguous, and the evidence for it."`
}

// Help tells what comes in and what goes out.
func (understandCommand) Help() string {
	return `Standard input holds a message a line: as JSON

  {"text":"能不能推迟到7月15号","now":"2026-06-24T14:05:00+08:00","offered":"2026-06-29"}

where "now" and "offered" may be missing, or as plain words. Standard output gets a line for each, in order:

  {"intents":["reschedule"],"date":"2026-07-15"}

A date is YYYY-MM-DD, A/B (from A to B), >=D, <=D or none, on the calendar of Asia/Shanghai. Blank lines are passed
over. A line that cannot be read gets {"error":"line 3: …"}; the next ones are read all the same, and the exit code
stays 0. It is 1 only if the input cannot be read or the output cannot be written.`
}

// Run answers lines until they end.
func (c understandCommand) Run(ctx context.Context, std streams) error {
	calendar, err := nlu.NewCalendar()
	if err != nil {
		return fmt.Errorf("reading the calendar: %w", err)
	}
	if terminal(std.in) {
		fmt.Fprintln(std.err, "Type what a candidate writes, a message a line. Ctrl-D ends.")
	}
	return understand.Stream(ctx, understand.Options{
		Understander: nlu.New(calendar), Now: c.At.now, Offered: c.Offer, Explain: c.Explain,
	}, std.in, std.out)
}

// moment is a point in time on the command line.
type moment struct{ time.Time }

// UnmarshalText reads it, in the bank's time zone unless it names one.
func (m *moment) UnmarshalText(b []byte) (err error) {
	m.Time, err = understand.ParseTime(string(b))
	return err
}

// now is the moment, or the machine's time if none was given.
func (m moment) now() time.Time {
	if m.IsZero() {
		return time.Now()
	}
	return m.Time
}

// terminal says whether a person sits at the other end.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}
