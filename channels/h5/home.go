package h5

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"jiebao/conversations"
)

// home is the candidate's page: the result, what is offered, how things stand
// and what can be done.
type home struct {
	Name, Position string
	Offer          offer
	Stand          stand
	Done           bool   // something was done just now
	Told           told   // about what was just done, the zero told if nothing was
	Shown          string // sealed, of the stance that the page shows
	Key            string
	Papers         papers
	Last           string    // of the conversation
	LastAt         time.Time // zero without one
	New            bool      // it was not read yet
}

// offer is what is offered, as far as it is known.
type offer struct {
	Date             conversations.Date
	Workplace        string
	Contact, Phone   string
	ReplyBy          time.Time
	Late             bool // the time to reply is over
	HasDate, HasTime bool
}

// stand is how things stand.
type stand struct {
	State     string             // one of the states below
	Date      conversations.Date // to be confirmed, or agreed on
	Requested conversations.Date
	Until     conversations.Date // the date that holds until HR has decided
	Original  conversations.Date // the offered one, where it can be taken besides Date
	Note      string             // HR's words
	Why       []string           // why HR has to be asked, or what stands against Date
}

// The states of an offer as the page tells them.
const (
	stateOpen      = "open"
	stateFull      = "full"    // the offered day has no seat any more
	stateUndated   = "undated" // HR has not named a day
	stateConfirmed = "confirmed"
	stateRequested = "requested"
	stateCountered = "countered"
	stateDeclined  = "declined"
	stateWithdrawn = "withdrawn"
	stateNone      = "none" // nothing is offered
)

// papers is how far the documents are.
type papers struct{ Done, All int }

// told is what became of something that was just done.
type told struct {
	Words string
	Bad   bool
}

// showHome shows how things stand.
func (v *visit) showHome(status int, t told) {
	page, err := v.home()
	if err != nil {
		v.failed(err)
		return
	}
	page.Told = t
	v.render(status, "home", page)
}

func (v *visit) home() (home, error) {
	page := home{Name: v.conv.Candidate.Name, Key: v.key(), Stand: stand{State: stateNone}, Done: v.r.URL.Query().Get("done") != ""}
	app := v.conv.Application()
	if app == nil {
		return page, nil
	}
	dates, err := v.dates()
	if err != nil {
		return page, err
	}
	page.Position, page.Shown = app.Position.Title, v.shown()
	page.Stand = standOf(app, dates)
	page.Offer = v.offer(app, page.Stand)
	for _, it := range app.Checklist {
		if it.ID == "" {
			continue
		}
		page.Papers.All++
		if !it.Missing() {
			page.Papers.Done++
		}
	}
	return page, v.preview(&page, app)
}

// preview tells of the conversation, and that the notification was read.
func (v *visit) preview(page *home, app *conversations.Application) error {
	views, err := v.o.Store.Messages(v.r.Context(), conversations.Everything, v.conv.ID, 0, previewed)
	if err != nil {
		return fmt.Errorf("reading the conversation's messages: %w", err)
	}
	var notice []conversations.MessageView
	for _, m := range views {
		if m.ID == app.Notice {
			notice = append(notice, m)
		}
		if v.visible(m) {
			page.Last, page.LastAt = oneLine(m.Text), m.At
			page.New = m.Author != conversations.ByCandidate && m.Status < conversations.Read && m.ID != app.Notice
		}
	}
	v.seen(notice)
	return nil
}

// previewed is how many messages are looked at for the latest.
const previewed = 20

func (v *visit) offer(app *conversations.Application, s stand) offer {
	o := app.Offer
	switch s.State {
	case stateConfirmed: // what was agreed on counts, and there is no hurry any more
		o.StartDate, o.ReplyBy = s.Date, time.Time{}
	case stateRequested:
		o.StartDate = s.Until
	}
	return offer{
		Date: o.StartDate, HasDate: !o.StartDate.IsZero(), Workplace: o.Workplace, Contact: o.ContactName, Phone: o.ContactPhone,
		ReplyBy: o.ReplyBy.In(v.o.Zone), HasTime: !o.ReplyBy.IsZero(), Late: !o.ReplyBy.IsZero() && v.now.After(o.ReplyBy),
	}
}

