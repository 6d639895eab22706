package wechat

import "jiebao/channels/tencent"

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
// the two together).
func read(src string) (document, error) {
	src = tencent.Legible(src)
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
