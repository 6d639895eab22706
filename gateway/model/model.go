// Package model asks a large language model, behind any OpenAI-compatible
// endpoint, what a candidate may mean. What it returns is a suggestion that
// was held to its schema; an endpoint that is slow, wrong or hostile comes to
// nothing but an error.
//
// prompt.txt is all that the model is told, besides the masked message, which
// travels as data. answer.go reads what comes back, allowance.go bounds how
// often it is asked.
//
// Imports: conversations, bot/nlu for the names of intents, openai-go.
package model

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/shared"

	"jiebao/conversations"
)

//go:embed prompt.txt
var prompt string

// Config says which model is asked, and how much of it.
type Config struct {
	BaseURL string
	Key     string // "" sends none
	Name    string
	Timeout time.Duration
	Limits  Limits
}

// Options replace the world outside; Now is required.
type Options struct {
	Transport http.RoundTripper // nil: the standard library's
	Now       func() time.Time
	Log       *slog.Logger
}

// Client asks the model. It may be shared.
type Client struct {
	chat      openai.ChatCompletionService
	name      string
	timeout   time.Duration
	allowance *allowance
	now       func() time.Time
	log       *slog.Logger
}

// The most that is read of an answer: of the whole, and of the model's words.
const (
	maxBody    = 64 << 10
	maxContent = 4 << 10
)

// maxTokens is more than the longest answer that the schema allows.
const maxTokens = 200

// New returns a Client. It reads nothing from the environment.
func New(c Config, o Options) *Client {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	requests := []option.RequestOption{
		option.WithBaseURL(c.BaseURL),
		option.WithMaxRetries(0), // a candidate waits
		option.WithHTTPClient(&http.Client{
			Transport:     bounded{o.Transport},
			CheckRedirect: func(*http.Request, []*http.Request) error { return errRedirected },
		}),
	}
	if c.Key != "" {
		requests = append(requests, option.WithAPIKey(c.Key))
	}
	for _, h := range []string{"Lang", "Package-Version", "OS", "Arch", "Runtime", "Runtime-Version", "Retry-Count", "Timeout"} {
		requests = append(requests, option.WithHeaderDel("X-Stainless-"+h))
	}
	return &Client{
		chat: openai.NewChatCompletionService(requests...), name: c.Name, timeout: c.Timeout,
		allowance: newAllowance(c.Limits), now: o.Now, log: o.Log,
	}
}

var (
	errRedirected = errors.New("the endpoint redirects; set model.base_url to where it answers")
	errTooLong    = errors.New("the answer is too long")
)

// Suggest asks what u may mean. Its errors hold no words of the message or of
// the answer.
func (c *Client) Suggest(ctx context.Context, u conversations.Understand) (*conversations.Suggestion, error) {
	if err := c.allowance.take(c.now()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	s, tokens, err := c.ask(ctx, u)
	switch change := c.allowance.book(c.now(), tokens, err != nil); {
	case change == failing:
		c.log.Warn("the model fails again and again; it is left alone for a while and the bot asks back without it", "error", err)
	case change == recovered:
		c.log.Info("the model answers again")
	}
	return s, err
}

func (c *Client) ask(ctx context.Context, u conversations.Understand) (*conversations.Suggestion, int, error) {
	question, err := json.Marshal(struct {
		Asked   string               `json:"asked"`
		Locale  conversations.Locale `json:"locale"`
		Message string               `json:"message"`
	}{u.Asked, u.Locale, u.Text})
	if err != nil {
		return nil, 0, fmt.Errorf("putting the question to the model: %w", err)
	}
	got, err := c.chat.New(ctx, openai.ChatCompletionNewParams{
		Model:       c.name,
		Messages:    []openai.ChatCompletionMessageParamUnion{openai.SystemMessage(prompt), openai.UserMessage(string(question))},
		Temperature: openai.Float(0),
		MaxTokens:   openai.Int(maxTokens),
		ResponseFormat: openai.ChatCompletionNewParamsResponseFormatUnion{
			OfJSONSchema: &shared.ResponseFormatJSONSchemaParam{JSONSchema: shared.ResponseFormatJSONSchemaJSONSchemaParam{
				Name: "meaning", Strict: openai.Bool(true), Schema: schema(),
			}},
		},
	})
	if err != nil {
		return nil, len(question) + len(prompt), fmt.Errorf("asking the model: %w", plainly(ctx, err))
	}
	tokens := int(got.Usage.TotalTokens)
	if tokens <= 0 {
		tokens = len(question) + len(prompt) // more than it can have been
	}
	s, err := read(got, u.Text)
	if err != nil {
		return nil, tokens, fmt.Errorf("reading the model's answer: %w", err)
	}
	return s, tokens, nil
}

// plainly is an error without what the endpoint wrote, which may repeat the
// question, and without its address.
func plainly(ctx context.Context, err error) error {
	var refused *openai.Error
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("the endpoint refuses with HTTP status %d", refused.StatusCode)
	case ctx.Err() != nil:
		return errors.New("no answer in time")
	case errors.Is(err, errTooLong):
		return errTooLong
	case errors.Is(err, errRedirected):
		return errRedirected
	}
	return errors.New("the endpoint cannot be reached, or does not answer in its protocol")
}

// bounded reads no answer longer than maxBody.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &boundedBody{resp.Body, maxBody}
	return resp, nil
}

type boundedBody struct {
	io.ReadCloser
	left int
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		return b.left, errTooLong
	}
	b.left -= n
	return n, err
}
