package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/redis/go-redis/v9"

	"jiebao/bot/phrases"
	"jiebao/channels"
	"jiebao/channels/h5"
	"jiebao/channels/tencent"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/conversations/outbox"
	"jiebao/conversations/sqlstore"
	"jiebao/gateway/api"
	"jiebao/gateway/bulk"
	"jiebao/gateway/console"
	"jiebao/gateway/ehr"
	"jiebao/gateway/ehr/push"
	"jiebao/gateway/reconcile"
)

// Options replace the world outside the program; each has a default.
type Options struct {
	Clock clock.Clock  // the system's
	Log   *slog.Logger // silent
	// Client calls the platforms; nil: each adapter's own.
	Client *http.Client
	// Listener, if set, is served in place of the configured address.
	Listener net.Listener
	// Offline is for work beside a running gateway: nothing is listened on,
	// and Run is not called.
	Offline bool
	// TestEndpoints has [Checks] post a test event to every configured webhook.
	TestEndpoints bool
}

// App is the program, put together.
type App struct {
	cfg       config.Config
	clock     clock.Clock
	log       *slog.Logger
	publicURL string

	listener  net.Listener
	redis     *redis.Client // nil without
	limits    outbox.Meter  // shared by all nodes if they have a Redis
	files     files
	accounts  *accounts
	devices   devices
	engine    *conversations.Engine
	library   *library
	audit     auditor
	lock      *flock.Flock // of the SQLite database; nil where there is none
	store     *sqlstore.Store
	endpoints *ehr.Endpoints
	storage   *push.Storage // the EHR's own of documents; nil if it has none
	webhook   *channels.Webhook
	// reconciler finds out whether other systems know what there is to know.
	reconciler *reconcile.Reconciler
	pages      *h5.Page   // of candidates
	bulk       *bulk.Bulk // what HR does to many at once
	typing     *typing
	console    *console.Console
	api        *api.API
	server     *http.Server
}

