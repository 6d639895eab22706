package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"

	"jiebao/bot/phrases"
	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/documents"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/doctor"
)

// Checks are what there is to look at for a configuration: the gateway's own
// things first, then every account. They open what they need by themselves and
// change nothing, so that they can be made beside a gateway that runs, and
// before the first start.
func Checks(cfg config.Config, o Options) []doctor.Check {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	e := examination{cfg: cfg, o: o}
	e.addresses = doctor.Addresses{Client: e.client(), Now: o.Clock.Now}
	const gateway = "gateway"
	checks := []doctor.Check{
		{Subject: gateway, Name: "configuration", Run: e.configuration},
		{Subject: gateway, Name: "database", Run: e.database},
		{Subject: gateway, Name: "documents", Run: e.documents},
		{Subject: gateway, Name: "calendar", Run: e.calendar},
		{Subject: gateway, Name: "API keys", Run: e.keys},
	}
	if !cfg.Redis.URL.Empty() {
		checks = append(checks, doctor.Check{Subject: gateway, Name: "redis", Run: e.redis})
	}
	if cfg.Documents.Clamd != "" {
		checks = append(checks, doctor.Check{Subject: gateway, Name: "virus scanner", Run: e.scanner})
	}
	if cfg.Server.PublicURL != "" {
		checks = append(checks, doctor.Check{Subject: gateway, Name: "public address", Run: e.publicAddress})
	}
	checks = append(checks, e.endpoints()...)
	if address := cfg.EHR.Documents.URL; address != "" {
		checks = append(checks, doctor.Check{Subject: gateway, Name: "EHR documents", Run: func(ctx context.Context) []channels.Finding {
			return e.addresses.Endpoint(ctx, "EHR documents", address)
		}})
	}
	checks = append(checks, e.signIns()...)
	return append(checks, e.accounts()...)
}

// examination is what checks share.
type examination struct {
	cfg       config.Config
	o         Options
	addresses doctor.Addresses
}

// client asks once and follows nobody, so that what is found is of the
// address that was asked.
func (e examination) client() *http.Client {
	client := http.Client{}
	if e.o.Client != nil {
		client = *e.o.Client
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// configuration looks at words, templates, policies and articles, and at what
// is not configured.
func (e examination) configuration(context.Context) []channels.Finding {
	const about = "configuration"
	var findings []channels.Finding
	err := Check(e.cfg)
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			findings = append(findings, channels.Fault(about, p.Error(), "correct it; the gateway does not start with it"))
		}
	case err != nil:
		findings = append(findings, channels.Fault(about, err.Error(), "correct it; the gateway does not start with it"))
	default:
		findings = append(findings, channels.Found(about, "values, words, templates, policies and articles can be used"))
	}
	for _, missing := range e.cfg.Unconfigured() {
		findings = append(findings, channels.Doubt("not configured", missing, ""))
	}
	return findings
}

func (e examination) database(ctx context.Context) []channels.Finding {
	const about = "database"
	options := sqlstore.Options{Driver: e.cfg.Store.Driver, DSN: e.cfg.Store.DSN.Reveal()}
	if options.Driver == config.SQLite {
		options.DSN = e.cfg.Store.Path
	}
	schema, err := sqlstore.Examine(ctx, options)
	if err == nil && options.Driver == config.SQLite {
		if err := writable(options.DSN); err != nil {
			return []channels.Finding{channels.Fault(about, err.Error(), "let the gateway's user write to the folder of store.path and what is in it")}
		}
	}
	switch {
	case err != nil:
		return []channels.Finding{channels.Fault(about, hideDSN(err.Error(), e.cfg.Store.DSN), "see store in the configuration, and whether the server is up and takes this user")}
	case schema.New:
		return []channels.Finding{channels.Doubt(about, "it is empty", "nothing, if the gateway has never been started: the first start makes the tables")}
	case schema.Unknown > 0:
		return []channels.Finding{channels.Doubt(about, fmt.Sprintf("a newer version of the gateway has changed it (%d migrations are unknown here)", schema.Unknown), "use that version")}
	case schema.Pending > 0:
		return []channels.Finding{channels.Doubt(about, fmt.Sprintf("it is of an older version; the next start applies %d migrations", schema.Pending), "back it up before the start")}
	}
	return []channels.Finding{channels.Found(about, e.cfg.Store.Driver+" answers, and its tables are those of this version")}
}

