package push_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"jiebao/channels/push"
)

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	good := newWorld(t, false, all...).account
	o := push.Options{Now: time.Now, Devices: &registry{}, Cache: &cache{}}
	for want, change := range map[string]func(*push.Account){
		"no provider is set":                   func(a *push.Account) { a.APNs, a.FCM, a.JPush, a.Huawei = nil, nil, nil, nil },
		"apns.topic is empty":                  func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t"} },
		"apns.key: it is no private key":       func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t", Topic: "a", Key: "secret"} },
		"fcm.service_account: it is not the":   func(a *push.Account) { a.FCM = &push.FCM{ServiceAccount: "secret"} },
		"fcm.service_account.project_id is":    func(a *push.Account) { a.FCM = &push.FCM{ServiceAccount: "{}"} },
		"jpush.master_secret is empty":         func(a *push.Account) { a.JPush = &push.JPush{AppKey: "a"} },
		"huawei.category is empty":             func(a *push.Account) { a.Huawei = &push.Huawei{} },
		"huawei.client_id is empty":            func(a *push.Account) { a.Huawei = &push.Huawei{Category: "WORK"} },
		"huawei.service_account: it is":        func(a *push.Account) { a.Huawei = &push.Huawei{Category: "WORK", ServiceAccount: "secret"} },
		"open must be an address":              func(a *push.Account) { a.Open = "conversation" },
		"life must be":                         func(a *push.Account) { a.Life = 16 * 24 * time.Hour },
		"prefer names no provider getui":       func(a *push.Account) { a.Prefer = []string{"getui"} },
		"it is a key of another kind than ES2": func(a *push.Account) { a.APNs = &push.APNs{KeyID: "k", TeamID: "t", Topic: "a", Key: rsaKeyOf(good)} },
	} {
		a := good
		change(&a)
		_, err := push.New(a, o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret\"") {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := push.New(good, push.Options{}); err == nil {
		t.Error("an adapter without a clock is made")
	}
}

// rsaKeyOf is the key in a service account's file.
func rsaKeyOf(a push.Account) string {
	var file struct {
		Key string `json:"private_key"`
	}
	_ = json.Unmarshal([]byte(a.FCM.ServiceAccount), &file)
	return file.Key
}
