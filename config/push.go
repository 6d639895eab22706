package config

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// The push providers.
const (
	APNs   = "apns"
	FCM    = "fcm"
	JPush  = "jpush"
	Huawei = "huawei"
)

// Push is what accounts of the platform push have besides: the bank's app, as
// its push providers know it. At least one provider is given.
type Push struct {
	// Title heads every banner; empty means the account's name.
	Title string `koanf:"title"`
	// Open is the address by which the app opens its conversation.
	Open string `koanf:"open"`
	// Life is for how long a phone that is off is waited for.
	Life time.Duration `koanf:"life"`
	// PerMinute bounds the messages of the account; 0 means any number.
	PerMinute int `koanf:"per_minute"`
	// Acknowledges says that the app tells what arrived and what was read.
	Acknowledges bool `koanf:"acknowledges"`
	// TokenLife is how long a candidate's token of the app's API works.
	TokenLife time.Duration `koanf:"token_life"`
	// Prefer names the providers in the order in which those that know the same
	// phone are tried.
	Prefer []string `koanf:"prefer"`

	APNs   *PushAPNs   `koanf:"apns"`
	FCM    *PushFCM    `koanf:"fcm"`
	JPush  *PushJPush  `koanf:"jpush"`
	Huawei *PushHuawei `koanf:"huawei"`
}

// PushAPNs is the Apple Push Notification service.
type PushAPNs struct {
	KeyID  string `koanf:"key_id"`
	TeamID string `koanf:"team_id"`
	// Key is the content of the key file, AuthKey_{key_id}.p8.
	Key Secret `koanf:"key"`
	// Topic is the app's bundle id.
	Topic string `koanf:"topic"`
	// Sandbox is for apps that Xcode installed.
	Sandbox bool `koanf:"sandbox"`
	// TimeSensitive lets banners through a Focus.
	TimeSensitive bool `koanf:"time_sensitive"`
}

// PushFCM is Firebase Cloud Messaging.
type PushFCM struct {
	// ServiceAccount is the content of the key file, JSON.
	ServiceAccount Secret `koanf:"service_account"`
	// Channel is one of the app's notification channels.
	Channel string `koanf:"channel"`
}

// PushJPush is 极光推送.
type PushJPush struct {
	AppKey       string `koanf:"app_key"`
	MasterSecret Secret `koanf:"master_secret"`
	Channel      string `koanf:"channel"`
	// Harmony is the category of banners on HarmonyOS; empty means none are
	// sent there.
	Harmony string `koanf:"harmony"`
	Sandbox bool   `koanf:"sandbox"`
	// Vendors are what vendors' own services are told.
	Vendors []PushVendor `koanf:"vendors"`
}

// PushVendor is what one vendor's service is told.
type PushVendor struct {
	// Name is xiaomi, huawei, honor, meizu, oppo, vivo, fcm or nio.
	Name         string `koanf:"name"`
	Distribution string `koanf:"distribution"`
	Channel      string `koanf:"channel"`
	Category     string `koanf:"category"`
	Importance   string `koanf:"importance"`
	NotifyLevel  int    `koanf:"notify_level"`
}

// PushHuawei is Huawei Push Kit.
type PushHuawei struct {
	// ServiceAccount is the content of the key file, JSON. Without it the
	// other three are needed.
	ServiceAccount Secret `koanf:"service_account"`
	ProjectID      string `koanf:"project_id"`
	ClientID       string `koanf:"client_id"`
	ClientSecret   Secret `koanf:"client_secret"`
	// Category is the class of messages that Huawei granted.
	Category string `koanf:"category"`
}

// The longest that providers wait for a phone, and that a token works.
const (
	longestPushLife  = 15 * 24 * time.Hour
	longestTokenLife = 24 * time.Hour
)

// checkPush finds what would keep the account from being set up, as far as
// values tell; keys are read when it is.
func (a Account) checkPush(c *checker, at string) {
	c.must(a.Push != nil, at+".push", "is needed for the platform push")
	if a.Push == nil {
		return
	}
	p := a.Push
	at += ".push"
	u, err := url.Parse(p.Open)
	c.must(p.Open == "" || err == nil && u.Scheme != "", at+".open", "must be an address with a scheme")
	c.must(p.Life >= 0 && p.Life <= longestPushLife, at+".life", "must be at most 360h")
	c.must(p.PerMinute >= 0, at+".per_minute", "must not be negative")
	c.must(p.TokenLife >= 0 && p.TokenLife <= longestTokenLife, at+".token_life", "must be at most 24h")
	for _, name := range p.Prefer {
		c.must(slices.Contains([]string{APNs, FCM, JPush, Huawei}, name), at+".prefer", "must name providers: apns, fcm, jpush, huawei; %q is none", name)
	}
	c.must(p.APNs != nil || p.FCM != nil || p.JPush != nil || p.Huawei != nil, at, "must have a provider: apns, fcm, jpush or huawei")
	if k := p.APNs; k != nil {
		c.must(k.KeyID != "" && k.TeamID != "" && k.Topic != "", at+".apns", "must have key_id, team_id and topic")
		c.must(!k.Key.Empty(), at+".apns.key", "must not be empty")
	}
	if k := p.FCM; k != nil {
		c.must(!k.ServiceAccount.Empty(), at+".fcm.service_account", "must not be empty")
	}
	if k := p.JPush; k != nil {
		c.must(k.AppKey != "", at+".jpush.app_key", "must not be empty")
		c.must(!k.MasterSecret.Empty(), at+".jpush.master_secret", "must not be empty")
		for i, v := range k.Vendors {
			c.oneOf(fmt.Sprintf("%s.jpush.vendors[%d].name", at, i), v.Name, "xiaomi", "huawei", "honor", "meizu", "oppo", "vivo", "fcm", "nio")
		}
	}
	if k := p.Huawei; k != nil {
		pair := k.ProjectID != "" && k.ClientID != "" && !k.ClientSecret.Empty()
		c.must(!k.ServiceAccount.Empty() || pair, at+".huawei.service_account", "or project_id, client_id and client_secret must be given")
		c.must(k.Category != "", at+".huawei.category", "must not be empty")
	}
}
