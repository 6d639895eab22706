package wechat

import "jiebao/channels/tencent"

// document holds the fields of a callback that anything here looks at.
type document struct {
	tencent.Document

	MenuID      string // bizmsgmenuid: of the tapped choice
	Recognition string // what was said, in words
	Job         string // MsgID: of the template message a receipt is about
	Status      string
}

// Set keeps the value of an element.
func (d *document) Set(name, value string) {
	switch name {
	case "bizmsgmenuid":
		d.MenuID = value
	case "Recognition":
		d.Recognition = value
	case "MsgID":
		d.Job = value
	case "Status":
		d.Status = value
	default:
		d.Document.Set(name, value)
	}
}

func read(src string) (document, error) { return tencent.ReadXML[document](src) }
