package tencent

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"testing"

	"github.com/silenceper/wechat/v2/util"
)

// The settings of these tests are made up.
const (
	testAppID = "wx0123456789abcdef"
	testKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// sealRaw encrypts blocks as they are.
func sealRaw(t testing.TB, k Key, plain []byte) []byte {
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
	k, err := NewKey(testKey)
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
		if _, err := k.Open(sealRaw(t, k, plain), testAppID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, plain := range fails {
		// Memory is used again from request to request: behind the sealed
		// bytes there is more.
		sealed := append(sealRaw(t, k, plain), make([]byte, 128)...)[:len(plain)]
		if message, err := k.Open(sealed, testAppID); err == nil {
			t.Errorf("%s opens to %q", name, message)
		}
	}
	if _, err := k.Open(make([]byte, 33), testAppID); err == nil {
		t.Error("half a block opens")
	}
}

// FuzzOpen: whatever is opened, the SDK opens alike; the SDK opens more, for it
// looks at one byte of the padding only.
func FuzzOpen(f *testing.F) {
	k, err := NewKey(testKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("<xml></xml>"), byte(0), uint8(0))
	f.Fuzz(func(t *testing.T, message []byte, flip byte, at uint8) {
		sealed := util.AESEncryptMsg([]byte("0123456789abcdef"), message, testAppID, k.raw)
		sealed[int(at)%len(sealed)] ^= flip
		_, want, appID, wantErr := util.AESDecryptMsg(bytes.Clone(sealed), k.raw)
		got, err := k.Open(sealed, testAppID)
		if err == nil && (wantErr != nil || !bytes.Equal(got, want) || string(appID) != testAppID) {
			t.Fatalf("opened %q, the SDK %q of %q, %v", got, want, appID, wantErr)
		}
		if flip == 0 && (err != nil || !bytes.Equal(got, message)) {
			t.Fatalf("%q opens to %q, %v", message, got, err)
		}
	})
}
