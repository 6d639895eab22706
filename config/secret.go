package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands for a secret wherever one would be printed.
const redacted = "[secret]"

// Secret is a value that must not be seen. It prints as [secret], or as
// nothing when it is empty, in fmt, slog, JSON and YAML; only [Secret.Reveal]
// gives it away.
//
// The value is behind a pointer because fmt calls no methods on unexported
// fields: a struct with a Secret inside prints an address.
type Secret struct{ value *string }

// NewSecret hides v.
func NewSecret(v string) Secret { return Secret{&v} }

// Reveal is the value. Call it where the value is used, and nowhere else.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty tells whether there is no secret.
func (s Secret) Empty() bool { return s.Reveal() == "" }

// Equal compares in constant time.
func (s Secret) Equal(o Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(o.Reveal())) == 1
}

// String never reveals the value.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return redacted
}

// Format never reveals the value, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue never reveals the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText never reveals the value; JSON and YAML use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
