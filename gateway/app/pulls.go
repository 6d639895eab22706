package app

import (
	"context"
	"log/slog"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
)

// pullEvery is how often accounts are asked for what no callback told of.
const pullEvery = time.Minute

// pulled are the accounts whose platforms keep messages until they are fetched.
func (a *accounts) pulled() (ids []string) {
	for _, d := range a.facts {
		if _, ok := a.byID[d.Account].(channels.Puller); ok {
			ids = append(ids, d.Account)
		}
	}
	return ids
}

// Pull fetches a page by the account's adapter.
func (a *accounts) Pull(ctx context.Context, account, token, cursor string) (outbox.Page, error) {
	adapter, err := as[channels.Puller](a, account)
	if err != nil {
		return outbox.Page{}, err
	}
	got, err := adapter.Pull(ctx, token, cursor)
	if err != nil {
		return outbox.Page{}, err
	}
	p := outbox.Page{Cursor: got.Cursor, More: got.More}
	for i := range got.Inbound {
		p.Arrivals = append(p.Arrivals, conversations.Arrival{Inbound: &got.Inbound[i]})
	}
	for _, r := range got.Receipts {
		p.Arrivals = append(p.Arrivals, r.Arrival(account))
	}
	return p, nil
}

// pullNowAndThen asks for a pull of every account at once and then every
// minute, so that a callback that never came costs a minute and no message.
func (a *accounts) pullNowAndThen(ctx context.Context, pulls outbox.Pulls, c clock.Clock, log *slog.Logger) {
	ids := a.pulled()
	if len(ids) == 0 {
		return
	}
	for {
		for _, id := range ids {
			if err := pulls.AskPull(ctx, id, ""); err != nil && ctx.Err() == nil {
				log.Warn("an account could not be asked for what it keeps; trying again in a minute", "account", id, "error", err)
			}
		}
		select {
		case <-c.At(c.Now().Add(pullEvery)):
		case <-ctx.Done():
			return
		}
	}
}
