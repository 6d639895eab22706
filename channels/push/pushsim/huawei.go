package pushsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// huaweiStatus are codes that do not come with 200 (响应参数, HTTP响应码).
var huaweiStatus = map[string]int{
	"80200001": 401, "80200003": 401, "80200005": 401, "80100003": 400, "80300002": 400, "80300007": 400, "80300008": 400, "81000001": 500, "503": 503,
}

func huaweiFailure(code, msg string) reply {
	status, ok := huaweiStatus[code]
	if !ok {
		status = http.StatusOK
	}
	if code == "503" { // flow control, which has no document
		return reply{status: status, body: []byte("flow control")}
	}
	return reply{status: status, body: map[string]string{"code": code, "msg": msg, "requestId": "0"}}
}

// illegal is the answer for a token that is refused (响应参数, 80300007).
func illegal(reason, token string) reply {
	msg, _ := json.Marshal(map[string]any{"success": 0, "failure": 1, "illegalTokens": map[string][]string{reason: {token}}})
	return huaweiFailure("80300007", string(msg))
}

// huaweiToken gives out an access token for a client's secret (OAuth 2.0,
// 客户端模式).
func (s *Sim) huaweiToken(c *call) reply {
	form, _ := url.ParseQuery(string(c.body))
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.huawei
	if app == nil || form.Get("grant_type") != "client_credentials" || form.Get("client_id") != app.clientID || form.Get("client_secret") != app.clientSecret {
		return reply{status: 400, body: map[string]any{"error": 1101, "sub_error": 20044, "error_description": "invalid client"}}
	}
	return s.grant(app, "DQECA", c.now)
}

// admits takes what huaweiToken gave out, or a token that the service account
// signed (基于服务账号生成鉴权令牌).
func (a *serviceApp) admits(c *call) bool {
	if a.holds(c) {
		return true
	}
	if a == nil || c.kill {
		return false
	}
	t, err := openJWT(c.bearer(), a.key)
	return err == nil && t.Alg == "PS256" && t.Kid == a.keyID && t.Claims.Iss == a.account &&
		t.Claims.Aud == "https://oauth-login.cloud.huawei.com/oauth2/v3/token" &&
		t.Claims.Exp-t.Claims.Iat == 3600 && c.now.Unix() < t.Claims.Exp && c.now.Unix() >= t.Claims.Iat-60
}

// huaweiRequest is what the platform reads of a request to send (请求体结构说明,
// 请求体参数说明).
type huaweiRequest struct {
	Payload struct {
		Notification *struct {
			Category, Title, Body string
			NotifyID              *int `json:"notifyId"`
			Click                 struct {
				Type *int              `json:"actionType"`
				URI  string            `json:"uri"`
				Data map[string]string `json:"data"`
			} `json:"clickAction"`
		} `json:"notification"`
	} `json:"payload"`
	Target struct {
		Token []string `json:"token"`
	} `json:"target"`
	Options struct {
		TTL *int `json:"ttl"`
	} `json:"pushOptions"`
}

// complete says whether what is required is there, for one device.
func (v huaweiRequest) complete() bool {
	n := v.Payload.Notification
	return n != nil && n.Title != "" && n.Body != "" && n.Category != "" && n.Click.Type != nil && (*n.Click.Type != 1 || n.Click.URI != "") &&
		v.life() >= 0 && v.life() <= 15*24*time.Hour && len(v.Target.Token) == 1
}

// life is how long the notification waits for its phone.
func (v huaweiRequest) life() time.Duration {
	if v.Options.TTL == nil {
		return 24 * time.Hour
	}
	return time.Duration(*v.Options.TTL) * time.Second
}

// huaweiSend takes a notification for one device.
func (s *Sim) huaweiSend(c *call) reply {
	if c.r.PathValue("operation") != "messages:send" {
		return reply{status: 404}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.huawei
	if !app.admits(c) {
		return huaweiFailure("80200003", "access token expired")
	}
	var v huaweiRequest
	if json.Unmarshal(c.body, &v) != nil || c.r.Header.Get("push-type") != "0" || v.Payload.Notification == nil {
		return huaweiFailure("80100003", "Illegal payload")
	}
	switch {
	case c.r.PathValue("project") != app.project:
		return huaweiFailure("80300002", "No permission to send")
	case !v.complete():
		return huaweiFailure("80100003", "Illegal payload")
	case len(c.body) > 4096+len(v.Target.Token[0]):
		return huaweiFailure("80300008", "The message body is too large")
	}
	token := v.Target.Token[0]
	phone, gone, fits := s.find("huawei", token, app.project)
	switch {
	case phone == nil:
		return illegal("tokenFormatError", token)
	case !gone.IsZero(), !fits:
		return illegal("noRight", token)
	}
	n := v.Payload.Notification
	shown := Shown{Provider: "huawei", Title: n.Title, Text: n.Body, Category: n.Category, Until: c.now.Add(v.life())}
	if n.NotifyID != nil {
		shown.Collapse = strconv.Itoa(*n.NotifyID)
	}
	shown.lead(n.Click.Data)
	phone.take(c, shown)
	return reply{status: http.StatusOK, body: map[string]string{"code": "80000000", "msg": "Success", "requestId": fmt.Sprintf("%d", 157_000_000+s.serial)}}
}
