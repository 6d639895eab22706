package carriersim_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"jiebao/channels/sms/smssim"
	"jiebao/channels/voice/voicesim"
	"jiebao/conversations/storetest/testenv"
)

// TestPeers has the providers' own libraries for another language send and
// call through the simulators.
func TestPeers(t *testing.T) {
	t.Parallel()
	const phone, sign = "13800138000", "示例银行"
	texts, calls := smssim.New(smssim.Options{}), voicesim.New(voicesim.Options{})
	signs := map[string]smssim.Filing{sign: smssim.Approved}
	texts.AddAliyun(smssim.Aliyun{AccessKeyID: "LTAI5tPeer", AccessKeySecret: "aliyun-secret", Account: smssim.Account{
		Signs: signs, Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}，您好"}}, Balance: -1,
	}})
	texts.AddTencent(smssim.Tencent{SecretID: "AKIDpeer", SecretKey: "tencent-secret", SdkAppID: "1400006666", Account: smssim.Account{
		Signs: signs, Templates: map[string]smssim.Template{"101": {Content: "{1}，您好"}}, Balance: -1,
	}})
	calls.AddAccount(voicesim.Account{AccessKeyID: "LTAI5tPeer", AccessKeySecret: "aliyun-secret", Templates: map[string]voicesim.Template{"TTS_1": {Content: "${name}，您好"}}, Balance: -1})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Acs-Action") == "SingleCallByTts" {
			calls.Handler().ServeHTTP(w, r)
			return
		}
		texts.Handler().ServeHTTP(w, r)
	}))
	defer server.Close()

	testenv.Peer(t, "peers", "sms.mjs", map[string]any{
		"url": server.URL, "phone": phone, "sign": sign,
		"aliyun":  map[string]string{"key": "LTAI5tPeer", "secret": "aliyun-secret"},
		"tencent": map[string]string{"id": "AKIDpeer", "secret": "tencent-secret", "app": "1400006666"},
	}, 8)
	var shown []string
	for _, m := range texts.Inbox(phone) {
		shown = append(shown, m.Text)
	}
	if strings.Join(shown, "|") != "【示例银行】李四 (~!*')+，您好|【示例银行】李四，您好" {
		t.Errorf("the phone shows %q", shown)
	}
	if inbox := calls.Inbox(phone); len(inbox) != 1 || inbox[0].Status != "ringing" {
		t.Errorf("the phone rings as %+v", inbox)
	}
}
