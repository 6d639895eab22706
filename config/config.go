// Package config is Jiebao's configuration: one strict YAML file and the
// environment, loaded into typed values with a default for each.
//
// It knows what a value must look like, and nothing of what is done with it:
// branches, purposes and platforms are plain strings here. It imports koanf,
// a YAML parser and the standard library, never another package of Jiebao.
//
// The annotated example, config.example.yaml, names every key; it is embedded,
// and the error for a bad value quotes the example of its key.
package config

import (
	"log/slog"
	"net/netip"
	"time"
)

// Config is everything that can be configured. [Default] gives a complete
// one; [Load] overlays a file and the environment.
type Config struct {
	Server      Server      `koanf:"server"`
	Demo        Demo        `koanf:"demo"`
	Store       Store       `koanf:"store"`
	Redis       Redis       `koanf:"redis"`
	Documents   Documents   `koanf:"documents"`
	Bank        Bank        `koanf:"bank"`
	API         API         `koanf:"api"`
	EHR         EHR         `koanf:"ehr"`
	Audit       Audit       `koanf:"audit"`
	Console     Console     `koanf:"console"`
	Accounts    []Account   `koanf:"accounts"`
	OfficeHours OfficeHours `koanf:"office_hours"`
	Bot         Bot         `koanf:"bot"`
	Model       Model       `koanf:"model"`
	Words       Words       `koanf:"words"`
	Log         Log         `koanf:"log"`
}

// Server is the gateway's own HTTP server: callbacks, API and console.
type Server struct {
	// Listen is the address the gateway listens on; port 0 takes a free one.
	Listen string `koanf:"listen"`
	// PublicURL is how candidates, platforms and HR reach the gateway, without
	// a slash at the end. Empty means http:// and the address listened on.
	PublicURL string `koanf:"public_url"`
	// ShutdownGrace is how long requests under way may take after a signal.
	ShutdownGrace time.Duration `koanf:"shutdown_grace"`
	// TrustedProxies are the reverse proxies whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `koanf:"trusted_proxies"`
}

// Demo is the demonstration mode: seeded data, simulated platforms and EHR.
type Demo struct {
	Enabled bool `koanf:"enabled"`
	// Listen is the address of the simulators and their pages.
	Listen string `koanf:"listen"`
}

// The databases that Jiebao can keep its conversations in.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Store is where conversations are kept.
type Store struct {
	// Driver is [SQLite] (embedded, one gateway) or [PostgreSQL] (several).
	Driver string `koanf:"driver"`
	// Path is SQLite's database file.
	Path string `koanf:"path"`
	// DSN is PostgreSQL's connection string.
	DSN Secret `koanf:"dsn"`
}

// Redis holds what several gateways share and may lose. Without it the same
// is kept in memory, which is right for one gateway.
type Redis struct {
	// URL is redis://[user:password@]host:port/db, or rediss:// for TLS.
	URL Secret `koanf:"url"`
}

// Documents is where candidates' files are kept, encrypted.
type Documents struct {
	Dir string `koanf:"dir"`
	// Bucket is S3-compatible storage that takes the place of Dir, such as
	// s3://name?region=cn-north-1. Its credentials are not configured here.
	Bucket string `koanf:"bucket"`
	// Key is 32 bytes in base64. When it is empty the key of KeyFile is used,
	// which the first start generates with mode 0600.
	Key     Secret `koanf:"key"`
	KeyFile string `koanf:"key_file"`
	// OldKeys are further keys, 32 bytes in base64 each: what is encrypted or
	// signed with them is still good. Nothing new is.
	OldKeys []Secret `koanf:"old_keys"`
	// MaxSize is the largest document accepted.
	MaxSize Size `koanf:"max_size"`
	// MaxPages is how many pages a PDF may have.
	MaxPages int `koanf:"max_pages"`
	// Clamd is where ClamAV's daemon looks for viruses in every file:
	// tcp://host:port or unix:///path. Empty: nobody looks.
	Clamd string `koanf:"clamd"`
	// MaxFiles is how many files are kept of one candidate's application.
	MaxFiles int `koanf:"max_files"`
	// LinkLife is for how long the link to a candidate's upload page works.
	LinkLife time.Duration `koanf:"link_life"`
}

// Bank is how the bank and its branches are named to candidates.
type Bank struct {
	Name string `koanf:"name"`
	// Branches gives the display name of a branch path; a path without one is
	// named by the nearest branch above it. See [Bank.BranchName].
	Branches map[string]string `koanf:"branches"`
	// Official are the ways by which the bank speaks to candidates, besides
	// the accounts configured here. The page that checks whether a message is
	// genuine shows them all.
	Official []Official `koanf:"official"`
}

// API is who may call the HTTP API.
type API struct {
	Keys []APIKey `koanf:"keys"`
}

// How WeChat sends its callbacks (公众号 消息加解密方式).
const (
	Secure = "secure" // 安全模式: encrypted only
	Compat = "compat" // 兼容模式: encrypted and plain; only the encrypted part is believed
	Plain  = "plain"  // 明文模式
)

