package demo

import (
	"context"
	"strconv"

	"jiebao/channels/voice/voicesim"
)

// Calls is the telephone, which a simulated voice service rings.
func Calls(sim *voicesim.Sim) App { return calls{sim} }

type calls struct{ *voicesim.Sim }

func (calls) Name() string { return "calls" }

// Join does nothing: a number is all it takes.
func (calls) Join(Person) error { return nil }

func (a calls) View(p Person) View {
	var v View
	for _, s := range a.Inbox(digits(p.Phone)) {
		i := Item{ID: strconv.FormatInt(s.Seq, 10), At: s.At, Type: "call", From: s.From, Text: s.Text, Status: callState(s.Status), Chosen: s.Keys}
		// Nobody is told of a call that they have answered or turned down.
		i.Quiet = i.Status != "ringing" && i.Status != "missed"
		for _, c := range s.Choices {
			i.Choices = append(i.Choices, Choice{c.ID, c.Text})
		}
		v.Items = append(v.Items, i)
	}
	return v
}

// callState is how a call stands: ringing, talking, ended, missed or rejected.
func callState(status string) string {
	switch status {
	case "answered", "hung up":
		return "ended"
	case "":
		return "missed"
	}
	return status
}

func (a calls) Watch(ctx context.Context, _ Person, changed func()) { watch(ctx, a.Sim, changed) }

func (a calls) Do(_ context.Context, p Person, g Gesture) error {
	number := digits(p.Phone)
	switch g.Action {
	case "answer":
		return a.Answer(number)
	case "key":
		return a.KeyPress(number, g.Choice)
	case "end":
		return a.HangUp(number)
	}
	return errNoGesture
}
