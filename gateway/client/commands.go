package client

import (
	"context"
	"crypto/rand"
	"net/http"
	"strconv"
	"time"
)

// Command is one thing to be done about a candidate: exactly one of the fields
// after the version is set.
type Command struct {
	CandidateID string          `json:"candidate_id"`
	Version     *int64          `json:"version,omitempty"` // as AtVersion
	ChangeOffer *ChangeOffer    `json:"change_offer,omitempty"`
	Withdraw    *WithdrawOffer  `json:"withdraw_offer,omitempty"`
	Decide      *DecideSchedule `json:"decide_schedule,omitempty"`
	Review      *ReviewDocument `json:"review_document,omitempty"`
	Send        *SendMessage    `json:"send_message,omitempty"`
	Reassign    *Reassign       `json:"reassign,omitempty"`
}

// ChangeOffer changes what is offered: the current result's, unless one is named.
type ChangeOffer struct {
	ResultID string     `json:"result_id,omitempty"`
	Offer    OfferPatch `json:"offer"`
	Note     string     `json:"note,omitempty"` // added for the candidate
	Overbook bool       `json:"overbook,omitempty"`
}

// OfferPatch is what is other now; nil stays.
type OfferPatch struct {
	StartDate         *string            `json:"start_date,omitempty"`
	ReplyBy           *time.Time         `json:"reply_by,omitempty"`
	Workplace         *string            `json:"workplace,omitempty"`
	ContactName       *string            `json:"contact_name,omitempty"`
	ContactPhone      *string            `json:"contact_phone,omitempty"`
	Documents         []RequiredDocument `json:"documents,omitzero"` // the whole checklist; empty and not nil: none
	NoticeDays        *int               `json:"notice_days,omitempty"`
	MedicalValidUntil *string            `json:"medical_valid_until,omitempty"`
}

// WithdrawOffer ends an offer.
type WithdrawOffer struct {
	ResultID string `json:"result_id,omitempty"`
	Note     string `json:"note,omitempty"`
}

// DecideSchedule answers the wish for another start date.
type DecideSchedule struct {
	RequestID string `json:"request_id"`
	Verdict   string `json:"verdict"`           // approved, refused or countered
	Counter   string `json:"counter,omitempty"` // for countered
	Note      string `json:"note,omitempty"`
	Overbook  bool   `json:"overbook,omitempty"`
}

// ReviewDocument is what came of looking at a document.
type ReviewDocument struct {
	DocumentID string `json:"document_id"`
	State      string `json:"state,omitempty"` // accepted or rejected; empty: it is only filed
	Item       string `json:"item,omitempty"`
	Reason     string `json:"reason,omitempty"` // for rejected, as the candidate is told
}

// SendMessage is words for the candidate.
type SendMessage struct {
	Text          string `json:"text"`
	DespiteOptOut bool   `json:"despite_opt_out,omitempty"`
}

// Reassign says who speaks to the candidate.
type Reassign struct {
	To      string `json:"to"` // agent or bot
	AgentID string `json:"agent_id,omitempty"`
}

// SettleConflict is the decision about a conflict, once.
type SettleConflict struct {
	ConflictID string `json:"conflict_id"`
	Choice     string `json:"choice"`         // theirs, ours or handled
	Note       string `json:"note,omitempty"` // needed for handled
}

// Outcome is how the candidate stands after a command.
type Outcome struct {
	CandidateID      string   `json:"candidate_id"`
	Status           string   `json:"status"`  // done, unchanged or would_do
	Version          int64    `json:"version"` // for the next command's AtVersion
	ResultID         string   `json:"result_id,omitempty"`
	Answer           string   `json:"answer,omitempty"`
	OfferedStartDate string   `json:"offered_start_date,omitempty"`
	StartDate        string   `json:"start_date,omitempty"`
	Owner            string   `json:"owner"` // bot, queue or agent
	AgentID          string   `json:"agent_id,omitempty"`
	Says             []string `json:"says,omitempty"` // of a dry run: what the candidate would be told
}

// BatchOutcome is what came of several commands.
type BatchOutcome struct {
	Done    int             `json:"done"`
	Failed  int             `json:"failed"`
	Results []CommandResult `json:"results"` // in the order of the commands
}

// CommandResult is what came of one of several commands: an outcome or a problem.
type CommandResult struct {
	CandidateID string   `json:"candidate_id,omitempty"`
	Outcome     *Outcome `json:"outcome,omitempty"`
	Problem     *Problem `json:"problem,omitempty"`
}

// How is a way in which a command is carried out.
type How func(*call)

// WithKey names the request by an Idempotency-Key of your own, which you keep:
// then also a repeat after a restart is answered and not done again, for 72
// hours. Without it every call of a method is a new request.
func WithKey(key string) How { return func(o *call) { o.header["Idempotency-Key"] = key } }

// AtVersion has the command done only if nothing happened to the candidate since
// that version; otherwise it is refused as "version-mismatch". In a batch, set the
// versions of the commands instead.
func AtVersion(version int64) How {
	return func(o *call) { o.header["If-Match"] = strconv.Quote(strconv.FormatInt(version, 10)) }
}

// DryRun only says what would come of the command: nothing is done or kept.
func DryRun() How { return func(o *call) { o.path += "?dry_run=true" } }

// ChangeOffer tells the candidate of a changed offer, and asks again if it was
// confirmed.
func (c *Client) ChangeOffer(ctx context.Context, candidate string, o ChangeOffer, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "change-offer"), o, how)
}

// WithdrawOffer tells the candidate that the offer is withdrawn.
func (c *Client) WithdrawOffer(ctx context.Context, candidate string, o WithdrawOffer, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "withdraw-offer"), o, how)
}

// DecideSchedule answers the candidate's wish for another start date.
func (c *Client) DecideSchedule(ctx context.Context, candidate string, d DecideSchedule, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "decide-schedule"), d, how)
}

// ReviewDocument accepts, rejects or files a document.
func (c *Client) ReviewDocument(ctx context.Context, candidate string, r ReviewDocument, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "review-document"), r, how)
}

// SendMessage writes to the candidate.
func (c *Client) SendMessage(ctx context.Context, candidate string, m SendMessage, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "send-message"), m, how)
}

// Reassign hands the candidate to an agent or to the bot.
func (c *Client) Reassign(ctx context.Context, candidate string, r Reassign, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "reassign"), r, how)
}

// SettleConflict decides what two systems do not agree on about the candidate.
func (c *Client) SettleConflict(ctx context.Context, candidate string, s SettleConflict, how ...How) (Outcome, error) {
	return command[Outcome](ctx, c, path("candidates", candidate, "settle-conflict"), s, how)
}

// Commands has up to 500 commands carried out, each answered on its own; those of
// one candidate are done in their order.
func (c *Client) Commands(ctx context.Context, all []Command, how ...How) (BatchOutcome, error) {
	return command[BatchOutcome](ctx, c, path("commands"), batch{all}, how)
}

type batch struct {
	Commands []Command `json:"commands"`
}

// command makes a call that is done once, however often it is made.
func command[T any](ctx context.Context, c *Client, path string, in any, how []How) (out T, err error) {
	o := call{method: http.MethodPost, path: path, in: in, out: &out, header: map[string]string{"Idempotency-Key": rand.Text()}}
	for _, h := range how {
		h(&o)
	}
	return out, c.do(ctx, o)
}
