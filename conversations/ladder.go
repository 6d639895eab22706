package conversations

import (
	"errors"
	"slices"
	"time"
)

// A notification leaves by a plan: step after step, each given its time,
// until the candidate answers. A step that is refused, or that the candidate
// has no address for, gives way to the next at once if nothing that left is
// still to be waited for; what nobody can tell the outcome of is waited for
// like what arrived and was not read. HR is asked to telephone no earlier than
// planned, unless everything that was tried has failed.

// newRoute plans how the result's notification leaves.
func (t *turn) newRoute(app *Application, u Urgency) {
	var policy RoutePolicy
	if t.e.Routes != nil {
		policy = t.e.Routes.For(t.c.Branch, app.Position)
	}
	app.Route = &Route{Urgency: u, Steps: policy.steps(u)}
	if m, ok := t.preferredMedium(); ok {
		app.Route.Steps = prefer(app.Route.Steps, m)
	}
}

// preferredMedium is the medium that the candidate would rather have, if they
// have an address there.
func (t *turn) preferredMedium() (Medium, bool) {
	for i := range t.c.Reaches {
		r := &t.c.Reaches[i]
		if d := t.describe(r); r.Usable() && t.c.Preferred.fits(d) {
			return d.Medium, true
		}
	}
	return "", false
}

// supersede ends the plan of the result that a later one replaces, and forgets
// the steps to come. What is on its way arrives all the same: the candidate
// passed both.
func (t *turn) supersede() {
	if t.stopRoute(OverSuperseded) {
		route := t.c.Application().Route
		route.Steps = slices.Clip(route.Steps[:route.Next])
	}
}

// climb is one look at the current result's plan.
type climb struct {
	*turn
	app   *Application
	route *Route
}

// climb takes the steps of the plan that are due, and says whether a message
// left.
func (t *turn) climb() (sent bool) {
	app := t.c.Application()
	if app == nil || app.Route == nil && app.Waiting == "" || app.Route != nil && !app.Route.Running() {
		return false
	}
	if t.c.OptedOut() {
		if app.Waiting != "" {
			app.Waiting = WaitingOptedOut
		}
		return false
	}
	if t.talkedTo(app) {
		return false
	}
	t.contacts()
	if app.Route == nil {
		t.newRoute(app, Normal)
	}
	route := *app.Route
	route.Tries = slices.Clone(route.Tries)
	app.Route, t.look = &route, true
	l := climb{t, app, &route}
	if route.Began.IsZero() {
		route.Next = 0 // what could not be taken may be possible by now
	}
	sent = l.retake()
	for l.step(&sent) {
	}
	l.settle()
	return sent
}

// talkedTo says whether a person has the conversation, who can say in it what
// the result's plan would. A notification that nothing has carried yet goes on
// all the same: the candidate may hear of the result by nothing else.
func (t *turn) talkedTo(app *Application) bool {
	return t.c.Owner.Kind != OwnedByBot && app.Waiting == "" && (app.Route == nil || app.Route.alive() || !app.Route.failed())
}

// retake takes steps that could not be taken in their time and now can, and
// those whose address refused where the candidate has another.
func (l climb) retake() (sent bool) {
	for i := 0; i < l.route.Next; i++ {
		s := l.route.Steps[i]
		if s.By == Person || l.route.met(s) || l.done(i) || l.awake(s.By, l.route.Urgency, l.now).After(l.now) {
			continue
		}
		if r, _ := l.pick(i); r != nil && l.send(i, r) {
			sent = true
		}
	}
	return sent
}

// done says whether something of a step may reach the candidate, or has, or
// is not needed.
func (l climb) done(step int) bool {
	return slices.ContainsFunc(l.route.Tries, func(t Try) bool {
		planned := t.Skipped == string(GotDelivered) || t.Skipped == string(GotRead) || t.Skipped == SkippedTried
		return t.Step == step && (t.Skipped == "" && t.Status != Failed || planned)
	})
}

