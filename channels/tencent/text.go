package tencent

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Legible returns s as XML 1.0 allows it (section 2.2, Characters): with one
// kind of line break and U+FFFD in place of what may not occur, which
// candidates' keyboards do produce.
func Legible(s string) string {
	if allowed(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case r == '\r':
			b.WriteByte('\n')
		case r < 0x20 && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func allowed(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' && c != '\n' {
			return false
		}
	}
	return utf8.ValidString(s) && !strings.Contains(s, "\uFFFE") && !strings.Contains(s, "\uFFFF")
}

// AppendCDATA appends s as character data which reads back as s, but for
// characters that XML does not allow.
func AppendCDATA(b []byte, s string) []byte {
	s = Legible(s)
	b = append(b, "<![CDATA["...)
	for {
		before, after, found := strings.Cut(s, "]]>")
		b = append(b, before...)
		if !found {
			return append(b, "]]>"...)
		}
		b = append(b, "]]]]><![CDATA[>"...)
		s = after
	}
}

// Lines puts what is not empty on lines of their own.
func Lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return p == "" }), "\n")
}
