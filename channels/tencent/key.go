package tencent

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
)

// A sealed document (消息加解密说明) is base64 of AES-256-CBC of
//
//	16 random bytes | length of the message, 4 bytes | message | owner | padding
//
// with PKCS#7 padding to blocks of 32 and the first half of the key as IV.
const (
	padTo  = 32
	header = 16 + 4
)

// Key is one EncodingAESKey.
type Key struct {
	raw   []byte
	block cipher.Block
}

// NewKey decodes an EncodingAESKey. Keys the console generates, and the one
// in the documentation, have bits set that strict base64 refuses.
func NewKey(encoded string) (Key, error) {
	if len(encoded) != 43 {
		return Key{}, errors.New("an EncodingAESKey has 43 characters; copy it whole from the console")
	}
	raw, err := base64.StdEncoding.DecodeString(encoded + "=")
	if err != nil {
		return Key{}, errors.New("an EncodingAESKey consists of letters and digits; copy it from the console")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return Key{}, errors.New("an EncodingAESKey has 32 bytes")
	}
	return Key{raw: raw, block: block}, nil
}

// errSealed says only that it failed: whoever forges learns nothing.
var errSealed = errors.New("it was not sealed with this key for this account")

// Open decrypts cipher text in place and returns the message in it. It checks
// the whole padding and the owner: the account's appid or corpid.
func (k Key) Open(sealed []byte, owner string) ([]byte, error) {
	if len(sealed) == 0 || len(sealed)%padTo != 0 {
		return nil, errSealed
	}
	cipher.NewCBCDecrypter(k.block, k.raw[:aes.BlockSize]).CryptBlocks(sealed, sealed)
	plain, ok := unpad(sealed)
	if !ok || len(plain) < header {
		return nil, errSealed
	}
	n := int(binary.BigEndian.Uint32(plain[16:header]))
	if n < 0 || n > len(plain)-header {
		return nil, errSealed
	}
	message, sealedFor := plain[header:header+n], plain[header+n:]
	if subtle.ConstantTimeCompare(sealedFor, []byte(owner)) != 1 {
		return nil, errSealed
	}
	return message, nil
}

// NewKeys decodes the keys that are not empty, in order, and leaves out what
// is none.
func NewKeys(encoded ...string) []Key {
	var keys []Key
	for _, e := range encoded {
		if k, err := NewKey(e); err == nil {
			keys = append(keys, k)
		}
	}
	return keys
}

// unpad removes PKCS#7 padding, every byte of which must tell its length.
func unpad(b []byte) ([]byte, bool) {
	n := int(b[len(b)-1])
	if n < 1 || n > padTo || n > len(b) {
		return nil, false
	}
	bad := byte(0)
	for _, c := range b[len(b)-n:] {
		bad |= c ^ byte(n)
	}
	return b[:len(b)-n], bad == 0
}

// Seal encrypts a message for the owner and returns it in base64.
func (k Key) Seal(message []byte, owner string) string {
	sealed := make([]byte, 16, header+len(message)+len(owner)+padTo)
	rand.Read(sealed) // never fails
	sealed = binary.BigEndian.AppendUint32(sealed, uint32(len(message)))
	sealed = append(append(sealed, message...), owner...)
	padding := padTo - len(sealed)%padTo
	for range padding {
		sealed = append(sealed, byte(padding))
	}
	cipher.NewCBCEncrypter(k.block, k.raw[:aes.BlockSize]).CryptBlocks(sealed, sealed)
	return base64.StdEncoding.EncodeToString(sealed)
}

// Sign appends the signature of parts to dst, in hex: SHA-1 over the sorted
// parts (验证消息的确来自微信服务器). scratch is overwritten and returned.
func Sign(dst, scratch []byte, parts ...string) (signature, rest []byte) {
	slices.Sort(parts)
	length := 0
	for _, p := range parts {
		length += len(p)
	}
	scratch = slices.Grow(scratch[:0], length)
	for _, p := range parts {
		scratch = append(scratch, p...)
	}
	sum := sha1.Sum(scratch)
	return hex.AppendEncode(dst, sum[:]), scratch
}
