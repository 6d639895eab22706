package wire

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// maxExcerpt is how much of an answer is kept, in bytes.
const maxExcerpt = 512

// masked stands for what must not be kept.
const masked = "***"

// excerpt is the beginning of an answer on one line, without what it repeats
// of what it was told, addresses of mail, numbers that could name a person, and
// long tokens. Chinese names that it was not told are words like others, and
// stay.
func excerpt(answer []byte, told []string) string {
	text, cut := strings.ToValidUTF8(string(answer), ""), len(answer) >= maxRead
	if cut {
		text = strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsDigit(r) || strings.ContainsRune(inTokens, r) })
	}
	for _, said := range told {
		for _, form := range []string{said, quoted(said, "0123456789abcdef"), quoted(said, "0123456789ABCDEF")} {
			text = strings.ReplaceAll(text, form, masked)
			if cut {
				text = withoutBeginning(text, form)
			}
		}
	}
	text = mail.ReplaceAllString(text, masked)
	text = maskNumbers(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }), " ")
	if len(text) <= maxExcerpt {
		return text
	}
	return strings.ToValidUTF8(text[:maxExcerpt], "")
}

// inTokens are the characters of tokens, numbers and addresses of mail.
const inTokens = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._%+=/-"

// maxRead is how much of an answer is looked at.
const maxRead = 4 * maxExcerpt

// withoutBeginning is text without the beginning of a form at its end, where
// it was cut off.
func withoutBeginning(text, form string) string {
	for n := min(len(form)-1, len(text)); n > 0; n-- {
		if strings.HasSuffix(text, form[:n]) {
			return text[:len(text)-n]
		}
	}
	return text
}

// quoted is s as JSON with escapes, which is how many systems write Chinese.
func quoted(s, digits string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		if unit < utf8.RuneSelf {
			b.WriteByte(byte(unit))
			continue
		}
		b.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			b.WriteByte(digits[unit>>shift&15])
		}
	}
	return b.String()
}

// secrets are what the endpoint is sent beside events and may repeat: the
// headers' values, and in them what follows the scheme, such as Bearer.
func secrets(headers map[string]Hidden) (found []string) {
	keep := func(s string) {
		if len(s) >= 4 {
			found = append(found, s)
		}
	}
	for _, h := range headers {
		keep(h.Reveal())
		scheme, token, _ := strings.Cut(h.Reveal(), " ")
		keep(token)
		if plain, err := base64.StdEncoding.DecodeString(token); err == nil && strings.EqualFold(scheme, "Basic") {
			_, password, _ := strings.Cut(string(plain), ":")
			keep(string(plain))
			keep(password)
		}
	}
	return found
}

// told are the secrets, and the texts in what was posted that could be about
// the candidate, the longest first. Of an event, which was not mapped, it is
// the data that could.
func told(secrets []string, event, payload []byte) []string {
	var e struct {
		Data any `json:"data"`
	}
	var p any
	if json.Unmarshal(event, &e) != nil || !bytes.Equal(event, payload) && json.Unmarshal(payload, &p) != nil {
		return secrets
	}
	found := slices.Clone(secrets)
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			if runes := utf8.RuneCountInString(v); runes >= 2 && (runes < len(v) || runes >= 6) {
				found = append(found, v)
			}
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for _, field := range v {
				walk(field)
			}
		}
	}
	walk(e.Data)
	walk(p)
	slices.SortFunc(found, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(found)
}

var (
	mail    = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN-]+(\.[\pL\pN-]+)+`)
	numbers = regexp.MustCompile(`[A-Za-z+_-]{0,4}\p{Nd}(?:[ ._/A-Za-z()-]{0,2}\p{Nd}){6,}[A-Za-z]?`)
	tokens  = regexp.MustCompile(`[A-Za-z0-9_+/=-]{24,}`)
)

// maskNumbers masks what has seven digits or more with little between them,
// such as telephone and identity numbers and ids, and tokens of 24 characters
// or more. The codes of errors, which are shorter, stay.
func maskNumbers(s string) string {
	s = numbers.ReplaceAllString(s, masked)
	return tokens.ReplaceAllString(s, masked)
}
