package demo

import (
	"context"
	"strconv"

	"jiebao/channels/sms/smssim"
)

// Texts is the app for text messages, which come from a simulated provider.
func Texts(sim *smssim.Sim) App { return texts{sim} }

type texts struct{ *smssim.Sim }

func (texts) Name() string { return "sms" }

// Join does nothing: a number is all it takes.
func (texts) Join(Person) error { return nil }

func (a texts) View(p Person) View {
	v := View{Closed: true} // until there is something to reply to
	for _, s := range a.Inbox(digits(p.Phone)) {
		i := Item{ID: strconv.FormatInt(s.Seq, 10), At: s.At, Type: "text", Text: s.Text, Mine: s.Kind == "reply"}
		if !i.Mine {
			i.From, i.Link, v.Title, v.Closed = s.From, s.Link, s.From, false
		}
		v.Items = append(v.Items, i)
	}
	return v
}

func (a texts) Watch(ctx context.Context, _ Person, changed func()) { watch(ctx, a.Sim, changed) }

func (a texts) Do(_ context.Context, p Person, g Gesture) error {
	if g.Action != "say" {
		return errNoGesture
	}
	return a.Reply(digits(p.Phone), g.Text)
}
