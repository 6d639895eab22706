package voice

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"jiebao/conversations"
)

// Account is one account as configured.
type Account struct {
	ID     string // in Jiebao; part of the callback's address
	Name   string
	Branch string

	KeyID, Secret string // a RAM user's AccessKey
	// ShowNumber is the number that calls; empty for the platform's own (公共模式).
	ShowNumber string
	// PlayTimes is how often the text is read, 1 to 3; 0 for twice.
	PlayTimes int
	BaseURL   string // of the API; empty: the platform's own
	// Templates maps purposes, such as offer_reminder, to filed texts (TTS_…).
	Templates map[string]string
	// Keys maps keys to the choices they stand for; empty for the default.
	Keys map[string]string
	// CallbackKey stands in the address that the platform pushes to.
	CallbackKey string
	// CallbackNetworks are where it pushes from; empty: anywhere.
	CallbackNetworks []netip.Prefix
	// PerMinute and PerRecipient bound what is called, 0 for the defaults.
	PerMinute, PerRecipient int
}

const (
	defaultPerMinute = 60
	// defaultPerRecipient is the platform's own (语音通知流控频率规则: 同一个被叫,
	// 1次/分钟、5次/小时、20次/天).
	defaultPerRecipient = 1
	defaultPlayTimes    = 2
	maxPlayTimes        = 3
)

// The choices of the bot's questions that keys can stand for. A key for
// another choice is one that any call offers.
const (
	choiceConfirm    = "confirm"
	choiceReschedule = "reschedule"
	choiceHuman      = "human"
)

// DefaultKeys are what the texts that Jiebao comes with tell people.
func DefaultKeys() map[string]string {
	return map[string]string{"1": choiceConfirm, "2": choiceReschedule, "0": choiceHuman}
}

// LogValue shows which account it is and none of its secrets.
func (a Account) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID), slog.String("show_number", a.ShowNumber))
}

// String keeps the secrets out of formatted text.
func (a Account) String() string { return "voice account " + a.ID }

// GoString keeps the secrets out of formatted text.
func (a Account) GoString() string { return a.String() }

func (a Account) withDefaults() Account {
	if a.PerMinute == 0 {
		a.PerMinute = defaultPerMinute
	}
	if a.PerRecipient == 0 {
		a.PerRecipient = defaultPerRecipient
	}
	if a.PlayTimes == 0 {
		a.PlayTimes = defaultPlayTimes
	}
	if len(a.Keys) == 0 {
		a.Keys = DefaultKeys()
	}
	a.Keys = maps.Clone(a.Keys)
	return a
}

var aKey = regexp.MustCompile(`^[0-9]$`)

// Validate names every setting that is wrong, what is wrong with it and what
// it looks like when it is right. It never repeats a secret.
func (a Account) Validate() error {
	var errs []error
	bad := func(setting, problem string) {
		errs = append(errs, fmt.Errorf("account %q: %s: %s", a.ID, setting, problem))
	}
	required := func(value, setting, where string) {
		if value == "" {
			bad(setting, "is required"+where)
		}
	}
	required(a.ID, "id", ", such as voice-head")
	required(a.KeyID, "voice.key_id", " (RAM console: 用户 > AccessKey)")
	required(a.Secret, "voice.secret", " (shown once when the AccessKey is made)")
	if a.Branch != "" && !conversations.ValidBranch(a.Branch) {
		bad("branch", "is no branch path, such as head/beijing/chaoyang")
	}
	if strings.Trim(a.ShowNumber, "0123456789") != "" {
		bad("voice.show_number", "has digits only (语音服务 console: 真实号管理)")
	}
	if a.PlayTimes < 0 || a.PlayTimes > maxPlayTimes {
		bad("voice.play_times", "is 1 to 3")
	}
	if a.PerMinute < 0 || a.PerRecipient < 0 {
		bad("voice.per_minute", "and per_recipient must not be negative")
	}
	if u, err := url.Parse(a.BaseURL); a.BaseURL != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		bad("base_url", "is no address, such as https://"+host)
	}
	if len(a.Templates) == 0 {
		bad("templates", "is required: without filed texts nobody can be called")
	}
	for purpose, id := range a.Templates {
		if purpose == "" || id == "" {
			bad("templates", fmt.Sprintf("purpose %q has template %q; both are required", purpose, id))
		}
	}
	for key, choice := range a.Keys {
		if !aKey.MatchString(key) || choice == "" {
			bad("voice.keys", fmt.Sprintf("key %q stands for %q; a key is a digit, and stands for a choice", key, choice))
		}
	}
	return errors.Join(errs...)
}
