package main

import (
	"context"
	"fmt"

	"jiebao/config"
	"jiebao/conversations/documents"
	"jiebao/gateway/app"
)

// rekeyCommand encrypts all documents, and endpoints' secrets, with the first
// key.
type rekeyCommand struct {
	DryRun bool `help:"Read everything and count, and change nothing."`
}

// Help tells how keys are changed.
func (rekeyCommand) Help() string {
	return `To change the documents' key without a pause:
1. Let every gateway know the new key as a further one (documents.old_keys, or a last line of the key file), and restart them.
2. Make it the first (documents.key, or the first line), with the old one as a further one, and restart them.
3. Run this command, which encrypts the documents and the secrets of endpoints anew. It can be broken off and run again, and works beside gateways that run.
4. Take the old key out of the configuration, once the links to candidates' pages have had their time (documents.link_life):
   until then links that were signed by the old key's gateways still work.`
}

// Run changes the key and says how far it has got.
func (c rekeyCommand) Run(ctx context.Context, cfg config.Config, std streams) error {
	progress := func(documents.Rekeying) {}
	if terminal(std.err) {
		progress = func(r documents.Rekeying) {
			fmt.Fprintf(std.err, "\r\x1b[K%d files looked at, %d of another key", r.Seen, r.Changed)
		}
	}
	done, err := app.Rekey(ctx, cfg, c.DryRun, progress)
	if terminal(std.err) {
		fmt.Fprint(std.err, "\r\x1b[K")
	}
	did := "changed"
	if c.DryRun {
		did = "to change"
	}
	files, endpoints := done.Documents, done.Endpoints
	if endpoints.Changed > 0 {
		fmt.Fprintf(std.out, "%d endpoints' secrets %s.\n", endpoints.Changed, did)
	}
	for _, id := range endpoints.Unreadable {
		fmt.Fprintf(std.out, "of a key that is not configured: the secrets of endpoint %s\n", id)
	}
	fmt.Fprintf(std.out, "%d files looked at, %d %s.\n", files.Seen, files.Changed, did)
	for _, name := range files.Damaged {
		fmt.Fprintf(std.out, "damaged, or of a key that is not configured: %s\n", name)
	}
	switch {
	case err != nil:
		return err
	case len(files.Damaged) > 0:
		return fmt.Errorf("%d files cannot be read with the configured keys; keep the old keys until they are restored from a backup", len(files.Damaged))
	case len(endpoints.Unreadable) > 0:
		return fmt.Errorf("the secrets of %d endpoints cannot be read with the configured keys; configure the old key as a further one, or enter them again", len(endpoints.Unreadable))
	case files.Retired:
		fmt.Fprintln(std.out, "Only the first key is needed now.")
	}
	return nil
}
