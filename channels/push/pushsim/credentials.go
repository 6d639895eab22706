package pushsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"sync"
	"time"
)

// apps are what the providers know of the bank's app.
type apps struct {
	apns   *apnsApp
	fcm    *serviceApp
	jpush  *jpushApp
	huawei *serviceApp
}

type apnsApp struct {
	APNsCredentials
	key    *ecdsa.PublicKey
	token  string // the last that was presented
	since  time.Time
	killed map[string]bool
}

type serviceApp struct {
	project, account, keyID string
	key                     *rsa.PublicKey
	clientID, clientSecret  string               // huawei
	tokens                  map[string]time.Time // that were given out, and their ends
}

type jpushApp struct {
	JPushCredentials
	cids   map[string]time.Time // that were given out
	pushed map[string]reply     // by cid
}

func (a apps) providers() []string {
	var out []string
	for name, set := range map[string]bool{"apns": a.apns != nil, "fcm": a.fcm != nil, "jpush": a.jpush != nil, "huawei": a.huawei != nil} {
		if set {
			out = append(out, name)
		}
	}
	return out
}

// of names the app of a provider, which tokens belong to.
func (a apps) of(provider string) string {
	switch {
	case provider == "apns" && a.apns != nil:
		return a.apns.Topic
	case provider == "fcm" && a.fcm != nil:
		return a.fcm.project
	case provider == "jpush" && a.jpush != nil:
		return a.jpush.AppKey
	case provider == "huawei" && a.huawei != nil:
		return a.huawei.project
	}
	return ""
}

// APNsCredentials are what Apple's developer pages hand out.
type APNsCredentials struct {
	TeamID, KeyID, Topic string
	Key                  string // PEM
}

// SetAPNs makes Apple know the app.
func (s *Sim) SetAPNs(topic string) (APNsCredentials, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return APNsCredentials{}, fmt.Errorf("making Apple's signing key: %w", err)
	}
	text, err := privatePEM(key)
	if err != nil {
		return APNsCredentials{}, err
	}
	c := APNsCredentials{TeamID: "TEAM000001", KeyID: "KEY0000001", Topic: topic, Key: text}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps.apns = &apnsApp{APNsCredentials: c, key: &key.PublicKey, killed: map[string]bool{}}
	return c, nil
}

// SetFCM makes Google know the app, and returns the key file of its service
// account.
func (s *Sim) SetFCM(project string) (serviceAccount string, err error) {
	key, text, err := rsaKey()
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := &serviceApp{project: project, account: "push@" + project + ".iam.example.com", keyID: "fcmkey1", key: key, tokens: map[string]time.Time{}}
	s.apps.fcm = app
	return document(map[string]string{
		"type": "service_account", "project_id": project, "private_key_id": app.keyID, "private_key": text,
		"client_email": app.account, "token_uri": s.publicURL + "/token",
	})
}

// HuaweiCredentials are what AppGallery Connect and the API Console hand out:
// a key file, or the older pair.
type HuaweiCredentials struct {
	ServiceAccount                    string
	ProjectID, ClientID, ClientSecret string
}

// SetHuawei makes Huawei know the app.
func (s *Sim) SetHuawei(project string) (HuaweiCredentials, error) {
	key, text, err := rsaKey()
	if err != nil {
		return HuaweiCredentials{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	app := &serviceApp{
		project: project, account: "100000001", keyID: "huaweikey1", key: key, tokens: map[string]time.Time{},
		clientID: "client-" + project, clientSecret: "huawei-client-secret",
	}
	s.apps.huawei = app
	file, err := document(map[string]string{"project_id": project, "key_id": app.keyID, "private_key": text, "sub_account": app.account})
	return HuaweiCredentials{file, project, app.clientID, app.clientSecret}, err
}

// JPushCredentials are those of 应用信息.
type JPushCredentials struct{ AppKey, MasterSecret string }

// SetJPush makes JPush know the app.
func (s *Sim) SetJPush() JPushCredentials {
	c := JPushCredentials{"7d431e42dfa6a6d693ac2d04", "5e987ac6d2e04d95a9d8f0d1"} // the example of 推送 API
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps.jpush = &jpushApp{JPushCredentials: c, cids: map[string]time.Time{}, pushed: map[string]reply{}}
	return c
}

func document(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// makeRSA makes the one key of all service accounts: making one takes long, and
// no test depends on there being several.
var makeRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func rsaKey() (*rsa.PublicKey, string, error) {
	key, err := makeRSA()
	if err != nil {
		return nil, "", fmt.Errorf("making the key of a service account: %w", err)
	}
	text, err := privatePEM(key)
	return &key.PublicKey, text, err
}

func privatePEM(key any) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("writing a key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}
