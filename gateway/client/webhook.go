package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrSignature is of a webhook that nobody with the secret signed, or not lately.
var ErrSignature = errors.New("the webhook is not signed by Jiebao")

const (
	// tolerance is how far a webhook's clock may be off (Standard Webhooks,
	// Verifying signatures).
	tolerance = 5 * time.Minute
	// mostWebhook is far above the size of an event.
	mostWebhook = 1 << 20
)

// Receive verifies and reads a webhook by one of the endpoint's secrets, whsec_…:
// two while the secret is changed. Answer 400 on an error; answer 2xx only when
// the event is stored. One that comes twice has the same ID.
func Receive(r *http.Request, now time.Time, secrets ...string) (Event, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, mostWebhook+1))
	switch {
	case err != nil:
		return Event{}, fmt.Errorf("reading a webhook: %w", err)
	case len(body) > mostWebhook:
		return Event{}, fmt.Errorf("reading a webhook: it is longer than %d bytes", mostWebhook)
	}
	if err := Verify(r.Header, body, now, secrets...); err != nil {
		return Event{}, err
	}
	var e Event
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, fmt.Errorf("reading a webhook: %w", err)
	}
	return e, nil
}

// Verify checks the signature of a webhook (Standard Webhooks), for receivers
// whose body is no event, as the endpoint has a mapping. Verify before decoding.
func Verify(header http.Header, body []byte, now time.Time, secrets ...string) error {
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" || now.Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return ErrSignature
	}
	for _, secret := range secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil || len(key) == 0 {
			return errors.New("verifying a webhook: the secret is not whsec_ and base64")
		}
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
		want := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		for signature := range strings.FieldsSeq(header.Get("webhook-signature")) {
			if hmac.Equal([]byte(signature), want) {
				return nil
			}
		}
	}
	return ErrSignature
}
