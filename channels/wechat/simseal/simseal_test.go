package simseal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectors is shared/vectors/wechat-crypto.json: Tencent's own examples, each
// checked with two independent implementations.
type vectors struct {
	Secure []struct {
		Name, Token, Timestamp, Nonce, Encrypt string
		Key                                    string `json:"encoding_aes_key"`
		ReceiveID                              string `json:"receive_id"`
		MsgSignature                           string `json:"msg_signature"`
	} `json:"secure_mode"`
	Signatures []struct{ Name, Token, Timestamp, Nonce, Signature string }
	Reply      struct {
		Key       string `json:"encoding_aes_key"`
		ReceiveID string `json:"receive_id"`
		Random    string
		Plaintext string
		Encrypt   string
	}
}

// loadVectors finds the shared folder beside the checkout. Without it the test
// is skipped, except in CI.
func loadVectors(t *testing.T) vectors {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	b, err := os.ReadFile(filepath.Join(dir, "..", "shared", "vectors", "wechat-crypto.json"))
	if err != nil {
		missing(t, "the official crypto vectors are not beside the checkout: "+err.Error())
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// missing skips the test, or fails it where nothing may be skipped.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func TestOfficialVectors(t *testing.T) {
	t.Parallel()
	v := loadVectors(t)
	wants := map[string]string{
		"WeCom-2014 msg":    "<Content><![CDATA[hello]]></Content>",
		"WeCom-2014 verify": "1616140317555161061",
		"OA-2024 secure":    "debug_demo",
	}
	for _, s := range v.Secure {
		if got := Signature(s.Token, s.Timestamp, s.Nonce, s.Encrypt); got != s.MsgSignature {
			t.Errorf("%s: msg_signature %s, want %s", s.Name, got, s.MsgSignature)
		}
		key, err := decodeKey(s.Key)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := open(key, s.Encrypt, s.ReceiveID)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if !strings.Contains(string(plain), wants[s.Name]) {
			t.Errorf("%s opens to %q, want %q in it", s.Name, plain, wants[s.Name])
		}
		if _, err := open(key, s.Encrypt, "wxother"); err == nil {
			t.Errorf("%s opens for another appid", s.Name)
		}
		again, err := Seal(key, decryptRaw(t, key, s.Encrypt)[:RandomBytes], plain, s.ReceiveID)
		if err != nil || again != s.Encrypt {
			t.Errorf("%s: sealed again it differs (%v)", s.Name, err)
		}
	}
	for _, s := range v.Signatures {
		if got := Signature(s.Token, s.Timestamp, s.Nonce); got != s.Signature {
			t.Errorf("%s: signature %s, want %s", s.Name, got, s.Signature)
		}
	}
	key, err := decodeKey(v.Reply.Key)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Seal(key, []byte(v.Reply.Random), []byte(v.Reply.Plaintext), v.Reply.ReceiveID); err != nil || got != v.Reply.Encrypt {
		t.Errorf("the official reply is sealed to %s (%v)", got, err)
	}
}

func TestOpenRefusesWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{7}, 32)
	sealed, err := Seal(key, bytes.Repeat([]byte{1}, 16), []byte("<xml/>"), "wx1")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw[16:] { // the first block is random bytes and not checked
		bad := bytes.Clone(raw)
		bad[16+i] ^= 1
		if msg, err := open(key, base64.StdEncoding.EncodeToString(bad), "wx1"); err == nil && string(msg) == "<xml/>" {
			t.Errorf("byte %d changed and nobody noticed", 16+i)
		}
	}
	for _, text := range []string{"", "!", "AAAA", base64.StdEncoding.EncodeToString(raw[:31])} {
		if _, err := open(key, text, "wx1"); err == nil {
			t.Errorf("opened %q", text)
		}
	}
}

// decryptRaw decrypts without looking at what is inside.
func decryptRaw(t *testing.T, key []byte, sealed string) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, key[:16]).CryptBlocks(data, data)
	return data
}
