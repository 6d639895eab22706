package audit

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Canonical JSON (RFC 8785, JSON Canonicalization Scheme), as much of it as
// entries need: objects of strings. Names are ASCII, whose order by bytes is the
// scheme's order by UTF-16.

func (d Detail) text() string {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(d)) {
		if d[name] == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		writeString(&b, name)
		b.WriteByte(':')
		writeString(&b, d[name])
	}
	if b.Len() == 0 {
		return ""
	}
	return "{" + b.String() + "}"
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	var b bytes.Buffer
	writeString(&b, s)
	return b.String()
}

// writeString writes a string with only those escapes that there have to be.
// What is no UTF-8 becomes the character that stands for it.
func writeString(b *bytes.Buffer, s string) {
	const short = "\b\t\n\f\r\"\\"
	b.WriteByte('"')
	for _, r := range s {
		switch i := strings.IndexRune(short, r); {
		case i >= 0 && r < 0x80:
			b.WriteByte('\\')
			b.WriteByte(`btnfr"\`[i])
		case r < 0x20:
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
