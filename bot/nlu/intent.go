package nlu

import (
	"fmt"
	"slices"
)

// Intent is something a candidate wants to do with an utterance.
type Intent uint8

// The intents, in the order in which a Reading lists them.
const (
	Confirm        Intent = iota + 1 // agrees to the offered start date
	Reschedule                       // wants another start date
	Decline                          // refuses the job
	UploadDocument                   // sends or announces a document
	Question                         // asks something
	Human                            // wants to talk to a person
	Complaint                        // is angry or reports something wrong
	OptOut                           // wants no more messages
	NegativeAck                      // cannot or will not answer yet
	Thanks                           // thanks, and nothing else
	Greeting                         // greets, and nothing else
	ChitchatOther                    // anything else
)

var intentNames = [...]string{
	Confirm: "confirm", Reschedule: "reschedule", Decline: "decline",
	UploadDocument: "upload_document", Question: "question", Human: "human",
	Complaint: "complaint", OptOut: "optout", NegativeAck: "negative_ack",
	Thanks: "thanks", Greeting: "greeting", ChitchatOther: "chitchat_other",
}

// Intents lists every intent once.
func Intents() []Intent {
	list := make([]Intent, 0, len(intentNames)-1)
	for i := Confirm; i <= ChitchatOther; i++ {
		list = append(list, i)
	}
	return list
}

// String gives the name that transcripts and the API use, such as "upload_document".
func (i Intent) String() string {
	if i == 0 || int(i) >= len(intentNames) {
		return fmt.Sprintf("Intent(%d)", uint8(i))
	}
	return intentNames[i]
}

// MarshalText gives the name.
func (i Intent) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the name.
func (i *Intent) UnmarshalText(b []byte) error {
	at := slices.Index(intentNames[:], string(b))
	if at <= 0 {
		return fmt.Errorf("reading intent %q: it is none of %v", b, Intents())
	}
	*i = Intent(at)
	return nil
}
