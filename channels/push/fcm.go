package push

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"jiebao/conversations"
)

// FCM is Firebase Cloud Messaging by its HTTP v1 API, with the key of a service
// account (Firebase, Authorize send requests). It reaches phones with Google's
// services, which most phones of the mainland have not.
type FCM struct {
	ServiceAccount string // the JSON of the key file; a secret
	Channel        string // of the app's notification channels; "" for its default
	BaseURL        string // empty: Google's own
	TokenURL       string // empty: the one of the key file
}

const (
	fcmOfficial = "https://fcm.googleapis.com"
	fcmScope    = "https://www.googleapis.com/auth/firebase.messaging"
	// fcmLongest is how long a banner is kept (Firebase, Setting the lifespan
	// of a message: 28 days).
	fcmLongest = 28 * 24 * time.Hour
	// assertionLife is the longest of a signed request for a token (Google,
	// Using OAuth 2.0 for Server to Server Applications).
	assertionLife = time.Hour
)

type fcm struct {
	*caller
	base    string
	url     string
	channel string
	now     func() time.Time
	bearer  *bearer
}

func newFCM(c FCM, a Account, call *caller, o Options) (provider, error) {
	var sa struct {
		Project string `json:"project_id"`
		KeyID   string `json:"private_key_id"`
		Key     string `json:"private_key"`
		Email   string `json:"client_email"`
		Token   string `json:"token_uri"`
	}
	if json.Unmarshal([]byte(c.ServiceAccount), &sa) != nil {
		return nil, fmt.Errorf("fcm.service_account: %w", errAccount)
	}
	if err := missing("fcm.service_account", map[string]string{"project_id": sa.Project, "client_email": sa.Email}); err != nil {
		return nil, err
	}
	key, err := newSigner("RS256", sa.KeyID, sa.Key)
	if err != nil {
		return nil, fmt.Errorf("private_key of fcm.service_account: %w", err)
	}
	tokenURL := base(c.TokenURL, base(sa.Token, "https://oauth2.googleapis.com/token"))
	p := &fcm{
		caller: call, channel: c.Channel, now: o.Now, base: base(c.BaseURL, fcmOfficial),
		url: base(c.BaseURL, fcmOfficial) + "/v1/projects/" + url.PathEscape(sa.Project) + "/messages:send",
	}
	p.bearer = newBearer("fcm:"+sa.Email+":"+sa.KeyID, o, func(ctx context.Context, _ string) (kept, *conversations.SendError) {
		now := o.Now()
		assertion, e := signed(key, map[string]any{
			"iss": sa.Email, "scope": fcmScope, "aud": tokenURL, "iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
		}, now.Add(assertionLife))
		if e != nil {
			return kept{}, e
		}
		return call.oauth(ctx, NameFCM, tokenURL, url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion.value},
		}, o.Now)
	})
	return p, nil
}

func (p *fcm) address() string { return p.base }

func (*fcm) name() string { return NameFCM }

// fcmMessage is a message (Firebase, REST Resource: projects.messages).
type fcmMessage struct {
	Message struct {
		Token        string            `json:"token"`
		Notification fcmNotification   `json:"notification"`
		Data         map[string]string `json:"data"`
		Android      struct {
			Priority     string     `json:"priority"`
			TTL          string     `json:"ttl"`
			Notification fcmAndroid `json:"notification"`
		} `json:"android"`
	} `json:"message"`
}

type fcmNotification struct {
	Title string `json:"title"`
	Body  string `json:"body"`
}

// fcmAndroid replaces an earlier banner of the same tag. A collapse key would
// too, but a phone has room for four of them (Firebase, Non-collapsible and
// collapsible messages), and a candidate may have more messages.
type fcmAndroid struct {
	Tag     string `json:"tag"`
	Channel string `json:"channel_id,omitempty"`
}

func (p *fcm) push(ctx context.Context, token string, n notice) (string, *refusal) {
	var v fcmMessage
	m := &v.Message
	m.Token, m.Data, m.Notification = token, n.data(), fcmNotification{n.Title, n.Body}
	m.Android.Priority, m.Android.TTL = "HIGH", strconv.Itoa(n.seconds(p.now(), fcmLongest))+"s"
	m.Android.Notification = fcmAndroid{n.Collapse, p.channel}
	body, e := payload(v)
	if e != nil {
		return "", refused(e)
	}
	return p.bearer.with(ctx, func(bearer string) (string, bool, *refusal) {
		a, e := p.call(ctx, request{url: p.url, body: body, header: map[string]string{
			"Authorization": "Bearer " + bearer, "Content-Type": "application/json; charset=utf-8",
		}})
		if e != nil {
			return "", false, refused(e)
		}
		id, r := p.judge(a, token)
		return id, a.status == http.StatusUnauthorized && r.Code != "THIRD_PARTY_AUTH_ERROR", r
	})
}

// judge reads an answer (Firebase, FCM Error Codes).
func (p *fcm) judge(a answer, token string) (string, *refusal) {
	var said struct {
		Name  string `json:"name"`
		Error struct {
			Message string `json:"message"`
			Status  string `json:"status"`
			Details []struct {
				Code string `json:"errorCode"`
			} `json:"details"`
		} `json:"error"`
	}
	err := json.Unmarshal(a.body, &said)
	switch {
	case err == nil && a.status == http.StatusOK && said.Name != "":
		return said.Name, nil
	case err != nil || a.status == http.StatusOK || said.Error.Status == "":
		return "", a.unknown(NameFCM)
	}
	code := said.Error.Status
	for _, d := range said.Error.Details {
		if d.Code != "" {
			code = d.Code
		}
	}
	v := fcmVerdict(a.status, code)
	if v.reason == conversations.Throttled || v.reason == conversations.Temporary {
		v.wait = a.retryAfter(v.wait)
	}
	return "", v.refusal(NameFCM, code, said.Error.Message, token, p.now())
}

func fcmVerdict(status int, code string) verdict {
	switch code {
	case "UNREGISTERED", "SENDER_ID_MISMATCH":
		return verdict{reason: conversations.BadRecipient, gone: true}
	case "QUOTA_EXCEEDED", "RESOURCE_EXHAUSTED":
		return verdict{reason: conversations.Throttled, wait: throttle}
	case "UNAVAILABLE", "INTERNAL":
		return verdict{reason: conversations.Temporary}
	case "THIRD_PARTY_AUTH_ERROR", "UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND":
		return verdict{reason: conversations.Credentials}
	case "INVALID_ARGUMENT":
		// The token or the message, and only the words say which. The device
		// is kept, in case it was the message.
		return verdict{reason: conversations.BadContent}
	}
	switch {
	case status >= 500:
		return verdict{reason: conversations.Temporary}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return verdict{reason: conversations.Credentials}
	}
	return verdict{reason: conversations.BadContent}
}
