package demo

import (
	"context"
	"strconv"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

// wechat is the chat with the official account. Its page acts on the simulator
// directly, through the control API that is served beside the pages.
type wechat struct {
	sim   *wechatsim.Sim
	appID string
}

func (a wechat) Name() string { return "wechat" }

// Join gives the person a phone that does not follow the account yet.
func (a wechat) Join(p Person) error {
	if _, err := a.sim.Phone(a.appID, p.ID); err == nil {
		return nil
	}
	_, err := a.sim.AddCandidate(a.appID, wechatsim.Candidate{Name: p.Name, OpenID: p.ID})
	return err
}

func (a wechat) View(p Person) View {
	phone, err := a.sim.Phone(a.appID, p.ID)
	if err != nil {
		return View{}
	}
	sc := phone.Screen()
	sc.Now = time.Time{} // it alone is no change
	v := View{Title: sc.Account, Closed: !sc.Following, Screen: sc}
	for _, m := range sc.Messages {
		v.Items = append(v.Items, Item{
			ID: strconv.FormatInt(m.Seq, 10), At: m.At, Type: m.Type,
			Mine: m.From == wechatsim.FromCandidate, Quiet: m.From == wechatsim.FromSystem,
			From: sc.Account, Title: m.Title, Text: m.Text,
		})
	}
	return v
}

func (a wechat) Watch(ctx context.Context, p Person, changed func()) {
	phone, err := a.sim.Phone(a.appID, p.ID)
	if err != nil {
		return
	}
	for sc := phone.Screen(); ctx.Err() == nil; sc = phone.Wait(ctx, sc.Version) {
		changed()
	}
}

func (a wechat) Do(context.Context, Person, Gesture) error { return errNoGesture }
