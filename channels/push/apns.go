package push

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"jiebao/conversations"
)

// APNs is the Apple Push Notification service, with a signing key of the
// developer account (Apple, Establishing a token-based connection to APNs).
type APNs struct {
	KeyID  string
	TeamID string
	Key    string // the content of AuthKey_….p8; a secret
	Topic  string // the app's bundle id
	// Sandbox is for apps built for development.
	Sandbox bool
	// TimeSensitive lets banners through a Focus; the app needs Apple's
	// entitlement for it.
	TimeSensitive bool
	BaseURL       string // empty: Apple's own
}

const (
	apnsOfficial = "https://api.push.apple.com"
	apnsSandbox  = "https://api.sandbox.push.apple.com"
	// apnsTokenLife is between the 20 and 60 minutes that Apple asks for
	// (Establishing a token-based connection to APNs: refresh your token).
	apnsTokenLife = 40 * time.Minute
	// apnsLongest is how long Apple keeps a banner (Sending notification
	// requests to APNs: apns-expiration, 30 days).
	apnsLongest = 30 * 24 * time.Hour
)

type apns struct {
	*caller
	base   string
	topic  string
	level  string
	now    func() time.Time
	bearer *bearer
}

func newAPNs(c APNs, a Account, call *caller, o Options) (provider, error) {
	if err := missing(NameAPNs, map[string]string{"key_id": c.KeyID, "team_id": c.TeamID, "topic": c.Topic}); err != nil {
		return nil, err
	}
	key, err := newSigner("ES256", c.KeyID, c.Key)
	if err != nil {
		return nil, fmt.Errorf("apns.key: %w", err)
	}
	p := &apns{caller: call, base: base(c.BaseURL, apnsOfficial), topic: c.Topic, level: "active", now: o.Now}
	if c.Sandbox && c.BaseURL == "" {
		p.base = apnsSandbox
	}
	if c.TimeSensitive {
		p.level = "time-sensitive"
	}
	p.bearer = newBearer("apns:"+c.TeamID+":"+c.KeyID, o, func(_ context.Context, stale string) (kept, *conversations.SendError) {
		return apnsToken(key, c.TeamID, stale, o.Now())
	})
	return p, nil
}

// apnsToken is the token of the present span of apnsTokenLife. It is the same on
// all nodes, after a restart and beside a running gateway: Apple refuses those
// that change too often (TooManyProviderTokenUpdates).
func apnsToken(key *signer, team, stale string, now time.Time) (kept, *conversations.SendError) {
	begun := now.Truncate(apnsTokenLife)
	claims := func(issued time.Time) map[string]any { return map[string]any{"iss": team, "iat": issued.Unix()} }
	t, e := signed(key, claims(begun), begun.Add(apnsTokenLife+early))
	if e == nil && t.value == stale {
		return signed(key, claims(now), now.Add(apnsTokenLife))
	}
	return t, e
}

// signed is a token that we sign ourselves.
func signed(key *signer, claims map[string]any, expires time.Time) (kept, *conversations.SendError) {
	token, err := key.sign(claims)
	if err != nil {
		return kept{}, &conversations.SendError{Reason: conversations.Credentials, Detail: "a token could not be signed", Err: err}
	}
	return kept{token, expires}, nil
}

func (p *apns) address() string { return p.base }

func (*apns) name() string { return NameAPNs }

// apnsPayload is a notification (Apple, Generating a remote notification).
type apnsPayload struct {
	APS struct {
		Alert struct {
			Title string `json:"title"`
			Body  string `json:"body"`
		} `json:"alert"`
		Sound          string `json:"sound"`
		ThreadID       string `json:"thread-id,omitempty"`
		MutableContent int    `json:"mutable-content"` // an extension of the app says that it arrived
		Level          string `json:"interruption-level"`
	} `json:"aps"`
	Data map[string]string `json:"jiebao"`
}

