package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"jiebao/conversations"
)

// Model makes suggestions about what a candidate may mean. An error means
// that there is none; it must not hold words.
type Model interface {
	Suggest(ctx context.Context, u conversations.Understand) (*conversations.Suggestion, error)
}

// Understand asks a model about messages that the bot could not read. The
// task is over after one try, however it went: a candidate waits for the
// bot's question, which needs no model.
type Understand struct {
	Model Model // nil: none is asked
	Now   func() time.Time
	// Patience is the age at which a task is too old to be worth asking:
	// the candidate has waited long enough.
	Patience time.Duration
}

// Do asks the model, and has the bot answer the candidate.
func (w *Understand) Do(ctx context.Context, it Item) Outcome {
	var u conversations.Understand
	if err := json.Unmarshal(it.Body, &u); err != nil {
		return unreadable(err)
	}
	o := Outcome{Target: conversations.Target{Conversation: u.Conversation}}
	understood := conversations.Understood{Message: u.Message}
	if w.Model != nil && w.Now().Sub(it.Created) < w.Patience {
		var err error
		if understood.Suggestion, err = w.ask(ctx, u); err != nil {
			understood.Suggestion, o.Note = nil, err.Error()
		}
	}
	o.Then = understood
	return o
}

var errModelPanicked = errors.New("the model's client panicked")

// ask survives a model that panics, for whom the candidate would wait.
func (w *Understand) ask(ctx context.Context, u conversations.Understand) (s *conversations.Suggestion, err error) {
	defer func() {
		if recover() != nil {
			s, err = nil, errModelPanicked
		}
	}()
	return w.Model.Suggest(ctx, u)
}
