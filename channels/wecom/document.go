package wecom

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"jiebao/channels/tencent"
)

// document holds the fields of a callback that anything here looks at:
// FromUserName is a userid, ToUserName a corpid, and Title a file's name too.
type document struct {
	tencent.Document

	TaskID   string // of the card that was tapped
	Response string // lets that card be changed, once
	Token    string // of 微信客服: lets pull
	OpenKfID string
}

// Set keeps the value of an element.
func (d *document) Set(name, value string) {
	switch name {
	case "encrypt": // as JSON writes it
		d.Encrypt = value
	case "FileName":
		d.Title = value
	case "TaskId":
		d.TaskID = value
	case "ResponseCode":
		d.Response = value
	case "Token":
		d.Token = value
	case "OpenKfId":
		d.OpenKfID = value
	default:
		d.Document.Set(name, value)
	}
}

// read reads a document in either format of the console (接收消息, 数据格式), and
// says which it is.
func read(src string) (d document, isJSON bool, err error) {
	if strings.HasPrefix(strings.TrimLeft(src, " \t\r\n"), "{") {
		d, err = readJSON(src)
		return d, true, err
	}
	d, err = tencent.ReadXML[document](src)
	return d, false, err
}

// readJSON reads one JSON object whose members are named as the XML's elements
// are. Members that hold more than text or a number are left out.
func readJSON(src string) (document, error) {
	in := json.NewDecoder(bytes.NewReader([]byte(src)))
	in.UseNumber()
	var members map[string]any
	if err := in.Decode(&members); err != nil || in.More() {
		return document{}, errors.New("reading the document: it is neither XML nor one JSON object")
	}
	var d document
	for name, value := range members {
		switch v := value.(type) {
		case string:
			d.Set(name, v)
		case json.Number:
			d.Set(name, v.String())
		}
	}
	return d, nil
}
