package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

const appMessagesPath = "/v1/app/messages"

// AppThread is a page of the candidate's conversation.
type AppThread struct {
	Messages []AppMessage `json:"messages" nullable:"false" doc:"Oldest first."`
	More     bool         `json:"more" doc:"Whether there are older ones: read them with before." example:"false"`
	Next     string       `json:"next,omitempty" doc:"The cursor of the page of older ones, if there are any." example:"eyJvZiI6Im1lc3NhZ2VzIn0"`
	Speaker  string       `json:"speaker" enum:"bot,waiting,person" doc:"Who answers: the bot, nobody until a person comes, or a person." example:"bot"`
	Cursor   string       `json:"cursor" doc:"Where the stream continues; see Last-Event-ID there." example:"7-mc8x1k2o"`
}

// AppMessage is one message, as the candidate sees it.
type AppMessage struct {
	ID       string      `json:"id" doc:"Jiebao's id of the message, as banners name it." example:"cnv_8sKq2VnT4x-7"`
	N        int64       `json:"number" doc:"Its place in the conversation; numbers may be left out." example:"7"`
	From     string      `json:"from" enum:"candidate,bot,person,bank" doc:"Who wrote it: the candidate, the bot, a person of the bank's, or the bank itself." example:"bot"`
	Kind     string      `json:"kind" enum:"text,image,voice,video,file,location" doc:"What it consists of. Of other kinds than text only the kind is told." example:"text"`
	Text     string      `json:"text,omitempty" doc:"The words." example:"请问您能在2026年7月6日入职吗？"`
	Choices  []AppChoice `json:"choices,omitempty" nullable:"false" doc:"Answers to tap. Tapping is posting the choice's id; saying its text means the same."`
	At       time.Time   `json:"at" doc:"When it was written." example:"2026-06-22T09:30:02+08:00"`
	Read     bool        `json:"read,omitempty" doc:"Of the bank's messages: whether it was read, here or elsewhere." example:"true"`
	ClientID string      `json:"client_id,omitempty" doc:"Of the candidate's messages: the id that the app gave it." example:"0b9c6a3e-0d3f-4b0e-8f0e-4f6a0c7d2a11"`
}

// AppChoice is one answer to tap.
type AppChoice struct {
	ID   string `json:"id" doc:"What tapping it posts." example:"start.yes"`
	Text string `json:"text" doc:"What it says." example:"可以，准时入职"`
}

type threadInput struct {
	Page   string `query:"cursor" maxLength:"512" doc:"Where to go on: next of the page before. Without it, the newest." example:"eyJvZiI6Im1lc3NhZ2VzIn0"`
	Before int64  `query:"before" minimum:"0" default:"0" doc:"Only messages with a lower number; 0 for the newest. Of cursor and this, cursor counts." example:"0"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"How many at most." example:"50"`
}

type threadOutput struct{ Body AppThread }

func (a *API) readOwnMessages(ctx context.Context, in *threadInput) (*threadOutput, error) {
	h, c, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	at := a.Now()
	before := in.Before
	if in.Page != "" {
		if before, err = placeOf[int64]("messages", in.Page); err != nil {
			return nil, err
		}
	}
	messages, more, err := a.visible(ctx, h, c, before, in.Limit)
	if err != nil {
		return nil, a.appProblem(ctx, "reading a candidate's messages", err)
	}
	out := AppThread{Messages: make([]AppMessage, 0, len(messages)), More: more, Speaker: speaker(c.Owner), Cursor: cursor{c.Messages, at}.String()}
	for _, m := range messages {
		out.Messages = append(out.Messages, h.message(m))
	}
	if more {
		out.Next = cursorAt("messages", messages[0].N)
	}
	return &threadOutput{out}, nil
}

func speaker(o conversations.Owner) string {
	switch o.Kind {
	case conversations.OwnedByAgent:
		return "person"
	case conversations.OwnedByQueue:
		return "waiting"
	}
	return "bot"
}

// visible returns up to limit messages that the candidate may see, oldest
// first, and whether there may be older ones.
func (a *API) visible(ctx context.Context, h holder, c conversations.Conversation, before int64, limit int) (out []conversations.MessageView, more bool, err error) {
	for {
		page, err := a.App.Store.Messages(ctx, conversations.Everything, c.ID, before, limit)
		if err != nil || len(page) == 0 {
			return out, false, err
		}
		var seen []conversations.MessageView
		for _, m := range page {
			if h.sees(c, m.Message, a.Now()) {
				seen = append(seen, m)
			}
		}
		out = append(seen, out...)
		before = page[0].N
		if len(out) >= limit || before == 1 {
			more = before > 1 || len(out) > limit
			return out[max(len(out)-limit, 0):], more, nil
		}
	}
}

