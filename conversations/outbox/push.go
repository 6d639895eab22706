package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"jiebao/conversations"
)

// Parcel is a document on its way to the EHR's own storage.
type Parcel struct {
	conversations.Document
	Candidate string // the EHR's id
	Result    string // that it was sent for
}

// Storage is the EHR's own storage of documents.
type Storage interface {
	// Put writes a document there, over what an earlier Put of it left. It reads
	// content at most to its end, and ends with a *conversations.SendError if the
	// storage did not take it.
	Put(ctx context.Context, p Parcel, content io.Reader) error
}

// Push puts documents into the EHR's own storage. One that the storage does not
// take is tried again until Patience ends. While the storage takes none at all,
// which raises an alarm, no document is to blame: they wait until it is back.
type Push struct {
	Storage Storage
	// Thread returns a conversation, or conversations.ErrNotFound.
	Thread func(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
	// Open opens a document as it came in, or returns conversations.ErrNotFound.
	Open     func(ctx context.Context, id string) (io.ReadSeekCloser, error)
	Health   *Health
	Wait     func(attempts int) time.Duration // after an attempt that failed, of which there were so many before
	Patience time.Duration
	Now      func() time.Time
}

// Do makes one attempt.
func (w *Push) Do(ctx context.Context, it Item) Outcome {
	var r conversations.PushRequest
	if err := json.Unmarshal(it.Body, &r); err != nil {
		return unreadable(err)
	}
	permit := w.Health.Ask(ctx, conversations.PushAccount)
	if permit.Waits() {
		return permit.waiting()
	}
	p, err := w.parcel(ctx, r)
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		return pushed(r, "the document is no longer kept")
	case errors.Is(err, conversations.ErrStale):
		return Outcome{Verdict: Done, Note: "it was asked for anew"}
	case err == nil:
		err = w.put(ctx, p)
	}
	if ctx.Err() != nil && err != nil {
		return Outcome{Verdict: Retry, RetryAt: w.Now(), Uncounted: true, Note: "broken off because the gateway stopped"}
	}
	return w.fared(ctx, it, r, permit, err)
}

// fared is what becomes of the task after an attempt.
func (w *Push) fared(ctx context.Context, it Item, r conversations.PushRequest, permit Permit, err error) Outcome {
	var se *conversations.SendError
	if err == nil || errors.As(err, &se) {
		permit = w.Health.Fared(ctx, conversations.PushAccount, it.ID, permit, err)
	}
	now := w.Now()
	switch {
	case err == nil:
		return pushed(r, "")
	case errors.Is(err, conversations.ErrNotFound):
		return pushed(r, "the document is no longer kept")
	case permit.Waits():
		o := permit.waiting()
		o.Note = err.Error()
		return o
	case it.Attempts > 0 && now.Sub(it.Created) >= w.Patience:
		o := pushed(r, err.Error())
		o.Note = err.Error()
		return o
	}
	wait := w.Wait(it.Attempts)
	if se != nil {
		wait = max(wait, se.RetryAfter)
	}
	return Outcome{Verdict: Retry, RetryAt: wholeMillis(now.Add(wait)), Note: err.Error()}
}

// parcel looks at what the conversation knows of the document now. A request
// that a later one took the place of is ErrStale.
func (w *Push) parcel(ctx context.Context, r conversations.PushRequest) (Parcel, error) {
	c, err := w.Thread(ctx, conversations.Everything, r.Conversation)
	if err != nil {
		return Parcel{}, err
	}
	for i := range c.Applications {
		d := c.Applications[i].Document(r.Document)
		switch {
		case d == nil:
			continue
		case !d.Kept():
			return Parcel{}, conversations.ErrNotFound
		case d.Push == nil || d.Push.Asked != r.Asked:
			return Parcel{}, conversations.ErrStale
		}
		return Parcel{*d, c.Candidate.ID, c.Applications[i].ResultID}, nil
	}
	return Parcel{}, conversations.ErrNotFound
}

// put opens the document and puts it. That it could not be read is not the
// storage's fault.
func (w *Push) put(ctx context.Context, p Parcel) error {
	file, err := w.Open(ctx, p.ID)
	if err != nil {
		return err
	}
	defer file.Close()
	content := &heard{r: file}
	err = w.Storage.Put(ctx, p, content)
	if content.err != nil {
		return content.err
	}
	return err
}

// heard remembers what went wrong while it was read.
type heard struct {
	r   io.Reader
	err error
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		h.err = err
	}
	return n, err
}

func pushed(r conversations.PushRequest, problem string) Outcome {
	return Outcome{
		Verdict: Done, Target: conversations.Target{Conversation: r.Conversation},
		Then: conversations.Pushed{Document: r.Document, Asked: r.Asked, Problem: problem},
	}
}