// standOf reads how things stand with an application.
func standOf(app *conversations.Application, dates conversations.Dates) stand {
	offered, agreed := app.Offer.StartDate, app.StartDate
	holds := agreed
	if holds.IsZero() {
		holds = offered
	}
	switch {
	case app.Answer == conversations.Declined:
		return stand{State: stateDeclined}
	case app.Answer == conversations.Withdrawn:
		return stand{State: stateWithdrawn}
	case app.Answer == conversations.Confirmed:
		return stand{State: stateConfirmed, Date: holds}
	case app.Answer == conversations.Requested && app.Request != nil:
		s := stand{State: stateRequested, Requested: app.Request.Date, Until: holds}
		if agreed.IsZero() && !full(dates, offered) {
			s.Original = offered
		}
		return s
	case app.Answer == conversations.Countered && app.Request != nil:
		s := stand{State: stateCountered, Date: app.Request.Counter, Requested: app.Request.Date, Note: app.Request.Note}
		if offered != s.Date && !full(dates, offered) {
			s.Original = offered
		}
		return s
	case offered.IsZero():
		return stand{State: stateUndated}
	case full(dates, offered):
		return stand{State: stateFull, Date: offered, Note: refusal(app)}
	}
	return stand{State: stateOpen, Date: offered, Note: refusal(app)}
}

// refusal is what HR wrote when it refused another date.
func refusal(app *conversations.Application) string {
	if app.Request == nil || app.Request.Verdict != conversations.Refuse {
		return ""
	}
	return app.Request.Note
}

// full says whether a day has no seat left.
func full(dates conversations.Dates, d conversations.Date) bool {
	if d.IsZero() {
		return true
	}
	for _, r := range dates.Judge(d).Reasons {
		if r.Code == conversations.DateClassFull {
			return true
		}
	}
	return false
}

// dates judges start dates for the candidate.
func (v *visit) dates() (conversations.Dates, error) {
	if v.o.StartDates == nil {
		return conversations.Dates{}, nil
	}
	dates, err := v.o.StartDates.Dates(v.r.Context(), &v.conv)
	if err != nil {
		return dates, fmt.Errorf("judging start dates: %w", err)
	}
	return dates, nil
}

// open shows the page that the link, or the step named in the address, is for.
func (v *visit) open() {
	below, known := way(stepOf(v.r))
	switch {
	case below != "":
		http.Redirect(v.w, v.r, v.address()+below, http.StatusSeeOther)
	case v.link.Files && !known:
		v.showChecklist(http.StatusOK, nil)
	default:
		v.showHome(http.StatusOK, told{})
	}
}

// seen tells the core that the candidate has read messages. Whoever only
// fetches the page ahead has not.
func (v *visit) seen(views []conversations.MessageView) {
	if v.r.Method != http.MethodGet || v.r.Header.Get("Sec-Purpose") != "" || v.r.Header.Get("Purpose") == "prefetch" {
		return
	}
	for _, m := range views {
		left := m.Status > conversations.Queued || m.Status == conversations.Queued && m.Address.Account == conversations.PageAccount && m.Reason == ""
		if m.Author == conversations.ByCandidate || m.Status >= conversations.Read || !left {
			continue
		}
		to := conversations.Target{Conversation: v.conv.ID, Account: m.Address.Account}
		_, err := v.o.Store.Apply(context.WithoutCancel(v.r.Context()), to, conversations.Report{Message: m.ID, Status: conversations.Read, At: v.now})
		if err != nil {
			v.o.Log.WarnContext(v.r.Context(), "what was read on a candidate's page is not noted", "conversation", v.conv.ID, "error", err)
			return
		}
	}
}
