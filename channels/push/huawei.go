package push

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jiebao/conversations"
)

// Huawei is Push Kit by its REST API v3 (场景化消息API接口), with the key of a
// service account (基于服务账号生成鉴权令牌) or, for phones before HarmonyOS 5,
// with client id and secret (OAuth 2.0 client credentials).
type Huawei struct {
	ServiceAccount string // the JSON of the key file; a secret
	ProjectID      string // without a service account
	ClientID       string // the same
	ClientSecret   string // the same; a secret
	// Category is the class of our banners that Huawei granted (申请通知消息自分类权益),
	// such as WORK. Without a grant it has to be MARKETING, of which Huawei
	// shows two to five a day.
	Category string
	BaseURL  string // empty: Huawei's own
	TokenURL string // empty: Huawei's own
}

const (
	huaweiOfficial = "https://push-api.cloud.huawei.com"
	huaweiTokens   = "https://oauth-login.cloud.huawei.com/oauth2/v3/token"
	// huaweiTokenLife is what Huawei advises (请求体结构说明: 3600 seconds).
	huaweiTokenLife = time.Hour
)

type huawei struct {
	*caller
	base     string
	url      string
	category string
	now      func() time.Time
	bearer   *bearer
}

func newHuawei(c Huawei, a Account, call *caller, o Options) (provider, error) {
	p := &huawei{caller: call, category: c.Category, now: o.Now, base: base(c.BaseURL, huaweiOfficial)}
	if err := missing(NameHuawei, map[string]string{"category": c.Category}); err != nil {
		return nil, err
	}
	tokens := base(c.TokenURL, huaweiTokens)
	project := c.ProjectID
	var err error
	if c.ServiceAccount != "" {
		project, p.bearer, err = huaweiService(c.ServiceAccount, o)
	} else if err = missing(NameHuawei, map[string]string{"project_id": c.ProjectID, "client_id": c.ClientID, "client_secret": c.ClientSecret}); err == nil {
		p.bearer = newBearer("huawei:"+c.ClientID, o, func(ctx context.Context, _ string) (kept, *conversations.SendError) {
			return call.oauth(ctx, NameHuawei, tokens, url.Values{
				"grant_type": {"client_credentials"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret},
			}, o.Now)
		})
	}
	if err != nil {
		return nil, err
	}
	p.url = p.base + "/v3/" + url.PathEscape(project) + "/messages:send"
	return p, nil
}

// huaweiService reads the key file of a service account.
func huaweiService(text string, o Options) (project string, b *bearer, err error) {
	var sa struct {
		Project string `json:"project_id"`
		KeyID   string `json:"key_id"`
		Key     string `json:"private_key"`
		Account string `json:"sub_account"`
	}
	if json.Unmarshal([]byte(text), &sa) != nil {
		return "", nil, fmt.Errorf("huawei.service_account: %w", errAccount)
	}
	if err := missing("huawei.service_account", map[string]string{"project_id": sa.Project, "key_id": sa.KeyID, "sub_account": sa.Account}); err != nil {
		return "", nil, err
	}
	key, err := newSigner("PS256", sa.KeyID, sa.Key)
	if err != nil {
		return "", nil, fmt.Errorf("private_key of huawei.service_account: %w", err)
	}
	return sa.Project, newBearer("huawei:"+sa.Account+":"+sa.KeyID, o, func(context.Context, string) (kept, *conversations.SendError) {
		now := o.Now()
		return signed(key, map[string]any{
			"iss": sa.Account, "aud": huaweiTokens, "iat": now.Unix(), "exp": now.Add(huaweiTokenLife).Unix(),
		}, now.Add(huaweiTokenLife))
	}), nil
}

func (p *huawei) address() string { return p.base }

func (*huawei) name() string { return NameHuawei }

// huaweiMessage is a notification (请求体参数说明).
type huaweiMessage struct {
	Payload struct {
		Notification huaweiNotification `json:"notification"`
	} `json:"payload"`
	Target struct {
		Token []string `json:"token"`
	} `json:"target"`
	Options struct {
		TTL int `json:"ttl"`
	} `json:"pushOptions"`
}

type huaweiNotification struct {
	Category string      `json:"category"`
	Title    string      `json:"title"`
	Body     string      `json:"body"`
	Click    huaweiClick `json:"clickAction"`
	// NotifyID replaces the banner of the same one, on the phone and in what
	// waits for it.
	NotifyID   int  `json:"notifyId"`
	Foreground bool `json:"foregroundShow"` // while the app is open its own stream tells
}

