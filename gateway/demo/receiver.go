package demo

import (
	"bytes"
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

// The headers of a webhook (Standard Webhooks 1.0, "Webhook Headers").
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"
)

const (
	// tolerance is how far a webhook's timestamp may be from now, either way.
	tolerance = 5 * time.Minute
	maxEvent  = 1 << 20
)

// verifier verifies Standard Webhooks, as an EHR's own programmers would from
// the specification: it shares no code with what signs them.
type verifier struct {
	key []byte
	now func() time.Time
}

func newVerifier(secret string, now func() time.Time) (*verifier, error) {
	encoded, marked := strings.CutPrefix(secret, "whsec_")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if !marked || err != nil || len(key) < 24 || len(key) > 64 {
		return nil, errors.New("the webhook secret must be whsec_ and 24 to 64 bytes in base64")
	}
	return &verifier{key, now}, nil
}

// Why a webhook is refused.
var (
	errUnsigned  = errors.New("unsigned")
	errSignature = errors.New("bad_signature")
	errTimestamp = errors.New("old_timestamp")
)

// check accepts a body that was signed with the key, for its id, within the
// tolerance. The signature is compared before the timestamp is believed.
func (v *verifier) check(h http.Header, body []byte) error {
	id, stamp, signatures := h.Get(headerID), h.Get(headerTimestamp), h.Get(headerSignature)
	if id == "" || stamp == "" || signatures == "" {
		return errUnsigned
	}
	mac := hmac.New(sha256.New, v.key)
	fmt.Fprintf(mac, "%s.%s.", id, stamp)
	mac.Write(body)
	if !matches(signatures, mac.Sum(nil)) {
		return errSignature
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || v.now().Sub(time.Unix(seconds, 0)).Abs() > tolerance {
		return errTimestamp
	}
	return nil
}

// matches looks for want among the signatures, which are many while a secret
// is being replaced. Each is compared in constant time.
func matches(signatures string, want []byte) bool {
	found := false
	for one := range strings.FieldsSeq(signatures) {
		version, encoded, _ := strings.Cut(one, ",")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			found = true
		}
	}
	return found
}

// receive is the EHR's webhook endpoint. What is not signed is refused and
// shown; what is told again is thanked for and not counted twice.
func (d *Demo) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		http.Error(w, "the event could not be read, or is larger than 1 MB", http.StatusRequestEntityTooLarge)
		return
	}
	id := r.Header.Get(headerID)
	if err := d.verify.check(r.Header, body); err != nil {
		d.opts.Log.Warn("the demo EHR refused a webhook", "problem", err)
		d.ledger.refuse(id, err.Error(), d.now())
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	e, err := readEvent(id, body)
	if err != nil {
		d.ledger.refuse(id, "unreadable", d.now())
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if e.Type == tested {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	switch d.ledger.take(e, verified, d.now()) {
	case Conflict:
		http.Error(w, "this id or sequence number stood for another content before", http.StatusConflict)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// event is the part of an event that every type has.
type event struct {
	ID        string
	Type      string
	At        time.Time
	Candidate string
	Sequence  int64
	Body      json.RawMessage
}

// tested is the type of the events by which people see whether the endpoint
// works. They are of no candidate, and nothing follows from them.
const tested = "endpoint.test"

func readEvent(id string, body []byte) (event, error) {
	var e struct {
		Type string    `json:"type"`
		At   time.Time `json:"timestamp"`
		Data struct {
			Candidate string `json:"candidate_id"`
			Sequence  int64  `json:"sequence"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return event{}, errors.New("the event is not the JSON of an event")
	}
	if e.Type == tested {
		return event{ID: id, Type: tested, At: e.At}, nil
	}
	if e.Type == "" || e.Data.Candidate == "" || e.Data.Sequence < 1 {
		return event{}, errors.New("an event has a type, data.candidate_id and data.sequence from 1")
	}
	return event{id, e.Type, e.At, e.Data.Candidate, e.Data.Sequence, bytes.Clone(body)}, nil
}
