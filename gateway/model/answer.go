package model

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/openai/openai-go/v3"

	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// answer is what the model has to write.
type answer struct {
	Intents    *[]nlu.Intent `json:"intents"`
	DatePhrase *string       `json:"date_phrase"`
	Confidence *string       `json:"confidence"`
}

// The most that an answer may name, as the prompt says.
const (
	maxIntents = 2
	maxPhrase  = 60 // characters
)

// schema is the JSON Schema of answer, in the subset that strict mode takes.
func schema() map[string]any {
	return map[string]any{
		"type": "object", "additionalProperties": false,
		"required": []string{"intents", "date_phrase", "confidence"},
		"properties": map[string]any{
			"intents":     map[string]any{"type": "array", "items": map[string]any{"type": "string", "enum": nlu.Intents()}},
			"date_phrase": map[string]any{"type": "string"},
			"confidence":  map[string]any{"type": "string", "enum": []string{"high", "medium", "low"}},
		},
	}
}

// read takes the suggestion from a completion, and refuses whatever the
// schema does not allow and whatever is not quoted from the message.
func read(got *openai.ChatCompletion, message string) (*conversations.Suggestion, error) {
	if len(got.Choices) != 1 {
		return nil, errors.New("it is not one choice")
	}
	choice := got.Choices[0]
	switch {
	case choice.Message.Refusal != "":
		return nil, errors.New("the model refuses")
	case choice.FinishReason != "stop" || len(choice.Message.ToolCalls) > 0:
		return nil, errors.New("it did not come to its end")
	case len(choice.Message.Content) > maxContent:
		return nil, errTooLong
	}
	a, err := parse(choice.Message.Content)
	if err != nil {
		return nil, err
	}
	phrase := *a.DatePhrase
	if utf8.RuneCountInString(phrase) > maxPhrase || !strings.Contains(message, phrase) {
		return nil, errors.New("its date phrase is not quoted from the message")
	}
	s := &conversations.Suggestion{Phrase: phrase, Sure: *a.Confidence != "low"}
	for _, i := range *a.Intents {
		s.Intents = append(s.Intents, i.String())
	}
	return s, nil
}

// parse is strict. Its errors do not repeat what was written.
func parse(content string) (answer, error) {
	var a answer
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if dec.Decode(&a) != nil {
		return a, errors.New("it is not the JSON that was asked for")
	}
	if _, err := dec.Token(); err != io.EOF {
		return a, errors.New("there is more than one JSON object")
	}
	if a.Intents == nil || a.DatePhrase == nil || a.Confidence == nil {
		return a, errors.New("a field is missing")
	}
	if len(*a.Intents) > maxIntents {
		return a, errors.New("there are too many intents")
	}
	switch *a.Confidence {
	case "high", "medium", "low":
		return a, nil
	}
	return a, errors.New("its confidence is unknown")
}
