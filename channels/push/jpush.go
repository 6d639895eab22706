package push

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"jiebao/conversations"
)

// JPush is 极光推送 by its REST API v3. It fronts the push services of most
// vendors of phones, and says by classification and categories that what we
// send is personal: none of it is advertising, for which vendors keep another
// class (厂商消息分类使用指南).
type JPush struct {
	AppKey       string
	MasterSecret string // a secret
	Channel      string // of the app's notification channels on Android; "" for its default
	// Harmony is the category of banners on HarmonyOS, such as WORK; "": they
	// are not sent there.
	Harmony string
	// Sandbox is for iOS apps built for development.
	Sandbox bool
	// Vendors are the settings of vendors' own services, by their names:
	// xiaomi, huawei, honor, meizu, oppo, vivo, fcm, nio.
	Vendors map[string]Vendor
	BaseURL string // empty: JPush's own
}

// Vendor is what a vendor's service is told through JPush (推送 API,
// third_party_channel 说明). What is empty is left to JPush.
type Vendor struct {
	Distribution string `json:"distribution,omitempty"` // secondary_push, first_ospush, ospush or jpush
	Channel      string `json:"channel_id,omitempty"`
	Category     string `json:"category,omitempty"`
	Importance   string `json:"importance,omitempty"` // LOW, NORMAL or HIGH, for huawei and honor
	NotifyLevel  int    `json:"notify_level,omitempty"`
}

const (
	jpushOfficial = "https://api.jpush.cn"
	// jpushLongest is the longest of options.time_to_live without VIP (推送 API).
	jpushLongest = 3 * 24 * time.Hour
	// system is options.classification for what is no advertising (推送 API).
	system = 1
)

type jpush struct {
	*caller
	base    string
	basic   string
	channel string
	harmony string
	sandbox bool
	vendors map[string]Vendor
	now     func() time.Time
	ids     *cids
}

func newJPush(c JPush, a Account, call *caller, o Options) (provider, error) {
	if err := missing(NameJPush, map[string]string{"app_key": c.AppKey, "master_secret": c.MasterSecret}); err != nil {
		return nil, err
	}
	p := &jpush{
		caller: call, base: base(c.BaseURL, jpushOfficial), channel: c.Channel, harmony: c.Harmony, sandbox: c.Sandbox, vendors: c.Vendors, now: o.Now,
		basic: "Basic " + base64.StdEncoding.EncodeToString([]byte(c.AppKey+":"+c.MasterSecret)),
	}
	p.ids = &cids{jpush: p, prefix: "jpush:cid:" + c.AppKey + ":", cache: o.Cache, now: o.Now}
	return p, nil
}

func (p *jpush) address() string { return p.base }

func (*jpush) name() string { return NameJPush }

// jpushPush is a push (推送 API).
type jpushPush struct {
	CID          string              `json:"cid"`
	Platform     string              `json:"platform"`
	Audience     map[string][]string `json:"audience"`
	Notification struct {
		Android jpushAndroid  `json:"android"`
		IOS     jpushIOS      `json:"ios"`
		Harmony *jpushHarmony `json:"hmos,omitempty"`
	} `json:"notification"`
	Options struct {
		TTL            int               `json:"time_to_live"`
		Production     bool              `json:"apns_production"`
		CollapseID     string            `json:"apns_collapse_id"`
		Classification int               `json:"classification"`
		Vendors        map[string]Vendor `json:"third_party_channel,omitempty"`
	} `json:"options"`
}

type jpushAndroid struct {
	Alert   string            `json:"alert"`
	Title   string            `json:"title"`
	Channel string            `json:"channel_id,omitempty"`
	Intent  *jpushIntent      `json:"intent,omitempty"`
	Extras  map[string]string `json:"extras"`
}

type jpushIntent struct {
	URL string `json:"url"`
}

type jpushIOS struct {
	Alert    fcmNotification   `json:"alert"` // title and body as well
	Sound    string            `json:"sound"`
	ThreadID string            `json:"thread-id,omitempty"`
	Mutable  bool              `json:"mutable-content"`
	Extras   map[string]string `json:"extras"`
}

