package email

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// Adapter speaks for one mailbox. It is safe for concurrent use.
type Adapter struct {
	account Account
	words   Words
	optOuts *OptOuts
	letters map[conversations.Locale]letterhead
	pool    *pool
	now     func() time.Time

	lookupTXT func(ctx context.Context, name string) ([]string, error)
}

// Options are what an Adapter works with. Now and Words are required.
type Options struct {
	Now   func() time.Time
	Words Words
	// OptOuts makes the addresses by which candidates say that they want no
	// more messages; nil: mails carry none.
	OptOuts *OptOuts
	// Dial connects to the server; nil: over TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// TLS holds what is particular of the server's certificate, such as who
	// signed it; nil: what the system trusts.
	TLS *tls.Config
	// LookupTXT asks a name server; nil: the system's. Check uses it.
	LookupTXT func(ctx context.Context, name string) ([]string, error)
}

// Words puts the keys of config/locales/mail.*.yaml into words.
type Words interface {
	Words(l conversations.Locale, key string, args map[string]any) (string, error)
}

// New returns the adapter of an account, or an error that names every setting
// that is wrong. It connects to nobody.
func New(a Account, o Options) (*Adapter, error) {
	if o.Now == nil || o.Words == nil {
		return nil, errors.New("setting up an e-mail account: Options.Now and Options.Words are required")
	}
	a = a.withDefaults()
	if err := a.Validate(); err != nil {
		return nil, err
	}
	letters, err := letterheads(o.Words, a)
	if err != nil {
		return nil, fmt.Errorf("setting up the e-mail account %s: %w", a.ID, err)
	}
	if o.LookupTXT == nil {
		o.LookupTXT = net.DefaultResolver.LookupTXT
	}
	d := dialer{account: a, dial: o.Dial, tls: o.TLS}
	return &Adapter{
		account: a, words: o.Words, optOuts: o.OptOuts, letters: letters, now: o.Now,
		pool: newPool(d.session, a.Connections, a.PerConnection), lookupTXT: o.LookupTXT,
	}, nil
}

// maxRunes keeps a letter to what people read; mail itself has no limit.
const maxRunes = 20_000

// maxChoices is how many links for answers a mail shows.
const maxChoices = 10

// Describe states what the account can do.
func (a *Adapter) Describe() conversations.Description {
	return conversations.Description{
		Platform:     "email",
		Account:      a.account.ID,
		Name:         a.account.Name,
		Branch:       a.account.Branch,
		Medium:       conversations.Email,
		Contact:      conversations.ByEmail,
		MaxRunes:     maxRunes,
		Choices:      maxChoices,
		Free:         true,
		Templates:    true,
		Linked:       true,
		PerMinute:    a.account.PerMinute,
		PerRecipient: perRecipient,
	}
}

// Parse refuses every request: no mail server calls back.
func (a *Adapter) Parse(*http.Request) (channels.Batch, error) {
	return channels.Batch{}, channels.ErrForged
}
