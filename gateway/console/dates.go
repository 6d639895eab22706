package console

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// readDates lets the thread's request card judge dates. Other threads need
// none.
func (c *Console) readDates(ctx context.Context, t *thread) (err error) {
	if t.pending() != nil {
		t.dates, err = c.o.StartDates.Dates(ctx, &t.c)
	}
	return err
}

// date shows what the policies say of a date that an agent may propose.
func (c *Console) date(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	d, err := conversations.ParseDate(g.Query("date"))
	if err != nil {
		g.Status(http.StatusNoContent)
		return
	}
	dates, err := c.o.StartDates.Dates(g.Request.Context(), &conv)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, dateAdvice(v, dates.Judge(d)))
}

// against are the reasons against a date, in words. That it needs approval
// goes without saying wherever an agent is asked for it.
func (v *view) against(j conversations.Judgement) (words []string) {
	for _, r := range j.Reasons {
		switch {
		case r.Code == conversations.DateNeedsApproval, r.Code == conversations.DateClassFull: // the seats say so
		case r.Limit.IsZero():
			words = append(words, v.T("against."+string(r.Code)))
		default:
			words = append(words, v.T("against."+string(r.Code), "limit", v.day(r.Limit)))
		}
	}
	return words
}

// seats says how many seats the class of the date has left.
func (v *view) seats(j conversations.Judgement) string {
	switch {
	case j.Left < 0:
		return v.T("decide.overbooked", "class", j.Class.Name, "n", -j.Left, "capacity", j.Class.Capacity)
	case j.Left == 0:
		return v.T("decide.full", "class", j.Class.Name, "capacity", j.Class.Capacity)
	}
	return v.T("decide.seats", "class", j.Class.Name, "n", j.Left, "capacity", j.Class.Capacity)
}

// full says that the date is the day of a class without a free seat.
func full(j conversations.Judgement) bool { return !j.Class.IsZero() && j.Left <= 0 }

// standing is the date that holds until HR answers: the agreed one, or else
// the offered one.
func (t thread) standing() conversations.Date {
	return standingDate(t.c.Application())
}

// suggested are dates that suit better than the one asked for, without the
// one that stands and the one that was offered all along.
func (t thread) suggested(d conversations.Date) (dates []conversations.Date) {
	for _, near := range t.dates.Nearest(d) {
		if near != t.c.Application().Offer.StartDate && near != t.standing() {
			dates = append(dates, near)
		}
	}
	return dates
}
