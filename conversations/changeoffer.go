package conversations

import (
	"errors"
	"slices"
	"time"
)

// ChangeOffer is the bank's change of what it offers. If the day or the place
// is another, whatever the candidate answered before is void and they are
// asked again; of the rest they are told.
type ChangeOffer struct {
	Agent  string // or api: and the name of the key
	Result string // the EHR's id; "" for the current one
	Change OfferChange
	Note   string // words added for the candidate
	// Overbook says that the class of the new day may be full.
	Overbook bool
}

// OfferChange is what is other in an offer; nil is as it was.
type OfferChange struct {
	StartDate         *Date
	ReplyBy           *time.Time
	Workplace         *string
	ContactName       *string
	ContactPhone      *string
	Documents         []RequiredDocument // nil: as they were
	NoticeDays        *int
	MedicalValidUntil *Date
}

// The parts of an offer, as they are called where the EHR posts it.
const (
	PartStartDate    = "start_date"
	PartReplyBy      = "reply_by"
	PartWorkplace    = "workplace"
	PartContactName  = "contact_name"
	PartContactPhone = "contact_phone"
	PartDocuments    = "documents"
	PartNoticeDays   = "notice_days"
	PartMedical      = "medical_valid_until"
)

// OfferNews is what the candidate is to be told of their offer.
type OfferNews struct {
	Changed []string // parts
	Was     Answer   // what they had answered
	WasDate Date     // that was offered, or agreed on if it was
	Asks    bool     // their answer is void: they are asked again
	Note    string
}

// Has says whether a part changed.
func (n *OfferNews) Has(part string) bool { return slices.Contains(n.Changed, part) }

// The errors of commands about an offer.
var (
	// ErrSuperseded: the result is not the candidate's current one.
	ErrSuperseded = errors.New("a later result took the place of this one")
	// ErrOver: the candidate declined the offer, or the bank withdrew it.
	ErrOver = errors.New("the offer was declined or withdrawn")
)

// changeOffer puts a change into effect. It tells nothing to a candidate who
// was not told of the result yet: the notification will say it as it is then.
func (t *turn) changeOffer(c ChangeOffer) error {
	app, err := t.standingOffer(c.Result)
	if err != nil {
		return err
	}
	was := *app
	news := OfferNews{Changed: app.change(c.Change), Was: app.Answer, WasDate: was.standing(), Note: c.Note}
	if len(news.Changed) == 0 {
		t.unchanged()
		return nil
	}
	if err := t.mayOffer(app, news); err != nil {
		return err
	}
	if news.Has(PartStartDate) || news.Has(PartWorkplace) {
		if err := t.voidAnswer(app, c, &news); err != nil {
			return err
		}
	} else if app.Answer == Confirmed && (news.Has(PartContactName) || news.Has(PartContactPhone)) {
		t.renewCalendar(app)
	}
	t.note("offer_changed", c.Agent)
	t.event(EventOfferChanged, EventData{Offer: &OfferDetail{
		StartDate: app.Offer.StartDate, Changed: news.Changed, Was: news.Was, Asks: news.Asks, Agent: c.Agent, Note: c.Note,
	}})
	t.tellOffer(c.Agent, app, Heard{Cue: CueOfferChanged, Offer: &news})
	return nil
}

// standingOffer is the current application, if it is the result's and its
// offer stands.
func (t *turn) standingOffer(result string) (*Application, error) {
	app := t.c.Application()
	switch {
	case app == nil:
		return nil, ErrNotFound
	case result != "" && app.ResultID != result:
		if slices.ContainsFunc(t.c.Applications, func(a Application) bool { return a.ResultID == result }) {
			return nil, ErrSuperseded
		}
		return nil, ErrNotFound
	case app.Answer.Over():
		return app, ErrOver
	}
	return app, nil
}

// standing is the day that holds: the agreed one, or else the offered one.
func (a *Application) standing() Date {
	if !a.StartDate.IsZero() {
		return a.StartDate
	}
	return a.Offer.StartDate
}

