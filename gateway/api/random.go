package api

import (
	"encoding/base64"
	"fmt"
	"io"
)

// newScene returns 128 random bits, safe in an address: 22 characters, where
// WeChat takes 64 (generating QR codes with parameters, scene_str).
func newScene(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("drawing a scene: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// codeLetters is without look-alikes: no 0 and O, 1, I and L, and no U.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode returns a one-time code of eight characters. It has at least two
// digits and two letters, so that no word and no number is taken for one;
// every such code is equally likely.
func newCode(random io.Reader) (string, error) {
	for {
		code := make([]byte, 0, 8)
		digits := 0
		for len(code) < cap(code) {
			c, err := letter(random)
			if err != nil {
				return "", fmt.Errorf("drawing a code: %w", err)
			}
			if c <= '9' {
				digits++
			}
			code = append(code, c)
		}
		if digits >= 2 && digits <= len(code)-2 {
			return string(code), nil
		}
	}
}

// letter draws one character, each equally likely.
func letter(random io.Reader) (byte, error) {
	const fair = 256 - 256%len(codeLetters)
	var b [1]byte
	for {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return 0, err
		}
		if int(b[0]) < fair {
			return codeLetters[int(b[0])%len(codeLetters)], nil
		}
	}
}
