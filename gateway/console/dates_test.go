package console

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"jiebao/conversations"
)

// The fake's policies: managers start in two classes, of which August's is
// full, and nobody on weekends.
var (
	july   = conversations.Class{ID: "july", Name: "7月新员工班", Date: conversations.Date{Year: 2026, Month: 7, Day: 20}, Capacity: 20}
	august = conversations.Class{ID: "august", Name: "8月新员工班", Date: conversations.Date{Year: 2026, Month: 8, Day: 3}, Capacity: 1}
)

func (f *fake) Classes(string, conversations.Position) []conversations.Class {
	return []conversations.Class{july, august}
}

func (f *fake) Judge(p conversations.Proposal) conversations.Judgement {
	j := conversations.Judgement{Verdict: conversations.DateImpossible}
	switch d := p.Date.Weekday(); {
	case p.Date == july.Date:
		return conversations.Judgement{Class: july, Left: p.Seats.Left(july, p.Conversation)}
	case p.Date == august.Date:
		j.Class, j.Left = august, p.Seats.Left(august, p.Conversation)
		j.Reasons = []conversations.DateReason{{Code: conversations.DateClassFull}}
	case d == time.Saturday || d == time.Sunday:
		j.Reasons = []conversations.DateReason{{Code: conversations.DateRestDay}, {Code: conversations.DatePayroll, Limit: july.Date}}
	default:
		return conversations.Judgement{Reasons: []conversations.DateReason{{Code: conversations.DateNeedsApproval}}}
	}
	return j
}

func (f *fake) Nearest(p conversations.Proposal) []conversations.Date {
	return []conversations.Date{july.Date, p.Offer.StartDate}
}

var taken = conversations.Seats{"august": {1: "somebody"}, "july": {1: "a", 2: "b"}}

func (f *fake) Dates(_ context.Context, c *conversations.Conversation) (conversations.Dates, error) {
	return f.engine.Dates(f.now(), c, taken), nil
}

func TestRequestCardAdvises(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	w := d.get("/inbox/zhang")
	d.wantText(w, "休息日", "当月入职截止 7月20日 周一", "提议 7月20日 周一", "同意 8月1日 周六")
	d.wantNoText(w, "提议 7月13日", "超额同意")

	d.wants(august.Date)
	w = d.get("/inbox/zhang")
	d.wantText(w, "8月新员工班：名额已满（共 1 个）", "超额同意 8月3日 周一", `name="overbook"`)
	d.wants(july.Date)
	w = d.get("/inbox/zhang")
	d.wantText(w, "7月新员工班：还有 18 个名额（共 20 个）")
	d.wantNoText(w, "超额同意")
}

// wants changes the date that is asked for.
func (d *desk) wants(date conversations.Date) {
	d.t.Helper()
	c := d.f.convs["zhang"]
	request := *c.Application().Request
	request.Date = date
	c.Application().Request = &request
	d.f.convs["zhang"] = c
}

func TestAdviceOnACounterProposal(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.get("/inbox/zhang/date?date=2026-08-03"), "名额已满")
	d.wantText(d.get("/inbox/zhang/date?date=2026-08-02"), "休息日")
	d.wantNoText(d.get("/inbox/zhang/date?date=2026-07-21"), "<li")
	d.wantCode(d.get("/inbox/zhang/date?date="), http.StatusNoContent)
	d.wantCode(as(t, "ag-sh").get("/inbox/zhang/date?date=2026-08-03"), http.StatusNotFound)
}

// TestOverbookingIsSaid: a full class takes nobody unless the agent says so.
func TestOverbookingIsSaid(t *testing.T) {
	t.Parallel()
	for name, form := range map[string]url.Values{
		"approve": {"verdict": {"approved"}},
		"counter": {"verdict": {"countered"}, "date": {august.Date.String()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := as(t, "ag-bj")
			d.wants(august.Date)
			form.Set("request", "zhang-r1")
			w := d.post("/inbox/zhang/decide", form)
			d.wantCode(w, http.StatusConflict)
			d.wantText(w, "没有名额了")
			form.Set("overbook", "yes")
			d.wantCode(d.post("/inbox/zhang/decide", form), http.StatusSeeOther)
			c := d.f.convs["zhang"]
			if seats := c.Application().Seats; len(seats) != 1 || seats[0].Number != 2 {
				t.Errorf("the seats are %v", seats)
			}
		})
	}
}
