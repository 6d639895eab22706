package conversations

import "time"

// Description states the facts of one channel account that routing, the
// outbox and the console go by.
type Description struct {
	Platform string // wechat, wecom, kf, push, sms, …
	Account  string // the account's id in the configuration
	Name     string // what people call the account
	Branch   string // "" for the candidates' pages, which are of all
	Medium   Medium
	// Contact says that the address is a fact of the candidate, which the EHR
	// tells. Without it candidates become known by writing, or by scanning.
	Contact Contact

	MaxRunes  int  // longest free-form text, in characters; 0 for any length
	Choices   int  // tappable choices in one message, 0 for none
	Free      bool // free-form messages need no reply window
	Templates bool // may send templates, whether a reply window is open or not
	Receipts  bool // says whether a message arrived
	Reads     bool // says whether a message was read
	Invites   bool // can make a QR code that binds whoever scans it
	// OnceTemplates and OnceTexts say that the platform takes two templates, or
	// two free-form messages, of one Delivery.Message for one, so that what may
	// have arrived is safe to send again.
	OnceTemplates, OnceTexts bool
	// OnceFor is how long it remembers them; 0 for longer than anything is
	// tried.
	OnceFor time.Duration
	// Linked says that candidates cannot well answer in place, so that every
	// delivery brings the link to their own page.
	Linked bool

	// Apart says that no message rides in the answer to a callback, so that
	// what is sent need not wait for the candidate's other chats.
	Apart bool

	PerMinute    int // deliveries that the account takes in a minute; 0 for any number
	PerRecipient int // and those to one address
}

// Medium is what sort of channel an account is. Plans name their steps by it.
type Medium string

// The media.
const (
	Chat  Medium = "chat" // 公众号, 企业微信, 微信客服
	Push  Medium = "push"
	SMS   Medium = "sms"
	Email Medium = "email"
	Call  Medium = "voice"
	Page  Medium = "page" // the candidate's own page, which is there all the time
)

// Contact is a fact of a candidate that is an address.
type Contact string

// The contacts. The bank's app knows candidates by the EHR's id.
const (
	NoContact Contact = ""
	ByPhone   Contact = "phone"
	ByEmail   Contact = "email"
	ByEHR     Contact = "candidate"
)

// Once says whether the platform takes two sendings of d for one.
func (a Description) Once(d Delivery) bool {
	if d.Kind == Template {
		return a.OnceTemplates
	}
	return a.OnceTexts
}
