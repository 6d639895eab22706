package conversations

import (
	"slices"
	"strconv"
	"time"
)

// Reminders knows whom to remind, and when.
type Reminders interface {
	For(branch string, p Position) ReminderPolicy
}

// ReminderPolicy says when candidates are reminded of what the bank waits
// for.
type ReminderPolicy struct {
	From, To int           // minutes after midnight, where the candidate lives, between which reminders leave
	Pause    time.Duration // none sooner after the candidate did something
	Offer    ReminderPlan  // of an offer that is not answered
	Papers   ReminderPlan  // of documents that are missing
}

// ReminderPlan is when, and how often at most, one thing is reminded of.
type ReminderPlan struct {
	After  []time.Duration // since the candidate was asked
	Before []time.Duration // before it is too late: the end of the reply time, or the first day
	Most   int
}

// Topic is what a candidate is reminded of.
type Topic string

// The topics.
const (
	NoTopic     Topic = ""
	TopicOffer  Topic = "offer"
	TopicPapers Topic = "documents"
)

// Reminded is what was done about what the bank waits for.
type Reminded struct {
	Since time.Time `json:"since,omitzero"` // when the candidate was asked
	Times int       `json:"times,omitempty"`
	Last  time.Time `json:"last,omitzero"`
}

// TickAt asks for a Tick at a time.
type TickAt struct {
	Conversation string    `json:"conversation"`
	At           time.Time `json:"at"`
}

// awaited is what the bank waits for.
type awaited struct {
	topic  Topic
	result string
	date   Date
}

// Awaits is what the bank waits for of the candidate's, and may remind them of.
func (c *Conversation) Awaits() Topic { return c.awaited().topic }

func (c *Conversation) awaited() awaited {
	app := c.Application()
	switch {
	case app == nil || app.Waiting != "" || app.Route != nil && app.Route.Over == OverCancelled:
	case app.Answer == Open:
		return awaited{TopicOffer, app.ResultID, app.Offer.StartDate}
	case app.Answer == Countered && app.Request != nil:
		return awaited{TopicOffer, app.ResultID, app.Request.Counter}
	case app.Answer == Confirmed && slices.ContainsFunc(app.Checklist, func(i ChecklistItem) bool { return i.ID != "" && i.Missing() }):
		return awaited{TopicPapers, app.ResultID, app.StartDate}
	}
	return awaited{}
}

// plan asks for the next tick when the turn changed what there is to do later.
// Turns that did not cost nothing.
func (t *turn) plan() {
	was, now := t.s.Conversation.awaited(), t.c.awaited()
	if now != was && now.topic != NoTopic && t.e.Reminders != nil {
		t.c.Application().Reminded = Reminded{Since: t.now}
	}
	freed := t.c.mayRemind() && !t.s.Conversation.mayRemind()
	if now != was || freed || t.ticked || t.look {
		t.tickAt(earliest(t.nextReminder(now), t.nextStep(), t.nextScheduled(), t.c.Nudge, t.c.Snoozed))
	}
}

