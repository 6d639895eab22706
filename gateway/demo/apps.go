package demo

import (
	"context"
	"errors"
	"time"
)

// App is one app on the candidates' phones: what it shows each person and what
// they do in it. Each simulator is put behind one by a file of its own. All
// methods may be called concurrently.
type App interface {
	// Name is the app's in addresses and to the pages' scripts: sms, mail, …
	Name() string
	// Join gives a person what the app needs before anybody can reach them
	// there. Joining again only takes over the details.
	Join(p Person) error
	// View is what the app shows a person now.
	View(p Person) View
	// Watch calls changed once it looks, and then each time the view may have
	// become another, until ctx ends.
	Watch(ctx context.Context, p Person, changed func())
	// Do does what a person did. Its error is shown to whoever plays them.
	Do(ctx context.Context, p Person, g Gesture) error
}

// keeper is an app whose past outlives a restart.
type keeper interface {
	App
	Save() ([]byte, error)
	Load(state []byte) error
}

// pager is an app whose items bring pages of their own.
type pager interface {
	App
	// Page is the HTML of an item, if it has any. Nobody has checked it.
	Page(p Person, item string) (html string, ok bool)
}

// ticker is an app whose platform waits to be told that the clock was moved.
type ticker interface {
	App
	// Tick delivers what has fallen due.
	Tick()
}

// View is an app's whole state for one person.
type View struct {
	Items  []Item `json:"items"`            // oldest first
	Title  string `json:"title,omitempty"`  // who the person talks with
	Closed bool   `json:"closed,omitempty"` // nothing can be written here
	Screen any    `json:"screen,omitempty"` // what only this app has
}

// Item is one thing that an app shows.
type Item struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	Mine     bool      `json:"mine,omitempty"`  // the person's own
	Quiet    bool      `json:"quiet,omitempty"` // nobody is told of it
	Type     string    `json:"type"`            // text, card, image, file, notice, mail, push, call
	From     string    `json:"from,omitempty"`
	Title    string    `json:"title,omitempty"`
	Text     string    `json:"text,omitempty"`
	Page     string    `json:"page,omitempty"` // where its HTML is, on this host
	Link     string    `json:"link,omitempty"`
	Fields   []Field   `json:"fields,omitempty"`
	Choices  []Choice  `json:"choices,omitempty"`
	Chosen   string    `json:"chosen,omitempty"` // the choice that was tapped, or the key pressed
	Status   string    `json:"status,omitempty"` // of a call: ringing, talking, ended, missed, rejected
	Calendar *Calendar `json:"calendar,omitempty"`
}

// Field is one line of a card.
type Field struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Choice is something to tap.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Calendar is an invitation that a mail brings.
type Calendar struct {
	Title     string `json:"title"`
	Day       string `json:"day"` // 2026-07-13
	Place     string `json:"place,omitempty"`
	Details   string `json:"details,omitempty"`
	Cancelled bool   `json:"cancelled,omitempty"`
}

// Gesture is what a person does in an app: says words, taps a choice of an
// item, opens an item, answers or ends a call, presses a key.
type Gesture struct {
	Action string `json:"action"` // say, tap, open, answer, end, key
	Item   string `json:"item,omitempty"`
	Choice string `json:"choice,omitempty"`
	Text   string `json:"text,omitempty"`
}

// errNoGesture is what an app answers to a gesture that it does not have.
var errNoGesture = errors.New("this cannot be done in this app")

// glance is what the list of phones tells of one.
type glance struct {
	Last    string    `json:"last"` // what the newest item says
	LastAt  time.Time `json:"last_at,omitzero"`
	App     string    `json:"app,omitempty"`     // that has it
	NewsAt  time.Time `json:"news_at,omitzero"`  // of the newest item that is not the person's own
	Unheard bool      `json:"unheard,omitempty"` // the person has done nothing yet
}

func (d *Demo) glance(p Person) glance {
	g := glance{Unheard: true}
	for _, a := range d.apps {
		for _, i := range a.View(p).Items {
			if !i.Quiet && !i.At.Before(g.LastAt) {
				g.Last, g.LastAt, g.App = brief(i), i.At, a.Name()
			}
			if i.Mine {
				g.Unheard = false
			} else if !i.Quiet && i.At.After(g.NewsAt) {
				g.NewsAt = i.At
			}
		}
	}
	return g
}

// brief is what a notification says of an item.
func brief(i Item) string {
	if i.Title != "" && i.Text != "" {
		return i.Title + "：" + i.Text
	}
	return i.Title + i.Text
}

// signaller is a simulator that tells of every change, on whatever phone.
type signaller interface {
	Subscribe() (changes <-chan struct{}, cancel func())
}

// watch is Watch for what a signaller shows.
func watch(ctx context.Context, s signaller, changed func()) {
	changes, cancel := s.Subscribe()
	defer cancel()
	for {
		changed()
		select {
		case _, open := <-changes:
			if !open {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
