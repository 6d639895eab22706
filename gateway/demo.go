package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/config"
	"jiebao/conversations/clock"
	"jiebao/gateway/app"
	"jiebao/gateway/demo"
)

// demoFolder keeps what the demonstration keeps, apart from a real start's.
const demoFolder = "./data/demo"

const demoAccount = "demo"

// demoSecrets are made anew at each start: nothing in the demonstration has a
// password that somebody could know.
type demoSecrets struct{ app, token, aes, api, webhook string }

func newDemoSecrets() demoSecrets {
	var key [32]byte
	rand.Read(key[:])
	return demoSecrets{
		app: rand.Text(), token: rand.Text(), aes: base64.RawStdEncoding.EncodeToString(key[:]),
		api: rand.Text() + rand.Text(), webhook: "whsec_" + base64.StdEncoding.EncodeToString(key[:]),
	}
}

// serveDemo serves the gateway with simulated platforms, a simulated EHR and
// sample candidates around it.
func serveDemo(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	for key, listen := range map[string]string{"server.listen": cfg.Server.Listen, "demo.listen": cfg.Demo.Listen} {
		if at, err := netip.ParseAddrPort(listen); err != nil || !at.Addr().IsLoopback() {
			return fmt.Errorf("%s is %s: the demonstration lets everybody in who reaches it, so it listens on a loopback address only", key, listen)
		}
	}
	listener, err := net.Listen("tcp", cfg.Demo.Listen)
	if err != nil {
		return fmt.Errorf("listening on demo.listen: %w", err)
	}
	defer listener.Close()
	w := &demoWorld{cfg: cfg, folder: demoFolder, listener: listener, log: log}
	if err := w.open(ctx); err != nil {
		return err
	}
	settle(cfg)
	w.announce()
	return w.run(ctx)
}

// demoWorld is the gateway and what is around it. Of its first fields each is
// required; open makes the others.
type demoWorld struct {
	cfg      config.Config
	folder   string       // keeps everything, and is made if it is not there
	listener net.Listener // of the simulators
	log      *slog.Logger

	secrets demoSecrets
	base    string // of the simulators
	clock   clock.Shifted
	sim     *wechatsim.Sim
	others  *demoPlatforms
	app     *app.App
	demo    *demo.Demo
}

// open opens everything and serves nothing; run follows it. The listener stays
// the caller's if it fails.
func (w *demoWorld) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(w.folder, 0o700); err != nil {
		return fmt.Errorf("making the demonstration's folder: %w", err)
	}
	w.secrets, w.base = newDemoSecrets(), "http://"+w.listener.Addr().String()
	w.sim = wechatsim.New(wechatsim.Options{Seed: uint64(time.Now().UnixNano()), RealTime: true, PublicURL: w.base, Log: w.log})
	if w.others, err = openDemoPlatforms(w.clock.Now, w.log); err != nil {
		return err
	}
	w.configure()
	if w.app, err = app.New(ctx, w.cfg, app.Options{Clock: &w.clock, Log: w.log}); err != nil {
		w.others.close()
		return err
	}
	if err = errors.Join(w.sim.AddAccount(w.platform()), w.others.open(w.app.URL())); err == nil {
		w.demo, err = demo.New(demo.Options{
			Sim: w.sim, AppID: demoAppID, AccountID: demoAccount, Apps: w.others.apps(),
			GatewayURL: w.app.URL(), APIKey: w.secrets.api, WebhookSecret: w.secrets.webhook,
			InboxURL: w.signIn, Clock: &w.clock, Log: w.log,
		})
	}
	if err == nil {
		err = w.demo.LoadState(w.file("platform.json"))
	}
	w.others.bank.Connect(w.app.URL(), w.secrets.api, nil)
	if err != nil {
		w.app.Close()
		w.others.close()
	}
	return err
}

const demoAppID = "wx00000000000demo"

func (w *demoWorld) file(name string) string { return filepath.Join(w.folder, name) }

