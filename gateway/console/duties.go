package console

import (
	"time"

	"jiebao/conversations"
)

// duty is something that waits to be done for a candidate, by them or by HR.
type duty struct {
	candidate bool // it is theirs to do
	words     string
	due       time.Time // by when; zero for no such time
	since     time.Time // since when HR has had it to do
	link      string
}

// late says whether the time for it is over.
func (d duty) late(now time.Time) bool { return !d.due.IsZero() && now.After(d.due) }

// dueWords says by when it is due: a day, or a moment.
func (v *view) dueWords(d duty) string {
	if at := v.local(d.due); at.Equal(conversations.DateOf(at).In(at.Location())) {
		return v.T("duty.due", "time", v.date(conversations.DateOf(at)))
	}
	return v.T("duty.due", "time", v.stamp(d.due))
}

// duties are all that wait, those of HR first.
func (v *view) duties(t thread) []duty {
	return append(v.ours(t), v.theirs(t)...)
}

// ours are what HR has to do.
func (v *view) ours(t thread) (all []duty) {
	add := func(words string, since, due time.Time, link string) {
		all = append(all, duty{words: words, since: since, due: due, link: link})
	}
	if !t.c.Waiting.IsZero() {
		add(v.T("duty.answer"), t.c.Waiting, time.Time{}, "")
	}
	if r := t.pending(); r != nil {
		add(v.T("duty.decide", "date", v.day(r.Date)), r.At, t.c.Application().Offer.ReplyBy, "#request-"+r.ID)
	}
	if x := t.c.OpenConflict(); x != nil {
		add(v.T("duty.settle"), x.At, time.Time{}, "#conflict-"+x.ID)
	}
	if n, since := toReview(t.c.Application()); n > 0 {
		add(v.T("duty.review", "n", n), since, time.Time{}, reviewPath+"?c="+t.c.ID)
	}
	if call := t.c.Call; call != nil {
		add(v.T("duty.call"), call.Since, call.Next, "#call")
	}
	for _, q := range t.c.Questions {
		add(v.T("duty.question", "words", short(q.Text)), q.At, time.Time{}, gapURL(q.ID))
	}
	return all
}

// theirs are what the candidate has to do.
func (v *view) theirs(t thread) (all []duty) {
	app := t.c.Application()
	if app == nil || app.Answer.Over() {
		return nil
	}
	if app.Waiting == "" && (app.Answer == conversations.Open || app.Answer == conversations.Countered) {
		all = append(all, duty{candidate: true, words: v.T("duty.reply"), due: app.Offer.ReplyBy})
	}
	if n := missing(app); n > 0 {
		all = append(all, duty{candidate: true, words: v.T("duty.papers", "n", n), due: papersDue(app).In(v.now.Location()), link: "#fold-papers"})
	}
	return all
}

// papersDue is the day on which the papers have to be there: the first day at
// work.
func papersDue(app *conversations.Application) conversations.Date { return standingDate(app) }

// missing counts the lines of the checklist for which nothing usable came in.
func missing(app *conversations.Application) (n int) {
	for _, it := range app.Checklist {
		if it.ID != "" && it.Missing() {
			n++
		}
	}
	return n
}

// toReview counts the documents that wait to be looked at, and says since when.
func toReview(app *conversations.Application) (n int, since time.Time) {
	if app == nil {
		return 0, since
	}
	for _, it := range app.Checklist {
		for _, d := range it.Documents {
			if d.State != conversations.DocumentReceived {
				continue
			}
			n++
			if since.IsZero() || d.At.Before(since) {
				since = d.At
			}
		}
	}
	return n, since
}

// shortest is how many characters of somebody's words a line of the panel has
// room for.
const shortest = 40

// short is the beginning of somebody's words.
func short(words string) string {
	r := []rune(words)
	if len(r) <= shortest {
		return words
	}
	return string(r[:shortest]) + "…"
}
