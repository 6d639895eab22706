package conversations

import "time"

// Request is a call of another system under a key of its own, so that it can
// be repeated: the first is done, and all get its answer.
type Request struct {
	Caller string // the name of the API key
	Key    string // the caller's, as Idempotency-Key
	Digest string // of all that was asked, to tell a repeat from another request
	// Status and Answer are what was answered; Status 0 while it is being done.
	Status int
	Answer []byte
	// Until is how long whoever began it may take: the next one goes on after
	// that, because the first must have died.
	Until time.Time
}

// RequestFor is how long the answers to requests are kept.
const RequestFor = OnceFor
