package signin_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"strconv"
	"testing"
	"time"
)

// totp is an authenticator app (RFC 6238), written apart from the package.
func totp(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	counter, _ := strconv.ParseUint(strconv.FormatInt(at.Unix()/30, 10), 10, 64)
	text := make([]byte, 8)
	for i := range text {
		text[7-i] = byte(counter >> (8 * i))
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(text)
	sum := mac.Sum(nil)
	o := int(sum[19] & 15)
	n := (int(sum[o]&127) << 24) | int(sum[o+1])<<16 | int(sum[o+2])<<8 | int(sum[o+3])
	return fmt.Sprintf("%06d", n%1000000)
}
