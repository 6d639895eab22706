package conversations

import (
	"errors"
	"slices"
	"time"
)

// Preview is what posting a result would come to, if nobody did anything
// afterwards and no platform refused.
type Preview struct {
	Duplicate  bool // it was posted before, and nothing would happen
	Steps      []PreviewStep
	Waiting    string // why nothing would leave at once: one of the Waiting reasons, "" if something would
	Reason     string // of WaitingNoTemplate
	OptedOut   bool
	Invited    bool // a new QR code and code would be made, which bind whoever uses them
	Supersedes bool // it would take the place of an earlier result of the candidate
}

// PreviewStep is one step of the plan as it would be taken.
type PreviewStep struct {
	Try
	// Delivery is what would be sent; nil where nothing would.
	Delivery *Delivery
	// Refused is why it would not be taken: what Rehearse said.
	Refused error
}

// Rehearse says why a delivery would be refused, as *SendError, as far as that
// can be told without sending it.
type Rehearse func(Delivery) error

// maxLooks bounds how often a plan is looked at: it has few steps, and
// reminders may come between them.
const maxLooks = 64

// Preview runs the turn of a posted result, and then the turns by which its
// plan goes on, without anything coming of them. What rehearse, which may be
// nil, says would be refused is. Errors are the turn's: *InvalidError and
// ErrConflict among them.
func (e *Engine) Preview(s Snapshot, n Notify, rehearse Rehearse) (Preview, error) {
	ch, err := e.Turn(s, n)
	if err != nil || ch.Duplicate {
		return Preview{Duplicate: ch.Duplicate}, err
	}
	f := foresight{e: e, rehearse: rehearse, now: s.Now, sent: map[string]*Delivery{}, refused: map[string]error{}}
	p := Preview{Invited: ch.Invite != nil, Supersedes: len(ch.Conversation.Applications) > 1}
	if err := f.take(ch); err != nil {
		return Preview{}, err
	}
	app := f.c.Application()
	p.Waiting, p.Reason, p.OptedOut = app.Waiting, app.Reason, f.c.OptedOut()
	if err := f.wait(); err != nil {
		return Preview{}, err
	}
	if route := f.c.Application().Route; route != nil {
		for _, try := range route.Tries {
			p.Steps = append(p.Steps, PreviewStep{try, f.sent[try.Message], f.refused[try.Message]})
		}
	}
	return p, nil
}

// foresight is a conversation as it would go on.
type foresight struct {
	e        *Engine
	rehearse Rehearse
	now      time.Time
	c        Conversation
	sent     map[string]*Delivery // by message
	refused  map[string]error
}

// take goes on from what a turn came to: what is refused is reported.
func (f *foresight) take(ch Changes) error {
	f.c = ch.Conversation
	for _, t := range ch.Tasks {
		d, ok := t.Body.(Delivery)
		if !ok || t.Kind != TaskDeliver {
			continue
		}
		f.sent[d.Message] = &d
		if err := f.refuse(ch.Messages, d); err != nil {
			return err
		}
	}
	return nil
}

func (f *foresight) refuse(messages []Message, d Delivery) error {
	i := slices.IndexFunc(messages, func(m Message) bool { return m.ID == d.Message })
	if f.rehearse == nil || i < 0 {
		return nil
	}
	refusal := f.rehearse(d)
	if refusal == nil {
		return nil
	}
	f.refused[d.Message] = refusal
	r := Report{Message: d.Message, Status: Failed, Reason: BadContent, At: f.now, To: d.To}
	var sent *SendError
	if errors.As(refusal, &sent) {
		r.Reason, r.Code = sent.Reason, sent.Code
	}
	ch, err := f.e.Turn(Snapshot{Now: f.now, Conversation: f.c, Message: &messages[i]}, r)
	if err != nil || ch.Unchanged {
		return err
	}
	return f.take(ch)
}

// wait lets time pass until the plan has no further step.
func (f *foresight) wait() error {
	for range maxLooks {
		route, at := f.c.Application().Route, f.c.Tick
		if !route.Running() || route.Due.IsZero() || at.IsZero() {
			return nil
		}
		if at.After(f.now) {
			f.now = at.In(f.now.Location())
		}
		ch, err := f.e.Turn(Snapshot{Now: f.now, Conversation: f.c}, Tick{At: at})
		if err != nil {
			return err
		}
		if err := f.take(ch); err != nil {
			return err
		}
	}
	return nil
}

// Foresee names, as *InvalidError, what the templates of later messages of the
// result would not take: those of its own notification are the turn's matter.
func (e *Engine) Foresee(res Result, now time.Time) error {
	app, bad := newApplication(res, now), unfit{}
	link := newTurn(e, Snapshot{Now: now, Conversation: Conversation{ID: "preview"}}).pageOf(res.Candidate)
	var done []string
	for _, d := range e.Channels.Serving(res.Branch) {
		if slices.Contains(done, d.Platform) {
			continue
		}
		done = append(done, d.Platform)
		for _, purpose := range laterPurposes {
			if _, err := e.Templates.Render(TemplateQuery{purpose, d.Platform, res.Branch, res.Candidate, app, link}); err != nil {
				bad.join(err)
			}
		}
	}
	return bad.err()
}

// laterPurposes are those of messages that may follow the notification.
var laterPurposes = [...]string{PurposeWaiting, PurposeOfferReminder, PurposePapersReminder, PurposeStartDate}
