package tencent

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Flat reads <xml> with children that hold plain text or one CDATA section
// and nothing else, which nearly all callbacks are.
//
//	for flat := ScanFlat(src); flat.Next(); { … flat.Name, flat.Value … }
//
// It gives up when it meets anything it is not sure of: what was read counts
// only if Whole.
type Flat struct {
	Name, Value string

	rest  string
	whole bool
}

// ScanFlat begins to read src, which has to be Legible.
func ScanFlat(src string) Flat {
	rest, ok := strings.CutPrefix(skipSpace(src), "<xml>")
	if !ok {
		rest = ""
	}
	return Flat{rest: rest}
}

// Next reads the next child.
func (f *Flat) Next() bool {
	s := skipSpace(f.rest)
	if rest, ok := strings.CutPrefix(s, "</xml>"); ok {
		f.rest, f.whole = "", skipSpace(rest) == ""
		return false
	}
	var ok bool
	f.Name, f.Value, f.rest, ok = element(s)
	return ok
}

// Whole says whether the whole document was read.
func (f *Flat) Whole() bool { return f.whole }

// element reads <name>value</name> from the start of s.
func element(s string) (name, value, rest string, ok bool) {
	if s == "" || s[0] != '<' {
		return "", "", "", false
	}
	name, rest, ok = strings.Cut(s[1:], ">")
	if !ok || !plainName(name) {
		return "", "", "", false
	}
	if cdata, found := strings.CutPrefix(rest, "<![CDATA["); found {
		value, rest, ok = strings.Cut(cdata, "]]>")
	} else {
		end := strings.IndexByte(rest, '<')
		if end < 0 {
			return "", "", "", false
		}
		value, rest = rest[:end], rest[end:]
		ok = !strings.ContainsAny(value, "&>")
	}
	if !ok || !strings.HasPrefix(rest, "</") || !strings.HasPrefix(rest[2:], name) {
		return "", "", "", false
	}
	rest, ok = strings.CutPrefix(rest[2+len(name):], ">")
	return name, value, rest, ok
}

func plainName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func skipSpace(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\n' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// Decode reads any XML document whose root is <xml> and tells set the text
// directly within each of the root's children.
func Decode(src string, set func(name, value string)) error {
	in := xml.NewDecoder(strings.NewReader(src))
	var name string
	var value strings.Builder
	for depth := 0; ; {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return errors.New("reading the document: it is no XML; the console's 数据格式 has to be XML")
		}
		if err != nil {
			return fmt.Errorf("reading the document: %w", withoutText(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 1 && t.Name.Local != "xml":
				return errors.New("reading the document: its root is not <xml>")
			case depth == 2:
				name = t.Name.Local
				value.Reset()
			}
		case xml.CharData:
			if depth == 2 {
				value.Write(t)
			}
		case xml.EndElement:
			switch depth {
			case 2:
				set(name, value.String())
			case 1:
				return nil
			}
			depth--
		}
	}
}

// withoutText keeps what was read out of the error: it may be a candidate's.
func withoutText(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Errorf("no well-formed XML at line %d", syntax.Line)
	}
	return errors.New("no XML that can be read; the console's 数据格式 has to be XML")
}

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