type jpushHarmony struct {
	Alert    string            `json:"alert"`
	Title    string            `json:"title"`
	Category string            `json:"category"`
	Intent   *jpushIntent      `json:"intent,omitempty"`
	Extras   map[string]string `json:"extras"`
}

func (p *jpush) message(token, cid string, n notice) jpushPush {
	v := jpushPush{CID: cid, Platform: "all", Audience: map[string][]string{"registration_id": {token}}}
	var open *jpushIntent
	if n.Open != "" {
		open = &jpushIntent{n.Open}
	}
	data := n.data()
	v.Notification.Android = jpushAndroid{n.Body, n.Title, p.channel, open, data}
	v.Notification.IOS = jpushIOS{fcmNotification{n.Title, n.Body}, "default", n.Conversation, true, data}
	if p.harmony != "" {
		v.Notification.Harmony = &jpushHarmony{n.Body, n.Title, p.harmony, open, data}
	}
	v.Options.TTL, v.Options.Production = n.seconds(p.now(), jpushLongest), !p.sandbox
	v.Options.CollapseID, v.Options.Classification, v.Options.Vendors = n.Collapse, system, p.vendors
	return v
}

func (p *jpush) push(ctx context.Context, token string, n notice) (string, *refusal) {
	cid, r := p.ids.of(ctx, n.Message, token)
	if r != nil {
		return "", r
	}
	body, e := payload(p.message(token, cid, n))
	if e != nil {
		return "", refused(e)
	}
	a, e := p.ask(ctx, request{url: p.base + "/v3/push", body: body})
	if e != nil {
		return "", refused(e)
	}
	return p.judge(a, token)
}

// ask makes a call with the account's credentials (REST API 概述, 鉴权方式).
func (p *jpush) ask(ctx context.Context, r request) (answer, *conversations.SendError) {
	r.header = map[string]string{"Authorization": p.basic, "Content-Type": "application/json"}
	return p.call(ctx, r)
}

// judge reads the answer to a push (推送 API, 调用返回).
func (p *jpush) judge(a answer, token string) (string, *refusal) {
	var said struct {
		ID json.RawMessage `json:"msg_id"` // a number, in quotes or without
	}
	if a.status == http.StatusOK && json.Unmarshal(a.body, &said) == nil {
		if id := digits(said.ID); id != "" {
			return id, nil
		}
	}
	return "", p.refused(a, token)
}

// refused reads an error (HTTP Status Code, 遵守规范; 推送 API, 返回码).
func (p *jpush) refused(a answer, token string) *refusal {
	var said struct {
		Error struct {
			Code    int    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(a.body, &said) != nil || said.Error.Code == 0 {
		return a.unknown(NameJPush)
	}
	v := jpushVerdict(said.Error.Code)
	if v.reason == conversations.Throttled {
		if s, err := strconv.Atoi(a.header.Get("X-Rate-Limit-Reset")); err == nil && s > 0 && s <= 60*60 {
			v.wait = time.Duration(s) * time.Second // REST API 概述, 频率控制: 距离时间窗口重置剩余的秒数
		}
	}
	return v.refusal(NameJPush, strconv.Itoa(said.Error.Code), said.Error.Message, token, p.now())
}

func jpushVerdict(code int) verdict {
	switch code {
	case 1011: // no target: the registration id is unknown, or was not seen for long
		return verdict{reason: conversations.BadRecipient, gone: true}
	case 2002: // the rate of the API
		return verdict{reason: conversations.Throttled, wait: throttle}
	case 1012, 2005: // a vendor's quota, the account's volume
		return verdict{reason: conversations.QuotaUsedUp, wait: time.Hour}
	case 1000, 1030: // internal error, internal timeout
		return verdict{reason: conversations.Temporary}
	case 1004, 1008, 1020, 2003, 2004, 2006, 2007: // signature, app key, https, limited, no permission
		return verdict{reason: conversations.Credentials}
	}
	return verdict{reason: conversations.BadContent}
}

// digits is a number, in quotes or without; "" for anything else.
func digits(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return ""
		}
	}
	return s
}
