package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"jiebao/channels/voice/voicesim"
	"jiebao/channels/wechat/wechatsim"
)

// pace is how the seeded candidates behave in time.
type pace struct {
	// patience is how long a candidate waits for an answer, and the seed for
	// a QR code, before going on without.
	patience time.Duration
	// glance is how often the seed looks whether a QR code is there.
	glance time.Duration
	// moment is for how long nothing comes once everything was said.
	moment time.Duration
}

func humanPace() pace { return pace{10 * time.Second, 50 * time.Millisecond, time.Second} }

// Seed makes the inbox look alive on the first start, by real means: it posts
// results to the API and lets simulated candidates scan and talk, all at once.
// Stories that were told before are not told again. After a start without the
// saved state their candidates get their phones back, empty, under the same
// openids.
//
// It returns when all stories are told, or ctx ends. A story that fails leaves
// the others alone.
func (d *Demo) Seed(ctx context.Context) error {
	stories := d.stories()
	errs := make([]error, len(stories))
	var wg sync.WaitGroup
	for i, s := range stories {
		play, err := d.begin(ctx, s)
		if play == nil || err != nil {
			errs[i] = s.failed(err)
			continue
		}
		wg.Go(func() { errs[i] = s.failed(play(ctx)) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// begin posts a story's result and returns what its candidate does then: nil
// if the story was told before, or the candidate does nothing.
func (d *Demo) begin(ctx context.Context, s story) (func(context.Context) error, error) {
	told, err := d.told(ctx, s)
	if err != nil || told {
		return nil, err
	}
	if err := d.join(s.person()); err != nil {
		return nil, err
	}
	if s.document != nil {
		if err := d.postDocument(ctx, *s.document); err != nil {
			return nil, err
		}
		d.warn(d.prepare(s.person())) // there is a conversation now
	}
	if s.play == nil {
		return nil, nil
	}
	phone, err := d.opts.Sim.Phone(d.opts.AppID, s.openID)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		return s.play(ctx, &actor{demo: d, story: s, phone: phone, pace: d.pace})
	}, nil
}

// told says whether the story was told, by this run or an earlier one, and
// makes sure that it looks so: the result is listed, the phone is there.
func (d *Demo) told(ctx context.Context, s story) (bool, error) {
	_, phone := d.people.get(s.openID)
	if s.document == nil {
		return phone, nil
	}
	st, _, found, err := d.gateway.result(ctx, s.document.ID, zhCN)
	if err != nil || !found {
		return false, err
	}
	d.list(*s.document)
	if err := d.reinvite(ctx, st); err != nil {
		return true, err
	}
	if phone {
		return true, nil
	}
	return true, errors.Join(d.followAgain(s, st), d.join(s.person()))
}

// followAgain gives somebody whom the platform has forgotten a phone that
// follows the account, as the gateway remembers.
func (d *Demo) followAgain(s story, st status) error {
	follows := slices.ContainsFunc(st.Binding.Accounts, func(b bound) bool { return b.Account == d.opts.AccountID })
	if _, err := d.opts.Sim.Phone(d.opts.AppID, s.openID); err == nil || !follows {
		return nil
	}
	_, err := d.opts.Sim.AddCandidate(d.opts.AppID, wechatsim.Candidate{Name: s.name, OpenID: s.openID, Following: true})
	return err
}

// reinvite replaces an invitation whose QR code the platform has forgotten.
func (d *Demo) reinvite(ctx context.Context, st status) error {
	d.moving.Lock()
	afresh := d.afresh
	d.moving.Unlock()
	if inv := st.Binding.Invitation; !afresh || inv == nil || inv.State != "usable" {
		return nil
	}
	a, err := d.gateway.renew(ctx, st.ID, zhCN)
	if err == nil && !a.ok() {
		err = fmt.Errorf("renewing the invitation of %s: the gateway answered %d", st.ID, a.Status)
	}
	return err
}

func (d *Demo) list(doc document) {
	d.results.add(posted{doc.ID, doc.Candidate.ID, doc.Candidate.Name, doc.Position.Title, doc.Candidate.Locale})
}

func (d *Demo) postDocument(ctx context.Context, doc document) error {
	b, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("writing result %s: %w", doc.ID, err)
	}
	a, err := d.gateway.post(ctx, zhCN, b)
	if err != nil {
		return err
	}
	if !a.ok() {
		return fmt.Errorf("posting result %s: the gateway answered %d", doc.ID, a.Status)
	}
	d.list(doc)
	return nil
}

// invitationOf waits for the QR code of a result and returns what it says.
func (d *Demo) invitationOf(ctx context.Context, id string) (string, error) {
	return d.invited(ctx, id, func(inv *invitation) string { return inv.Link })
}

// codeOf waits for the code of a result's invitation.
func (d *Demo) codeOf(ctx context.Context, id string) (string, error) {
	return d.invited(ctx, id, func(inv *invitation) string { return inv.Code })
}

func (d *Demo) invited(ctx context.Context, id string, part func(*invitation) string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, d.pace.patience)
	defer cancel()
	for {
		st, _, _, err := d.gateway.result(ctx, id, zhCN)
		if err != nil {
			return "", err
		}
		if inv := st.Binding.Invitation; inv != nil && part(inv) != "" {
			return part(inv), nil
		}
		if err := wait(ctx, d.pace.glance); err != nil {
			return "", errors.New("the gateway made no QR code in time; is the account set up?")
		}
	}
}

// actor is a candidate in a story.
type actor struct {
	demo  *Demo
	story story
	phone *wechatsim.Phone
	pace  pace
}

// scan scans the invitation and waits for the notification.
func (a *actor) scan(ctx context.Context) error {
	link, err := a.demo.invitationOf(ctx, a.story.document.ID)
	if err != nil {
		return err
	}
	return a.await(ctx, func(m wechatsim.PhoneMessage) bool { return m.Type == "template" }, func() (wechatsim.Exchange, error) {
		return a.phone.Scan(link)
	})
}

// link waits for a message in an app that brings a link. Without one, as by
// night, the story ends here.
func (a *actor) link(ctx context.Context, app string) (string, bool) {
	i, ok := a.hears(ctx, app, func(i Item) bool { return !i.Mine && i.Link != "" })
	return i.Link, ok
}

// hears waits for an item in an app.
func (a *actor) hears(ctx context.Context, app string, wanted func(Item) bool) (Item, bool) {
	ctx, cancel := context.WithTimeout(ctx, a.pace.patience)
	defer cancel()
	return a.demo.arrival(ctx, a.story.person(), app, wanted)
}

// confirmOnPage opens the link of a message in an app, and confirms there.
func (a *actor) confirmOnPage(ctx context.Context, app string) error {
	link, ok := a.link(ctx, app)
	if !ok {
		return nil
	}
	v := newVisitor()
	if err := v.open(ctx, link, a.story.person().Phone); err != nil {
		return err
	}
	return v.press(ctx, "confirm:")
}

// talk says something in an app, and waits for an answer.
func (a *actor) talk(ctx context.Context, name, text string) error {
	app, p := a.demo.app(name), a.story.person()
	if app == nil {
		return nil
	}
	before := len(app.View(p).Items)
	if err := app.Do(ctx, p, Gesture{Action: "say", Text: text}); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, a.pace.patience)
	defer cancel()
	a.demo.wait(ctx, p, app, func(items []Item) bool {
		return slices.ContainsFunc(items[min(before, len(items)):], func(i Item) bool { return !i.Mine && !i.Quiet })
	})
	return nil
}

