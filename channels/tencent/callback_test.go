package tencent

import (
	"net/url"
	"strings"
	"testing"
)

func TestReadQuery(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]Query{
		"":                                   {},
		"timestamp=1&nonce=2&signature=3":    {Timestamp: "1", Nonce: "2", Signature: "3"},
		"encrypt_type=aes&msg_signature=a":   {Encryption: "aes", MessageSignature: "a"},
		"encrypt_type=raw&encrypt_type=aes":  {Encryption: "raw"},
		"nonce=&nonce=2&openid=x&y":          {Nonce: "2"},
		"echostr=a%2Bb%20c+d&timestamp=%zz1": {Echo: "a+b c d"},
		"nonce=a=b":                          {Nonce: "a=b"},
		"Nonce=1&xnonce=2":                   {},
	} {
		if got := ReadQuery(raw); got != want {
			t.Errorf("%q: %+v, want %+v", raw, got, want)
		}
	}
	for _, value := range []string{"a b", "ä", "&=+%", strings.Repeat("x", 100)} {
		if got := ReadQuery(url.Values{"echostr": {value}}.Encode()).Echo; got != value {
			t.Errorf("%q reads as %q", value, got)
		}
	}
}
