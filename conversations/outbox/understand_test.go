package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"jiebao/conversations"
)

type modelFunc func(context.Context, conversations.Understand) (*conversations.Suggestion, error)

func (f modelFunc) Suggest(ctx context.Context, u conversations.Understand) (*conversations.Suggestion, error) {
	return f(ctx, u)
}

// TestUnderstandEndsAfterOneTry: whatever the model does, the task is over
// and the bot is told, so that the candidate is asked back.
func TestUnderstandEndsAfterOneTry(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 24, 9, 0, 0, 0, time.UTC)
	sure := &conversations.Suggestion{Intents: []string{"reschedule"}, Sure: true}
	answers := modelFunc(func(context.Context, conversations.Understand) (*conversations.Suggestion, error) { return sure, nil })
	tests := []struct {
		name  string
		model Model
		age   time.Duration
		want  *conversations.Suggestion
	}{
		{"answers", answers, 0, sure},
		{"off", nil, 0, nil},
		{"fails", modelFunc(func(context.Context, conversations.Understand) (*conversations.Suggestion, error) {
			return sure, errors.New("429")
		}), 0, nil},
		{"panics", modelFunc(func(context.Context, conversations.Understand) (*conversations.Suggestion, error) { panic("boom") }), 0, nil},
		{"asked too late", answers, 10 * time.Second, nil},
	}
	body, _ := json.Marshal(conversations.Understand{Conversation: "c1", Message: "c1-7", Text: "嗯"})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := Understand{Model: test.model, Now: func() time.Time { return now }, Patience: 10 * time.Second}
			o := w.Do(t.Context(), Item{Body: body, Created: now.Add(-test.age)})
			got, ok := o.Then.(conversations.Understood)
			if !ok || o.Verdict != Done || o.Target.Conversation != "c1" || got.Message != "c1-7" || got.Suggestion != test.want {
				t.Errorf("got %+v", o)
			}
		})
	}
}