// sees says whether the candidate may see a message in the app: what they
// wrote, what was said here or on their page, and what left for them elsewhere.
func (h holder) sees(c conversations.Conversation, m conversations.Message, now time.Time) bool {
	switch {
	case m.Kind.Internal(), c.Unsaid(m.ID, now), m.CalledOff():
		return false
	case m.Author == conversations.ByCandidate, m.Address.Account == h.account, m.Address.Account == conversations.PageAccount:
		return true
	}
	return m.Status >= conversations.Unknown && m.Status != conversations.Failed
}

// message is m as the candidate sees it.
func (h holder) message(m conversations.MessageView) AppMessage {
	out := AppMessage{ID: m.ID, N: m.N, From: from(m.Author), Kind: kind(m.Kind), At: m.At}
	if out.Kind == "text" {
		out.Text = m.Text
	}
	for _, c := range m.Choices {
		out.Choices = append(out.Choices, AppChoice(c))
	}
	if m.Author == conversations.ByCandidate {
		out.ClientID, _ = strings.CutPrefix(m.Dedupe, h.dedupePrefix())
		if out.ClientID == m.Dedupe {
			out.ClientID = "" // it came by another channel
		}
	} else {
		out.Read = m.Status == conversations.Read
	}
	return out
}

// dedupePrefix stands before the app's own ids, which are unique for one
// candidate only.
func (h holder) dedupePrefix() string { return h.account + "/" + h.candidate + "/" }

func from(a conversations.Author) string {
	switch {
	case a == conversations.ByCandidate, a == conversations.ByBot:
		return string(a)
	case a.Agent() != "":
		return "person"
	}
	return "bank"
}

// kind is what a message shows as: templates and menus are words.
func kind(k conversations.Kind) string {
	switch k {
	case conversations.Image, conversations.Voice, conversations.Video, conversations.File, conversations.Location:
		return string(k)
	}
	return "text"
}

// AppPost is what the candidate says.
type AppPost struct {
	ClientID string `json:"client_id" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$" patternDescription:"an id of letters, digits and . _ -" doc:"The app's own id of the message, such as a UUID: the same one twice is one message." example:"0b9c6a3e-0d3f-4b0e-8f0e-4f6a0c7d2a11"`
	Text     string `json:"text,omitempty" maxLength:"2000" doc:"The words; or else choice." example:"可以晚一周入职吗？"`
	Choice   string `json:"choice,omitempty" maxLength:"128" doc:"The id of a choice of the bank's message that was tapped." example:"start.yes"`
}

type postMessageInput struct{ Body AppPost }

type postMessageOutput struct {
	Status int
	Body   AppMessage
}

// choicesWithin is how many messages back a choice may be tapped.
const choicesWithin = 50

func (a *API) sendOwnMessage(ctx context.Context, in *postMessageInput) (*postMessageOutput, error) {
	h, c, err := a.own(ctx)
	if err != nil {
		return nil, err
	}
	text, wrong, err := a.saying(ctx, h, c, in.Body)
	switch {
	case err != nil:
		return nil, a.appProblem(ctx, "reading a candidate's messages", err)
	case wrong != nil:
		return nil, invalid(wrong)
	}
	said := conversations.Inbound{
		Address: conversations.Address{Account: h.account, ID: h.candidate}, Dedupe: h.candidate + "/" + in.Body.ClientID,
		At: a.Now(), Gesture: conversations.Said, Kind: conversations.Text, Text: text, Choice: in.Body.Choice,
	}
	applied, err := a.Store.Apply(ctx, conversations.Target{Address: said.Address}, conversations.Receive{Inbound: said})
	if err != nil {
		return nil, a.appProblem(ctx, "storing a candidate's message", err)
	}
	return a.became(ctx, h, c, said, applied)
}

