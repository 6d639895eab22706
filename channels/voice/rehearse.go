package voice

import "jiebao/conversations"

// Rehearse says whether the account has a filed text for a delivery. Calls are
// billed by the minute, and not by their number.
func (a *Adapter) Rehearse(d conversations.Delivery) (parts int, err error) {
	if _, refused := a.order(d); refused != nil {
		return 0, refused
	}
	return 0, nil
}
