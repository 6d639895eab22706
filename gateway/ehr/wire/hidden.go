package wire

import (
	"fmt"
	"io"
	"log/slog"
)

// Redacted stands for a secret wherever one would be shown.
const Redacted = "[secret]"

// Hidden is a text that must not be seen. It prints as [Redacted], or as
// nothing when it is empty, in fmt, slog and JSON; only [Hidden.Reveal] gives
// it away, and a [Sealer] puts it into JSON encrypted.
type Hidden struct {
	text   *string
	sealed bool // text is encrypted and may be written
}

// Hide hides s.
func Hide(s string) Hidden { return Hidden{text: &s} }

// Reveal is the text. Call it where the text is used, and nowhere else.
func (h Hidden) Reveal() string {
	if h.text == nil {
		return ""
	}
	return *h.text
}

// IsZero tells whether there is no text.
func (h Hidden) IsZero() bool { return h.Reveal() == "" }

// kept tells whether the text only stands for the one that is kept already.
func (h Hidden) kept() bool { return h.Reveal() == Redacted }

// String never reveals the text.
func (h Hidden) String() string {
	if h.IsZero() {
		return ""
	}
	return Redacted
}

// Format never reveals the text, whatever the verb.
func (h Hidden) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, h.String()) }

// LogValue never reveals the text.
func (h Hidden) LogValue() slog.Value { return slog.StringValue(h.String()) }

// MarshalText never reveals the text.
func (h Hidden) MarshalText() ([]byte, error) {
	if h.sealed {
		return []byte(*h.text), nil
	}
	return []byte(h.String()), nil
}

// UnmarshalText hides b.
func (h *Hidden) UnmarshalText(b []byte) error {
	*h = Hide(string(b))
	return nil
}
