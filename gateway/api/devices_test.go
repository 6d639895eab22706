package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestDevices(t *testing.T) {
	t.Parallel()
	p := newPhone(t)
	register := func(body string, header ...string) answer {
		t.Helper()
		return p.call(http.MethodPost, "/v1/devices", body, header...)
	}
	first := register(`{"provider":"jpush","token":"rid1","handset":"h1","vendor":"Xiaomi","locale":"en"}`)
	if first.code != http.StatusOK {
		t.Fatalf("%d %s", first.code, first.body)
	}
	p.clock.advance(time.Minute)
	again := register(`{"provider":"jpush","token":"rid1","handset":"h1"}`)
	if again.json(t)["id"] != first.json(t)["id"] || again.json(t)["registered_at"] == first.json(t)["registered_at"] {
		t.Errorf("registered as %s and again as %s", first.body, again.body)
	}
	key := []string{"Authorization", "Bearer " + headKey}
	if got := register(`{"candidate_id":"C1","provider":"huawei","token":"t2","handset":"h1"}`, key...); got.code != http.StatusOK {
		t.Errorf("by the backend: %d %s", got.code, got.body)
	}
	devices, err := p.store.Devices(t.Context(), "C1")
	if err != nil || len(devices) != 2 || devices[1].Token != "rid1" && devices[0].Token != "rid1" {
		t.Errorf("the candidate has %d devices (%v)", len(devices), err)
	}
	for body, want := range map[string]int{
		`{"provider":"getui","token":"t"}`:                    422,
		`{"provider":"apns"}`:                                 422,
		`{"provider":"apns","token":"with space"}`:            422,
		`{"candidate_id":"C2","provider":"apns","token":"t"}`: 403,
	} {
		if got := register(body); got.code != want {
			t.Errorf("%s: %d %s", body, got.code, got.body)
		}
	}
	p.post(aResult(t, "id", "R3", "branch", "head/shanghai", "candidate.id", "C3", "candidate.phone", "13700137000"))
	key[1] = "Bearer " + beijingKey
	for body, want := range map[string]int{
		`{"provider":"apns","token":"t"}`:                     422,
		`{"candidate_id":"C3","provider":"apns","token":"t"}`: 404,
		`{"candidate_id":"C9","provider":"apns","token":"t"}`: 200, // whose result may come yet
	} {
		if got := register(body, key...); got.code != want {
			t.Errorf("with Beijing's key, %s: %d %s", body, got.code, got.body)
		}
	}
	key[1] = "Bearer " + headKey
	id := "/v1/devices/" + url.PathEscape(first.json(t)["id"].(string))
	p.post(aResult(t, "id", "R2", "candidate.id", "C2", "candidate.phone", "13900139000"))
	mine := p.token
	p.token = p.issue("C2")
	if got := p.call(http.MethodDelete, id, ""); got.code != http.StatusNotFound {
		t.Errorf("another candidate forgets it: %d", got.code)
	}
	p.token = mine
	if got := p.call(http.MethodDelete, id, ""); got.code != http.StatusNoContent {
		t.Errorf("forgetting it: %d %s", got.code, got.body)
	}
	if got := p.call(http.MethodDelete, id, "", key...); got.code != http.StatusNotFound {
		t.Errorf("forgetting it again: %d", got.code)
	}
	if log := p.log.String(); strings.Contains(log, "rid1") {
		t.Error("a device token is logged")
	}
}
