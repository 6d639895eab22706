package catalogue

import (
	"strconv"
	"time"

	"jiebao/conversations"
)

// story numbers the examples as one candidate's events.
type story struct{ sequence int64 }

const (
	candidate    = "C-2026-000815"
	result       = "R-2026-000815"
	account      = "beijing"
	openID       = "oABCD1234567890abcdefghijklmn"
	conversation = "cnv_8sKq2VnT4x"
	agent        = "li.na"
)

// at returns a moment of the story's day, in the bank's time.
func at(hour, minute, second int) time.Time {
	return time.Date(2026, time.June, 22, hour, minute, second, 0, time.FixedZone("", 8*60*60))
}

func date(day int) conversations.Date {
	return conversations.Date{Year: 2026, Month: time.July, Day: day}
}

type data = conversations.EventData

func (s *story) event(t conversations.EventType, when time.Time, fill func(*data)) conversations.Event {
	s.sequence++
	d := data{Candidate: candidate, Sequence: s.sequence, Result: result}
	if fill != nil {
		fill(&d)
	}
	return conversations.NewEvent("https://jiebao.bank.example", conversation, t, when, d)
}

func message(n int64, when time.Time, author conversations.Author, kind conversations.Kind, text string) *conversations.EventMessage {
	return &conversations.EventMessage{
		ID: conversation + "-" + strconv.FormatInt(n, 10), Account: account, Author: author, Kind: kind, Text: text, At: when,
	}
}

// said is a message of the candidate's.
func said(n int64, when time.Time, kind conversations.Kind, text string) *conversations.EventMessage {
	return message(n, when, conversations.ByCandidate, kind, text)
}