// hideDSN takes the connection string, which holds a password, and the
// password out of an error.
func hideDSN(text string, dsn config.Secret) string {
	hidden := []string{dsn.Reveal()}
	if u, err := url.Parse(dsn.Reveal()); err == nil && u.User != nil {
		password, _ := u.User.Password()
		hidden = append(hidden, password)
	}
	for _, s := range hidden {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return text
}

func (e examination) redis(ctx context.Context) []channels.Finding {
	client, err := openRedis(ctx, e.cfg.Redis.URL.Reveal())
	if err != nil {
		return []channels.Finding{channels.Fault("redis", hideDSN(err.Error(), e.cfg.Redis.URL), "see redis.url, and whether the server is up")}
	}
	defer client.Close()
	return []channels.Finding{channels.Found("redis", "it answers")}
}

// documents looks at the key, without which no file and no link can be read,
// and at the folder.
func (e examination) documents(ctx context.Context) []channels.Finding {
	var findings []channels.Finding
	const key, folder = "documents key", "documents"
	switch keys, err := heldKeys(e.cfg.Documents); {
	case errors.Is(err, fs.ErrNotExist):
		if err := writable(e.cfg.Documents.KeyFile); err != nil {
			findings = append(findings, channels.Fault(key, "the first start cannot make it: "+err.Error(), "give documents.key, or let the gateway's user write to the folder of documents.key_file"))
			break
		}
		findings = append(findings, channels.Doubt(key, "there is none yet", "nothing: the first start makes it. Then keep a copy of it elsewhere; without it all files are lost"))
	case err != nil:
		findings = append(findings, channels.Fault(key, err.Error(), "give documents.key, or let the gateway's user read documents.key_file"))
	default:
		findings = append(findings, channels.Found(key, "it can be read"))
		if len(keys) > 1 {
			findings = append(findings, channels.Doubt(key, fmt.Sprintf("%d keys are configured, so the key is being changed", len(keys)),
				"run jiebao rekey, and take the old keys out when it says that only the first is needed"))
		}
	}
	if e.cfg.Documents.Bucket != "" {
		return append(findings, e.bucket(ctx))
	}
	probe, err := os.CreateTemp(e.cfg.Documents.Dir, ".doctor-*")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := writable(e.cfg.Documents.Dir); err != nil {
			return append(findings, channels.Fault(folder, "the first start cannot make the folder: "+err.Error(), "let the gateway's user write to where documents.dir is to be"))
		}
		return append(findings, channels.Doubt(folder, "there is no folder yet", "nothing: the first start makes it"))
	case err != nil:
		return append(findings, channels.Fault(folder, err.Error(), "let the gateway's user write to documents.dir"))
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return append(findings, channels.Fault(folder, err.Error(), "let the gateway's user write to documents.dir"))
	}
	return append(findings, channels.Found(folder, "files can be kept"))
}

// calendar looks whether the days off of this year and the next are known:
// start dates and office hours go by them.
func (e examination) calendar(context.Context) []channels.Finding {
	const about = "calendar"
	days, err := loadCalendar(e.cfg.Bot.PoliciesDir)
	if err != nil {
		return []channels.Finding{channels.Fault(about, err.Error(), "correct the file; the gateway does not start with it")}
	}
	var unknown []string
	this := e.o.Clock.Now().In(e.cfg.OfficeHours.TimeZone).Year()
	for _, year := range []int{this, this + 1} {
		if !days.Knows(year) {
			unknown = append(unknown, fmt.Sprint(year))
		}
	}
	if len(unknown) > 0 {
		years := strings.Join(unknown, " and ")
		return []channels.Finding{channels.Doubt(about, "the days off of "+years+" are not known, so that holidays count as working days",
			"once the State Council has announced them (国务院办公厅, in November), write them to calendar/"+unknown[0]+".txt in bot.policies_dir")}
	}
	return []channels.Finding{channels.Found(about, "the days off of this year and the next are known")}
}

func (e examination) publicAddress(ctx context.Context) []channels.Finding {
	const about = "public address"
	var findings []channels.Finding
	if strings.HasPrefix(e.cfg.Server.PublicURL, "http://") {
		findings = append(findings, channels.Doubt(about, "it is not encrypted", "give server.public_url with https: candidates upload documents there"))
	}
	keys, err := heldKeys(e.cfg.Documents)
	if err != nil {
		return append(findings, channels.Finding{About: about, State: channels.Unchecked, Text: "without the documents key nobody can tell which gateway answers there"})
	}
	prove, err := newProof(keys[0])
	if err != nil {
		return append(findings, channels.Fault(about, err.Error(), "see documents.key"))
	}
	nonce := newID()
	return append(findings, e.addresses.Gateway(ctx, e.cfg.Server.PublicURL, nonce, prove(nonce))...)
}

// newProof makes what only gateways with this key can make of a nonce.
func newProof(key documents.Key) (func(nonce string) string, error) {
	secret, err := key.Derive("proof")
	if err != nil {
		return nil, err
	}
	return func(nonce string) string {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(nonce))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16])
	}, nil
}

