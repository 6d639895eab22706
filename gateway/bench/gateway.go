package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"jiebao/config"
	"jiebao/conversations/storetest/testenv"
)

// database is one of the two that the gateway can keep conversations in.
type database struct {
	driver string
	name   string // as people write it
	dsn    string
	signIn string // the link that the first start on it printed
	hr     *agent // who used it
}

// databases returns the empty databases that are to be had, or the one of the
// driver that only names, and how to be rid of them.
func databases(dir, only string) (all []*database, stop func(), err error) {
	if only != config.PostgreSQL {
		all = append(all, &database{driver: config.SQLite, name: "SQLite", dsn: filepath.Join(dir, "jiebao.db")})
	}
	if only == config.SQLite {
		return all, func() {}, nil
	}
	dsn, stop, err := testenv.StartPostgreSQL()
	if errors.Is(err, testenv.ErrNoPostgreSQL) && only == "" {
		say("its figures are skipped: %v", err)
		return all, func() {}, nil
	}
	return append(all, &database{driver: config.PostgreSQL, name: "PostgreSQL", dsn: dsn}), stop, err
}

// build builds the program that is measured, as "make build" does.
func build(ctx context.Context, dir string) (program string, err error) {
	program = filepath.Join(dir, "jiebao")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags=nomsgpack", "-ldflags=-s -w", "-o", program, "jiebao/gateway")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the gateway: %w\n%s", err, out)
	}
	return program, cool(program)
}

// setup is what a gateway is started with.
type setup struct {
	name     string // of its folder and its profile
	store    *database
	platform *platform
	ehr      *receiver // nil: events are kept, not delivered
	others   *others   // nil: the gateway has only WeChat
}

// gateway starts the program with a configuration like one in production.
func (b *bench) gateway(ctx context.Context, s setup) (*process, error) {
	file, err := b.configure(s)
	if err != nil {
		return nil, err
	}
	if b.profile == "" {
		return start(ctx, b.program, "--config", file)
	}
	b.profiles++
	profile := filepath.Join(b.profile, fmt.Sprintf("%02d-%s-%s.pprof", b.profiles, s.name, s.store.driver))
	return start(ctx, b.self, asGateway, "-config", file, "-profile", profile)
}

func (b *bench) configure(s setup) (file string, err error) {
	dir := filepath.Join(b.dir, s.name+"-"+s.store.driver)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	store := fmt.Sprintf("{driver: sqlite, path: %q}", s.store.dsn)
	if s.store.driver == config.PostgreSQL {
		store = fmt.Sprintf("{driver: postgres, dsn: %q}", s.store.dsn)
	}
	endpoint := "{}"
	if s.ehr != nil {
		endpoint = fmt.Sprintf("{url: %q, secret: %q}", s.ehr.server.URL, eventSecret())
	}
	more, plan := "", anyHour
	if s.others != nil {
		more, plan = s.others.accounts(), anyHour+everyChannel
	}
	policies := filepath.Join(dir, "policies")
	if err := os.MkdirAll(policies, 0o700); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(policies, "plan.yaml"), []byte(plan), 0o600); err != nil {
		return "", err
	}
	text := fmt.Sprintf(`server: {listen: "127.0.0.1:0"}
store: %s
documents: {dir: %q, key_file: %q}
bank: {name: 示例银行}
api: {keys: [{name: ehr, key: %q, branch: head, requests_per_minute: 6000000}]}
ehr: {endpoint: %s}
accounts:
  - {id: %s, platform: wechat, branch: head, name: 示例银行招聘, app_id: %s, secret: %s, token: %s, encoding_aes_key: %s,
     mode: secure, base_url: %q, templates: {result_passed: T-RESULT, message_waiting: T-WAITING}}%s
bot: {policies_dir: %q}
log: {format: json}
`, store, dir+"/documents", dir+"/documents.key", apiKey, endpoint,
		accountID, appID, appSecret, token, encodingAESKey, s.platform.server.URL, more, policies)
	file = filepath.Join(dir, "jiebao.yaml")
	return file, os.WriteFile(file, []byte(text), 0o600)
}

// The policies: results are told at any hour, for the benchmark runs at any.
const (
	anyHour = `notifications:
  quiet: {from: "00:00", to: "00:00", media: []}
`
	everyChannel = `  normal: {steps: [{by: chat}, {by: push, after: 4h, unless: read}, {by: sms, after: 24h, unless: read}, {by: email, after: 48h, unless: read}]}
`
)
