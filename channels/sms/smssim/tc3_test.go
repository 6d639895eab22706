package smssim

import (
	"net/http/httptest"
	"testing"
	"time"
)

// The example of "签名方法 v3" (DescribeInstances).
func TestSignsAsThePageDoes(t *testing.T) {
	t.Parallel()
	const body = `{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}`
	if got := digest([]byte(body)); got != "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064" {
		t.Fatalf("the body hashes to %s", got)
	}
	r := httptest.NewRequest("POST", "https://cvm.tencentcloudapi.com/", nil)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("X-TC-Action", "DescribeInstances")
	r.Header.Set("X-TC-Timestamp", "1551113065")
	const secret = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
	const want = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
	got := tc3Signature(r, r.Host, []byte(body), "content-type;host", "2019-02-25/cvm/tc3_request", secret, time.Unix(1551113065, 0).UTC())
	if got != want {
		t.Errorf("signed %s, the page has %s", got, want)
	}
	r.Header.Set("Authorization", "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature="+want)
	at := time.Unix(1551113065, 0)
	secretOf := func(string) string { return secret }
	if id, code := checkTC3(r, []byte(body), at, secretOf); id == "" || code != "" {
		t.Errorf("checked as %q, %q", id, code)
	}
	if _, code := checkTC3(r, []byte(body+" "), at, secretOf); code != "AuthFailure.SignatureFailure" {
		t.Errorf("another body: %q", code)
	}
	if _, code := checkTC3(r, []byte(body), at.Add(6*time.Minute), secretOf); code != "AuthFailure.SignatureExpire" {
		t.Errorf("an old recording: %q", code)
	}
}