// arrival waits until an app shows a person an item that is wanted.
func (d *Demo) arrival(ctx context.Context, p Person, app string, wanted func(Item) bool) (found Item, ok bool) {
	a := d.app(app)
	if a == nil {
		return Item{}, false
	}
	d.wait(ctx, p, a, func(items []Item) bool {
		if n := slices.IndexFunc(items, wanted); n >= 0 {
			found, ok = items[n], true
		}
		return ok
	})
	return found, ok
}

// wait waits until an app's items are as wanted, or ctx ends.
func (d *Demo) wait(ctx context.Context, p Person, a App, wanted func([]Item) bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a.Watch(ctx, p, func() {
		if wanted(a.View(p).Items) {
			stop()
		}
	})
}

// app is the app of that name, nil without one.
func (d *Demo) app(name string) App {
	if i := slices.IndexFunc(d.apps, func(a App) bool { return a.Name() == name }); i >= 0 {
		return d.apps[i]
	}
	return nil
}

// picksUp has a person pick up every call, and press keys.
func (d *Demo) picksUp(p Person, keys string) error {
	if a, ok := d.app("calls").(calls); ok {
		a.SetHabit(digits(p.Phone), voicesim.Habit{PicksUp: true, Keys: keys, Stays: 50 * time.Second})
	}
	return nil
}

// say says something and waits for the answer.
func (a *actor) say(ctx context.Context, text string) error {
	return a.await(ctx, anything, func() (wechatsim.Exchange, error) { return a.phone.Say(text) })
}

// send sends a sample photo and waits for the answer.
func (a *actor) send(ctx context.Context, name string) error {
	b, err := staticTree.ReadFile(photoPath(name))
	if err != nil {
		return fmt.Errorf("reading a sample photo: %w", err)
	}
	return a.await(ctx, anything, func() (wechatsim.Exchange, error) { return a.phone.SendImage(b) })
}

// speak sends a voice message, in which the platform hears the words, to which a
// person will answer who is not there yet.
func (a *actor) speak(words string) error {
	hum, err := staticTree.ReadFile("static/voice.amr")
	if err != nil {
		return fmt.Errorf("reading the sample of a voice: %w", err)
	}
	_, err = a.phone.SendVoice(hum, words)
	return err
}

func anything(wechatsim.PhoneMessage) bool { return true }

// await acts and then waits until the account has said something that is
// wanted, and has no more to say for a moment. Silence is no error: the story
// goes on as a candidate would.
func (a *actor) await(ctx context.Context, wanted func(wechatsim.PhoneMessage) bool, act func() (wechatsim.Exchange, error)) error {
	before := lastSeq(a.phone.Screen())
	if _, err := act(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, a.pace.patience)
	defer cancel()
	for sc := a.phone.Screen(); ctx.Err() == nil; sc = a.phone.Wait(ctx, sc.Version) {
		if slices.ContainsFunc(sc.Messages, func(m wechatsim.PhoneMessage) bool {
			return m.Seq > before && m.From == wechatsim.FromAccount && wanted(m)
		}) {
			a.listen(ctx, sc)
			return nil
		}
	}
	return nil
}

// listen returns once nothing more comes for a moment.
func (a *actor) listen(ctx context.Context, sc wechatsim.Screen) {
	for {
		short, cancel := context.WithTimeout(ctx, a.pace.moment)
		next := a.phone.Wait(short, sc.Version)
		cancel()
		if next.Version == sc.Version {
			return
		}
		sc = next
	}
}

func lastSeq(s wechatsim.Screen) int64 {
	if n := len(s.Messages); n > 0 {
		return s.Messages[n-1].Seq
	}
	return 0
}
