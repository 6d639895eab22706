package wechat

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// document holds the fields of a callback that anything here looks at. All
// callbacks are one <xml> element with these as children.
type document struct {
	Encrypt string

	FromUserName string
	ToUserName   string
	CreateTime   string // seconds
	MsgType      string
	MsgID        string // MsgId: of a message
	Content      string
	MenuID       string // bizmsgmenuid: of the tapped choice
	MediaID      string
	Recognition  string
	LocationX    string // latitude
	LocationY    string
	Label        string
	Title        string
	Description  string
	URL          string

	Event    string
	EventKey string
	Job      string // MsgID: of the template message a receipt is about
	Status   string
}

func (d *document) set(name, value string) {
	switch name {
	case "Encrypt":
		d.Encrypt = value
	case "FromUserName":
		d.FromUserName = value
	case "ToUserName":
		d.ToUserName = value
	case "CreateTime":
		d.CreateTime = value
	case "MsgType":
		d.MsgType = value
	case "MsgId":
		d.MsgID = value
	case "Content":
		d.Content = value
	case "bizmsgmenuid":
		d.MenuID = value
	case "MediaId":
		d.MediaID = value
	case "Recognition":
		d.Recognition = value
	case "Location_X":
		d.LocationX = value
	case "Location_Y":
		d.LocationY = value
	case "Label":
		d.Label = value
	case "Title":
		d.Title = value
	case "Description":
		d.Description = value
	case "Url":
		d.URL = value
	case "Event":
		d.Event = value
	case "EventKey":
		d.EventKey = value
	case "MsgID":
		d.Job = value
	case "Status":
		d.Status = value
	}
}

// read reads a document. The flat ones, which is nearly all, are scanned; any
// other XML is left to encoding/xml, with the same result (a fuzz test holds
// the two together). Characters that XML does not allow, which candidates'
// keyboards do produce, become U+FFFD instead of losing the message.
func read(src string) (document, error) {
	src = legible(src)
	if d, ok := scan(src); ok {
		return d, nil
	}
	return decode(src)
}

// scan reads <xml> with children that hold plain text or one CDATA section
// and nothing else. It returns false when it meets anything it is not sure of.
func scan(s string) (d document, ok bool) {
	s, ok = strings.CutPrefix(skipSpace(s), "<xml>")
	if !ok {
		return d, false
	}
	for {
		s = skipSpace(s)
		if rest, ok := strings.CutPrefix(s, "</xml>"); ok {
			return d, skipSpace(rest) == ""
		}
		name, value, rest, ok := element(s)
		if !ok {
			return d, false
		}
		d.set(name, value)
		s = rest
	}
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

// decode reads any XML document: the text directly within the root's children.
func decode(src string) (document, error) {
	var d document
	in := xml.NewDecoder(strings.NewReader(src))
	var name string
	var value strings.Builder
	for depth := 0; ; {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			return document{}, errors.New("reading the document: it is no XML; the console's 数据格式 has to be XML")
		}
		if err != nil {
			return document{}, fmt.Errorf("reading the document: %w", withoutText(err))
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 1 && t.Name.Local != "xml":
				return document{}, errors.New("reading the document: its root is not <xml>")
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
				d.set(name, value.String())
			case 1:
				return d, nil
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

// legible returns s as XML 1.0 allows it (section 2.2, Characters): with one
// kind of line break and U+FFFD in place of what may not occur.
func legible(s string) string {
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
