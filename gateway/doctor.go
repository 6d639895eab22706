package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"jiebao/channels"
	"jiebao/config"
	"jiebao/gateway/app"
	"jiebao/gateway/doctor"
)

// doctorCommand looks whether everything works, beside a running gateway or
// before its first start.
type doctorCommand struct {
	JSON      bool          `help:"Write what was found as JSON."`
	Only      string        `help:"Look only at this: gateway, or the id of an account or an endpoint." placeholder:"WHAT"`
	Endpoints bool          `help:"Post a signed event of the type endpoint.test to every configured webhook."`
	Timeout   time.Duration `help:"How long each thing may take." default:"10s"`
}

// Help tells what is looked at.
func (doctorCommand) Help() string {
	return `Nothing is changed, and nobody is sent anything but, with --endpoints, webhooks. Addresses are looked at as they are seen from this machine, so run it
where the gateway runs. It ends with 1 if something does not work.`
}

// Run looks, and says what was found.
func (c doctorCommand) Run(ctx context.Context, cfg config.Config, std streams) error {
	checks, err := c.chosen(app.Checks(cfg, app.Options{TestEndpoints: c.Endpoints}))
	if err != nil {
		return err
	}
	o := doctor.Options{Timeout: c.Timeout}
	watched := terminal(std.err) && !c.JSON
	if watched {
		o.Progress = func(done, of int, last doctor.Check) {
			fmt.Fprintf(std.err, "\r\x1b[K%d of %d: %s, %s", done, of, last.Subject, last.Name)
		}
	}
	report := doctor.Run(ctx, checks, o)
	if watched {
		fmt.Fprint(std.err, "\r\x1b[K")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := c.write(report, std); err != nil {
		return err
	}
	if bad := report.Count(channels.Bad); bad > 0 {
		return fmt.Errorf("%d of %d things do not work", bad, len(report.Findings))
	}
	return nil
}

func (c doctorCommand) write(report doctor.Report, std streams) error {
	if c.JSON {
		return report.JSON(std.out)
	}
	return report.Text(std.out, terminal(std.out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb")
}

// chosen are the checks of what was asked for.
func (c doctorCommand) chosen(all []doctor.Check) ([]doctor.Check, error) {
	if c.Only == "" {
		return all, nil
	}
	var some []doctor.Check
	for _, check := range all {
		if check.Subject == c.Only || check.Subject == "account "+c.Only || check.Subject == "endpoint "+c.Only {
			some = append(some, check)
		}
	}
	if len(some) == 0 {
		return nil, fmt.Errorf("there is nothing called %q to look at: say gateway, or the id of an account or an endpoint", c.Only)
	}
	return some, nil
}
