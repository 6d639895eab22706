package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"jiebao/conversations"
)

// Bind binds followers who proved who they are.
func Bind(_ context.Context, it Item) Outcome {
	var b conversations.BindRequest
	if err := json.Unmarshal(it.Body, &b); err != nil {
		return unreadable(err)
	}
	return Outcome{
		Target: conversations.Target{Conversation: b.Conversation},
		Then:   conversations.Bind{Reach: b.Reach, From: b.From, By: b.By},
	}
}

// Tick tells conversations that the time has come that they asked for.
func Tick(_ context.Context, it Item) Outcome {
	var at conversations.TickAt
	if err := json.Unmarshal(it.Body, &at); err != nil {
		return unreadable(err)
	}
	return Outcome{Target: conversations.Target{Conversation: at.Conversation}, Then: conversations.Tick{At: at.At}}
}

// Inviter makes QR codes, by the adapter of the account.
type Inviter interface {
	Invite(ctx context.Context, account, scene string) (conversations.Invited, error)
}

// Invite makes the QR code of an invitation.
type Invite struct {
	Inviter Inviter
	Health  *Health
	Retry   RetryPolicy
	Now     func() time.Time
}

// Do asks the platform for the QR code. While it fails the invitation says
// why, and the code that is typed works all the same.
func (w *Invite) Do(ctx context.Context, it Item) Outcome {
	var r conversations.InviteRequest
	if err := json.Unmarshal(it.Body, &r); err != nil {
		return unreadable(err)
	}
	permit := w.Health.Ask(ctx, r.Account)
	if permit.Waits() {
		return permit.waiting()
	}
	inv, err := w.Inviter.Invite(ctx, r.Account, r.Scene)
	inv.Scene = r.Scene
	permit = w.Health.Fared(ctx, r.Account, it.ID, permit, err)
	o := Outcome{}
	if err != nil {
		o = w.Retry.Next(it, true, conversations.Receipt{}, askAgain(err), w.Now())
		inv.Error = err.Error()
	}
	if permit.Waits() {
		o = permit.waiting()
		o.Note = inv.Error
	}
	o.Then, o.Target = inv, conversations.Target{Conversation: r.Conversation}
	return o
}

// Media opens a candidate's file at the platform, by the account's adapter.
type Media interface {
	FetchMedia(ctx context.Context, account, ref string) (io.ReadCloser, error)
}

// Files keeps documents, and recordings of voice messages. Both read r to its
// end; what is refused comes back with the reason, an error means to try again.
type Files interface {
	Keep(ctx context.Context, document string, r io.Reader) (conversations.Filed, error)
	KeepVoice(ctx context.Context, recording string, r io.Reader) (conversations.Recorded, error)
}

// Fetch brings candidates' files from the platform into the documents store.
type Fetch struct {
	Media  Media
	Files  Files
	Health *Health
	Retry  RetryPolicy
	Now    func() time.Time
}

// Do fetches the file. Only what the platform will never give out again is
// given up.
func (w *Fetch) Do(ctx context.Context, it Item) Outcome {
	var f conversations.Fetch
	if err := json.Unmarshal(it.Body, &f); err != nil {
		return unreadable(err)
	}
	permit := w.Health.Ask(ctx, f.From.Account)
	if permit.Waits() {
		return permit.waiting()
	}
	came, permit, err := w.fetch(ctx, it, f, permit)
	if permit.Waits() {
		o := permit.waiting()
		o.Note = err.Error()
		return o
	}
	o := Outcome{}
	if err != nil {
		o = w.Retry.Next(it, true, conversations.Receipt{}, askAgain(err), w.Now())
		came = gone(f)
	}
	if o.Verdict == Done {
		o.Then, o.Target = came, conversations.Target{Conversation: f.Conversation}
	}
	return o
}

func (w *Fetch) fetch(ctx context.Context, it Item, f conversations.Fetch, permit Permit) (conversations.Command, Permit, error) {
	body, err := w.Media.FetchMedia(ctx, f.From.Account, f.Ref)
	permit = w.Health.Fared(ctx, f.From.Account, it.ID, permit, err)
	if err != nil {
		return nil, permit, err
	}
	defer body.Close()
	came, err := w.keep(ctx, f, body)
	if err != nil {
		err = &conversations.SendError{Reason: conversations.Temporary, Detail: "keeping the file", Err: err}
	}
	return came, permit, err
}

// keep reads the file and returns the command that says what became of it.
func (w *Fetch) keep(ctx context.Context, f conversations.Fetch, body io.Reader) (conversations.Command, error) {
	if f.Voice {
		recorded, err := w.Files.KeepVoice(ctx, f.Document, body)
		recorded.Recording = f.Document
		return recorded, err
	}
	filed, err := w.Files.Keep(ctx, f.Document, body)
	filed.Document = f.Document
	return filed, err
}

// gone says that the platform will never give the file out.
func gone(f conversations.Fetch) conversations.Command {
	if f.Voice {
		return conversations.Recorded{Recording: f.Document, Refused: "expired"}
	}
	return conversations.Filed{Document: f.Document, Refused: "expired"}
}

// askAgain turns an answer nobody can read into one to ask for again, for
// requests that change nothing at the platform.
func askAgain(err error) error {
	var se *conversations.SendError
	if errors.As(err, &se) && se.Reason == conversations.OutcomeUnsure {
		return &conversations.SendError{Reason: conversations.Temporary, Code: se.Code, Detail: se.Detail, Err: err}
	}
	return err
}
