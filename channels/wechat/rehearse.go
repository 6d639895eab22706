package wechat

import "jiebao/conversations"

// Rehearse says whether the account has the template that a delivery needs.
// Nothing is billed by its number.
func (a *Adapter) Rehearse(d conversations.Delivery) (parts int, err error) {
	if d.Kind != conversations.Template {
		return 0, nil
	}
	if _, refused := a.template(d); refused != nil {
		return 0, refused
	}
	return 0, nil
}
