package wechat

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"jiebao/channels"
)

// What does not prove that the platform sent it is refused, in every way that
// was ever used to get around it.
func TestForgedCallbacksAreRefused(t *testing.T) {
	t.Parallel()
	document := textDocument(1, "我接受")
	foreign, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(document), "wxffffffffffffffff", testKey)
	if err != nil {
		t.Fatal(err)
	}
	sealWith := func(p *post, sealed string) {
		p.body = "<xml><Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
		p.query.Set("msg_signature", signed(testToken, p.query.Get("timestamp"), p.query.Get("nonce"), sealed))
	}
	cases := map[string]func(p *post){
		"no parameters":                 func(p *post) { p.query = url.Values{} },
		"no msg_signature":              func(p *post) { p.query.Del("msg_signature") },
		"wrong msg_signature":           func(p *post) { p.query.Set("msg_signature", strings.Repeat("0", 40)) },
		"signature of the query only":   func(p *post) { p.query.Set("msg_signature", p.query.Get("signature")) },
		"msg_signature in upper case":   func(p *post) { p.query.Set("msg_signature", strings.ToUpper(p.query.Get("msg_signature"))) },
		"nonce changed":                 func(p *post) { p.query.Set("nonce", "1") },
		"timestamp changed":             func(p *post) { p.query.Set("timestamp", strconv.FormatInt(epoch.Unix()+1, 10)) },
		"timestamp missing":             func(p *post) { p.query.Del("timestamp") },
		"timestamp no number":           func(p *post) { p.query.Set("timestamp", "now") },
		"downgrade: no encrypt_type":    func(p *post) { p.query.Del("encrypt_type"); p.body = document },
		"downgrade: encrypt_type raw":   func(p *post) { p.query.Set("encrypt_type", "raw"); p.body = document },
		"downgrade: two encrypt_types":  func(p *post) { p.query["encrypt_type"] = []string{"raw", "aes"}; p.body = document },
		"plain text in a sealed call":   func(p *post) { p.body = document },
		"empty body":                    func(p *post) { p.body = "" },
		"no XML":                        func(p *post) { p.body = `{"Encrypt":"x"}` },
		"cipher text changed":           func(p *post) { p.body = "<xml><Encrypt><![CDATA[" + flip(t, p.body) + "]]></Encrypt></xml>" },
		"two cipher texts":              func(p *post) { p.body = strings.Replace(p.body, "</xml>", "<Encrypt>AAAA</Encrypt></xml>", 1) },
		"other appid, signed":           func(p *post) { sealWith(p, string(foreign)) },
		"no base64, signed":             func(p *post) { sealWith(p, "!") },
		"nothing, signed":               func(p *post) { sealWith(p, "") },
		"half a block, signed":          func(p *post) { sealWith(p, "AAAA") },
		"random blocks, signed":         func(p *post) { sealWith(p, strings.Repeat("A", 88)) },
		"tampered cipher text, signed":  func(p *post) { sealWith(p, flip(t, p.body)) },
		"another key's, signed":         func(p *post) { *p = sealedPost(t, document, testOldKey, epoch) },
		"recorded six minutes ago":      func(p *post) { *p = sealedPost(t, document, testKey, epoch.Add(-6*time.Minute)) },
		"of six minutes from now":       func(p *post) { *p = sealedPost(t, document, testKey, epoch.Add(6*time.Minute)) },
		"recorded years ago":            func(p *post) { *p = sealedPost(t, document, testKey, epoch.AddDate(-10, 0, 0)) },
		"timestamp beyond all calendar": func(p *post) { p.query.Set("timestamp", "9223372036854775807") },
	}
	for name, forge := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []Mode{Secure, Compat} {
				p := sealedPost(t, document, testKey, epoch)
				forge(&p)
				batch, err := newAdapter(t, testAccount(mode), Options{}).Parse(p.request())
				if !errors.Is(err, channels.ErrForged) {
					t.Errorf("%s: error %v, want ErrForged", mode, err)
				}
				if len(batch.Inbound) > 0 || len(batch.Receipts) > 0 || batch.Seal != nil {
					t.Errorf("%s: a forged request says %+v", mode, batch)
				}
				if err != nil && strings.Contains(err.Error(), "我接受") {
					t.Errorf("%s: the error tells the words: %v", mode, err)
				}
			}
		})
	}
}

