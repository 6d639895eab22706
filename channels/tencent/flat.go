package tencent

import "strings"

// flat reads <xml> with children that hold plain text or one CDATA section
// and nothing else, which nearly all callbacks are.
//
//	for f := scanFlat(src); f.next(); { … f.name, f.value … }
//
// It gives up when it meets anything it is not sure of: what was read counts
// only if whole.
type flat struct {
	name, value string

	rest  string
	whole bool // the document was read to its end
}

// scanFlat begins to read src, which has to be legible.
func scanFlat(src string) flat {
	rest, ok := strings.CutPrefix(skipSpace(src), "<xml>")
	if !ok {
		rest = ""
	}
	return flat{rest: rest}
}

// next reads the next child.
func (f *flat) next() bool {
	s := skipSpace(f.rest)
	if rest, ok := strings.CutPrefix(s, "</xml>"); ok {
		f.rest, f.whole = "", skipSpace(rest) == ""
		return false
	}
	var ok bool
	f.name, f.value, f.rest, ok = element(s)
	return ok
}

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
