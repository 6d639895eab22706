package wecomsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"jiebao/channels/wechat/simseal"
)

// Format is how an app's callbacks are written.
type Format string

// The formats.
const (
	XML  Format = "xml"
	JSON Format = "json"
)

// App is a self-built app as 管理后台 shows it.
type App struct {
	CorpID         string `json:"corp_id"`
	AgentID        int64  `json:"agent_id"`
	Name           string `json:"name"`
	Secret         string `json:"secret"`
	Token          string `json:"token"`
	EncodingAESKey string `json:"encoding_aes_key"`
	// PreviousAESKey still opens replies after a rotation.
	PreviousAESKey string `json:"previous_aes_key,omitempty"`
	CallbackURL    string `json:"callback_url"`
	Format         Format `json:"format,omitempty"` // empty: XML
	// LoginDomain is 可信域名, where members sign in to websites; empty allows any.
	LoginDomain string `json:"login_domain,omitempty"`
	// TrustedIPs is 企业可信IP; empty allows everybody.
	TrustedIPs []string `json:"trusted_ips,omitempty"`
}

// Kf is one 微信客服 account that an app may call.
type Kf struct {
	OpenKfID string `json:"open_kfid"`
	Name     string `json:"name"`
}

// state is everything a Sim remembers, as a snapshot holds it.
type state struct {
	Version   int                  `json:"version"`
	Now       time.Time            `json:"now"`
	Serial    int64                `json:"serial"`
	Apps      map[string]*app      `json:"apps"` // by corpid/agentid
	Tokens    map[string]*token    `json:"tokens"`
	Members   map[string]*member   `json:"members"`   // by corpid/userid
	Kfs       map[string]*kf       `json:"kfs"`       // by open_kfid
	Customers map[string]*customer `json:"customers"` // by external_userid
	Media     map[string]*media    `json:"media"`
	Codes     map[string]*code     `json:"codes"` // of cards, welcomes and logins
	Links     map[string]*link     `json:"links"` // of 微信客服, by enc_scene
}

func newState(now time.Time) state {
	return state{
		Version: 1, Now: now, Apps: map[string]*app{}, Tokens: map[string]*token{}, Members: map[string]*member{}, Kfs: map[string]*kf{},
		Customers: map[string]*customer{}, Media: map[string]*media{}, Codes: map[string]*code{}, Links: map[string]*link{},
	}
}

// app is an App at work.
type app struct {
	App    `json:"settings"`
	Posted map[string]posted    `json:"posted"` // bodies, for the duplicate check
	Tasks  map[string]bool      `json:"tasks"`  // ids of cards
	Pulls  map[string]time.Time `json:"pulls"`  // tokens of kf_msg_or_event
	Menu   []MenuButton         `json:"menu,omitempty"`
	keys   simseal.Keyring
}

// posted is a message that the duplicate check remembers.
type posted struct {
	Until time.Time `json:"until"`
	MsgID string    `json:"msgid"`
}

// code is used once, within its time.
type code struct {
	Use     string    `json:"use"` // card, welcome or login
	App     string    `json:"app,omitempty"`
	User    string    `json:"user"`
	Kf      string    `json:"kf,omitempty"`
	MsgID   string    `json:"msgid,omitempty"` // the card
	Expires time.Time `json:"expires"`
}

func appKey(corpID string, agentID int64) string {
	return corpID + "/" + strconv.FormatInt(agentID, 10)
}

// AddApp adds an app to the platform.
func (s *Sim) AddApp(a App) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := appKey(a.CorpID, a.AgentID)
	if _, taken := s.state.Apps[key]; taken {
		return fmt.Errorf("adding app %s: it exists already; use Configure", key)
	}
	return s.configure(&app{Posted: map[string]posted{}, Tasks: map[string]bool{}, Pulls: map[string]time.Time{}}, a)
}

// Configure replaces the settings of an app and keeps the rest.
func (s *Sim) Configure(a App) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.state.Apps[appKey(a.CorpID, a.AgentID)]
	if !ok {
		return fmt.Errorf("configuring app %s: %w", appKey(a.CorpID, a.AgentID), errNoSuch)
	}
	return s.configure(old, a)
}

func (s *Sim) configure(to *app, a App) error {
	key := appKey(a.CorpID, a.AgentID)
	if a.CorpID == "" || a.AgentID <= 0 || a.Secret == "" {
		return fmt.Errorf("setting up app %s: corp_id, agent_id and secret are required", key)
	}
	keys, err := simseal.NewKeyring(a.EncodingAESKey, a.PreviousAESKey)
	if err != nil {
		return fmt.Errorf("setting up app %s: %w", key, err)
	}
	to.App, to.keys = a, keys
	s.state.Apps[key] = to
	return nil
}

// RotateKey gives the app a new EncodingAESKey; the one before still opens
// replies.
func (s *Sim) RotateKey(corpID string, agentID int64, key string) error {
	s.mu.Lock()
	a, ok := s.state.Apps[appKey(corpID, agentID)]
	if !ok {
		s.mu.Unlock()
		return fmt.Errorf("rotating the key of app %s: %w", appKey(corpID, agentID), errNoSuch)
	}
	next := a.App
	s.mu.Unlock()
	next.PreviousAESKey, next.EncodingAESKey = next.EncodingAESKey, key
	return s.Configure(next)
}

// AddKf adds a 微信客服 account that the app may call.
func (s *Sim) AddKf(corpID string, agentID int64, k Kf) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := appKey(corpID, agentID)
	if _, ok := s.state.Apps[key]; !ok {
		return fmt.Errorf("adding a 微信客服 account: app %s: %w", key, errNoSuch)
	}
	if _, taken := s.state.Kfs[k.OpenKfID]; taken || k.OpenKfID == "" {
		return errors.New("adding a 微信客服 account: its id is taken or empty")
	}
	s.state.Kfs[k.OpenKfID] = &kf{Kf: k, App: key, Sessions: map[string]*session{}}
	return nil
}

// Save returns the whole state as JSON. It holds secrets.
func (s *Sim) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Now = s.now()
	b, err := json.Marshal(s.state)
	if err != nil {
		return nil, fmt.Errorf("writing the snapshot: %w", err)
	}
	return b, nil
}

// Load replaces the whole state by a saved one.
func (s *Sim) Load(saved []byte) error {
	st := newState(time.Time{})
	if err := json.Unmarshal(saved, &st); err != nil {
		return fmt.Errorf("reading the snapshot: %w", err)
	}
	if st.Version != 1 {
		return fmt.Errorf("reading the snapshot: version %d, this simulator writes 1", st.Version)
	}
	for key, a := range st.Apps {
		keys, err := simseal.NewKeyring(a.EncodingAESKey, a.PreviousAESKey)
		if err != nil {
			return fmt.Errorf("reading the snapshot: app %s: %w", key, err)
		}
		a.keys = keys
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opts.Now != nil {
		s.offset = st.Now.Sub(s.opts.Now())
	}
	s.state = st
	s.changed()
	return nil
}
