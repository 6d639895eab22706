package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDefaultsLoadWithoutFileOrEnvironment(t *testing.T) {
	t.Parallel()
	got, err := Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := Default(); !reflect.DeepEqual(got, want) {
		t.Errorf("Load(\"\", nil) = %+v, want the defaults %+v", got, want)
	}
}

func TestExampleLoadsAndNamesEveryKey(t *testing.T) {
	t.Parallel()
	cfg, err := Load("config.example.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := decodeYAML([]byte(Example()))
	if err != nil {
		t.Fatal(err)
	}
	for _, missing := range keysMissing("", settings, reflect.TypeOf(cfg)) {
		t.Errorf("config.example.yaml does not show %s", missing)
	}
	if got := exampleOf("accounts[7].encoding_aes_key"); len(got) != 43 {
		t.Errorf("example of an account's encoding_aes_key = %q, want the one of the file", got)
	}
	if missing := cfg.Unconfigured(); len(missing) != 0 {
		t.Errorf("the example leaves unconfigured: %q", missing)
	}
}

// keysMissing lists the keys of t that are absent from settings. An entry of a
// list may show what another entry leaves out.
func keysMissing(at string, settings map[string]any, t reflect.Type) []string {
	var missing []string
	for name, field := range fieldTypes(t) {
		key := strings.TrimPrefix(at+"."+name, ".")
		if field.Kind() == reflect.Pointer && field != reflect.TypeFor[*time.Location]() {
			field = field.Elem()
		}
		value, present := settings[name]
		switch {
		case !present:
			missing = append(missing, key)
		case field.Kind() == reflect.Slice && field.Elem().Kind() == reflect.Struct && len(fieldTypes(field.Elem())) > 0:
			missing = append(missing, keysMissing(key+"[*]", allOf(value.([]any)), field.Elem())...)
		case field.Kind() == reflect.Struct && len(fieldTypes(field)) > 0:
			missing = append(missing, keysMissing(key, value.(map[string]any), field)...)
		}
	}
	return missing
}

func allOf(entries []any) map[string]any {
	all := map[string]any{}
	for _, entry := range entries {
		for key, value := range entry.(map[string]any) {
			all[key] = value
		}
	}
	return all
}

func TestFileAndEnvironmentOverlayTheDefaults(t *testing.T) {
	t.Parallel()
	file := `
server: {listen: "127.0.0.1:0", shutdown_grace: 2m, trusted_proxies: [10.0.0.0/8]}
demo:
documents: {max_size: 5MB}
ehr: {retry: {schedule: [1s, 2s]}}
office_hours: {time_zone: Asia/Hong_Kong, days: [sat], from: "08:30", to: "24:00"}
log: {level: debug}
`
	cfg, err := parse("jiebao.yaml", []byte(file), []string{
		"PATH=/bin", "JIEBAO_CONFIG=jiebao.yaml", "JIEBAO_SERVER__LISTEN=[::1]:9000", "JIEBAO_DEMO__ENABLED=true",
		"JIEBAO_EHR__ENDPOINT__IN_FLIGHT=7", "JIEBAO_SERVER__TRUSTED_PROXIES=192.168.0.1, 10.1.0.0/16",
		"JIEBAO_EHR__RETRY__JITTER=0.5",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Server = Server{
		Listen: "[::1]:9000", ShutdownGrace: 2 * time.Minute,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.168.0.1/32"), netip.MustParsePrefix("10.1.0.0/16")},
	}
	want.Demo.Enabled = true
	want.Documents.MaxSize = 5 * Megabyte
	want.EHR.Endpoint.InFlight = 7
	want.EHR.Retry.Schedule, want.EHR.Retry.Jitter = []time.Duration{time.Second, 2 * time.Second}, 0.5
	want.OfficeHours = OfficeHours{mustLocation("Asia/Hong_Kong"), []time.Weekday{time.Saturday}, 8*60 + 30, 24 * 60}
	want.Log.Level = slog.LevelDebug
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
}

func TestSecretsComeFromFilesAndVariables(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(path, []byte("postgres://db/jiebao\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := "store: {driver: postgres, dsn: 'file:" + path + "'}\nredis: {url: 'env:CACHE'}\n"
	cfg, err := parse("jiebao.yaml", []byte(file), []string{"CACHE=redis://cache:6379"})
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Store.DSN.Reveal(); got != "postgres://db/jiebao" {
		t.Errorf("secret from a file = %q", got)
	}
	if got := cfg.Redis.URL.Reveal(); got != "redis://cache:6379" {
		t.Errorf("secret from a variable = %q", got)
	}
}

func TestBadValuesNameKeyPlaceAndExample(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file string
		environ    []string
		want       []string // parts of the error
	}{
		{"unknown key", "server:\n  listn: x\n", nil, []string{"jiebao.yaml:2: server.listn is unknown", "listen"}},
		{"unknown section in the environment", "", []string{"JIEBAO_SERVR__LISTEN=x"}, []string{"JIEBAO_SERVR__LISTEN: servr is unknown"}},
		{"upper case", "Server: {listen: x}", nil, []string{"Server is unknown"}},
		{"unknown key in a section of an entry", "accounts: [{email: {hots: x}}]", nil, []string{"accounts[0].email.hots is unknown"}},
		{"unknown key in a list", "accounts: [{ids: x}]", nil, []string{"accounts[0].ids is unknown"}},
		{"wrong type", "ehr: {endpoint: {in_flight: many}}", nil,
			[]string{"jiebao.yaml:1: ehr.endpoint.in_flight is not a whole number (example: 32)"}},
		{"fraction", "ehr: {endpoint: {in_flight: 1.5}}", nil, []string{"in_flight must be a whole number"}},
		{"number without unit", "server: {shutdown_grace: 15}", nil, []string{"server.shutdown_grace is not a duration", "example: 15s"}},
		{"bad duration", "", []string{"JIEBAO_SERVER__SHUTDOWN_GRACE=soon"}, []string{"JIEBAO_SERVER__SHUTDOWN_GRACE: server.shutdown_grace is not a duration"}},
		{"section as text", "", []string{"JIEBAO_SERVER=x"}, []string{"server must be a section of keys"}},
		{"text with a colon", "api: {keys: [{name: ehr, scopes: [results:read]}]}", nil, []string{"api.keys[0].scopes[0] must be text; write it in quotes"}},
		{"text as section", "log: {format: {a: b}}", nil, []string{"log.format must be text"}},
		{"list as section", "accounts: {a: b}", nil, []string{"accounts must be a list"}},
		{"list from the environment", "", []string{"JIEBAO_ACCOUNTS=x"}, []string{"accounts is a list of entries; write it in the file"}},
		{"entry from the environment", "", []string{"JIEBAO_ACCOUNTS__0__SECRET=x"}, []string{"accounts must be a list"}},
		{"bad time zone", "office_hours: {time_zone: Beijing}", nil, []string{"office_hours.time_zone is not a time zone", "Asia/Shanghai"}},
		{"bad day", "office_hours: {days: [monday]}", nil, []string{"office_hours.days[0] is not a day"}},
		{"bad clock", "office_hours: {from: '25:00'}", nil, []string{"office_hours.from is not a time of day"}},
		{"hours reversed", "office_hours: {from: '18:00', to: '09:00'}", nil, []string{"office_hours.to must be later"}},
		{"short audit log", "audit: {keep: 720h}", nil, []string{"audit.keep must be 4416h, which is six months, or more", "example: 43920h"}},
		{"bad size", "documents: {max_size: 20}", nil, []string{"documents.max_size is not a size", "example: 20MB"}},
		{"overflowing size", "documents: {max_size: 99999999999GB}", nil, []string{"documents.max_size is not a size"}},
		{"bad level", "log: {level: loud}", nil, []string{"log.level must be one of debug, info, warn, error", "example: info"}},
		{"bad proxy", "server: {trusted_proxies: [here]}", nil, []string{"server.trusted_proxies[0] is neither"}},
		{"bad address", "server: {listen: 8080}", nil, []string{"server.listen must be text", "127.0.0.1:8080"}},
		{"address without port", "demo: {listen: localhost}", nil, []string{"demo.listen must be host:port"}},
		{"no scopes", "api: {keys: [{name: ehr, key: 0123456789abcdef0123456789abcdef, branch: head, scopes: []}]}", nil, []string{"api.keys[0].scopes must not be an empty list"}},
		{"bad url", "server: {public_url: jiebao.example.com}", nil, []string{"server.public_url must be an http or https address"}},
		{"unknown driver", "store: {driver: mysql}", nil, []string{`store.driver must be one of sqlite, postgres, is "mysql"`}},
		{"postgres without dsn", "store: {driver: postgres}", nil, []string{"store.dsn is needed", "example: postgres://"}},
		{"missing secret file", "redis: {url: 'file:/no/such'}", nil, []string{"redis.url cannot be read"}},
		{"missing secret variable", "redis: {url: 'env:NOWHERE'}", nil, []string{"redis.url", "NOWHERE, which is not set"}},
		{"short document key", "documents: {key: c2hvcnQ=}", nil, []string{"documents.key must be 32 bytes"}},
		{"endpoint unsigned", "ehr: {endpoint: {url: 'https://ehr'}}", nil, []string{"ehr.endpoint.secret is needed"}},
		{"bad webhook secret", "ehr: {endpoint: {secret: abc}}", nil, []string{"ehr.endpoint.secret must be whsec_"}},
		{"endpoint twice", "ehr: {endpoints: [{id: a, kind: feed}, {id: a, kind: feed}]}", nil, []string{"ehr.endpoints[1].id is used twice"}},
		{"endpoint named like the short one", "ehr: {endpoint: {url: 'https://ehr', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}, endpoints: [{id: ehr, kind: feed}]}", nil, []string{"ehr.endpoints[0].id must not be ehr"}},
		{"webhook without anything", "ehr: {endpoints: [{id: a}]}", nil, []string{"ehr.endpoints[0].url is needed", "ehr.endpoints[0].secret is needed"}},
		{"feed with an address", "ehr: {endpoints: [{id: a, kind: feed, url: 'https://a'}]}", nil, []string{"ehr.endpoints[0] must have nothing of a webhook"}},
		{"webhook with files", "ehr: {endpoints: [{id: a, url: 'https://a', secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, daily: {dir: x}}]}", nil, []string{"ehr.endpoints[0].daily is for feeds only"}},
		{"unknown kind", "ehr: {endpoints: [{id: a, kind: queue}]}", nil, []string{"ehr.endpoints[0].kind must be one of webhook, feed"}},
		{"no wait", "ehr: {retry: {schedule: []}}", nil, []string{"ehr.retry.schedule must hold at least one wait"}},
		{"model without name", "model: {base_url: 'https://m/v1'}", nil, []string{"model.name is needed", "example: qwen3-32b"}},
		{"patience without end", "model: {timeout: 5m}", nil, []string{"model.timeout must be more than nothing and at most 1m"}},
		{"no budget", "model: {budget: {tokens_per_day: 0}}", nil, []string{"model.budget.tokens_per_day must be at least 1; leave model.base_url empty"}},
		{"bad branch", "api: {keys: [{name: a, branch: /head, key: 0123456789abcdef0123456789abcdef}]}", nil, []string{"api.keys[0].branch must be a branch path", "example: head"}},
		{"key and hash", "api: {keys: [{name: a, branch: head}]}", nil, []string{"api.keys[0].key or sha256 must be given"}},
		{"duplicate YAML key", "log: {level: info}\nlog: {level: warn}\n", nil, []string{"already defined"}},
		{"two documents", "log: {level: info}\n---\nlog: {level: warn}\n", nil, []string{"more than one YAML document"}},
		{"no mapping", "- a\n", nil, []string{"reading the configuration jiebao.yaml"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse("jiebao.yaml", []byte(test.file), test.environ)
			if err == nil {
				t.Fatal("loaded")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error = %v\nlacks %q", err, part)
				}
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := parse("jiebao.yaml", []byte("server: {listn: x, shutdown_grace: 1}\nlog: {level: loud, colour: red}\nbot: 3\n"), nil)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 5 {
		t.Fatalf("problems = %v, want five", err)
	}
	file := "server: {listen: x}\nlog: {format: xml, levle: info}\nstore: {driver: y}\nredis: {url: 3}\n"
	_, err = parse("jiebao.yaml", []byte(file), nil)
	if !errors.As(err, &problems) || len(problems) != 5 {
		t.Fatalf("problems = %v, want five: of form and of content", err)
	}
}

func TestAccountsAreChecked(t *testing.T) {
	t.Parallel()
	good := Account{
		ID: "beijing", Platform: "wechat", Branch: "head/beijing", AppID: "wx1", Secret: NewSecret("s"),
		Token: NewSecret("token"), EncodingAESKey: NewSecret(strings.Repeat("a", 43)),
	}
	tests := []struct {
		name   string
		change func(*Account)
		want   string // empty: accepted
	}{
		{"good", func(*Account) {}, ""},
		{"plain without key", func(a *Account) { a.Mode, a.EncodingAESKey = Plain, Secret{} }, ""},
		{"secure without key", func(a *Account) { a.EncodingAESKey = Secret{} }, "encoding_aes_key must have 43 characters, has 0"},
		{"short key", func(a *Account) { a.EncodingAESKey = NewSecret("abc") }, "must have 43 characters, has 3"},
		{"short previous key", func(a *Account) { a.PreviousEncodingAESKey = NewSecret("abc") }, "previous_encoding_aes_key must have 43"},
		{"token with a space", func(a *Account) { a.Token = NewSecret("to ken") }, "token must be 3 to 32"},
		{"no app id", func(a *Account) { a.AppID = "" }, "app_id must not be empty"},
		{"no secret", func(a *Account) { a.Secret = Secret{} }, "secret must not be empty"},
		{"unsafe id", func(a *Account) { a.ID = "Bei jing" }, "id must be 1 to 64"},
		{"unknown mode", func(a *Account) { a.Mode = "open" }, "mode must be one of"},
		{"slash at the end", func(a *Account) { a.BaseURL = "http://x/" }, "base_url must be"},
		{"no branch", func(a *Account) { a.Branch = "" }, "branch must be"},
		{"empty template", func(a *Account) { a.Templates = map[string]string{"result_passed": ""} }, "templates.result_passed must not be empty"},
		{"another platform", func(a *Account) { *a = Account{ID: "other", Platform: "other", Branch: "head"} }, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			account := good
			test.change(&account)
			var c checker
			account.check(&c, "accounts[0]", nil)
			if test.want == "" && len(c.problems) > 0 {
				t.Fatalf("refused: %v", c.problems)
			}
			if test.want != "" && !strings.Contains(c.problems.Error(), test.want) {
				t.Errorf("problems = %v, want %q", c.problems, test.want)
			}
		})
	}
	var c checker
	good.check(&c, "accounts[1]", []Account{good})
	if !strings.Contains(c.problems.Error(), `accounts[1].id is used twice: "beijing"`) {
		t.Errorf("a repeated id gave %v", c.problems)
	}
}

func TestErrorsNeverShowSecrets(t *testing.T) {
	t.Parallel()
	const canary = "4711471147114711"
	for _, file := range []string{
		"redis: {url: " + canary + "}", "redis: {url: 'x" + canary + "'}", "documents: {key: [" + canary + "]}",
		"ehr: {endpoint: {secret: {a: " + canary + "}}}", "ehr: {endpoint: {secret: whsec_" + canary + "}}",
		"accounts: [{id: a, platform: wechat, branch: head, encoding_aes_key: x" + canary + ", token: '" + canary + " '}]",
		"api: {keys: [{name: a, key: x" + canary + ", branch: head}]}",
		"redis: {url: " + canary + "\n  ]",
	} {
		_, err := parse("jiebao.yaml", []byte(file), nil)
		if err == nil {
			t.Errorf("%s loaded", file)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("the error shows the secret: %v", err)
		}
	}
}

func TestUnconfiguredNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	text := strings.Join(Default().Unconfigured(), "\n")
	for _, key := range []string{"accounts", "api.keys", "ehr.endpoint.url", "server.public_url"} {
		if !strings.Contains(text, key) {
			t.Errorf("Unconfigured() = %s\nlacks %s", text, key)
		}
	}
}
