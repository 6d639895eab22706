package wecomsim

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// document is what one callback tells (接收消息格式, 事件格式).
type document struct {
	name   string // text, image, …, or the event's
	kind   string // MsgType
	user   string // whom it is about
	card   string // MsgId of the card that was tapped
	fields []field
}

type field struct {
	name, value string
	bare        bool // a number
}

func (d *document) add(name, value string, bare bool) {
	d.fields = append(d.fields, field{name, value, bare})
}

// head puts the fields that all have before the others.
func (d *document) head(corpID string, at time.Time) {
	head := []field{{"ToUserName", corpID, false}}
	if d.user != "" {
		head = append(head, field{"FromUserName", d.user, false})
	}
	head = append(head, field{"CreateTime", strconv.FormatInt(at.Unix(), 10), true}, field{"MsgType", d.kind, false})
	d.fields = append(head, d.fields...)
}

func (d *document) write(f Format) []byte { return write(f, d.fields) }

// write writes fields as the platform does: strings in CDATA, or as members of
// a JSON object.
func write(f Format, fields []field) []byte {
	if f == JSON {
		m := map[string]any{}
		for _, f := range fields {
			m[f.name] = f.value
			if n, err := strconv.ParseInt(f.value, 10, 64); f.bare && err == nil {
				m[f.name] = json.Number(strconv.FormatInt(n, 10))
			}
		}
		return encode(m)
	}
	var b bytes.Buffer
	b.WriteString("<xml>")
	for _, f := range fields {
		fmt.Fprintf(&b, "<%s>", f.name)
		if f.bare {
			xml.EscapeText(&b, []byte(f.value))
		} else {
			b.WriteString("<![CDATA[" + strings.ReplaceAll(strings.Map(allowedInXML, f.value), "]]>", "]]]]><![CDATA[>") + "]]>")
		}
		fmt.Fprintf(&b, "</%s>\n", f.name)
	}
	b.WriteString("</xml>")
	return b.Bytes()
}

// allowedInXML drops the characters no XML document may hold.
func allowedInXML(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}