// step takes the next step if it is due, and says whether it was.
func (l climb) step(sent *bool) bool {
	l.route.Due = noTime
	if l.route.Next >= len(l.route.Steps) {
		return false
	}
	i := l.route.Next
	s := l.route.Steps[i]
	if at := l.due(i, s); at.After(l.now) {
		l.route.Due = at
		return false
	}
	l.route.Next++
	switch {
	case l.route.met(s):
		l.skip(i, string(s.Unless))
	case l.byHand(s):
		l.askToCall(i)
	default:
		r, why := l.pick(i)
		if r == nil {
			l.skip(i, why)
		} else if l.send(i, r) {
			*sent = true
		}
	}
	return true
}

// due is when a step is to be taken.
func (l climb) due(i int, s Step) time.Time {
	began := l.route.Began
	if began.IsZero() {
		began = l.app.At
	}
	at := began.Add(s.After)
	byHand := l.byHand(s)
	if i > 0 && !l.route.alive() && (!byHand || l.route.failed()) || at.Before(l.now) {
		at = l.now
	}
	if byHand {
		return at
	}
	return l.awake(s.By, l.route.Urgency, at)
}

// byHand says whether a step is for people to take: they telephone where no
// account does.
func (l climb) byHand(s Step) bool { return s.By == Person || s.By == Call && !l.serves(Call) }

// serves says whether the branch has an account of the medium.
func (l climb) serves(m Medium) bool {
	return slices.ContainsFunc(l.e.Channels.Serving(l.c.Branch), func(d Description) bool { return d.Medium == m })
}

// pick chooses an address for a step: of the medium's the one that the
// candidate prefers, or used last. Without one it says why.
func (l climb) pick(step int) (best *Reach, why string) {
	m := l.route.Steps[step].By
	why = SkippedNoAddress
	if !l.serves(m) {
		why = SkippedNoAccount
	}
	var rank road
	for i := range l.c.Reaches {
		r := &l.c.Reaches[i]
		d, ok := l.e.Channels.Describe(r.Address.Account)
		switch {
		case !ok || d.Medium != m:
		case r.Refused != "":
			why = SkippedBadAddress
		case !r.Followed:
			why = SkippedUnfollowed
		case l.route.tried(r.Address, step):
			why = SkippedTried
		default:
			if got := l.c.rank(r, d, l.now); best == nil || got.better(rank) {
				best, rank = r, got
			}
		}
	}
	return best, why
}

// send sends the notification to an address, or notes that no template says
// it there, or that words may not be written there now.
func (l climb) send(step int, r *Reach) bool {
	rendered, err := l.renderNotice(r)
	if err != nil {
		l.skip(step, SkippedNoTemplate)
		l.app.Reason = err.Error()
		if errors.Is(err, ErrNoTemplate) {
			l.app.Reason = ErrNoTemplate.Error()
		}
		return false
	}
	m := Message{Author: BySystem, Kind: Template, Address: r.Address, Text: rendered.Text, Template: rendered.Template, Status: Queued}
	if m.Template == nil {
		m.Kind = Text
		if !l.spend(r, l.describe(r)) {
			l.skip(step, SkippedClosed)
			return false
		}
	}
	p := l.record(m)
	l.route.Tries = append(l.route.Tries, Try{
		Step: step, By: l.route.Steps[step].By, Account: r.Address.Account, Message: p.ID, At: l.now, Status: Queued, StatusAt: l.now,
	})
	if l.route.Began.IsZero() {
		l.route.Began = l.now
	}
	l.app.Waiting, l.app.Reason = "", ""
	l.deliver(p)
	return true
}

// skip notes, once, why nothing was sent.
func (l climb) skip(step int, why string) {
	if slices.ContainsFunc(l.route.Tries, func(t Try) bool { return t.Step == step && t.Skipped == why }) {
		return
	}
	l.route.Tries = append(l.route.Tries, Try{Step: step, By: l.route.Steps[step].By, At: l.now, Skipped: why})
}