type huaweiClick struct {
	Type int               `json:"actionType"` // 0: the app's first page, 1: the page of URI
	URI  string            `json:"uri,omitempty"`
	Data map[string]string `json:"data"`
}

func (p *huawei) push(ctx context.Context, token string, n notice) (string, *refusal) {
	var v huaweiMessage
	v.Payload.Notification = huaweiNotification{Category: p.category, Title: n.Title, Body: n.Body, NotifyID: n.Slot, Click: huaweiClick{Data: n.data()}}
	if n.Open != "" {
		v.Payload.Notification.Click.Type, v.Payload.Notification.Click.URI = 1, n.Open
	}
	v.Target.Token, v.Options.TTL = []string{token}, n.seconds(p.now(), longestLife)
	body, e := payload(v)
	if e != nil {
		return "", refused(e)
	}
	return p.bearer.with(ctx, func(bearer string) (string, bool, *refusal) {
		a, e := p.call(ctx, request{url: p.url, body: body, header: map[string]string{
			"Authorization": "Bearer " + bearer, "Content-Type": "application/json", "push-type": "0",
		}})
		if e != nil {
			return "", false, refused(e)
		}
		id, r := p.judge(a, token)
		return id, r != nil && staleHuawei(r.Code), r
	})
}

// staleHuawei are the codes that refuse an access token: expired, and failed.
func staleHuawei(code string) bool {
	return code == "80200001" || code == "80200003" || code == "80200005"
}

// judge reads an answer (响应参数, 业务响应码).
func (p *huawei) judge(a answer, token string) (string, *refusal) {
	var said struct {
		Code string `json:"code"`
		Msg  string `json:"msg"`
		ID   string `json:"requestId"`
	}
	if json.Unmarshal(a.body, &said) != nil || said.Code == "" {
		r := a.unknown(NameHuawei)
		if a.status == http.StatusServiceUnavailable { // 响应参数, HTTP响应码: 流量控制
			r.Reason, r.RetryAfter = conversations.Throttled, a.retryAfter(throttle)
		}
		return "", r
	}
	switch said.Code {
	case "80000000":
		return said.ID, nil
	case "80100000", "80300007": // some tokens are refused, or all: there is one
		return "", illegal(said.Msg, token).refusal(NameHuawei, said.Code, "", token, p.now())
	}
	v := huaweiVerdict(said.Code, a.status)
	if v.reason == conversations.Throttled {
		v.wait = a.retryAfter(throttle)
	}
	return "", v.refusal(NameHuawei, said.Code, said.Msg, token, p.now())
}

// illegal says why a token was refused: msg is itself a document, which lists
// tokens by reason, or in older versions without (响应参数, 80100000).
func illegal(msg, token string) verdict {
	var said struct {
		ByReason json.RawMessage `json:"illegalTokens"`
	}
	reasons := map[string][]string{}
	if json.Unmarshal([]byte(msg), &said) == nil {
		_ = json.Unmarshal(said.ByReason, &reasons) // a plain list gives no reasons
	}
	for reason, tokens := range reasons {
		if len(tokens) > 0 && !strings.Contains(strings.Join(tokens, " "), token) {
			continue
		}
		switch reason {
		case "noPushTypeRight", "appinfoError", "disableSendHuaweiMsgBecauseOfPenalty", "differentImgVerifyPolicy":
			return verdict{reason: conversations.Credentials} // ours to mend, not the token's
		case "countryNotSupport", "tokenPlatformNotSupport", "atomicUnableSendUnsubscribedMsg":
			return verdict{reason: conversations.BadRecipient}
		}
	}
	return verdict{reason: conversations.BadRecipient, gone: true}
}

func huaweiVerdict(code string, status int) verdict {
	switch {
	case staleHuawei(code), code == "80300002", code == "80300011", status == http.StatusUnauthorized:
		return verdict{reason: conversations.Credentials}
	case code == "80300008", strings.HasPrefix(code, "801"): // too large, malformed
		return verdict{reason: conversations.BadContent}
	case status == http.StatusServiceUnavailable:
		return verdict{reason: conversations.Throttled}
	case strings.HasPrefix(code, "81"), code == "80600003", status >= 500: // internal, or its own token service
		return verdict{reason: conversations.Temporary}
	}
	return verdict{reason: conversations.BadContent}
}
