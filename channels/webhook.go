package channels

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"jiebao/conversations"
)

const (
	// maxBody is far above what any platform posts: texts of a few
	// kilobytes, never files.
	maxBody = 1 << 20
	// answerBy is how long WeChat waits for the answer to a callback
	// (接收普通消息: 五秒内收不到响应会断掉连接); the other platforms wait no
	// shorter.
	answerBy = 5 * time.Second
)

// Verifier is for platforms that check an address with a GET request before
// they post to it.
type Verifier interface {
	Adapter
	// Verify returns what to answer, or ErrForged.
	Verify(r *http.Request) (echo []byte, err error)
}

// Pulls is where callbacks leave word that an account has something to fetch.
type Pulls interface {
	// AskPull returns after the commit.
	AskPull(ctx context.Context, account, token string) error
}

// Webhook is the one handler of all platforms' callbacks. It answers only
// after what the callback says is committed, so that a platform that got an
// answer may forget the message.
type Webhook struct {
	Store    conversations.Store
	Accounts map[string]Adapter
	// Pulls learns which accounts have something to fetch; nil if none of the
	// platforms keeps messages until they are fetched.
	Pulls Pulls
	// Carried learns for every message that was to ride in an answer whether
	// the answer left in time. It must not block.
	Carried func(messageID string, carried bool)
	Log     *slog.Logger
	Now     func() time.Time
	// Deadline is how long a platform waits for the answer; zero: five
	// seconds. An answer that left later carried nothing.
	Deadline time.Duration
}

// Handle serves one callback to an account: 404 for an unknown account, 403
// for a forged request, 413 for a body over 1 MiB, 400 for one that cannot be
// read, and 503, so that the platform tries again, when it was not stored.
func (h *Webhook) Handle(w http.ResponseWriter, r *http.Request, account string) {
	started := h.Now()
	adapter, ok := h.Accounts[account]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	switch r.Method {
	case http.MethodPost:
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		h.receive(w, r, adapter, account, started)
	case http.MethodGet:
		h.verify(w, r, adapter, account)
	default:
		w.Header().Set("Allow", "GET, POST")
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func (h *Webhook) verify(w http.ResponseWriter, r *http.Request, adapter Adapter, account string) {
	v, ok := adapter.(Verifier)
	if !ok {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	echo, err := v.Verify(r)
	if err != nil {
		h.refuse(w, r, account, err)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	write(w, "text/plain; charset=utf-8", echo)
}

func (h *Webhook) receive(w http.ResponseWriter, r *http.Request, adapter Adapter, account string, started time.Time) {
	batch, err := adapter.Parse(r)
	if err != nil {
		h.refuse(w, r, account, err)
		return
	}
	rider, err := h.apply(r.Context(), &batch, account)
	if err != nil {
		if rider != nil {
			h.Carried(rider.ID, false)
		}
		h.Log.ErrorContext(r.Context(), "a callback was not stored; the platform will try again", "account", account, "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if rider == nil {
		write(w, "text/plain; charset=utf-8", batch.Ack)
		return
	}
	h.carry(w, r, &batch, rider, account, started)
}

// carry answers with the rider, or, when it cannot ride, with the plain
// acknowledgement, and says which it was.
func (h *Webhook) carry(w http.ResponseWriter, r *http.Request, batch *Batch, rider *conversations.Message, account string, started time.Time) {
	contentType, body, err := seal(batch, *rider)
	if err != nil {
		h.Log.WarnContext(r.Context(), "a message cannot ride in the answer and is sent by itself", "account", account, "message", rider.ID, "error", err)
		write(w, "text/plain; charset=utf-8", batch.Ack)
		h.Carried(rider.ID, false)
		return
	}
	err = errors.Join(write(w, contentType, body), flush(w), r.Context().Err())
	h.Carried(rider.ID, err == nil && h.Now().Sub(started) < h.deadline())
}

func seal(batch *Batch, m conversations.Message) (contentType string, body []byte, err error) {
	if batch.Seal == nil {
		return "", nil, errors.New("the answer to this callback carries no messages")
	}
	return batch.Seal(m)
}

// apply commits what the callback says, in order, and returns the message to
// carry in the answer. Only one can ride; the others learn that they did not.
func (h *Webhook) apply(ctx context.Context, batch *Batch, account string) (rider *conversations.Message, err error) {
	for _, in := range batch.Inbound {
		to, command := conversations.Arrival{Inbound: &in}.Turn()
		applied, err := h.Store.Apply(ctx, to, command)
		if err != nil {
			return rider, err
		}
		switch {
		case applied.Answer == nil:
		case rider == nil:
			rider = applied.Answer
		default:
			h.Carried(applied.Answer.ID, false)
		}
	}
	if err := h.report(ctx, batch.Receipts, account); err != nil {
		return rider, err
	}
	for _, p := range batch.Pulls {
		if err := h.Pulls.AskPull(ctx, p.Account, p.Token); err != nil {
			return rider, err
		}
	}
	return rider, nil
}

// atOnce is how many receipts of a callback are committed side by side: as many
// as the store takes together.
const atOnce = 64

// report commits the receipts of a callback, of which providers of text
// messages put many into one. They are of many conversations, and in what order
// those of one message come does not matter.
func (h *Webhook) report(ctx context.Context, receipts []Receipt, account string) error {
	errs := make([]error, len(receipts))
	room := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, receipt := range receipts {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			to, command := receipt.Arrival(account).Turn()
			if _, err := h.Store.Apply(ctx, to, command); !errors.Is(err, conversations.ErrNotFound) {
				errs[i] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// refuse answers a request that Parse or Verify did not accept. What it logs
// names the account and the cause, never what the request said.
func (h *Webhook) refuse(w http.ResponseWriter, r *http.Request, account string, err error) {
	status := http.StatusBadRequest
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, ErrForged):
		status = http.StatusForbidden
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	}
	h.Log.WarnContext(r.Context(), "a callback was refused", "account", account, "status", status, "error", err)
	w.WriteHeader(status)
}

func (h *Webhook) deadline() time.Duration {
	if h.Deadline > 0 {
		return h.Deadline
	}
	return answerBy
}

func write(w http.ResponseWriter, contentType string, body []byte) error {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	n, err := w.Write(body)
	if err == nil && n < len(body) {
		err = io.ErrShortWrite
	}
	return err
}

// flush pushes the answer out and returns what went wrong on the way, also
// when a router's writer in between would keep the error to itself. A writer
// that cannot flush has nothing to report.
func flush(w http.ResponseWriter) error {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	for {
		switch v := w.(type) {
		case interface{ FlushError() error }:
			return v.FlushError()
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}
