package h5

import (
	"net/http"
	"slices"

	"jiebao/conversations"
)

const (
	// datesShown is how many days are offered to choose from.
	datesShown = 8
	// datesAhead is how far they are looked for, in days from the asked one.
	datesAhead = 60
	// datesLatest is the latest day that can be asked for, in days from today.
	datesLatest = 365
)

// datesPage lets the candidate pick another start date.
type datesPage struct {
	Holds        conversations.Date // the day as things stand, zero if there is none
	Options      []conversations.Date
	Min, Max     conversations.Date
	Day          asked
	Shown, Key   string
	Most         int
	Replaces     conversations.Date // a request that waits, and that a new one replaces
	Bad          string             // words about a day that was not understood
	HasReplaces  bool
	HasHolds     bool
	NothingToAsk bool // no day can be chosen without HR
}

// asked is the day that the candidate asks about.
type asked struct {
	Date    conversations.Date
	Verdict string // free, ask, ask_anyway, impossible, past or same; "" if none is asked about
	Why     []string
}

// showDates shows the days that can be chosen, and what can be done about the
// one in the address.
func (v *visit) showDates() {
	app := v.conv.Application()
	if app == nil || app.Answer.Over() {
		http.Redirect(v.w, v.r, v.address(), http.StatusSeeOther)
		return
	}
	dates, err := v.dates()
	if err != nil {
		v.failed(err)
		return
	}
	today := conversations.DateOf(v.now.In(v.o.Zone))
	page := datesPage{Min: today.AddDays(1), Max: today.AddDays(datesLatest), Shown: v.shown(), Key: v.key(), Most: maxNote}
	s := standOf(app, dates)
	if page.Holds = s.Date; s.State == stateRequested {
		page.Holds, page.Replaces, page.HasReplaces = s.Until, s.Requested, true
	}
	page.HasHolds = !page.Holds.IsZero()
	page.Options = freeDates(dates, page.Holds, today)
	page.NothingToAsk = len(page.Options) == 0
	status := http.StatusOK
	if typed := v.r.URL.Query().Get("day"); typed != "" {
		if d, err := conversations.ParseDate(typed); err != nil {
			page.Bad, status = v.T("page.dates.malformed"), http.StatusUnprocessableEntity
		} else {
			page.Day = v.judge(app, dates, d, today)
		}
	}
	v.render(status, "dates", page)
}

// freeDates are the days nearest to one that need nobody's approval, in order.
func freeDates(dates conversations.Dates, near, today conversations.Date) []conversations.Date {
	first := near
	if first.Before(today.AddDays(1)) {
		first = today.AddDays(1)
	}
	var free []conversations.Date
	for away := 0; away <= datesAhead && len(free) < datesShown; away++ {
		for _, d := range []conversations.Date{first.AddDays(away), first.AddDays(-away)} {
			if d == near || !d.After(today) || slices.Contains(free, d) || len(free) == datesShown {
				continue
			}
			if dates.Judge(d).Verdict == conversations.DateAccepted {
				free = append(free, d)
			}
		}
	}
	slices.SortFunc(free, conversations.Date.Compare)
	return free
}

// proposed says whether the bank has proposed a day that is not agreed on yet.
func proposed(app *conversations.Application, d conversations.Date) bool {
	switch app.Answer {
	case conversations.Confirmed, conversations.Declined, conversations.Withdrawn:
		return false
	case conversations.Countered:
		return d == app.Offer.StartDate || app.Request != nil && d == app.Request.Counter
	}
	return d == app.Offer.StartDate
}

// judge says what can be done about a day.
func (v *visit) judge(app *conversations.Application, dates conversations.Dates, d, today conversations.Date) asked {
	j := dates.Judge(d)
	out := asked{Date: d}
	for _, r := range j.Reasons {
		if r.Code == conversations.DateNeedsApproval {
			continue
		}
		args := []any{"date", d}
		if !r.Limit.IsZero() {
			args = append(args, "limit", r.Limit)
		}
		out.Why = append(out.Why, v.T("schedule.why."+string(r.Code), args...))
	}
	switch {
	case app.Answer == conversations.Confirmed && d == app.StartDate, app.Answer == conversations.Requested && app.Request != nil && d == app.Request.Date:
		out.Verdict = "same"
	case !d.After(today), d.Sub(today) > datesLatest:
		out.Verdict, out.Why = "past", nil
	case j.Verdict == conversations.DateAccepted, proposed(app, d) && !full(dates, d):
		out.Verdict = "free"
	case j.Verdict == conversations.DateNeedsHR:
		out.Verdict = "ask"
	case j.AskHR:
		out.Verdict = "ask_anyway"
	default:
		out.Verdict = "impossible"
	}
	return out
}