// mayOffer names the parts of a changed offer that could not be told.
func (t *turn) mayOffer(app *Application, news OfferNews) error {
	var bad unfit
	var changed Offer
	if news.Has(PartStartDate) {
		changed.StartDate = app.Offer.StartDate
	}
	if news.Has(PartReplyBy) {
		changed.ReplyBy = app.Offer.ReplyBy
	}
	bad.passed(changed, t.now)
	if _, err := t.e.renderNotices(t.c.Branch, t.c.Candidate, *app, t.page(), &bad); err != nil {
		return err
	}
	return bad.err()
}

// voidAnswer ends what the candidate answered to the offer as it was, and the
// questions about it. Whoever was promised a day before keeps a promise: of
// the new one, with a seat in its class.
func (t *turn) voidAnswer(app *Application, c ChangeOffer, news *OfferNews) error {
	promised := len(app.promised()) > 0
	t.resolveRequest(app, c.Agent)
	news.Asks = app.Answer != Open
	app.Answer, app.StartDate, app.Kept = Open, Date{}, promised
	if promised {
		if err := t.promise(app, app.Offer.StartDate, c.Overbook); err != nil {
			return err
		}
	}
	t.leaveOthers(app)
	t.tellCalendar(app)
	t.dropHeld(Cancelled)
	return nil
}

// resolveRequest ends a wish for another day that HR has not decided, or whose
// answer the candidate has not taken.
func (t *turn) resolveRequest(app *Application, agent string) {
	req := app.Request
	if req == nil || app.Answer != Requested && app.Answer != Countered {
		return
	}
	req.Verdict, req.Counter, req.Agent, req.DecidedAt = Superseded, Date{}, agent, t.now
	t.event(EventScheduleDecided, EventData{Message: req.message().told(), Schedule: app.scheduleDetail()})
}

// tellOffer tells the candidate what became of their offer, if they knew of
// it, in the bot's words and the agent's name, whoever owns the conversation.
func (t *turn) tellOffer(agent string, app *Application, h Heard) {
	t.from = nil
	t.c.Puzzle = nil
	if app.Waiting == "" {
		t.move(ByAgent(agent), h)
	}
}

// change puts what is other into the offer and returns the parts that are.
// Documents that came in stay, also those of items that are wanted no more.
func (a *Application) change(c OfferChange) (parts []string) {
	o := &a.Offer
	replace(&parts, PartStartDate, &o.StartDate, c.StartDate)
	replace(&parts, PartWorkplace, &o.Workplace, c.Workplace)
	replace(&parts, PartContactName, &o.ContactName, c.ContactName)
	replace(&parts, PartContactPhone, &o.ContactPhone, c.ContactPhone)
	replace(&parts, PartNoticeDays, &o.NoticeDays, c.NoticeDays)
	replace(&parts, PartMedical, &o.MedicalValidUntil, c.MedicalValidUntil)
	if c.ReplyBy != nil && !c.ReplyBy.Equal(o.ReplyBy) {
		o.ReplyBy, parts = *c.ReplyBy, append(parts, PartReplyBy)
	}
	if c.Documents != nil && !slices.Equal(c.Documents, o.Documents) {
		o.Documents, parts = slices.Clone(c.Documents), append(parts, PartDocuments)
		a.recheck()
	}
	return parts
}

func replace[T comparable](parts *[]string, part string, was, now *T) {
	if now != nil && *now != *was {
		*was, *parts = *now, append(*parts, part)
	}
}

// recheck makes the checklist that of the offer's documents.
func (a *Application) recheck() {
	before := a.Checklist
	a.Checklist = nil
	for _, d := range a.Offer.Documents {
		a.Checklist = append(a.Checklist, ChecklistItem{ID: d.ID, Name: d.Name})
	}
	for _, it := range before {
		for _, d := range it.Documents {
			if !a.has(d.Item) {
				d.Item = ""
			}
			a.add(d)
		}
	}
}
