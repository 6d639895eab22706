package wechat

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"net/url"
	"strings"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// sealRaw encrypts blocks as they are.
func sealRaw(t testing.TB, k key, plain []byte) []byte {
	t.Helper()
	if len(plain)%16 != 0 {
		t.Fatalf("%d bytes are no blocks", len(plain))
	}
	sealed := make([]byte, len(plain))
	cipher.NewCBCEncrypter(k.block, k.raw[:16]).CryptBlocks(sealed, plain)
	return sealed
}

func TestOpen(t *testing.T) {
	t.Parallel()
	k, err := newKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	// document is a plaintext with a length of its own choice, padded to 64.
	document := func(length uint32, message, appID string) []byte {
		b := append(make([]byte, 16), binary.BigEndian.AppendUint32(nil, length)...)
		b = append(append(b, message...), appID...)
		pad := 64 - len(b)
		return append(b, bytes.Repeat([]byte{byte(pad)}, pad)...)
	}
	spoil := func(b []byte, i int) []byte { b[len(b)-i] ^= 1; return b }
	good := func() []byte { return document(5, "hello", testAppID) }
	opens := map[string][]byte{
		"a document":       good(),
		"an empty message": document(0, "", testAppID),
	}
	fails := map[string][]byte{
		"nothing":                       {},
		"one block":                     make([]byte, 16),
		"zeros":                         make([]byte, 64),
		"padding of nothing":            append(good()[:63], 0),
		"padding of 33":                 append(document(5, "hello", testAppID[:7])[:31], bytes.Repeat([]byte{33}, 33)...),
		"padding of all":                bytes.Repeat([]byte{32}, 32),
		"padding spoiled at its start":  spoil(good(), 21),
		"padding spoiled at its end":    spoil(good(), 2),
		"a length beyond the end":       document(40, "hello", testAppID),
		"a length beyond all":           document(1<<31, "hello", testAppID),
		"a length that is negative":     document(1<<32-1, "hello", testAppID),
		"a length that hides the appid": document(23, "hello", testAppID),
		"a length too short":            document(4, "hello", testAppID),
		"another appid":                 document(5, "hello", "wxffffffffffffffff"),
		"no appid":                      document(5, "hello", ""),
	}
	for name, plain := range opens {
		if _, err := k.open(sealRaw(t, k, plain), testAppID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, plain := range fails {
		// Memory is used again from request to request: behind the sealed
		// bytes there is more.
		sealed := append(sealRaw(t, k, plain), make([]byte, 128)...)[:len(plain)]
		if message, err := k.open(sealed, testAppID); err == nil {
			t.Errorf("%s opens to %q", name, message)
		}
	}
	if _, err := k.open(make([]byte, 33), testAppID); err == nil {
		t.Error("half a block opens")
	}
}

// FuzzOpen: whatever is opened, the SDK opens alike; the SDK opens more, for it
// looks at one byte of the padding only.
func FuzzOpen(f *testing.F) {
	k, err := newKey(testKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("<xml></xml>"), byte(0), uint8(0))
	f.Fuzz(func(t *testing.T, message []byte, flip byte, at uint8) {
		sealed := util.AESEncryptMsg([]byte("0123456789abcdef"), message, testAppID, k.raw)
		sealed[int(at)%len(sealed)] ^= flip
		_, want, appID, wantErr := util.AESDecryptMsg(bytes.Clone(sealed), k.raw)
		got, err := k.open(sealed, testAppID)
		if err == nil && (wantErr != nil || !bytes.Equal(got, want) || string(appID) != testAppID) {
			t.Fatalf("opened %q, the SDK %q of %q, %v", got, want, appID, wantErr)
		}
		if flip == 0 && (err != nil || !bytes.Equal(got, message)) {
			t.Fatalf("%q opens to %q, %v", message, got, err)
		}
	})
}

func TestReadQuery(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]query{
		"":                                   {},
		"timestamp=1&nonce=2&signature=3":    {timestamp: "1", nonce: "2", signature: "3"},
		"encrypt_type=aes&msg_signature=a":   {encryption: "aes", messageSignature: "a"},
		"encrypt_type=raw&encrypt_type=aes":  {encryption: "raw"},
		"nonce=&nonce=2&openid=x&y":          {nonce: "2"},
		"echostr=a%2Bb%20c+d&timestamp=%zz1": {echo: "a+b c d"},
		"nonce=a=b":                          {nonce: "a=b"},
		"Nonce=1&xnonce=2":                   {},
	} {
		if got := readQuery(raw); got != want {
			t.Errorf("%q: %+v, want %+v", raw, got, want)
		}
	}
	for _, value := range []string{"a b", "ä", "&=+%", strings.Repeat("x", 100)} {
		if got := readQuery(url.Values{"echostr": {value}}.Encode()).echo; got != value {
			t.Errorf("%q reads as %q", value, got)
		}
	}
}
