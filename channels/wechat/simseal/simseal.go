// Package simseal is the platforms' side of sealed callbacks, for the simulators
// of WeChat and WeCom. No adapter imports it: what they have in common with a
// simulator is the platform's documentation. It imports the standard library
// and nothing else.
package simseal

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
	RandomBytes = 16 // before a message
)

// Keyring holds the decoded keys of an account, the current one first.
type Keyring [][]byte

// NewKeyring decodes the keys that are given, the first of which has to be.
func NewKeyring(current, previous string) (Keyring, error) {
	var ring Keyring
	for _, k := range []string{current, previous} {
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

// Signature is hex(sha1(sorted parts joined)); with token, timestamp and nonce
// it is "signature", with the ciphertext as well it is "msg_signature".
func Signature(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

// SignedBy says whether a signature is that of parts.
func SignedBy(want string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(want), []byte(Signature(parts...))) == 1
}

// Seal encrypts msg for owner, an appid or corpid; random is 16 bytes.
func Seal(key, random, msg []byte, owner string) (string, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", fmt.Errorf("sealing a callback: %w", err)
	}
	var b bytes.Buffer
	b.Write(random)
	binary.Write(&b, binary.BigEndian, uint32(len(msg)))
	b.Write(msg)
	b.WriteString(owner)
	pad := aesBlock - b.Len()%aesBlock
	b.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	out := make([]byte, b.Len())
	cipher.NewCBCEncrypter(block, key[:aes.BlockSize]).CryptBlocks(out, b.Bytes())
	return base64.StdEncoding.EncodeToString(out), nil
}

// open decrypts a reply and checks every byte of its frame.
func open(key []byte, sealed, owner string) ([]byte, error) {
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
	return unframe(plain, owner)
}

func unframe(plain []byte, owner string) ([]byte, error) {
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > aesBlock || pad > len(plain) {
		return nil, errors.New("opening a sealed text: bad padding, probably another key")
	}
	body, tail := plain[:len(plain)-pad], plain[len(plain)-pad:]
	if !bytes.Equal(tail, bytes.Repeat([]byte{byte(pad)}, pad)) {
		return nil, errors.New("opening a sealed text: bad padding, probably another key")
	}
	if len(body) < RandomBytes+4 {
		return nil, errors.New("opening a sealed text: shorter than its header")
	}
	n := binary.BigEndian.Uint32(body[RandomBytes:])
	body = body[RandomBytes+4:]
	if uint64(n) > uint64(len(body)) {
		return nil, errors.New("opening a sealed text: length runs past the end")
	}
	if got := string(body[n:]); got != owner {
		return nil, fmt.Errorf("opening a sealed text: sealed for %q, not for %q", got, owner)
	}
	return body[:n], nil
}

// Open tries the keys in turn.
func (k Keyring) Open(sealed, owner string) ([]byte, error) {
	err := errors.New("opening a sealed text: the account has no key")
	for _, key := range k {
		var msg []byte
		if msg, err = open(key, sealed, owner); err == nil {
			return msg, nil
		}
	}
	return nil, err
}
