package config

import (
	"net/netip"
	"regexp"
)

// Voice is what an account of the platform voice has: Aliyun's voice service.
// The account's templates are the filed texts (TTS_…).
type Voice struct {
	// KeyID and Secret are a RAM user's AccessKey.
	KeyID  string `koanf:"key_id"`
	Secret Secret `koanf:"secret"`
	// ShowNumber is the number that calls; empty means the platform's own
	// (公共模式).
	ShowNumber string `koanf:"show_number"`
	// PlayTimes is how often the text is read, 1 to 3; 0 means twice.
	PlayTimes int `koanf:"play_times"`
	// Keys gives the choice that a key stands for; empty means 1 confirm, 2
	// reschedule, 0 human.
	Keys map[string]string `koanf:"keys"`
	// CallbackKey stands in the address that the platform pushes to.
	CallbackKey Secret `koanf:"callback_key"`
	// CallbackNetworks are where it pushes from; empty means anywhere.
	CallbackNetworks []netip.Prefix `koanf:"callback_networks"`
	// PerMinute is how many calls are made in a minute, and PerRecipient how
	// many to one number; 0 means 60 and 1.
	PerMinute    int `koanf:"per_minute"`
	PerRecipient int `koanf:"per_recipient"`
}

var phoneKey = regexp.MustCompile(`^[0-9]$`)

func (v *Voice) check(c *checker, at string) {
	if v == nil {
		c.must(false, at, "is needed: the voice service that candidates are called by")
		return
	}
	c.must(v.KeyID != "", at+".key_id", "must not be empty")
	c.must(!v.Secret.Empty(), at+".secret", "must not be empty")
	c.must(allDigits.MatchString(v.ShowNumber), at+".show_number", "must have digits only, is %q", v.ShowNumber)
	c.must(v.PlayTimes >= 0 && v.PlayTimes <= 3, at+".play_times", "must be 1 to 3")
	c.callbackKey(at+".callback_key", v.CallbackKey)
	c.must(v.PerMinute >= 0, at+".per_minute", "must not be negative")
	c.must(v.PerRecipient >= 0, at+".per_recipient", "must not be negative")
	for key, choice := range v.Keys {
		c.must(phoneKey.MatchString(key), at+".keys", "must have digits for keys, has %q", key)
		c.must(choice != "", at+".keys", "must say which choice key %s stands for", key)
	}
}
