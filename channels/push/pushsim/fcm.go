package pushsim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// fcmStatus are the codes with their HTTP and gRPC statuses (Firebase, FCM
// Error Codes).
var fcmStatus = map[string]struct {
	http int
	grpc string
}{
	"INVALID_ARGUMENT": {400, "INVALID_ARGUMENT"}, "UNREGISTERED": {404, "NOT_FOUND"}, "SENDER_ID_MISMATCH": {403, "PERMISSION_DENIED"},
	"QUOTA_EXCEEDED": {429, "RESOURCE_EXHAUSTED"}, "UNAVAILABLE": {503, "UNAVAILABLE"}, "INTERNAL": {500, "INTERNAL"},
	"THIRD_PARTY_AUTH_ERROR": {401, "UNAUTHENTICATED"},
}

func fcmFailure(code string) reply {
	status := fcmStatus[code]
	body := map[string]any{"error": map[string]any{
		"code": status.http, "message": "the request failed with " + code, "status": status.grpc,
		"details": []any{map[string]string{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": code}},
	}}
	r := reply{status: status.http, body: body}
	if status.http == http.StatusServiceUnavailable || status.http == http.StatusTooManyRequests {
		r.header = map[string]string{"Retry-After": "30"}
	}
	return r
}

// unauthenticated is the answer to a bad access token.
func unauthenticated() reply {
	return reply{status: 401, body: map[string]any{"error": map[string]any{
		"code": 401, "message": "Request had invalid authentication credentials.", "status": "UNAUTHENTICATED",
	}}}
}

// googleToken exchanges a signed assertion for an access token (Google, Using
// OAuth 2.0 for Server to Server Applications).
func (s *Sim) googleToken(c *call) reply {
	form, _ := url.ParseQuery(string(c.body))
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.fcm
	bad := reply{status: 400, body: map[string]string{"error": "invalid_grant", "error_description": "Invalid JWT Signature."}}
	if app == nil || form.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
		return bad
	}
	t, err := openJWT(form.Get("assertion"), app.key)
	if err != nil || t.Alg != "RS256" || t.Claims.Iss != app.account || !strings.HasSuffix(t.Claims.Aud, "/token") ||
		t.Claims.Scope != "https://www.googleapis.com/auth/firebase.messaging" ||
		t.Claims.Exp-t.Claims.Iat > 3600 || c.now.Unix() > t.Claims.Exp || c.now.Unix() < t.Claims.Iat-60 {
		return bad
	}
	return s.grant(app, "ya29.", c.now)
}

// grant gives out an access token for an hour. The caller holds the lock.
func (s *Sim) grant(app *serviceApp, prefix string, now time.Time) reply {
	s.serial++
	token := fmt.Sprintf("%s%s-%d", prefix, app.project, s.serial)
	app.tokens[token] = now.Add(time.Hour)
	return reply{status: 200, body: map[string]any{"access_token": token, "expires_in": 3600, "token_type": "Bearer"}}
}

// holds says whether a token was given out and has not ended.
func (a *serviceApp) holds(c *call) bool {
	token := c.bearer()
	if a == nil || token == "" {
		return false
	}
	if c.kill {
		delete(a.tokens, token)
	}
	until, known := a.tokens[token]
	return known && c.now.Before(until)
}

// fcmSend takes a message (Firebase, Method: projects.messages.send).
func (s *Sim) fcmSend(c *call) reply {
	if c.r.PathValue("operation") != "messages:send" {
		return reply{status: 404}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.fcm
	if !app.holds(c) {
		return unauthenticated()
	}
	if c.r.PathValue("project") != app.project {
		return reply{status: 403, body: map[string]any{"error": map[string]any{"code": 403, "message": "Permission denied on the project.", "status": "PERMISSION_DENIED"}}}
	}
	var v struct {
		Message *struct {
			Token        string                       `json:"token"`
			Notification struct{ Title, Body string } `json:"notification"`
			Data         map[string]string            `json:"data"`
			Android      struct {
				TTL          string `json:"ttl"`
				Notification struct {
					Tag     string `json:"tag"`
					Channel string `json:"channel_id"`
				} `json:"notification"`
			} `json:"android"`
		} `json:"message"`
	}
	if json.Unmarshal(c.body, &v) != nil || v.Message == nil || v.Message.Token == "" || len(c.body) > 4096+len(v.Message.Token)+200 {
		return fcmFailure("INVALID_ARGUMENT")
	}
	m := v.Message
	phone, gone, fits := s.find("fcm", m.Token, app.project)
	switch {
	case phone == nil:
		return fcmFailure("INVALID_ARGUMENT")
	case !gone.IsZero():
		return fcmFailure("UNREGISTERED")
	case !fits:
		return fcmFailure("SENDER_ID_MISMATCH")
	}
	life, err := strconv.Atoi(strings.TrimSuffix(m.Android.TTL, "s"))
	if err != nil || life < 0 || life > 28*24*60*60 {
		return fcmFailure("INVALID_ARGUMENT")
	}
	n := Shown{Provider: "fcm", Title: m.Notification.Title, Text: m.Notification.Body, Category: m.Android.Notification.Channel, Collapse: m.Android.Notification.Tag, Until: c.now.Add(time.Duration(life) * time.Second)}
	n.lead(m.Data)
	phone.take(c, n)
	return reply{status: 200, body: map[string]string{"name": fmt.Sprintf("projects/%s/messages/0:%d", app.project, s.serial)}}
}
