package conversations

// CalendarSent is the latest entry of the first day that went to the
// candidate's calendar.
type CalendarSent struct {
	Sequence  int64 `json:"sequence"`
	Day       Date  `json:"day"`
	Cancelled bool  `json:"cancelled,omitempty"`
}

// KeyFirstDay is the phrase for the first day in a calendar, with the argument
// position.
const KeyFirstDay = "first_day"

// tellCalendar sends the candidate's calendar the day that was settled, or
// takes it back once none is, if they have an e-mail address and there are
// words for it.
func (t *turn) tellCalendar(app *Application) {
	was, purpose := CalendarSent{Cancelled: true}, PurposeStartDate
	if app.Calendar != nil {
		was = *app.Calendar
	}
	next := CalendarSent{Sequence: was.Sequence + 1, Day: app.StartDate}
	if app.Answer.Over() || app.StartDate.IsZero() {
		next.Day, next.Cancelled, purpose = was.Day, true, PurposeStartDateCancelled
	}
	if next.Cancelled == was.Cancelled && next.Day == was.Day || next.Day.IsZero() {
		return
	}
	t.sendCalendar(app, next, purpose)
}

// renewCalendar sends the settled day once more, with what has changed about
// it, if the candidate's calendar has it.
func (t *turn) renewCalendar(app *Application) {
	if sent := app.Calendar; sent != nil && !sent.Cancelled {
		t.sendCalendar(app, CalendarSent{Sequence: sent.Sequence + 1, Day: sent.Day}, PurposeStartDate)
	}
}

func (t *turn) sendCalendar(app *Application, next CalendarSent, purpose string) {
	if t.c.OptedOut() {
		return
	}
	t.contacts()
	r := t.inbox()
	if r == nil {
		return
	}
	q := t.template(purpose, r)
	q.Application.Offer.StartDate = next.Day
	rendered, err := t.e.Templates.Render(q)
	if err != nil || rendered.Template == nil {
		return
	}
	title, err := t.words(KeyFirstDay, map[string]any{"position": app.Position.Title})
	if err != nil {
		return
	}
	app.Calendar = &next
	m := t.record(Message{
		Author: BySystem, Kind: Template, Address: r.Address, Text: rendered.Text, Template: rendered.Template, Status: Queued,
	})
	d := DeliveryOf(*m)
	d.Calendar = &Calendar{
		UID: t.c.ID + "-" + app.ResultID, Sequence: next.Sequence, Cancelled: next.Cancelled,
		Title: title, Day: next.Day, Place: app.Offer.Workplace, Details: rendered.Text,
	}
	t.dispatch(d)
	t.dispatched(*m, m.Address)
}

// inbox is the candidate's e-mail address, nil without one.
func (t *turn) inbox() *Reach {
	for i := range t.c.Reaches {
		if r := &t.c.Reaches[i]; r.Usable() && t.describe(r).Medium == Email {
			return r
		}
	}
	return nil
}
