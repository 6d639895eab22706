package wechatsim

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"jiebao/channels/wechat/simseal"
)

// newKeyring decodes the account's keys; plain mode needs none.
func newKeyring(a Account) (simseal.Keyring, error) {
	if a.Mode == Plain && a.EncodingAESKey == "" {
		return nil, nil
	}
	if a.Mode != Plain && a.Mode != Compat && a.Mode != Secure {
		return nil, fmt.Errorf("mode %q: want plain, compat or secure", a.Mode)
	}
	return simseal.NewKeyring(a.EncodingAESKey, a.PreviousAESKey)
}

func hexDigest(s string) string {
	sum := sha1.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}