// flip changes the last block of what is sealed, where the appid is.
func flip(t *testing.T, body string) string {
	t.Helper()
	_, rest, _ := strings.Cut(body, "<Encrypt><![CDATA[")
	sealed, _, _ := strings.Cut(rest, "]]>")
	b := []byte(sealed)
	i := len(b) - 30
	b[i] = map[bool]byte{true: 'B', false: 'A'}[b[i] == 'A']
	if bytes.Equal(b, []byte(sealed)) {
		t.Fatal("nothing was flipped")
	}
	return string(b)
}

func TestPlainModeVerifiesToo(t *testing.T) {
	t.Parallel()
	adapter := newAdapter(t, testAccount(Plain), Options{})
	document := textDocument(1, "你好")
	if _, err := adapter.Parse(plainPost(document, epoch).request()); err != nil {
		t.Fatal(err)
	}
	for name, forge := range map[string]func(p *post){
		"no signature":    func(p *post) { p.query.Del("signature") },
		"wrong signature": func(p *post) { p.query.Set("signature", strings.Repeat("0", 40)) },
		"old":             func(p *post) { *p = plainPost(document, epoch.Add(-6*time.Minute)) },
	} {
		p := plainPost(document, epoch)
		forge(&p)
		if _, err := adapter.Parse(p.request()); !errors.Is(err, channels.ErrForged) {
			t.Errorf("%s: error %v, want ErrForged", name, err)
		}
	}
}

func TestFreshnessReachesFiveMinutes(t *testing.T) {
	t.Parallel()
	adapter := newAdapter(t, testAccount(Secure), Options{})
	for _, off := range []time.Duration{-5 * time.Minute, 0, 5 * time.Minute} {
		if _, err := adapter.Parse(sealedPost(t, textDocument(1, "你好"), testKey, epoch.Add(off)).request()); err != nil {
			t.Errorf("%v from now: %v", off, err)
		}
	}
}

func TestVerificationIsRefusedUnsigned(t *testing.T) {
	t.Parallel()
	adapter := newAdapter(t, testAccount(Secure), Options{})
	good := plainPost("", epoch).query
	good.Set("echostr", "<script>")
	get := func(q url.Values) ([]byte, error) {
		return adapter.Verify(httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil))
	}
	if echo, err := get(good); err != nil || string(echo) != "<script>" {
		t.Fatalf("answered %q, %v", echo, err)
	}
	for _, missing := range []string{"signature", "timestamp", "nonce"} {
		q, _ := url.ParseQuery(good.Encode())
		q.Del(missing)
		if echo, err := get(q); !errors.Is(err, channels.ErrForged) || len(echo) > 0 {
			t.Errorf("without %s: answered %q, %v", missing, echo, err)
		}
	}
}

// A document of the platform's that cannot be used is no forgery.
func TestUnreadableDocuments(t *testing.T) {
	t.Parallel()
	adapter := newAdapter(t, testAccount(Secure), Options{})
	for _, document := range []string{"", "{}", "<xml>", "<html></html>", "<xml></xml>", "<xml><FromUserName>a</FromUserName></xml>", "<xml><a></b></xml>", "&"} {
		_, err := adapter.Parse(sealedPost(t, document, testKey, epoch).request())
		if err == nil || errors.Is(err, channels.ErrForged) {
			t.Errorf("%q: error %v, want one that is no forgery", document, err)
		}
	}
}

func TestSecretsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	a := testAccount(Secure)
	slog.New(slog.NewTextHandler(&b, nil)).Info("set up", "account", a)
	for _, shown := range []string{b.String(), a.String(), a.GoString()} {
		if strings.Contains(shown, testSecret) || strings.Contains(shown, testToken) || strings.Contains(shown, testKey) {
			t.Errorf("a secret is shown in %q", shown)
		}
	}
}
