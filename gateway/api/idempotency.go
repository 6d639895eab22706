package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

const (
	// commandTime is how long a request may take before a repeat of it goes on in
	// its place, as if the gateway that began it had died. If that one lives, no
	// harm is done: what either did the other does not do again.
	commandTime = 15 * time.Second
	// commandUsual is how long nearly all take.
	commandUsual = 2 * time.Second
)

// keyForm is what an Idempotency-Key looks like: a UUID, say.
var keyForm = regexp.MustCompile(`^[\x21-\x7e]{8,128}$`)

// answered is an answer that can be given again.
type answered[T any] struct {
	status   int
	body     *T
	problem  *Problem
	replayed bool
}

// once does a request under its caller's key, or gives the answer again that
// it got before. do is given a name that stands for this very request.
func once[T any](ctx context.Context, a *API, key string, asked [][]byte, do func(ctx context.Context, name string) answered[T]) (answered[T], error) {
	if !keyForm.MatchString(key) {
		return answered[T]{}, &Problem{
			Type: problemURN + "idempotency-key-missing", Title: "No Idempotency-Key", Status: http.StatusBadRequest,
			Detail: "Send a header Idempotency-Key of 8 to 128 visible characters: a new one for every request, and the same when you repeat one. A UUID will do.",
		}
	}
	r := conversations.Request{Caller: callerOf(ctx).name, Key: key, Digest: digestOf(asked), Until: a.Now().Add(commandTime).Truncate(time.Millisecond)}
	kept, began, err := a.Store.BeginRequest(ctx, r)
	switch {
	case err != nil:
		return answered[T]{}, a.problem(ctx, "keeping a request", "", err)
	case kept.Digest != r.Digest:
		return answered[T]{}, &Problem{
			Type: problemURN + "idempotency-key-reused", Title: "The key was used before", Status: http.StatusUnprocessableEntity,
			Detail: "Another request came with this Idempotency-Key. Nothing was done. Use a new key for every request.",
		}
	case !began && kept.Status == 0:
		return answered[T]{}, inProgress(kept.Until.Sub(a.Now()))
	case !began:
		return replay[T](kept)
	}
	// What was begun is seen to its end, also if the caller hangs up.
	ctx = context.WithoutCancel(ctx)
	out := do(ctx, digestOf([][]byte{[]byte(r.Caller), []byte(key), []byte(r.Digest)}))
	return out, a.keep(ctx, r, out.status, out.content())
}

// inProgress tells a repeat when to come back: soon, or, if the first takes
// longer than usual, when it may be taken for dead.
func inProgress(left time.Duration) error {
	wait := 1
	if left < commandTime-commandUsual {
		wait = max(wait, seconds(left))
	}
	return huma.ErrorWithHeaders(&Problem{
		Type: problemURN + "in-progress", Title: "The request is under way", Status: http.StatusConflict,
		Detail: "A request with this Idempotency-Key is being done. Repeat it after " + strconv.Itoa(wait) + " seconds to get its answer.",
	}, http.Header{"Retry-After": {strconv.Itoa(wait)}})
}

// keep keeps an answer, unless something failed on our side.
func (a *API) keep(ctx context.Context, r conversations.Request, status int, content any) error {
	if status >= http.StatusInternalServerError {
		if err := a.Store.DropRequest(ctx, r); err != nil {
			return a.problem(ctx, "forgetting a request", "", err)
		}
		return nil
	}
	body, err := json.Marshal(content)
	if err != nil {
		return a.problem(ctx, "keeping an answer", "", err)
	}
	r.Status, r.Answer = status, body
	if err := a.Store.FinishRequest(ctx, r); err != nil {
		return a.problem(ctx, "keeping an answer", "", err)
	}
	return nil
}

func (o answered[T]) content() any {
	if o.problem != nil {
		return o.problem
	}
	return o.body
}

// err is the answer's problem, saying whether it was given before.
func (o answered[T]) err() error {
	switch {
	case o.problem == nil:
		return nil
	case o.replayed:
		return huma.ErrorWithHeaders(o.problem, http.Header{"Idempotency-Replayed": {"true"}})
	}
	return o.problem
}

func replay[T any](kept conversations.Request) (answered[T], error) {
	out := answered[T]{status: kept.Status, replayed: true}
	if kept.Status >= http.StatusBadRequest {
		out.problem = &Problem{}
		return out, json.Unmarshal(kept.Answer, out.problem)
	}
	out.body = new(T)
	return out, json.Unmarshal(kept.Answer, out.body)
}

// digestOf tells lists of texts apart.
func digestOf(parts [][]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(strconv.AppendInt(nil, int64(len(p)), 10))
		h.Write([]byte{':'})
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// failed is the answer of a problem.
func failed[T any](err error) answered[T] {
	var p *Problem
	if !errors.As(err, &p) {
		p = internalError()
	}
	return answered[T]{status: p.Status, problem: p}
}