// configure overlays what the demonstration needs on what is configured.
func (w *demoWorld) configure() {
	s := w.secrets
	w.cfg.Demo.Enabled = true
	w.cfg.Store = config.Store{Driver: config.SQLite, Path: w.file("jiebao.db")}
	w.cfg.Documents.Dir = w.file("documents")
	w.cfg.Documents.Key, w.cfg.Documents.KeyFile = config.Secret{}, w.file("documents.key")
	w.cfg.Bank = config.Bank{Name: "示范银行", Branches: map[string]string{
		"head": "总行", "head/beijing": "北京分行", "head/beijing/chaoyang": "北京朝阳支行", "head/beijing/haidian": "北京海淀支行",
		"head/shanghai": "上海分行", "head/shenzhen": "深圳分行", "head/hongkong": "香港分行",
	}}
	w.cfg.API.Keys = w.apiKeys()
	w.cfg.EHR.Endpoint.URL = w.base + "/ehr/webhooks"
	w.cfg.EHR.Endpoint.Secret = config.NewSecret(s.webhook)
	w.cfg.EHR.Documents.URL = w.base + "/ehr/documents"
	w.cfg.EHR.Documents.Secret = config.NewSecret(s.webhook)
	w.cfg.Accounts = append([]config.Account{{ // first: its QR code is what invitations show
		ID: demoAccount, Platform: "wechat", Branch: "head", Name: "示范银行招聘", AppID: demoAppID,
		Secret: config.NewSecret(s.app), Token: config.NewSecret(s.token), EncodingAESKey: config.NewSecret(s.aes),
		BaseURL: w.base, Templates: map[string]string{"result_passed": "RESULT_PASSED", "message_waiting": "MESSAGE_WAITING"},
	}}, w.others.accounts(w.base)...)
}

// apiKeys are the simulated EHR's and those that are configured, so that other
// systems can be tried beside it. The name ehr is the simulated one's.
func (w *demoWorld) apiKeys() []config.APIKey {
	keys := []config.APIKey{{Name: "ehr", Key: config.NewSecret(w.secrets.api), Branch: "head"}}
	for _, k := range w.cfg.API.Keys {
		if k.Name != keys[0].Name {
			keys = append(keys, k)
		}
	}
	return keys
}

// platform is the account as the simulated platform's console has it.
func (w *demoWorld) platform() wechatsim.Account {
	return wechatsim.Account{
		AppID: demoAppID, Secret: w.secrets.app, Token: w.secrets.token, EncodingAESKey: w.secrets.aes,
		Mode: wechatsim.Secure, Name: "示范银行招聘", CallbackURL: w.app.URL() + "/callbacks/" + demoAccount,
		Templates: map[string]wechatsim.TemplateSpec{
			"RESULT_PASSED":   {Title: "面试结果通知", Content: "姓名：{{thing1.DATA}}\n应聘岗位：{{thing2.DATA}}\n面试结果：{{phrase3.DATA}}\n入职日期：{{date4.DATA}}\n工作地点：{{thing5.DATA}}"},
			"MESSAGE_WAITING": {Title: "消息提醒", Content: "姓名：{{thing1.DATA}}\n提醒内容：{{thing2.DATA}}\n说明：{{thing3.DATA}}"},
		},
	}
}

// signIn leads into the inbox without a password, for whoever sits here.
func (w *demoWorld) signIn() string {
	link, err := w.app.AdminSignInLink(context.Background())
	if err != nil {
		w.log.Error("no sign-in link could be made", "error", err)
		return w.app.URL() + "/inbox"
	}
	return link
}

// saveEvery is how much of the platform's past a crash may cost.
const saveEvery = 2 * time.Second

// run serves both until ctx ends, and keeps the platform's state.
func (w *demoWorld) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := &http.Server{Handler: w.others.beside(w.demo.Handler()), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(w.demo.Close)
	served := make(chan error, 2)
	go func() {
		defer stop()
		if err := server.Serve(w.listener); !errors.Is(err, http.ErrServerClosed) {
			served <- err
		}
	}()
	go func() {
		if err := w.demo.Seed(ctx); err != nil && ctx.Err() == nil {
			w.log.Warn("the sample candidates are not complete", "error", err)
		}
	}()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		ticker := time.NewTicker(saveEvery)
		defer ticker.Stop()
		w.demo.KeepState(ctx, ticker.C)
	}()
	err := w.app.Run(ctx)
	stop()
	<-kept
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err = errors.Join(err, server.Shutdown(grace), w.demo.SaveState(w.file("platform.json")))
	w.sim.Close()
	w.others.close()
	select {
	case failed := <-served:
		err = errors.Join(err, failed)
	default:
	}
	return err
}

func (w *demoWorld) announce() {
	fmt.Printf(`
捷报 Jiebao is running as a demonstration. Open:

  %[1]s/phone    the candidate's phone      候选人手机
  %[1]s/inbox    HR's inbox                 HR 收件箱
  %[1]s/ehr      the EHR                    EHR 系统

  %[2]s/docs     the API's documentation    接口文档

Until it ends, the API takes this key (for others, configure api.keys):

  curl -H 'Authorization: Bearer %[4]s' %[2]s/v1/reconciliation/digest

Ctrl+C ends it. What happened is kept below %[3]s; delete the folder to start afresh.

`, w.base, w.app.URL(), w.folder, w.secrets.api)
}
