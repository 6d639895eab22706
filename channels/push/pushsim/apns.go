package pushsim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// apnsStatus are the reasons and their statuses (Apple, Handling notification
// responses from APNs).
var apnsStatus = map[string]int{
	"BadCollapseId": 400, "BadDeviceToken": 400, "BadExpirationDate": 400, "BadMessageId": 400, "BadPriority": 400, "BadTopic": 400,
	"DeviceTokenNotForTopic": 400, "IdleTimeout": 400, "InvalidPushType": 400, "MissingDeviceToken": 400, "MissingTopic": 400,
	"PayloadEmpty": 400, "TopicDisallowed": 400,
	"ExpiredProviderToken": 403, "Forbidden": 403, "InvalidProviderToken": 403, "MissingProviderToken": 403,
	"BadPath": 404, "MethodNotAllowed": 405, "ExpiredToken": 410, "Unregistered": 410, "PayloadTooLarge": 413,
	"TooManyProviderTokenUpdates": 429, "TooManyRequests": 429, "InternalServerError": 500, "ServiceUnavailable": 503, "Shutdown": 503,
}

func apnsFailure(reason string, now time.Time) reply {
	body := map[string]any{"reason": reason}
	if apnsStatus[reason] == http.StatusGone {
		body["timestamp"] = now.UnixMilli()
	}
	return reply{status: apnsStatus[reason], body: body}
}

var (
	hexToken = regexp.MustCompile(`^[0-9a-fA-F]{64,200}$`)
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// apnsAlert is what a notification shows (Apple, Generating a remote
// notification).
type apnsAlert struct {
	APS struct {
		Alert struct {
			Title string `json:"title"`
			Body  string `json:"body"`
		} `json:"alert"`
		Category string `json:"category"`
	} `json:"aps"`
	Data map[string]string `json:"jiebao"`
}

// apnsPush takes a notification (Apple, Sending notification requests to APNs).
func (s *Sim) apnsPush(c *call) reply {
	c.token = c.r.PathValue("token")
	s.mu.Lock()
	defer s.mu.Unlock()
	app := s.apps.apns
	head := c.r.Header
	fail := func(reason string) reply { return apnsFailure(reason, c.now) }
	if c.r.ProtoMajor < 2 && !s.opts.AnyHTTP {
		return fail("BadPath")
	}
	if c.r.Method != http.MethodPost {
		return fail("MethodNotAllowed")
	}
	if reason := app.admit(c); reason != "" {
		return fail(reason)
	}
	if reason := checkAPNs(head, c.body); reason != "" {
		return fail(reason)
	}
	if !hexToken.MatchString(c.token) {
		return fail("BadDeviceToken")
	}
	if head.Get("apns-topic") != app.Topic {
		return fail("TopicDisallowed")
	}
	phone, gone, fits := s.find("apns", c.token, app.Topic)
	switch {
	case phone == nil:
		return fail("BadDeviceToken")
	case !gone.IsZero():
		return reply{status: http.StatusGone, body: map[string]any{"reason": "Unregistered", "timestamp": gone.UnixMilli()}}
	case !fits:
		return fail("DeviceTokenNotForTopic")
	}
	var alert apnsAlert
	if json.Unmarshal(c.body, &alert) != nil || alert.APS.Alert.Title == "" && alert.APS.Alert.Body == "" {
		return fail("PayloadEmpty")
	}
	id := head.Get("apns-id")
	if id == "" {
		id = "11111111-1111-4111-8111-111111111111"
	}
	until, _ := strconv.ParseInt(head.Get("apns-expiration"), 10, 64)
	n := Shown{Provider: "apns", Title: alert.APS.Alert.Title, Text: alert.APS.Alert.Body, Category: alert.APS.Category, Collapse: head.Get("apns-collapse-id"), Until: time.Unix(until, 0)}
	n.lead(alert.Data)
	phone.take(c, n)
	return reply{status: http.StatusOK, header: map[string]string{"apns-id": id}}
}

// checkAPNs checks the request's own fields.
func checkAPNs(head http.Header, body []byte) string {
	id, until := head.Get("apns-id"), head.Get("apns-expiration")
	_, err := strconv.ParseInt(until, 10, 64)
	switch {
	case head.Get("apns-topic") == "":
		return "MissingTopic"
	case id != "" && !uuidForm.MatchString(id):
		return "BadMessageId"
	case len(head.Get("apns-collapse-id")) > 64:
		return "BadCollapseId"
	case until != "" && err != nil:
		return "BadExpirationDate"
	case head.Get("apns-push-type") != "alert" && head.Get("apns-push-type") != "":
		return "InvalidPushType"
	case head.Get("apns-priority") != "10" && head.Get("apns-priority") != "5" && head.Get("apns-priority") != "":
		return "BadPriority"
	case len(body) == 0:
		return "PayloadEmpty"
	case len(body) > 4096:
		return "PayloadTooLarge"
	}
	return ""
}

// admit checks the provider token: signed by the key, not older than an hour,
// and not renewed more often than every 20 minutes (Apple, Establishing a
// token-based connection to APNs).
func (a *apnsApp) admit(c *call) string {
	token := c.bearer()
	if a == nil || token == "" {
		return "MissingProviderToken"
	}
	t, err := openJWT(token, a.key)
	if err != nil || t.Kid != a.KeyID || t.Claims.Iss != a.TeamID || t.Alg != "ES256" {
		return "InvalidProviderToken"
	}
	if c.kill {
		a.killed[token] = true
	}
	age := c.now.Sub(time.Unix(t.Claims.Iat, 0))
	if a.killed[token] || age > time.Hour || age < -time.Minute {
		return "ExpiredProviderToken"
	}
	if token != a.token {
		if a.token != "" && !a.killed[a.token] && c.now.Sub(a.since) < 20*time.Minute {
			return "TooManyProviderTokenUpdates"
		}
		a.token, a.since = token, c.now
	}
	return ""
}
