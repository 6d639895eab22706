package smssim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// checkTC3 checks Tencent Cloud's signature ("签名方法 v3") and returns the
// secret id that signed, or the platform's code ("公共错误码": Timestamp 和服务器
// 时间相差不得超过五分钟).
func checkTC3(r *http.Request, body []byte, now time.Time, secretOf func(id string) string) (id, code string) {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme != "TC3-HMAC-SHA256" {
		return "", "AuthFailure.InvalidAuthorization"
	}
	said := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		said[name] = value
	}
	id, scope, _ := strings.Cut(said["Credential"], "/")
	secret := secretOf(id)
	if secret == "" {
		return "", "AuthFailure.SecretIdNotFound"
	}
	stamp, err := strconv.ParseInt(r.Header.Get("X-TC-Timestamp"), 10, 64)
	at := time.Unix(stamp, 0).UTC()
	if err != nil || at.Sub(now).Abs() > 5*time.Minute {
		return "", "AuthFailure.SignatureExpire"
	}
	for _, host := range []string{r.Host, withoutPort(r.Host)} {
		if hmac.Equal([]byte(tc3Signature(r, host, body, said["SignedHeaders"], scope, secret, at)), []byte(said["Signature"])) {
			return id, ""
		}
	}
	return "", "AuthFailure.SignatureFailure"
}

// withoutPort is the host as some of the platform's own libraries sign it,
// which the platform, having no port in its address, cannot tell.
func withoutPort(host string) string {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		return host
	}
	return name
}

// tc3Signature is the signature over the headers named. scope is
// date/service/tc3_request.
func tc3Signature(r *http.Request, host string, body []byte, signed, scope, secret string, at time.Time) string {
	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n/\n\n")
	for name := range strings.SplitSeq(signed, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = host
		}
		canonical.WriteString(name + ":" + strings.ToLower(strings.TrimSpace(value)) + "\n")
	}
	canonical.WriteString("\n" + signed + "\n" + digest(body))
	date, rest, _ := strings.Cut(scope, "/")
	service, _, _ := strings.Cut(rest, "/")
	if date != at.Format(time.DateOnly) {
		return ""
	}
	key := mac(mac(mac([]byte("TC3"+secret), date), service), "tc3_request")
	text := "TC3-HMAC-SHA256\n" + strconv.FormatInt(at.Unix(), 10) + "\n" + scope + "\n" + digest([]byte(canonical.String()))
	return hex.EncodeToString(mac(key, text))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func digest(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}
