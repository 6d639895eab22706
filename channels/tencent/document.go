package tencent

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Document holds what adapters read of the callbacks of both platforms, all of
// which are one <xml> element with these as children (接收普通消息; 接收消息格式).
// Adapters embed it in a document that adds their platform's own.
type Document struct {
	Encrypt string

	FromUserName string
	ToUserName   string
	CreateTime   string // seconds
	MsgType      string
	MsgID        string // MsgId: of a message
	Content      string
	MediaID      string
	LocationX    string // latitude
	LocationY    string
	Label        string
	Title        string
	Description  string
	URL          string

	Event    string
	EventKey string
}

// Set keeps the value of an element, if it is one of both platforms'.
func (d *Document) Set(name, value string) {
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
	case "MediaId":
		d.MediaID = value
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
	}
}

// Identity tells a repeated callback from another one (接收普通消息, 接收事件推送:
// 关于重试的消息排重). CreateTime has a resolution of one second, so that for
// events their kind and key are added, and the id of what they are about, if
// they name one.
func (d *Document) Identity(about string) string {
	if d.MsgID != "" {
		return d.MsgID
	}
	parts := []string{d.FromUserName, d.CreateTime, d.Event, d.EventKey}
	if about != "" {
		parts = append(parts, about)
	}
	return strings.Join(parts, "|")
}

// Elements is a document of type D that is told what it holds.
type Elements[D any] interface {
	*D
	Set(name, value string)
}

// ReadXML reads a document. The flat ones, which is nearly all, are scanned;
// any other XML is left to encoding/xml, with the same result (each adapter's
// fuzz test holds the two together).
func ReadXML[D any, P Elements[D]](src string) (D, error) {
	src = Legible(src)
	if d, ok := ScanXML[D, P](src); ok {
		return d, nil
	}
	return DecodeXML[D, P](src)
}

// ScanXML reads a flat document, which has to be Legible, and says whether it
// was one.
func ScanXML[D any, P Elements[D]](src string) (D, bool) {
	var d D
	f := scanFlat(src)
	for f.next() {
		P(&d).Set(f.name, f.value)
	}
	return d, f.whole
}

// DecodeXML reads any document whose root is <xml>.
func DecodeXML[D any, P Elements[D]](src string) (D, error) {
	var d, none D
	if err := decode(src, P(&d).Set); err != nil {
		return none, err
	}
	return d, nil
}

// decode reads any XML document whose root is <xml> and tells set the text
// directly within each of the root's children.
func decode(src string, set func(name, value string)) error {
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
