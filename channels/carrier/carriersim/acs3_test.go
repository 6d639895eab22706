package carriersim

import (
	"net/http/httptest"
	"testing"
	"time"
)

// The example of "V3 版本请求体 & 签名机制" (RunInstances).
func TestSignsAsThePageDoes(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", nil)
	for name, value := range map[string]string{
		"x-acs-action": "RunInstances", "x-acs-date": "2023-10-26T10:22:32Z", "x-acs-version": "2014-05-26",
		"x-acs-content-sha256":  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
	} {
		r.Header.Set(name, value)
	}
	const signed = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version"
	const want = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
	if got := ACS3Signature(r, signed, "YourAccessKeySecret"); got != want {
		t.Errorf("signed %s, the page has %s", got, want)
	}
	r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders="+signed+",Signature="+want)
	at := time.Date(2023, 10, 26, 10, 30, 0, 0, time.UTC)
	secret := func(string) string { return "YourAccessKeySecret" }
	var a ACS3
	if key, code := a.Check(r, nil, at, secret); key != "YourAccessKeyId" || code != "" {
		t.Errorf("checked as %q, %q", key, code)
	}
	for name, c := range map[string]struct {
		body string
		at   time.Time
		want string
	}{
		"a nonce used before": {"", at, "SignatureNonceUsed"},
		"another body":        {"x", at, "SignatureDoesNotMatch"},
		"an old recording":    {"", at.Add(time.Hour), "InvalidTimeStamp.Expired"},
	} {
		if _, code := a.Check(r, []byte(c.body), c.at, secret); code != c.want {
			t.Errorf("%s: %q, want %s", name, code, c.want)
		}
	}
}
