package wire

import (
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
// of the event, addresses of mail, numbers that could name a person, and long
// tokens. Chinese names that are not the event's are words like others, and
// stay.
func excerpt(answer, event []byte) string {
	text := strings.ToValidUTF8(string(answer), "")
	for _, said := range words(event) {
		text = strings.ReplaceAll(text, said, masked)
		text = strings.ReplaceAll(text, quoted(said, "0123456789abcdef"), masked)
		text = strings.ReplaceAll(text, quoted(said, "0123456789ABCDEF"), masked)
	}
	text = mail.ReplaceAllString(text, masked)
	text = maskNumbers(text)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }), " ")
	if len(text) <= maxExcerpt {
		return text
	}
	return strings.ToValidUTF8(text[:maxExcerpt], "")
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

// words are the texts in an event's data that could be about the candidate,
// the longest first.
func words(event []byte) []string {
	var e struct {
		Data any `json:"data"`
	}
	if json.Unmarshal(event, &e) != nil {
		return nil
	}
	var found []string
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
