package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/bot/guard"
	"jiebao/channels/h5"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/api"
	"jiebao/gateway/console"
)

func (a *App) newConsole() (*console.Console, error) {
	in, err := a.newSignIn()
	if err != nil {
		return nil, err
	}
	var typing func(string, conversations.Reach, bool)
	if a.cfg.Console.Typing {
		typing = a.typing.tell
	}
	return console.New(console.Options{
		SignIn: in,
		Typing: typing,
		Store:  a.store, Documents: a.files, Channels: a.accounts, Words: a.engine.Phrases,
		StartDates: seated{a.engine, a.store, a.clock.Now}, Foretell: seated{a.engine, a.store, a.clock.Now}.Foretell,
		Knowledge: func() console.Knowledge { return a.library.index.Load() }, Doubts: doubts,
		Preflight: consolePreflight{a}, Bulk: a.bulk, Endpoints: a.desk(), TestEndpoint: a.endpoints.Test, Settle: a.reconciler.Settle, Office: a.engine.Office.Hours, Offered: a.engine.Offered, Compare: a.compare,
		Audit: a.audit,
		Now:   a.clock.Now, Zone: a.engine.Zone, Bank: a.cfg.Bank.Name, PublicURL: a.publicURL,
		BranchName: a.cfg.Bank.BranchName, Branches: a.branches(), NewID: newID,
		Invitation: newInvitation,
		Nodes:      a.otherNodes(),
		Logger:     a.log,
	})
}

// otherNodes are those that agents may work at as well.
func (a *App) otherNodes() console.Nodes {
	if a.redis == nil {
		return nil
	}
	return redisFanout[console.Glimpse]{a.redis, presenceChannel, newID()}
}

// doubts are the sentences of a text that HR should look at again.
func doubts(text string) []string {
	var out []string
	for _, f := range guard.Check(text) {
		if !slices.Contains(out, f.Text) {
			out = append(out, f.Text)
		}
	}
	return out
}

func (a *App) newPages() (*h5.Page, error) {
	return h5.New(h5.Options{
		Links: a.files.links, Store: a.store, Files: a.files, Pieces: pieces{a.files}, Words: a.engine.Phrases, Now: a.clock.Now, Zone: a.engine.Zone,
		StartDates: seated{a.engine, a.store, a.clock.Now}, NewID: newID, Log: a.log,
		Bank: a.cfg.Bank.Name, Official: official(a.cfg), MaxSize: int64(a.cfg.Documents.MaxSize),
	})
}

// official are the ways by which the bank speaks to candidates: those of the
// accounts, and what is configured besides.
func official(cfg config.Config) []h5.Official {
	var all []h5.Official
	for _, account := range cfg.Accounts {
		switch account.Platform {
		case "wechat":
			all = append(all, h5.Official{Kind: h5.OfficialWeChat, Name: account.Name})
		case "wecom":
			all = append(all, h5.Official{Kind: h5.OfficialWeCom, Name: account.Name})
		case "email":
			if account.Email != nil {
				all = append(all, h5.Official{Kind: h5.OfficialEmail, Name: account.Email.From})
			}
		}
	}
	for _, o := range cfg.Bank.Official {
		all = append(all, h5.Official(o))
	}
	return all
}

// branches are the paths that the configuration knows.
func (a *App) branches() []string {
	var out []string
	for path := range a.cfg.Bank.Branches {
		out = append(out, path)
	}
	for _, account := range a.cfg.Accounts {
		out = append(out, account.Branch)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *App) mountAPI(r gin.IRouter) error {
	out, err := api.New(api.Deps{
		App:            api.App{Store: a.store, Secret: a.files.appSecrets[0], FormerSecrets: a.files.appSecrets[1:], Account: a.appAccount},
		Endpoints:      api.Endpoints{Desk: a.desk(), Test: a.endpoints.Test, Kept: a.cfg.EHR.KeepFeeds},
		Reconciliation: api.Reconciliation{Check: a.reconciler.Check, Settle: a.reconciler.SettleAt, Store: a.store},
		Documents:      api.Documents{Thread: a.store.Thread, Open: a.files.original, Secrets: a.files.linkSecrets},
		Store:          a.store, Keys: apiKeys(a.cfg.API.Keys), Secrets: a.files.accessSecrets, Limit: a.spend, Now: a.clock.Now, Rand: rand.Reader, Log: a.log, URL: a.publicURL,
		Describe: a.accounts.Describe, Preflight: a.newPreflight().Look, Foretell: a.foretell,
		Check: func(res conversations.Result) error { return a.engine.Check(res, a.clock.Now().In(a.engine.Zone)) },
	})
	if err != nil {
		return fmt.Errorf("setting up the API: %w", err)
	}
	a.api = out
	return out.Register(r)
}

// foretell says what a command would come to now. Nothing is done.
func (a *App) foretell(ctx context.Context, to conversations.Target, c conversations.Command) (conversations.Changes, error) {
	s, err := a.store.Look(ctx, to, c)
	if err != nil {
		return conversations.Changes{}, err
	}
	return a.engine.Turn(s, c)
}

// root is the branch at the top of all that are configured.
func (a *App) root() string {
	for _, path := range a.branches() {
		root, _, _ := strings.Cut(path, "/")
		return root
	}
	return "head"
}
