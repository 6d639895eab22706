package email

import "jiebao/conversations"

// Rehearse says whether a mail can be written to such an address. Mail is not
// billed by its number.
func (a *Adapter) Rehearse(d conversations.Delivery) (parts int, err error) {
	if _, refused := readRecipient(d.To.ID); refused != nil {
		return 0, refused
	}
	if _, refused := a.compose(d); refused != nil {
		return 0, refused
	}
	return 0, nil
}
