package documents

// Reason is why a document is not kept. The words are those of
// conversations.Filed.
type Reason string

// The reasons.
const (
	TooLarge   Reason = "too_large"  // more bytes or pixels than the limits allow
	WrongType  Reason = "wrong_type" // neither a photo nor PDF
	Unreadable Reason = "unreadable" // empty, cut off, or not what it seems
	Encrypted  Reason = "encrypted"  // a PDF with a password

	TooManyPages Reason = "too_many_pages" // a PDF with more than the limits allow
	Infected     Reason = "infected"       // a virus was found in it
)

// Refused says that a document is not kept.
type Refused struct {
	Reason Reason
	Detail string // for engineers; holds nothing of the document
}

func (r *Refused) Error() string {
	return "the document is refused: " + string(r.Reason) + ": " + r.Detail
}
