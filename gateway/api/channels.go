package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

// Channels is how a candidate can be written to.
type Channels struct {
	CandidateID string      `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	OptedOut    bool        `json:"opted_out" doc:"Whether the candidate wants no more messages." example:"false"`
	Preferred   string      `json:"preferred_channel,omitempty" doc:"The medium, or the account, that the candidate would rather be written to by." example:"sms"`
	Channels    []Channel   `json:"channels" nullable:"false" doc:"The candidate's addresses, one by one. The addresses themselves are not shown."`
	Call        *CallListed `json:"call,omitempty" doc:"Set while HR is to telephone the candidate."`
	ResultID    string      `json:"result_id,omitempty" doc:"The EHR's id of the current result." example:"R-2026-000815"`
	Plan        *Plan       `json:"plan,omitempty" doc:"The plan of the current result's notification."`
}

// Channel is one address of a candidate and what it allows now.
type Channel struct {
	Account  string    `json:"account" doc:"The account's id in Jiebao's configuration; h5 for the candidate's own page." example:"beijing"`
	Name     string    `json:"name,omitempty" doc:"What people call it." example:"北京分行招聘"`
	Medium   string    `json:"medium,omitempty" enum:"chat,push,sms,email,voice,page" doc:"What sort of channel it is." example:"chat"`
	State    string    `json:"state" enum:"open,free,templates,closed,unfollowed,bad_address,opted_out,unconfigured" doc:"Open: messages_left may be written. Free: any number may. Templates: only templates may be sent. Closed: nothing, until the candidate writes. Unfollowed: the candidate left. Bad_address: the platform does not know the address. Opted_out: answers only. Unconfigured: the account is not configured any more." example:"open"`
	Left     int       `json:"messages_left,omitempty" doc:"How many messages may still be written." example:"4"`
	Kept     bool      `json:"last_is_kept,omitempty" doc:"Only one is left, which is kept for a person." example:"false"`
	Closes   time.Time `json:"closes_at,omitzero" doc:"Until when." example:"2026-06-24T10:20:02+08:00"`
	OpenedBy string    `json:"opened_by,omitempty" doc:"What the candidate did to open it: message, click, follow, scan, visit or another gesture of the platform." example:"message"`
	LastIn   time.Time `json:"last_message_at,omitzero" doc:"When the candidate last wrote there." example:"2026-06-22T10:20:02+08:00"`
	BoundBy  string    `json:"bound_by,omitempty" doc:"What proved that it is the candidate: scene (the QR code), code, ehr, or the agent who approved." example:"scene"`
	Reason   string    `json:"reason,omitempty" doc:"What the platform said of a bad address." example:"bad_recipient:isv.MOBILE_NUMBER_ILLEGAL"`
	Current  bool      `json:"current" doc:"Words to the candidate leave here now." example:"true"`
}

// CallListed is a candidate on HR's call list.
type CallListed struct {
	Since  time.Time `json:"since" doc:"Since when." example:"2026-06-25T09:30:00+08:00"`
	Reason string    `json:"reason" doc:"Why: unanswered, when nothing that was sent was answered." example:"unanswered"`
	Calls  int       `json:"calls" doc:"How often nobody answered." example:"1"`
	Next   time.Time `json:"next,omitzero" doc:"When to call again." example:"2026-06-25T14:00:00+08:00"`
}

type channelsInput struct {
	ID string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
}

type channelsOutput struct{ Body Channels }

func (a *API) getChannels(ctx context.Context, in *channelsInput) (*channelsOutput, error) {
	c, err := a.Store.Candidate(ctx, callerOf(ctx).scope, in.ID)
	if err != nil {
		return nil, a.problem(ctx, "reading a candidate", in.ID, err)
	}
	return &channelsOutput{a.channelsOf(c)}, nil
}

func (a *API) channelsOf(c conversations.Conversation) Channels {
	out := Channels{CandidateID: c.Candidate.ID, OptedOut: c.OptedOut(), Channels: []Channel{}}
	if c.Preferred != nil {
		out.Preferred = c.Preferred.Channel
	}
	for _, s := range c.Ledger(a.Now(), a.Describe) {
		out.Channels = append(out.Channels, Channel{
			Account: s.Account, Name: s.Name, Medium: string(s.Medium), State: string(s.State), Left: s.Left, Kept: s.Kept,
			Closes: s.Closes, OpenedBy: s.Opened, LastIn: s.LastIn, BoundBy: s.BoundBy, Reason: s.Refused, Current: s.Now,
		})
	}
	if call := c.Call; call != nil {
		out.Call = &CallListed{Since: call.Since, Reason: call.Why, Calls: len(call.Made), Next: call.Next}
	}
	if app := c.Application(); app != nil {
		out.ResultID, out.Plan = app.ResultID, plan(app.Route)
	}
	return out
}

func (a *API) registerChannels() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "get-channels", Method: http.MethodGet, Path: "/v1/candidates/{id}/channels", Tags: []string{tagCandidates}, Security: needs(scopeCandidatesRead),
		Summary:     "See how a candidate can be written to",
		Description: "What every address of the candidate allows now, how long and why, and which step of the plan is next.",
		Responses:   a.responses(http.StatusNotFound),
	}, a.getChannels)
}