// accounts are the checks of every account. One that cannot be built is a
// finding, and keeps none of the others from being looked at.
func (e examination) accounts() []doctor.Check {
	p := e.parts()
	var checks []doctor.Check
	for _, c := range e.cfg.Accounts {
		built, err := newAccounts([]config.Account{c}, p)
		if err != nil {
			checks = append(checks, doctor.Check{Subject: "account " + c.ID, Name: "settings", Run: func(context.Context) []channels.Finding {
				return []channels.Finding{channels.Fault("settings", err.Error(), "correct it; the gateway does not start with it")}
			}})
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(built.byID)) {
			if id == conversations.PageAccount { // which is the gateway's own
				continue
			}
			checks = append(checks, e.account(id, c, built.byID[id])...)
		}
	}
	return checks
}

// parts are what accounts are made of here, beside a gateway that runs.
func (e examination) parts() parts {
	return parts{
		client: e.o.Client, now: e.o.Clock.Now, tokens: tencent.NewMemoryTokens(e.o.Clock.Now), log: slog.New(slog.DiscardHandler),
		words: func() (*phrases.Phrases, error) { return loadWords(e.cfg.Words.LocalesDir) }, bank: e.cfg.Bank.Name, devices: &devices{},
	}
}

// account are the checks of one adapter.
func (e examination) account(id string, c config.Account, adapter channels.Adapter) []doctor.Check {
	var checks []doctor.Check
	add := func(name string, run func(context.Context) []channels.Finding) {
		checks = append(checks, doctor.Check{Subject: "account " + id, Name: name, Run: run})
	}
	if checker, ok := adapter.(channels.Checker); ok {
		add("access", checker.Check)
	} else {
		add("access", func(context.Context) []channels.Finding {
			return []channels.Finding{{About: "access", State: channels.Unchecked, Text: "whether the platform lets it in shows only when something is sent"}}
		})
	}
	if lister, ok := adapter.(channels.TemplateLister); ok && len(c.Templates) > 0 {
		add("templates", func(ctx context.Context) []channels.Finding { return e.templates(ctx, c, lister) })
	}
	if caller, ok := adapter.(channels.Caller); ok {
		for _, address := range caller.Calls() {
			add("address", func(ctx context.Context) []channels.Finding { return e.addresses.Endpoint(ctx, "address", address) })
		}
	}
	if _, ok := adapter.(channels.Verifier); ok && e.cfg.Server.PublicURL != "" {
		add("callbacks", func(ctx context.Context) []channels.Finding {
			return e.addresses.Callback(ctx, e.cfg.Server.PublicURL, c.ID)
		})
	}
	return checks
}

// templates holds the account's templates at its platform against the files
// that fill them in.
func (e examination) templates(ctx context.Context, c config.Account, lister channels.TemplateLister) []channels.Finding {
	has, err := lister.Templates(ctx)
	if err != nil {
		return []channels.Finding{{About: "templates", State: channels.Unchecked, Text: "the platform does not list them: " + err.Error()}}
	}
	set, err := loadTemplates(e.cfg.Words.TemplatesDir)
	if err != nil {
		return []channels.Finding{channels.Fault("templates", err.Error(), "correct the file")}
	}
	var findings []channels.Finding
	needs := set.Needs(c.Platform, c.Branch)
	for _, key := range slices.Sorted(maps.Keys(c.Templates)) {
		findings = append(findings, compareFields("template "+key, has, c.Templates[key], needs[key]))
	}
	return findings
}

// compareFields says whether a template exists and has the fields that are
// filled in, all of them and no others.
func compareFields(about string, has map[string][]string, id string, needs []string) channels.Finding {
	fields, exists := has[id]
	if !exists {
		return channels.Fault(about, "the account has no template of that id", "copy the id from the platform's 我的模板, or add the template there")
	}
	var missing, empty []string
	for _, f := range needs {
		if !slices.Contains(fields, f) {
			missing = append(missing, f)
		}
	}
	for _, f := range fields {
		if !slices.Contains(needs, f) {
			empty = append(empty, f)
		}
	}
	const do = "choose a template with the fields of our file, or give the account's branch a file of its own in words.templates_dir"
	switch {
	case len(missing) > 0:
		return channels.Fault(about, "it lacks the fields "+strings.Join(missing, ", ")+"; it has "+strings.Join(fields, ", "), do)
	case len(empty) > 0:
		return channels.Doubt(about, "nothing fills in its fields "+strings.Join(empty, ", "), do)
	}
	return channels.Found(about, "it exists, and its fields are those that are filled in")
}
