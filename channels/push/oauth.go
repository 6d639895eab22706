package push

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

// errAccount is about a key file, whose content is not repeated.
var errAccount = errors.New("it is not the JSON of a service account's key file")

// oauth asks an OAuth server for an access token (RFC 6749, 5). Asking twice
// does no harm, so that what nobody can tell is temporary.
func (c *caller) oauth(ctx context.Context, name, address string, fields url.Values, now func() time.Time) (kept, *conversations.SendError) {
	a, e := c.call(ctx, form(address, fields))
	if e != nil {
		return kept{}, channels.Temporary(name+" gave no access token", e)
	}
	var said struct {
		Token   string          `json:"access_token"`
		Expires int64           `json:"expires_in"` // seconds
		Error   json.RawMessage `json:"error"`
	}
	err := json.Unmarshal(a.body, &said)
	switch {
	case err == nil && a.status < 300 && said.Token != "" && said.Expires > 0:
		return kept{said.Token, now().Add(time.Duration(said.Expires) * time.Second)}, nil
	case err == nil && len(said.Error) > 0 && a.status < 500:
		return kept{}, &conversations.SendError{
			Reason: conversations.Credentials, Code: name + "_oauth",
			Detail: name + " gives no access token for these credentials: " + shorten(string(said.Error), 60),
		}
	}
	e = a.unknown(name).SendError
	if e.Reason == conversations.OutcomeUnsure {
		e.Reason = conversations.Temporary
	}
	return kept{}, e
}