// Account is one account on one platform, such as a branch's 公众号. Its
// callbacks arrive at /callbacks/{ID}.
type Account struct {
	// ID names the account in addresses and stored rows; never change it.
	ID string `koanf:"id"`
	// Platform names the adapter, such as wechat.
	Platform string `koanf:"platform"`
	// Branch is the path of the branch that the account speaks for.
	Branch string `koanf:"branch"`
	// Name is what HR sees.
	Name string `koanf:"name"`

	AppID  string `koanf:"app_id"`
	Secret Secret `koanf:"secret"`
	// Token is the callback token entered at the platform.
	Token Secret `koanf:"token"`
	// EncodingAESKey is the callback key entered at the platform, 43 characters.
	EncodingAESKey Secret `koanf:"encoding_aes_key"`
	// PreviousEncodingAESKey still opens callbacks while the key is changed.
	PreviousEncodingAESKey Secret `koanf:"previous_encoding_aes_key"`
	// Mode is [Secure], [Compat] or [Plain]; empty means Secure.
	Mode string `koanf:"mode"`
	// BaseURL replaces the platform's address; empty means the platform's own.
	BaseURL string `koanf:"base_url"`
	// Templates gives the platform's template id for each purpose.
	Templates map[string]string `koanf:"templates"`
	// KeepMenu leaves the account's menu at the platform as it is.
	KeepMenu bool `koanf:"keep_menu"`
	// TapReplies makes choices in passive replies tappable, by links that
	// work and that the platform does not document.
	TapReplies bool `koanf:"tap_replies"`

	// WeCom is for the platform wecom.
	WeCom *WeCom `koanf:"wecom"`
	// Email is what an account of the platform email has.
	Email *Email `koanf:"email"`
	// Push is for the platform push.
	Push *Push `koanf:"push"`
	// SMS is what an account of the platform sms has.
	SMS *SMS `koanf:"sms"`
	// Voice is what an account of the platform voice has.
	Voice *Voice `koanf:"voice"`
}

// OfficeHours are when HR answers; outside of them the bot says so.
type OfficeHours struct {
	TimeZone *time.Location `koanf:"time_zone"`
	Days     []time.Weekday `koanf:"days"`
	From     Clock          `koanf:"from"`
	To       Clock          `koanf:"to"`
}

// Bot is how the bot behaves.
type Bot struct {
	// Locale is spoken to candidates whose own is unknown.
	Locale string `koanf:"locale"`
	// HandoffAfter is how many answers in a row the bot may fail to understand
	// before a person is called.
	HandoffAfter int `koanf:"handoff_after"`
	// PoliciesDir holds the policies of the bank, its branches and positions;
	// see package policies.
	PoliciesDir string `koanf:"policies_dir"`
}

// Model is a large language model behind an OpenAI-compatible endpoint. It is
// asked, with personal data masked, only about messages that the bot's rules
// call ambiguous, and may only choose what the bot asks back.
type Model struct {
	// BaseURL is the endpoint's address with its version, without a slash at
	// the end; empty means that no model is asked.
	BaseURL string `koanf:"base_url"`
	// Key is the bearer token; empty for endpoints that want none.
	Key Secret `koanf:"key"`
	// Name is the model's name at the endpoint.
	Name string `koanf:"name"`
	// Timeout is how long a candidate waits for it at most.
	Timeout time.Duration `koanf:"timeout"`
	Budget  Budget        `koanf:"budget"`
}

// Budget bounds what one gateway asks of the model. What is beyond it is not
// asked, and the bot asks back as it would without a model.
type Budget struct {
	RequestsPerMinute int `koanf:"requests_per_minute"`
	RequestsPerDay    int `koanf:"requests_per_day"`
	TokensPerDay      int `koanf:"tokens_per_day"`
}

// Words are folders whose files replace the embedded words.
type Words struct {
	// TemplatesDir replaces message templates; see package templates.
	TemplatesDir string `koanf:"templates_dir"`
	// LocalesDir replaces the bot's phrases.
	LocalesDir string `koanf:"locales_dir"`
	// KnowledgeDir holds the approved answers to candidates' questions, beside
	// those of the inbox; see package bot/knowledge. The demonstration has
	// examples.
	KnowledgeDir string `koanf:"knowledge_dir"`
}

// The forms of the log.
const (
	LogText = "text"
	LogJSON = "json"
)

// Log is what is logged, to standard error.
type Log struct {
	Level  slog.Level `koanf:"level"`
	Format string     `koanf:"format"`
}

// Default is a complete configuration that needs no server and no account:
// SQLite below ./data, and nobody to talk to.
func Default() Config {
	return Config{
		Server: Server{Listen: "127.0.0.1:8080", ShutdownGrace: 15 * time.Second},
		Demo:   Demo{Listen: "127.0.0.1:8090"},
		Store:  Store{Driver: SQLite, Path: "./data/jiebao.db"},
		Documents: Documents{
			Dir: "./data/documents", KeyFile: "./data/keys/documents.key",
			MaxSize: 20 * Megabyte, MaxPages: 200, MaxFiles: 60, LinkLife: 7 * 24 * time.Hour,
		},
		EHR:     defaultEHR(),
		Audit:   defaultAudit(),
		Console: defaultConsole(),
		OfficeHours: OfficeHours{
			TimeZone: mustLocation("Asia/Shanghai"),
			Days:     []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday},
			From:     9 * 60,
			To:       18 * 60,
		},
		Bot: Bot{Locale: "zh-CN", HandoffAfter: 2},
		Model: Model{
			Timeout: 3 * time.Second,
			Budget:  Budget{RequestsPerMinute: 60, RequestsPerDay: 5000, TokensPerDay: 2_000_000},
		},
		Log: Log{Level: slog.LevelInfo, Format: LogText},
	}
}