// askToCall puts the candidate on HR's call list, once for every such step.
func (l climb) askToCall(step int) {
	if slices.ContainsFunc(l.route.Tries, func(t Try) bool { return t.Step == step && t.Message == "" && t.Skipped == "" }) {
		return
	}
	try := Try{Step: step, By: l.route.Steps[step].By, At: l.now}
	if !l.callFor(l.app, CallUnanswered) {
		l.skip(step, SkippedListed)
		return
	}
	l.route.Tries = append(l.route.Tries, try)
}

// settle has the application say how its notification fares, or what it
// waits for.
func (l climb) settle() {
	if l.route.Began.IsZero() {
		l.app.Waiting = l.waiting()
	}
	l.app.fare()
}

// waiting is why nothing has left yet.
func (l climb) waiting() string {
	if next := l.route.Next; next < len(l.route.Steps) && !l.byHand(l.route.Steps[next]) {
		return WaitingQuiet
	}
	waiting := WaitingUnbound
	for _, t := range l.route.Tries {
		switch t.Skipped {
		case SkippedNoTemplate:
			return WaitingNoTemplate
		case SkippedClosed:
			waiting = WaitingClosed
		case SkippedUnfollowed, SkippedBadAddress:
			waiting = WaitingUnfollowed
		}
	}
	return waiting
}

// fare carries the status of the try that came farthest into the application.
func (a *Application) fare() {
	if best := a.Route.best(); best != nil {
		a.Notice, a.Status, a.Reason, a.StatusAt = best.Message, best.Status, best.Reason, best.StatusAt
	}
}

// endRoute ends the current result's plan: no further step is taken, and what
// has not left need not leave.
func (t *turn) endRoute(why string) {
	if !t.stopRoute(why) {
		return
	}
	for _, try := range t.c.Application().Route.Tries {
		if try.Status == Queued && try.Message != "" {
			t.out.Cancelled = append(t.out.Cancelled, try.Message)
		}
	}
}

// stopRoute ends the plan, if it runs, and leaves what is on its way.
func (t *turn) stopRoute(why string) bool {
	app := t.c.Application()
	if app == nil || !app.Route.Running() {
		return false
	}
	route := *app.Route
	route.Over, route.OverAt, route.Due = why, t.now, noTime
	app.Route, t.look = &route, true
	t.closeCall(app.ResultID, why)
	return true
}

// noticed ends the plan of a notification that left: what the candidate did
// shows that they know of it.
func (t *turn) noticed(why string) {
	if app := t.c.Application(); app != nil && app.Route.Running() && app.Route.left() {
		t.endRoute(why)
	}
}

// nextStep is when the plan is to be looked at again, zero for never.
func (t *turn) nextStep() time.Time {
	app := t.c.Application()
	if app == nil || !app.Route.Running() || t.c.OptedOut() || t.talkedTo(app) {
		return noTime
	}
	return app.Route.Due
}

// CancelPlan calls the notification of a result off: what has not left stays.
type CancelPlan struct {
	Agent  string // or api: and the name of the key
	Result string // the EHR's id; "" for the current one
}

// cancelPlan ends the plan for good. A result that a later one replaced is
// over already.
func (t *turn) cancelPlan(c CancelPlan) error {
	app := t.c.Application()
	switch {
	case app == nil:
		return ErrNotFound
	case c.Result != "" && app.ResultID != c.Result, app.Route != nil && app.Route.Over == OverCancelled:
		t.unchanged()
		return nil
	}
	if app.Route == nil {
		t.newRoute(app, Normal)
	}
	if !app.Route.Running() {
		route := *app.Route
		route.Over = ""
		app.Route = &route
	}
	t.endRoute(OverCancelled)
	if app.Waiting != "" {
		app.Waiting = WaitingCancelled
	}
	t.note("plan_cancelled", c.Agent)
	t.event(EventNotificationCancelled, EventData{Notification: &NotificationDetail{Agent: c.Agent}})
	return nil
}
