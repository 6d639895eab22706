package app

import (
	"context"
	"errors"
	"time"

	"jiebao/channels/push"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/sqlstore"
)

func newPush(c config.Account, p parts) (*push.Adapter, error) {
	if c.Push == nil {
		return nil, errors.New("account " + c.ID + ": push is needed: the app and its push providers")
	}
	s := c.Push
	a := push.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch, Title: s.Title, Open: s.Open, Life: s.Life,
		PerMinute: s.PerMinute, Acknowledges: s.Acknowledges, Prefer: s.Prefer,
	}
	if k := s.APNs; k != nil {
		a.APNs = &push.APNs{
			KeyID: k.KeyID, TeamID: k.TeamID, Key: k.Key.Reveal(), Topic: k.Topic,
			Sandbox: k.Sandbox, TimeSensitive: k.TimeSensitive, BaseURL: c.BaseURL,
		}
	}
	if k := s.FCM; k != nil {
		a.FCM = &push.FCM{ServiceAccount: k.ServiceAccount.Reveal(), Channel: k.Channel, BaseURL: c.BaseURL, TokenURL: below(c.BaseURL, "/token")}
	}
	if k := s.JPush; k != nil {
		a.JPush = &push.JPush{
			AppKey: k.AppKey, MasterSecret: k.MasterSecret.Reveal(), Channel: k.Channel,
			Harmony: k.Harmony, Sandbox: k.Sandbox, Vendors: vendors(k.Vendors), BaseURL: c.BaseURL,
		}
	}
	if k := s.Huawei; k != nil {
		a.Huawei = &push.Huawei{
			ServiceAccount: k.ServiceAccount.Reveal(), ProjectID: k.ProjectID, ClientID: k.ClientID, ClientSecret: k.ClientSecret.Reveal(),
			Category: k.Category, BaseURL: c.BaseURL, TokenURL: below(c.BaseURL, "/oauth2/v3/token"),
		}
	}
	return push.New(a, push.Options{HTTPClient: p.client, Now: p.now, Devices: p.devices, Cache: p.tokens, Log: p.log})
}

// defaultTokenLife is how long a candidate's token works.
const defaultTokenLife = time.Hour

// appAccount is the push account nearest to a branch, and how long candidates'
// tokens for its app work.
func (a *App) appAccount(branch string) (account string, life time.Duration, ok bool) {
	for _, d := range a.accounts.Serving(branch) {
		if d.Medium != conversations.Push {
			continue
		}
		life := defaultTokenLife
		for _, c := range a.cfg.Accounts {
			if c.ID == d.Account && c.Push != nil && c.Push.TokenLife > 0 {
				life = c.Push.TokenLife
			}
		}
		return d.Account, life, true
	}
	return "", 0, false
}

// below is an address below a base that replaces the provider's, or "".
func below(base, path string) string {
	if base == "" {
		return ""
	}
	return base + path
}

func vendors(given []config.PushVendor) map[string]push.Vendor {
	out := map[string]push.Vendor{}
	for _, v := range given {
		out[v.Name] = push.Vendor{Distribution: v.Distribution, Channel: v.Channel, Category: v.Category, Importance: v.Importance, NotifyLevel: v.NotifyLevel}
	}
	return out
}

// devices are those of the store, which is opened after the accounts.
type devices struct{ store *sqlstore.Store }

var errNotOpen = errors.New("the store is not open yet")

// Devices implements push.Devices.
func (d *devices) Devices(ctx context.Context, candidate string) ([]conversations.Device, error) {
	if d.store == nil {
		return nil, errNotOpen
	}
	return d.store.Devices(ctx, candidate)
}

// DropDevice implements push.Devices.
func (d *devices) DropDevice(ctx context.Context, id string, since time.Time) error {
	if d.store == nil {
		return errNotOpen
	}
	return d.store.DropDevice(ctx, id, since)
}
