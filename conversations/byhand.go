package conversations

import (
	"errors"
	"slices"
	"time"
)

// SendTemplate sends one of the platform's templates at an agent's wish: one of
// those that Offered names. Nobody takes over by it.
type SendTemplate struct {
	Agent   string
	Purpose string
	Key     string // the form's idempotency key: the same key twice is one template
}

// Remind has the bot remind the candidate, now, of what the bank waits for, in
// its own words and whoever owns the conversation. It ends with *InvalidError
// where nothing is waited for, or no road is open.
type Remind struct {
	Agent string
	Key   string // the form's idempotency key: the same key twice is one reminder
}

// RemindRest is how long after a reminder nobody may ask for the next.
const RemindRest = time.Hour

// OfferedTemplate is a template that may be sent now, as it would read.
type OfferedTemplate struct {
	Purpose string
	Account string // by which it would leave
	Rendered
	// Problem is why it cannot be sent all the same: what the platform would
	// not take of it.
	Problem error
}

// Offered are the templates that an agent may send to the candidate at now:
// none to somebody who wants no messages, who can be sent none, or who was not
// told of their result.
func (e *Engine) Offered(c Conversation, now time.Time) []OfferedTemplate {
	t := newTurn(e, Snapshot{Now: now, Conversation: c})
	r := t.templateRoad()
	if r == nil {
		return nil
	}
	var out []OfferedTemplate
	for _, purpose := range t.purposes() {
		rendered, err := e.Templates.Render(t.template(purpose, r))
		if errors.Is(err, ErrNoTemplate) || err == nil && rendered.Template == nil {
			continue
		}
		out = append(out, OfferedTemplate{Purpose: purpose, Account: r.Address.Account, Rendered: rendered, Problem: err})
	}
	return out
}

// purposes are what a template sent by hand may be for, as things stand.
func (t *turn) purposes() []string {
	app := t.c.Application()
	if app == nil || app.Waiting != "" || t.c.OptedOut() {
		return nil
	}
	switch t.c.awaited().topic {
	case TopicOffer:
		return []string{PurposeWaiting, PurposeOfferReminder, PurposeResult}
	case TopicPapers:
		return []string{PurposeWaiting, PurposePapersReminder}
	}
	return []string{PurposeWaiting}
}

// templateRoad is where templates leave by now: the road of words, if it takes
// them, and otherwise the first address that does.
func (t *turn) templateRoad() *Reach {
	takes := func(r *Reach) bool {
		d := t.describe(r)
		return r.Usable() && d.Medium != Call && r.takesTemplates(d)
	}
	if r := t.reach(); r == nil || takes(r) {
		return r
	}
	if i := slices.IndexFunc(t.c.Reaches, func(r Reach) bool { return takes(&r) }); i >= 0 {
		return &t.c.Reaches[i]
	}
	return nil
}

func (t *turn) templateByHand(c SendTemplate) error {
	r := t.templateRoad()
	if r == nil || !slices.Contains(t.purposes(), c.Purpose) {
		return &InvalidError{[]FieldError{{"purpose", "cannot be sent to the candidate as things stand"}}}
	}
	rendered, err := t.e.Templates.Render(t.template(c.Purpose, r))
	switch {
	case errors.Is(err, ErrNoTemplate), err == nil && rendered.Template == nil:
		return &InvalidError{[]FieldError{{"purpose", "has no template for " + t.describe(r).Name}}}
	case err != nil:
		return err
	}
	m := t.putTemplate(ByAgent(c.Agent), r, rendered)
	m.Dedupe = DedupeKey(Target{Conversation: t.c.ID}, c)
	if c.Purpose == PurposeWaiting {
		t.c.Nudged, t.c.Nudge = true, noTime
	}
	return nil
}

func (t *turn) remindByHand(c Remind) error {
	topic, app := t.c.awaited().topic, t.c.Application()
	switch {
	case topic == NoTopic:
		return &InvalidError{[]FieldError{{"topic", "is missing: the bank waits for nothing of the candidate's"}}}
	case t.c.OptedOut():
		return &InvalidError{[]FieldError{{"topic", "cannot be reminded of: the candidate wants no messages"}}}
	case t.now.Sub(app.Reminded.Last) < RemindRest:
		return &InvalidError{[]FieldError{{"topic", "was reminded of less than an hour ago"}}}
	}
	app.Reminded.Times++
	app.Reminded.Last, t.look = t.now, true
	epoch := t.c.Owner.Epoch
	t.note("reminded", c.Agent+" "+string(topic)).Dedupe = DedupeKey(Target{Conversation: t.c.ID}, c)
	if !t.remindBy(ByAgent(c.Agent), topic, 0) || t.c.Owner.Epoch != epoch {
		return &InvalidError{[]FieldError{{"topic", "cannot be reminded of: no road to the candidate is open"}}}
	}
	t.reminded(topic, c.Agent)
	return nil
}
