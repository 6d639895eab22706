// Package channels is how Jiebao speaks with platforms: the contract of an
// adapter, the one HTTP handler that all their callbacks come in by
// (webhook.go), how an account is looked at (check.go), how refusals are put
// (refusal.go), and what tells whether a request has left (trace.go).
//
// Adapters live below this package, one folder a platform, each with a
// simulator of its platform that shares no code with it. To add a channel,
// implement Adapter, pass channeltest, and add one line to the list in
// gateway/app.
//
// Imports: the standard library and conversations.
package channels

import (
	"context"
	"errors"
	"io"
	"net/http"

	"jiebao/conversations"
)

// Adapter speaks for one account on one platform. It verifies, decodes and
// sends; it never stores and never decides.
type Adapter interface {
	Describe() conversations.Description
	// Parse verifies the request before trusting a byte of it. A request
	// that is not proven to come from the platform is ErrForged, is answered
	// 403 and changes nothing.
	Parse(r *http.Request) (Batch, error)
	// Send returns *conversations.SendError when the platform refuses, or
	// when nobody can tell whether it did.
	Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error)
}

// ErrForged means that a request does not prove that the platform sent it:
// no or a wrong signature, an old timestamp, or a weaker mode than configured.
var ErrForged = errors.New("the request is not proven to come from the platform")

// Batch is what one callback says.
type Batch struct {
	Inbound  []conversations.Inbound
	Receipts []Receipt
	// Pulls are accounts that have something to fetch, for platforms whose
	// callbacks say no more than that.
	Pulls []Pull
	// Ack is the body that answers the callback when no message rides in it.
	Ack []byte
	// Seal puts a message into the callback's answer, if the platform has
	// passive replies. It returns an error when this message cannot ride.
	Seal func(m conversations.Message) (contentType string, body []byte, err error)
}

// Receipt is a platform's later word on a message it accepted. A platform that
// gives back what it was sent along names the message in Report.Message: its
// word counts then even if its answer to the sending got lost.
type Receipt struct {
	PlatformID string
	Report     conversations.Report
}

// Arrival is the receipt as something that came to an account.
func (r Receipt) Arrival(account string) conversations.Arrival {
	return conversations.Arrival{Receipt: &conversations.ArrivedReceipt{Account: account, PlatformID: r.PlatformID, Report: r.Report}}
}

// Pull asks for what an account has to fetch.
type Pull struct {
	Account string
	Token   string // of the callback, which lets fetch faster
}

// Puller is for platforms that keep messages until they are fetched. One pull
// of an account is under way at a time.
type Puller interface {
	Adapter
	// Pull fetches the page after a cursor, "" for the first there is. The
	// page and its cursor are committed together before the next is fetched.
	// Errors are *conversations.SendError.
	Pull(ctx context.Context, token, cursor string) (Pulled, error)
}

// Pulled is one page. An empty one may be followed by more.
type Pulled struct {
	Inbound  []conversations.Inbound
	Receipts []Receipt
	Cursor   string
	More     bool
}

// MediaFetcher is for platforms whose inbound media must be downloaded.
type MediaFetcher interface {
	Adapter
	// FetchMedia opens the media; the caller closes and bounds it. Errors
	// are *conversations.SendError.
	FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error)
}

// Marker is for platforms whose messages go on offering their choices until
// they are told which was tapped.
type Marker interface {
	Adapter
	// Mark shows it. Errors are *conversations.SendError; a mark that was made
	// before is one, and changes nothing.
	Mark(ctx context.Context, m conversations.Mark) error
}

// Typist is for platforms that can show a candidate that somebody writes to them.
type Typist interface {
	Adapter
	// Typing shows it, for as long as the platform does by itself, or with false
	// that nobody writes any more. It is no message: it counts for nothing, and one
	// that does not get through is forgotten. Errors are *conversations.SendError,
	// WindowClosed where it is too long ago that words were exchanged.
	Typing(ctx context.Context, to conversations.Address, typing bool) error
}

// Inviter is for platforms that can make a QR code which binds whoever scans it.
type Inviter interface {
	Adapter
	Invite(ctx context.Context, scene string) (conversations.Invited, error)
}

// Preparer is for accounts that need setting up at the platform, such as a
// menu. Prepare may be called at every start.
type Preparer interface {
	Adapter
	Prepare(ctx context.Context) error
}
