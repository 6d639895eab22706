package carriersim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// ACS3 checks Alibaba Cloud's signature ("V3 版本请求体 & 签名机制") for access
// keys. Signatures hold for fifteen minutes, and their nonces once.
type ACS3 struct {
	mu     sync.Mutex
	nonces map[string]time.Time
}

const acs3Life = 15 * time.Minute

// Check returns the access key that signed, or the platform's code. secretOf
// returns the secret of a key, or "".
func (a *ACS3) Check(r *http.Request, body []byte, now time.Time, secretOf func(key string) string) (key, code string) {
	scheme, fields, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme != "ACS3-HMAC-SHA256" {
		return "", "IncompleteSignature"
	}
	said := signatureFields(fields)
	key = said["Credential"]
	secret := secretOf(key)
	if secret == "" {
		return "", "InvalidAccessKeyId.NotFound"
	}
	at, err := time.Parse(time.RFC3339, r.Header.Get("X-Acs-Date"))
	if err != nil || at.Sub(now).Abs() > acs3Life {
		return "", "InvalidTimeStamp.Expired"
	}
	if hashed := sum(body); r.Header.Get("X-Acs-Content-Sha256") != hashed {
		return "", "SignatureDoesNotMatch"
	}
	if !hmac.Equal([]byte(ACS3Signature(r, said["SignedHeaders"], secret)), []byte(said["Signature"])) {
		return "", "SignatureDoesNotMatch"
	}
	if !a.fresh(r.Header.Get("X-Acs-Signature-Nonce"), now) {
		return "", "SignatureNonceUsed"
	}
	return key, ""
}

func (a *ACS3) fresh(nonce string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.nonces == nil {
		a.nonces = map[string]time.Time{}
	}
	for n, at := range a.nonces {
		if now.Sub(at) > acs3Life {
			delete(a.nonces, n)
		}
	}
	_, used := a.nonces[nonce]
	a.nonces[nonce] = now
	return nonce != "" && !used
}

func signatureFields(text string) map[string]string {
	fields := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	return fields
}

// ACS3Signature is the signature of a request over the headers named. The path
// is that of calls in RPC style, wherever the simulator is mounted.
func ACS3Signature(r *http.Request, signed, secret string) string {
	var canonical strings.Builder
	canonical.WriteString(r.Method + "\n/\n" + canonicalQuery(r.URL.Query()) + "\n")
	for name := range strings.SplitSeq(signed, ";") {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		canonical.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
	}
	canonical.WriteString("\n" + signed + "\n" + r.Header.Get("X-Acs-Content-Sha256"))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + sum([]byte(canonical.String()))))
	return hex.EncodeToString(mac.Sum(nil))
}

func canonicalQuery(q url.Values) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		for _, v := range q[name] {
			pairs = append(pairs, escape(name)+"="+escape(v))
		}
	}
	return strings.Join(pairs, "&")
}

// escape is percent-encoding as RFC 3986 has it.
func escape(text string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(text))
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// RefuseACS3 answers with a code of the product at host: those of its own
// with 200, those of the gateway before it with 400 or 503 ("API 错误码": HTTP 状态码).
func RefuseACS3(host, requestID, code string) Answer {
	a := Answer{Code: code}
	switch {
	case strings.HasPrefix(code, "isv.") || strings.HasPrefix(code, "isp."):
	case code == "ServiceUnavailable":
		a.Status = http.StatusServiceUnavailable
	default:
		a.Status = http.StatusBadRequest
	}
	a.Body, _ = json.Marshal(map[string]string{
		"RequestId": requestID, "Code": code, "Message": "the request was refused: " + code, "HostId": host,
	})
	return a
}
