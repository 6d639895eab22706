package wechatsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"jiebao/channels/wechat/simseal"
)

// Mode is how an account's callbacks are encrypted ("消息加解密说明").
type Mode string

// The three modes a console offers.
const (
	Plain  Mode = "plain"  // 明文模式
	Compat Mode = "compat" // 兼容模式: plain fields and <Encrypt> together
	Secure Mode = "secure" // 安全模式: <Encrypt> only
)

// Account is what the console of one official account holds. It carries
// secrets: it appears in snapshots, never in the journal.
type Account struct {
	AppID          string `json:"app_id"`
	Secret         string `json:"secret"`
	Token          string `json:"token"`
	EncodingAESKey string `json:"encoding_aes_key,omitempty"`
	// PreviousAESKey still opens replies after a rotation (the encryption FAQ
	// asks both sides to accept the key before).
	PreviousAESKey string `json:"previous_aes_key,omitempty"`
	Mode           Mode   `json:"mode"`
	CallbackURL    string `json:"callback_url"`
	// Original is the account's own id, ToUserName of every callback. Empty:
	// one is made from AppID.
	Original  string                  `json:"original,omitempty"`
	Name      string                  `json:"name,omitempty"`
	Templates map[string]TemplateSpec `json:"templates,omitempty"`
	// AllowedIPs is the whitelist for token calls; empty allows everybody.
	AllowedIPs []string `json:"allowed_ips,omitempty"`
	// DailyTemplates is the template quota of a Beijing day. Zero: 100,000
	// ("模板消息运营规范"); negative: unlimited.
	DailyTemplates int `json:"daily_templates,omitempty"`
	// TemplatesPerMinute answers 45011 above it; zero: unlimited.
	TemplatesPerMinute int `json:"templates_per_minute,omitempty"`
}

// TemplateSpec is one message template of an account, as
// template/get_all_private_template lists it: Content holds lines such as
// "面试结果：{{phrase1.DATA}}", whose names say how each field is checked.
type TemplateSpec struct {
	Title   string              `json:"title"`
	Content string              `json:"content"`
	Enums   map[string][]string `json:"enums,omitempty"` // const1 → allowed words
}

// console is an Account as configured, checked and decoded. It is replaced as
// a whole, never changed.
type console struct {
	Account
	keys      simseal.Keyring
	templates map[string]template
}

// account is an Account at work. mu guards everything below it; a follower has
// a lock of its own, taken after this one if both are needed.
type account struct {
	settings atomic.Pointer[console]

	mu        sync.Mutex
	followers map[string]*follower
	quota     quota
	seen      recent
	media     map[string]*media
	sweepAt   time.Time          // when expired media is next forgotten
	codes     map[string]*qrCode // by ticket
	links     map[string]*qrCode // by url, and by scene
	menu      json.RawMessage
	logins    map[string]*login
}

func (a *account) console() *console { return a.settings.Load() }

// AddAccount adds an account to the platform.
func (s *Sim) AddAccount(a Account) error {
	con, err := newConsole(a)
	if err != nil {
		return fmt.Errorf("adding account %q: %w", a.AppID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.accounts[a.AppID]; ok {
		return fmt.Errorf("adding account %q: it exists already; use Configure", a.AppID)
	}
	s.accounts[a.AppID] = newAccount(con)
	return nil
}

func newAccount(con *console) *account {
	a := &account{
		followers: map[string]*follower{},
		media:     map[string]*media{},
		codes:     map[string]*qrCode{},
		links:     map[string]*qrCode{},
		logins:    map[string]*login{},
	}
	a.settings.Store(con)
	return a
}

func newConsole(a Account) (*console, error) {
	if a.AppID == "" || a.Secret == "" {
		return nil, errors.New("app_id and secret are required")
	}
	if a.Mode == "" {
		a.Mode = Plain
	}
	if a.Original == "" {
		a.Original = "gh_" + hexDigest(a.AppID)[:12]
	}
	keys, err := newKeyring(a)
	if err != nil {
		return nil, err
	}
	ts, err := parseTemplates(a.Templates)
	if err != nil {
		return nil, err
	}
	return &console{Account: a, keys: keys, templates: ts}, nil
}

// Configure replaces the console settings of an account and keeps its
// followers, media and counters: a new key, another callback URL or mode.
func (s *Sim) Configure(a Account) error {
	con, err := newConsole(a)
	if err != nil {
		return fmt.Errorf("configuring account %q: %w", a.AppID, err)
	}
	acct, ok := s.account(a.AppID)
	if !ok {
		return fmt.Errorf("configuring account %q: %w", a.AppID, errNoSuch)
	}
	acct.settings.Store(con)
	return nil
}

// RotateKey gives the account a new EncodingAESKey; the one before still opens
// replies.
func (s *Sim) RotateKey(appID, key string) error {
	a, ok := s.account(appID)
	if !ok {
		return fmt.Errorf("rotating the key of %q: %w", appID, errNoSuch)
	}
	next := a.console().Account
	next.PreviousAESKey, next.EncodingAESKey = next.EncodingAESKey, key
	return s.Configure(next)
}

func (a *account) follower(openID string) (*follower, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f, ok := a.followers[openID]
	return f, ok
}

// quota counts what a Beijing day, month or minute limits.
type quota struct {
	Day       string `json:"day"`
	Templates int    `json:"templates"`
	Month     string `json:"month"`
	Clears    int    `json:"clears"`
	Minute    int64  `json:"minute"`
	InMinute  int    `json:"in_minute"`
}

// template takes one template message from the quota, or says which error the
// platform answers. The caller holds the account's lock.
func (q *quota) template(a *Account, now time.Time) int {
	if d := day(now); q.Day != d {
		q.Day, q.Templates = d, 0
	}
	if m := now.Unix() / 60; q.Minute != m {
		q.Minute, q.InMinute = m, 0
	}
	daily := a.DailyTemplates
	if daily == 0 {
		daily = 100_000
	}
	switch {
	case daily > 0 && q.Templates >= daily:
		return errDailyQuota
	case a.TemplatesPerMinute > 0 && q.InMinute >= a.TemplatesPerMinute:
		return errTooFast
	}
	q.Templates++
	q.InMinute++
	return errNone
}

// recent remembers client_msg_id for ten minutes ("发送模板消息": 防重入id，
// 10分钟有效) in two generations, so that forgetting costs nothing per call.
type recent struct {
	Born     time.Time         `json:"born"`
	Current  map[string]memory `json:"current"`
	Previous map[string]memory `json:"previous"`
}

type memory struct {
	At    time.Time `json:"at"`
	MsgID int64     `json:"msg_id"`
}

const dedupeFor = 10 * time.Minute

func (r *recent) find(key string, now time.Time) (int64, bool) {
	m, ok := r.Current[key]
	if !ok {
		m, ok = r.Previous[key]
	}
	return m.MsgID, ok && now.Sub(m.At) < dedupeFor
}

func (r *recent) add(key string, id int64, now time.Time) {
	if r.Current == nil || now.Sub(r.Born) >= dedupeFor {
		r.Previous, r.Current, r.Born = r.Current, map[string]memory{}, now
	}
	r.Current[key] = memory{At: now, MsgID: id}
}