func (p *apns) push(ctx context.Context, token string, n notice) (string, *refusal) {
	var v apnsPayload
	v.APS.Alert.Title, v.APS.Alert.Body, v.APS.Sound, v.APS.ThreadID = n.Title, n.Body, "default", n.Conversation
	v.APS.MutableContent, v.APS.Level, v.Data = 1, p.level, n.data()
	body, e := payload(v)
	if e == nil && len(body) > maxPayload {
		e = refuse(conversations.BadContent, "the payload is larger than 4096 bytes")
	}
	if e != nil {
		return "", refused(e)
	}
	if !plain(token) {
		return "", verdict{reason: conversations.BadRecipient, gone: true}.refusal(NameAPNs, "BadDeviceToken", "the token is not hexadecimal", token, p.now())
	}
	return p.bearer.with(ctx, func(bearer string) (string, bool, *refusal) {
		a, e := p.call(ctx, request{url: p.base + "/3/device/" + token, body: body, header: map[string]string{
			"Authorization":    "bearer " + bearer,
			"Content-Type":     "application/json",
			"apns-id":          uuid(n.Collapse, token),
			"apns-topic":       p.topic,
			"apns-push-type":   "alert",
			"apns-priority":    "10",
			"apns-expiration":  strconv.FormatInt(p.now().Unix()+int64(n.seconds(p.now(), apnsLongest)), 10),
			"apns-collapse-id": n.Collapse,
		}})
		if e != nil {
			return "", false, refused(e)
		}
		id, r := p.judge(a, token)
		return id, r != nil && r.Code == "ExpiredProviderToken", r
	})
}

// judge reads an answer (Apple, Handling notification responses from APNs).
func (p *apns) judge(a answer, token string) (string, *refusal) {
	if a.status == http.StatusOK && len(a.body) == 0 && a.header.Get("apns-id") != "" {
		return a.header.Get("apns-id"), nil
	}
	var why struct {
		Reason    string `json:"reason"`
		Timestamp int64  `json:"timestamp"` // milliseconds: when the token was last known to be dead
	}
	if a.status == http.StatusOK || json.Unmarshal(a.body, &why) != nil || why.Reason == "" {
		return "", a.unknown(NameAPNs)
	}
	v := apnsVerdict(a.status, why.Reason)
	if v.reason == conversations.Throttled || v.reason == conversations.Temporary {
		v.wait = a.retryAfter(v.wait)
	}
	r := v.refusal(NameAPNs, why.Reason, "", token, p.now())
	r.Recipient = why.Reason == "TooManyRequests" // to the same device token
	if v.gone && why.Timestamp > 0 {
		r.Gone = time.UnixMilli(why.Timestamp)
	}
	return "", r
}

func apnsVerdict(status int, reason string) verdict {
	switch reason {
	case "Unregistered", "ExpiredToken", "BadDeviceToken", "DeviceTokenNotForTopic", "MissingDeviceToken":
		return verdict{reason: conversations.BadRecipient, gone: true}
	case "TooManyRequests", "TooManyProviderTokenUpdates":
		return verdict{reason: conversations.Throttled, wait: throttle}
	case "IdleTimeout", "InternalServerError", "ServiceUnavailable", "Shutdown":
		return verdict{reason: conversations.Temporary}
	case "BadTopic", "MissingTopic", "TopicDisallowed", "BadPath", "MethodNotAllowed":
		return verdict{reason: conversations.Credentials}
	}
	switch {
	case status == http.StatusForbidden:
		return verdict{reason: conversations.Credentials}
	case status >= 500:
		return verdict{reason: conversations.Temporary}
	}
	return verdict{reason: conversations.BadContent}
}

// uuid is the same for the same message and device (RFC 9562, version 8).
func uuid(message, token string) string {
	sum := sha256.Sum256([]byte(message + "\x00" + token))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// plain says whether a token can stand in an address as it is.
func plain(token string) bool {
	for _, c := range []byte(token) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return token != ""
}
