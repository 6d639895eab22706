package push

import (
	"context"
	"strings"
	"time"

	"jiebao/conversations"
)

// provider brings banners to the devices it knows. To add one, implement this
// and add it to Account.build.
type provider interface {
	name() string
	address() string // that it is called at
	// push shows n on a device and returns the provider's id of it. Repeating
	// it shows the candidate nothing more.
	push(ctx context.Context, token string, n notice) (id string, refused *refusal)
}

// refusal is why a banner is not known to have been taken.
type refusal struct {
	*conversations.SendError
	// Gone is since when the provider does not know the token any more; zero
	// if it does.
	Gone time.Time
}

func refuse(r conversations.Reason, detail string) *conversations.SendError {
	return &conversations.SendError{Reason: r, Detail: detail}
}

// refused wraps what went wrong in a call.
func refused(e *conversations.SendError) *refusal { return &refusal{SendError: e} }

// verdict is what a provider's code means.
type verdict struct {
	reason conversations.Reason
	wait   time.Duration
	gone   bool
}

// refusal words a verdict. What the provider wrote beside the code is kept out
// of it when it repeats the token.
func (v verdict) refusal(name, code, text, token string, now time.Time) *refusal {
	detail := name + " refused it"
	if text != "" {
		detail += ": " + shorten(strings.ReplaceAll(strings.ToValidUTF8(text, ""), token, "…"), 200)
	}
	r := &refusal{SendError: &conversations.SendError{Reason: v.reason, Code: code, Detail: detail, RetryAfter: v.wait}}
	if v.gone {
		r.Gone = now
	}
	return r
}

// guarded is a provider with its breaker.
type guarded struct {
	provider
	breaker breaker
}

// push pushes unless the provider is resting.
func (g *guarded) push(ctx context.Context, token string, n notice) (string, *refusal) {
	if wait, resting := g.breaker.rests(); resting {
		return "", &refusal{SendError: &conversations.SendError{
			Reason: conversations.Temporary, Code: g.name() + "_resting", Detail: g.name() + " failed several times in a row and is left alone for a while", RetryAfter: wait,
		}}
	}
	id, refused := g.provider.push(ctx, token, n)
	g.breaker.note(refused != nil && (refused.Reason == conversations.Temporary || refused.Reason == conversations.OutcomeUnsure) && ctx.Err() == nil)
	return id, refused
}