// New opens everything and starts nothing. What it opened is closed by Run,
// or by Close if Run is never called.
func New(ctx context.Context, cfg config.Config, o Options) (_ *App, err error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{cfg: cfg, clock: o.Clock, log: o.Log, listener: o.Listener}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	for _, open := range []func(context.Context, Options) error{
		a.listen, a.openRedis, a.openFiles, a.openAccounts, a.openEngine, a.openAlone, a.openStore, a.openAudit, a.openEvents, a.openStorage, a.openReconciler, a.openServer,
	} {
		if err := open(ctx, o); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// listen comes first: a second gateway on the same address fails before it
// touches anything.
func (a *App) listen(ctx context.Context, o Options) (err error) {
	if o.Offline {
		a.publicURL = a.cfg.Server.URL(address(a.cfg.Server.Listen))
		return nil
	}
	if a.listener == nil {
		var lc net.ListenConfig
		if a.listener, err = lc.Listen(ctx, "tcp", a.cfg.Server.Listen); err != nil {
			return fmt.Errorf("listening on server.listen: %w", err)
		}
	}
	a.publicURL = a.cfg.Server.URL(a.listener.Addr())
	return nil
}

func (a *App) openRedis(ctx context.Context, _ Options) (err error) {
	if a.cfg.Redis.URL.Empty() {
		a.limits = outbox.NewMemoryLimits(a.clock.Now)
		return nil
	}
	if a.redis, err = openRedis(ctx, a.cfg.Redis.URL.Reveal()); err != nil {
		return err
	}
	a.limits = newRedisLimits(a.redis, newID(), a.clock.Now, a.log)
	return nil
}

func (a *App) openFiles(ctx context.Context, _ Options) (err error) {
	a.files, err = openFiles(ctx, a.cfg.Documents, a.publicURL)
	return err
}

func (a *App) openAccounts(_ context.Context, o Options) (err error) {
	p := parts{
		client: o.Client, now: a.clock.Now, files: channelFiles{a.files.store}, log: a.log, tokens: tencent.NewMemoryTokens(a.clock.Now),
		words:   func() (*phrases.Phrases, error) { return loadWords(a.cfg.Words.LocalesDir) },
		optOuts: a.files.optOuts, bank: a.cfg.Bank.Name, devices: &a.devices,
	}
	if a.redis != nil {
		p.tokens = redisTokens{a.redis}
	}
	a.accounts, err = newAccounts(a.cfg.Accounts, p)
	return err
}

func (a *App) openEngine(context.Context, Options) (err error) {
	if a.library, err = newLibrary(a.cfg); err != nil {
		return err
	}
	if a.engine, err = NewEngine(a.cfg, a.accounts, nil); err != nil {
		return err
	}
	a.engine.Links, a.engine.MaxDocuments = a.files.links, a.cfg.Documents.MaxFiles
	if n, ok := a.engine.Templates.(notices); ok {
		n.code = a.files.links.CodeOf
		a.engine.Templates = n
	}
	return nil
}

func (a *App) openStore(ctx context.Context, _ Options) (err error) {
	options := sqlstore.Options{
		Driver: a.cfg.Store.Driver, DSN: a.cfg.Store.DSN.Reveal(),
		Engine: a.engine, Now: a.clock.Now, Logger: a.log,
		NewID:     func() string { return newConversationID(a.clock.Now()) },
		Knowledge: a.library.current, Rewritten: a.rewritten,
	}
	if a.cfg.Store.Driver == config.SQLite {
		options.DSN = a.cfg.Store.Path
	}
	if a.redis != nil {
		options.Fanout = redisFanout[conversations.Changed]{a.redis, changesChannel, newID()}
	}
	if a.store, err = sqlstore.Open(ctx, options); err != nil {
		return err
	}
	a.devices.store = a.store
	return a.library.refresh(ctx, a.store)
}

// rewritten lets this node answer from an article as soon as it is approved.
func (a *App) rewritten(ctx context.Context) {
	if err := a.library.refresh(context.WithoutCancel(ctx), a.store); err != nil {
		a.log.Warn("what was approved is answered from a moment later", "error", err)
	}
}

func (a *App) openServer(context.Context, Options) (err error) {
	a.webhook = &channels.Webhook{Store: a.store, Accounts: a.accounts.byID, Pulls: a.store, Carried: a.store.Carried, Log: a.log, Now: a.clock.Now}
	a.bulk = a.newBulk()
	a.typing = newTyping(a.accounts, a.clock.Now, a.log)
	if a.console, err = a.newConsole(); err != nil {
		return err
	}
	if a.pages, err = a.newPages(); err != nil {
		return err
	}
	handler, err := a.handler()
	if err != nil {
		return err
	}
	a.server = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      2 * time.Minute, // the largest document over a slow line; event streams set their own
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	a.server.RegisterOnShutdown(a.console.Close)
	a.server.RegisterOnShutdown(a.api.Close)
	a.server.RegisterOnShutdown(a.pages.Close)
	return nil
}

// URL is how the gateway is reached.
func (a *App) URL() string { return a.publicURL }

// Run serves until ctx ends, then finishes what is under way and closes.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	if a.cfg.Store.Driver == config.SQLite { // there is one gateway: what is leased was leased by one that died
		if err := a.store.ReleaseLeases(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	if !console.Live() {
		a.log.Warn("the inbox was built without its browser libraries, so open pages do not update by themselves: build with make build")
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	var background sync.WaitGroup
	background.Go(func() { a.workers().run(working) })
	background.Go(func() { a.endpoints.Run(working) })
	background.Go(func() { a.accounts.prepare(working, a.clock, a.log) })
	background.Go(func() { a.accounts.lookAfter(working, a.store, a.clock, a.log) })
	background.Go(func() { a.accounts.pullNowAndThen(working, a.store, a.clock, a.log) })
	background.Go(func() { a.library.follow(working, a.store, a.clock, a.log) })
	background.Go(func() { warnOfKeys(working, a.cfg.API.Keys, a.clock, a.log) })
	background.Go(func() { a.files.sweep(working, a.clock, a.log) })
	background.Go(func() { a.reconciler.Run(working) })
	background.Go(func() { a.bulk.Run(working) })
	background.Go(func() { a.audit.run(working) })
	background.Go(func() { a.typing.run(working) })
	served := make(chan error, 1)
	go func() { served <- a.server.Serve(a.listener) }()
	var err error
	select {
	case err = <-served:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.Server.ShutdownGrace)
		defer cancel()
		err = a.server.Shutdown(grace)
	}
	stop()
	background.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// Close closes what New opened. It may be called twice.
func (a *App) Close() {
	if a.listener != nil {
		a.listener.Close()
	}
	if a.console != nil {
		a.console.Close()
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Error("closing the store", "error", err)
		}
		a.store = nil
	}
	if a.lock != nil {
		if err := a.lock.Close(); err != nil {
			a.log.Error("unlocking the database", "error", err)
		}
		a.lock = nil
	}
	if err := a.files.close(); err != nil {
		a.log.Error("closing the documents", "error", err)
	}
	a.files = files{}
	if a.storage != nil {
		a.storage.Close()
	}
	if a.redis != nil {
		a.redis.Close()
	}
}

// address is a configured address as net.Addr.
type address string

func (address) Network() string  { return "tcp" }
func (a address) String() string { return string(a) }
