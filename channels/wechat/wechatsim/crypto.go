package wechatsim

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// This file is the platform's side of "消息加解密说明" and "消息加解密技术方案":
// AES-256-CBC, the IV being the first 16 bytes of the key, PKCS#7 with a block
// of 32, around random(16) + length(4, big endian) + message + appid.

const (
	aesBlock    = 32
	randomBytes = 16
)

// keyring holds the decoded keys of an account, the current one first.
type keyring [][]byte

func newKeyring(a Account) (keyring, error) {
	if a.Mode == Plain && a.EncodingAESKey == "" {
		return nil, nil
	}
	if a.Mode != Plain && a.Mode != Compat && a.Mode != Secure {
		return nil, fmt.Errorf("mode %q: want plain, compat or secure", a.Mode)
	}
	var ring keyring
	for _, k := range []string{a.EncodingAESKey, a.PreviousAESKey} {
		if k == "" && len(ring) > 0 {
			break
		}
		key, err := decodeKey(k)
		if err != nil {
			return nil, err
		}
		ring = append(ring, key)
	}
	return ring, nil
}

// decodeKey opens an EncodingAESKey: 43 characters, base64 without its final
// "=". The last character of a real key may carry bits beyond the 32nd byte.
func decodeKey(k string) ([]byte, error) {
	if len(k) != 43 {
		return nil, fmt.Errorf("an EncodingAESKey has 43 characters, this one %d", len(k))
	}
	key, err := base64.StdEncoding.DecodeString(k + "=")
	if err != nil {
		return nil, fmt.Errorf("decoding the EncodingAESKey: %w", err)
	}
	return key, nil
}

// signature is hex(sha1(sorted parts joined)); with token, timestamp and nonce
// it is "signature", with the ciphertext as well it is "msg_signature".
func signature(parts ...string) string {
	slices.Sort(parts)
	return hexDigest(strings.Join(parts, ""))
}

func hexDigest(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func signedBy(want string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(want), []byte(signature(parts...))) == 1
}

// seal encrypts msg for appID; random is 16 bytes.
func seal(key, random, msg []byte, appID string) (string, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("sealing a callback: %w", err)
	}
	var b bytes.Buffer
	b.Write(random)
	binary.Write(&b, binary.BigEndian, uint32(len(msg)))
	b.Write(msg)
	b.WriteString(appID)
	pad := aesBlock - b.Len()%aesBlock
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	out := make([]byte, b.Len())
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(out, b.Bytes())
	return base64.StdEncoding.EncodeToString(out), nil
}

// open decrypts a reply and checks every byte of its frame.
func open(key []byte, sealed, appID string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return nil, fmt.Errorf("opening a sealed text: %w", err)
	}
	if len(data) == 0 || len(data)%aesBlock != 0 {
		return nil, fmt.Errorf("opening a sealed text: %d bytes is not a multiple of %d", len(data), aesBlock)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("opening a sealed text: %w", err)
	}
	plain := make([]byte, len(data))
	cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, data)
	return unframe(plain, appID)
}

func unframe(plain []byte, appID string) ([]byte, error) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aesBlock || pad > len(plain) {
		return nil, errors.New("opening a sealed text: bad padding, probably another key")
	}
	body, tail := plain[:len(plain)-pad], plain[len(plain)-pad:]
	if !bytes.Equal(tail, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("opening a sealed text: bad padding, probably another key")
	}
	if len(body) < randomBytes+4 {
		return nil, errors.New("opening a sealed text: shorter than its header")
	}
	n := binary.BigEndian.Uint32(body[randomBytes:])
	body = body[randomBytes+4:]
	if uint64(n) > uint64(len(body)) {
		return nil, errors.New("opening a sealed text: length runs past the end")
	}
	if got := string(body[n:]); got != appID {
		return nil, fmt.Errorf("opening a sealed text: sealed for %q, not for %q", got, appID)
	}
	return body[:n], nil
}

// open tries the keys in turn.
func (k keyring) open(sealed, appID string) ([]byte, error) {
	err := errors.New("opening a sealed text: the account has no key")
	for _, key := range k {
		var msg []byte
		if msg, err = open(key, sealed, appID); err == nil {
			return msg, nil
		}
	}
	return nil, err
}