// earliest is the first of the times that are not zero.
func earliest(times ...time.Time) (first time.Time) {
	for _, at := range times {
		if !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// mayRemind says whether the bot may write on its own.
func (c *Conversation) mayRemind() bool { return c.Owner.Kind == OwnedByBot && !c.OptedOut() }

// tickAt asks for a tick, unless one comes before that looks again.
func (t *turn) tickAt(at time.Time) {
	if at.IsZero() || t.c.Tick.After(t.now) && !t.c.Tick.After(at) {
		return
	}
	if whole := at.Truncate(time.Second); !whole.Equal(at) {
		at = whole.Add(time.Second)
	}
	if !at.After(t.now) {
		at = t.now
	}
	t.c.Tick = at
	id := "tick_" + t.c.ID + "_" + strconv.FormatInt(at.UnixMilli(), 10)
	t.out.Tasks = append(t.out.Tasks, Task{ID: id, Kind: TaskTick, Lane: Lane(TaskTick, id), Due: at, Body: TickAt{t.c.ID, at}})
}

// nextReminder is when to remind of what is awaited, zero for never.
func (t *turn) nextReminder(w awaited) time.Time {
	if w.topic == NoTopic || !t.c.mayRemind() || t.e.Reminders == nil {
		return noTime
	}
	app, p := t.c.Application(), t.e.Reminders.For(t.c.Branch, t.c.Application().Position)
	zone := t.zone()
	plan, end := p.Papers, w.date.In(zone)
	if w.topic == TopicOffer {
		plan = p.Offer
		if by := app.Offer.ReplyBy; !by.IsZero() && by.Before(end) {
			end = by
		}
	}
	done := app.Reminded
	if done.Times >= plan.Most {
		return noTime
	}
	done.Since = done.Since.In(zone)
	at := p.next(plan, done, end)
	if at.IsZero() {
		return noTime
	}
	if rest := t.lastWord().Add(p.Pause); at.Before(rest) {
		at = rest
	}
	if at.Before(t.now) {
		at = t.now
	}
	at = p.onwards(at.In(zone))
	if r := t.reach(); r != nil {
		at = t.awake(t.describe(r).Medium, Normal, at)
	}
	if !at.Before(end) {
		return noTime
	}
	return at
}

// next is the first time of the plan that was not reminded at yet.
func (p ReminderPolicy) next(plan ReminderPlan, done Reminded, end time.Time) time.Time {
	var times []time.Time
	for _, d := range plan.After {
		times = append(times, p.onwards(done.Since.Add(d)))
	}
	for _, d := range plan.Before {
		if at := p.backwards(end.Add(-d)); at.After(done.Since.Add(p.Pause)) {
			times = append(times, at)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for _, at := range times {
		if at.After(done.Last.Add(p.Pause)) && at.Before(end) {
			return at
		}
	}
	return noTime
}

// onwards is t, or when reminders leave next.
func (p ReminderPolicy) onwards(t time.Time) time.Time {
	d := DateOf(t)
	switch {
	case p.From >= p.To || p.From <= minutes(t) && minutes(t) < p.To:
		return t
	case minutes(t) >= p.To:
		d = d.AddDays(1)
	}
	return d.In(t.Location()).Add(time.Duration(p.From) * time.Minute)
}

// backwards is t, or the last hour before it in which reminders left.
func (p ReminderPolicy) backwards(t time.Time) time.Time {
	d := DateOf(t)
	switch {
	case p.From >= p.To || p.From <= minutes(t) && minutes(t) < p.To:
		return t
	case minutes(t) < p.From:
		d = d.AddDays(-1)
	}
	return d.In(t.Location()).Add(time.Duration(p.To-60) * time.Minute)
}

// lastWord is when the candidate last did something, or a person had them.
func (t *turn) lastWord() time.Time {
	last := t.c.Owner.Since
	later := func(at time.Time) {
		if at.After(last) {
			last = at
		}
	}
	for _, r := range t.c.Reaches {
		later(r.LastIn)
	}
	for _, it := range t.c.Application().Checklist {
		for _, d := range it.Documents {
			later(d.At)
		}
	}
	return last
}

// tick looks whether something is due. A tick that was planned anew meanwhile
// does nothing.
func (t *turn) tick(c Tick) error {
	if !c.At.Equal(t.c.Tick) {
		t.unchanged()
		return nil
	}
	t.c.Tick, t.ticked = noTime, true
	w := t.c.awaited()
	t.wake()
	t.releaseScheduled()
	t.nudgeLate()
	t.climb()
	if at := t.nextReminder(w); at.IsZero() || at.After(t.now) {
		return nil
	}
	app := t.c.Application()
	app.Reminded.Times++
	app.Reminded.Last = t.now
	t.remind(w.topic)
	return nil
}

// remind writes to the candidate by the road that is open. Where none is open
// it is left to HR.
func (t *turn) remind(topic Topic) {
	const kept = 1 // message is left for a person
	switch {
	case !t.remindBy(ByBot, topic, kept):
		t.note("reminder_held", string(topic))
	case t.c.Owner.Kind == OwnedByBot:
		t.reminded(topic, "")
	}
}

// remindBy writes in the chat, as long as more than so many messages may be
// sent there, by a template of its own, or by the one that says that words
// wait. It says whether a road was open.
func (t *turn) remindBy(author Author, topic Topic, kept int) bool {
	r := t.reach()
	if r == nil {
		return false
	}
	if t.room(r, t.describe(r)) > kept {
		t.move(author, Heard{Cue: CueReminded, Topic: topic})
		return true
	}
	purpose := PurposeOfferReminder
	if topic == TopicPapers {
		purpose = PurposePapersReminder
	}
	if t.describe(r).Templates && t.sendTemplate(purpose, r) {
		return true
	}
	before := t.c.Nudged
	t.nudge(r)
	return t.c.Nudged && !before
}

// reminded tells the EHR of a reminder that left, and who asked for it, if
// somebody did.
func (t *turn) reminded(topic Topic, agent string) {
	t.event(EventReminderSent, EventData{Reminder: &ReminderDetail{Topic: topic, Times: t.c.Application().Reminded.Times, Agent: agent}})
}

// sendTemplate sends a template if there is one for the purpose.
func (t *turn) sendTemplate(purpose string, r *Reach) bool {
	rendered, err := t.e.Templates.Render(t.template(purpose, r))
	if err != nil || rendered.Template == nil {
		return false
	}
	t.putTemplate(BySystem, r, rendered)
	return true
}

// putTemplate sends a template that was filled in.
func (t *turn) putTemplate(author Author, r *Reach, rendered Rendered) *Message {
	m := t.record(Message{
		Author: author, Kind: Template, Address: r.Address,
		Text: rendered.Text, Template: rendered.Template, Status: Queued,
	})
	t.deliver(m)
	t.dispatched(*m, r.Address)
	return m
}
