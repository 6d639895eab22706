package conversations

import "time"

// PageAccount is the account of the candidates' own pages. A page's address is
// its conversation's id, so that nobody has to bind it. What is sent there is
// shown to a candidate who visits it, and only as long.
const PageAccount = "h5"

// VisitTime is how long after their last act a candidate counts as being on
// their page; visitMessages is more than are shown there meanwhile.
const (
	VisitTime     = 15 * time.Minute
	visitMessages = 1000
)

// pageAddress is the address of the candidate's own page.
func (t *turn) pageAddress() Address { return Address{PageAccount, t.c.ID} }

// visit lets words be shown on the page that the candidate is on.
func (t *turn) visit(r *Reach) {
	r.Grant(Grant{Kind: "visit", Until: t.now.Add(VisitTime), Left: visitMessages}, t.now)
}

// opened says what the candidate sees by opening their page: that there was a
// result for them, and the words that waited. It says whether that was news.
func (t *turn) opened() (news bool) {
	if app := t.c.Application(); app != nil && app.Route.Running() && app.Route.left() {
		t.noticed(OverOpened)
		t.readNotice(app)
		news = true
	}
	if len(t.c.Held) == 0 {
		return news
	}
	if _, ok := t.e.Channels.Describe(PageAccount); !ok {
		return news
	}
	r := t.c.Reach(t.pageAddress())
	if r == nil {
		r = t.meet(t.pageAddress())
	}
	r.Followed, t.c.Nudged, t.c.Nudge = true, false, noTime
	t.visit(r)
	t.releaseHeld(r)
	return true
}

// readNotice books that the notification was read, by whatever way its link
// came.
func (t *turn) readNotice(app *Application) {
	if app.Notice == "" || app.Status >= Read {
		return
	}
	account := ""
	if best := app.Route.best(); best != nil {
		account = best.Account
	}
	t.out.Statuses = append(t.out.Statuses, StatusChange{Message: app.Notice, Status: Read, At: t.now})
	t.noticeStatus(&Message{
		ID: app.Notice, Author: BySystem, Kind: Template, Address: Address{Account: account}, At: app.StatusAt,
	}, Report{Status: Read}, "")
}
