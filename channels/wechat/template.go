package wechat

import (
	"context"

	"github.com/silenceper/wechat/v2/officialaccount/message"

	"jiebao/channels"
	"jiebao/conversations"
)

// sendTemplate sends a template message (发送模板消息). The delivery's id is
// its client_msg_id: for ten minutes the platform takes it once.
func (a *Adapter) sendTemplate(ctx context.Context, d conversations.Delivery) (conversations.Receipt, *conversations.SendError) {
	id, refused := a.template(d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	m := &message.TemplateMessage{
		ToUser:      d.To.ID,
		TemplateID:  id,
		URL:         d.Template.URL,
		ClientMsgID: d.Message,
		Data:        make(map[string]*message.TemplateDataItem, len(d.Template.Fields)),
	}
	for _, f := range d.Template.Fields {
		m.Data[f.Name] = &message.TemplateDataItem{Value: f.Value}
	}
	return a.deliver(ctx, pathTemplate, d.To.ID, m, d.Message != "")
}

// template is the platform's id of the delivery's template.
func (a *Adapter) template(d conversations.Delivery) (id string, refused *conversations.SendError) {
	if d.Template == nil {
		return "", channels.BadContent("the delivery holds no template")
	}
	if id = a.account.Templates[d.Template.Purpose]; id == "" {
		return "", channels.BadContent("no template id configured for purpose " + d.Template.Purpose + " (templates of account " + a.account.ID + ")")
	}
	return id, nil
}
