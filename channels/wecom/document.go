package wecom

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"jiebao/channels/tencent"
)

// document holds the fields of a callback that anything here looks at.
type document struct {
	Encrypt string

	FromUserName string // userid
	ToUserName   string // corpid
	CreateTime   string // seconds
	MsgType      string
	MsgID        string
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
	TaskID   string // of the card that was tapped
	Response string // lets that card be changed, once
	Token    string // of 微信客服: lets pull
	OpenKfID string
}

func (d *document) set(name, value string) {
	switch name {
	case "Encrypt", "encrypt":
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
	case "Title", "FileName":
		d.Title = value
	case "Description":
		d.Description = value
	case "Url":
		d.URL = value
	case "Event":
		d.Event = value
	case "EventKey":
		d.EventKey = value
	case "TaskId":
		d.TaskID = value
	case "ResponseCode":
		d.Response = value
	case "Token":
		d.Token = value
	case "OpenKfId":
		d.OpenKfID = value
	}
}

// read reads a document in either format of the console (接收消息, 数据格式), and
// says which it is.
func read(src string) (d document, isJSON bool, err error) {
	if strings.HasPrefix(strings.TrimLeft(src, " \t\r\n"), "{") {
		d, err = readJSON(src)
		return d, true, err
	}
	d, err = readXML(tencent.Legible(src))
	return d, false, err
}

func readXML(src string) (document, error) {
	if d, ok := scan(src); ok {
		return d, nil
	}
	return decode(src)
}

func scan(src string) (document, bool) {
	var d document
	flat := tencent.ScanFlat(src)
	for flat.Next() {
		d.set(flat.Name, flat.Value)
	}
	return d, flat.Whole()
}

func decode(src string) (document, error) {
	var d document
	if err := tencent.Decode(src, d.set); err != nil {
		return document{}, err
	}
	return d, nil
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
			d.set(name, v)
		case json.Number:
			d.set(name, v.String())
		}
	}
	return d, nil
}
