package h5

import (
	"context"
	"net/http"

	"jiebao/channels"
	"jiebao/conversations"
)

// Account is the pages as a channel: what is sent to it stands on the
// candidate's page as soon as it is recorded.
type Account struct {
	Name string // what people call it
}

var _ channels.Adapter = Account{}

// Describe implements channels.Adapter.
func (a Account) Describe() conversations.Description {
	return conversations.Description{
		Platform: "h5", Account: conversations.PageAccount, Name: a.Name, Medium: conversations.Page,
		Choices: 10, Reads: true,
	}
}

// Parse implements channels.Adapter: no platform calls back.
func (Account) Parse(*http.Request) (channels.Batch, error) {
	return channels.Batch{}, channels.ErrForged
}

// Send implements channels.Adapter. The page shows the conversation itself, so
// that nothing is left to do; whether anybody reads it is another matter.
func (Account) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	if err := ctx.Err(); err != nil {
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.Temporary, Detail: "the gateway is stopping", Err: err}
	}
	switch {
	case d.To.Account != conversations.PageAccount || d.To.ID == "":
		return conversations.Receipt{}, channels.BadRecipient("it is not addressed to a candidate's page")
	case d.Kind != conversations.Text && d.Kind != conversations.Menu:
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.BadContent, Detail: "the candidate's page shows texts and choices, not a " + string(d.Kind)}
	case d.Text == "":
		return conversations.Receipt{}, &conversations.SendError{Reason: conversations.BadContent, Detail: "there is nothing to show"}
	}
	return conversations.Receipt{PlatformID: d.Message}, nil
}