// saying is what a post says in words, or what is wrong with it.
func (a *API) saying(ctx context.Context, h holder, c conversations.Conversation, p AppPost) (string, []FieldProblem, error) {
	switch {
	case (p.Text == "") == (p.Choice == ""):
		return "", []FieldProblem{{"text", "expected either text or choice"}}, nil
	case strings.TrimSpace(p.Text) == "" && p.Choice == "", !utf8.ValidString(p.Text), strings.ContainsRune(p.Text, 0):
		return "", []FieldProblem{{"text", "expected words"}}, nil
	case p.Text != "":
		return p.Text, nil, nil
	}
	messages, err := a.App.Store.Messages(ctx, conversations.Everything, c.ID, 0, choicesWithin)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, choice := range messages[i].Choices {
			if choice.ID == p.Choice && h.sees(c, messages[i].Message, a.Now()) {
				return choice.Text, nil, nil
			}
		}
	}
	return "", []FieldProblem{{"choice", "expected the id of a choice of one of the last messages"}}, err
}

// became is the message that a post became. A repeat of one long ago is told
// without its place.
func (a *API) became(ctx context.Context, h holder, c conversations.Conversation, said conversations.Inbound, applied conversations.Applied) (*postMessageOutput, error) {
	out := &postMessageOutput{Status: http.StatusCreated, Body: AppMessage{
		From: string(conversations.ByCandidate), Kind: "text", Text: said.Text, At: said.At, ClientID: strings.TrimPrefix(said.Dedupe, h.candidate+"/"),
	}}
	if applied.Duplicate {
		out.Status = http.StatusOK
	}
	messages, err := a.App.Store.Messages(ctx, conversations.Everything, c.ID, 0, choicesWithin)
	if err != nil {
		return nil, a.appProblem(ctx, "reading a candidate's messages", err)
	}
	for _, m := range messages {
		if m.Dedupe == h.account+"/"+said.Dedupe {
			out.Body = h.message(m)
		}
	}
	return out, nil
}

type acknowledgeInput struct {
	ID string `path:"id" maxLength:"96" doc:"The message's id, as the banner or the conversation tells it." example:"cnv_8sKq2VnT4x-7"`
}

// acknowledge books that a message of the bank's arrived or was read.
func (a *API) acknowledge(action string) func(context.Context, *acknowledgeInput) (*struct{}, error) {
	status := conversations.Delivered
	if action == "read" {
		status = conversations.Read
	}
	return func(ctx context.Context, in *acknowledgeInput) (*struct{}, error) {
		h, c, err := a.own(ctx)
		if err != nil {
			return nil, err
		}
		m, err := a.bankMessage(ctx, h, c, in.ID)
		if err == nil {
			to := conversations.Target{Conversation: c.ID, Account: m.Address.Account}
			_, err = a.Store.Apply(ctx, to, conversations.Report{Message: m.ID, Status: status, At: a.Now()})
		}
		if err != nil {
			return nil, a.appProblem(ctx, "booking a receipt", err)
		}
		return nil, nil
	}
}

// bankMessage is a message of the bank's that the candidate sees, by its id.
func (a *API) bankMessage(ctx context.Context, h holder, c conversations.Conversation, id string) (conversations.Message, error) {
	number, own := strings.CutPrefix(id, c.ID+"-")
	n, err := strconv.ParseInt(number, 10, 64)
	if !own || err != nil || n < 1 || n > c.Messages {
		return conversations.Message{}, conversations.ErrNotFound
	}
	page, err := a.App.Store.Messages(ctx, conversations.Everything, c.ID, n+1, 1)
	if err != nil {
		return conversations.Message{}, err
	}
	for _, m := range page {
		if m.ID == id && m.Author != conversations.ByCandidate && h.sees(c, m.Message, a.Now()) {
			return m.Message, nil
		}
	}
	return conversations.Message{}, conversations.ErrNotFound
}

// cursor is a place in a conversation and in time, from which the stream
// continues.
type cursor struct {
	n  int64
	at time.Time
}

func (c cursor) String() string {
	return strconv.FormatInt(c.n, 10) + "-" + strconv.FormatInt(c.at.UnixMilli(), 36)
}

var errCursor = errors.New("expected an id of an event, or a cursor")

func parseCursor(text string) (cursor, error) {
	n, at, found := strings.Cut(text, "-")
	number, err := strconv.ParseInt(n, 10, 64)
	ms, errAt := strconv.ParseInt(at, 36, 64)
	if !found || err != nil || errAt != nil || number < 0 || ms < 0 {
		return cursor{}, errCursor
	}
	return cursor{number, time.UnixMilli(ms)}, nil
}
