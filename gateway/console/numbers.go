package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/console/chart"
)

// numbersPath is where the numbers are that a glance is for.
const numbersPath = "/inbox/numbers"

// mountNumbers adds the numbers.
func (c *Console) mountNumbers(r gin.IRouter) {
	r.GET(numbersPath, c.may(conversations.MayRead, (*Console).numbersPage))
}

// Counts counts applications.
type Counts interface {
	Numbers(ctx context.Context, q conversations.NumbersQuery) (conversations.Numbers, error)
}

// spans are the times that numbers are of, in days up to today.
var spans = [...]int{1, 7, 30}

// numbersDesk is the numbers of some days.
type numbersDesk struct {
	days                          int
	counted                       conversations.Numbers
	all                           conversations.Funnel
	branches, positions, channels []fared
	names                         map[string]string // of the conversations at risk
}

// fared is the funnel of what has something in common.
type fared struct {
	name string
	conversations.Funnel
}

// numbersPage shows how the applications of today, or of some days, fare.
func (c *Console) numbersPage(g *gin.Context, v *view) {
	d := numbersDesk{days: spans[0], names: map[string]string{}}
	if days, err := strconv.Atoi(g.Query("days")); err == nil && slices.Contains(spans[:], days) {
		d.days = days
	}
	ctx, scope := g.Request.Context(), v.agent.In(conversations.MayRead)
	today := conversations.DateOf(v.now)
	n, err := c.count(ctx, v.agent.ID, conversations.NumbersQuery{
		Scope: scope, From: today.AddDays(1 - d.days).In(c.o.Zone), To: today.AddDays(1).In(c.o.Zone), Now: v.now,
	})
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the numbers: %w", err))
		return
	}
	d.take(v, n)
	for _, at := range n.Deadlines {
		if conv, err := c.o.Store.Thread(ctx, scope, at.Conversation); err == nil {
			d.names[at.Conversation] = v.person(conv.Candidate.Name)
		}
	}
	v.back = numbersPath
	if d.days != spans[0] {
		v.back += "?days=" + strconv.Itoa(d.days)
	}
	if isHTMX(g) {
		c.show(g, http.StatusOK, numbersNow(v, d))
		return
	}
	c.show(g, http.StatusOK, numbersView(v, d))
}

// tally remembers numbers for a moment: pages that are open ask again and
// again, and counting is not for each message.
type tally struct {
	mu   sync.Mutex
	kept map[string]tallied
}

type tallied struct {
	until   time.Time
	numbers conversations.Numbers
}

// numbersPace is how old numbers may be.
const numbersPace = 10 * time.Second

// count returns an agent's numbers, which are at most numbersPace old.
func (c *Console) count(ctx context.Context, agent string, q conversations.NumbersQuery) (conversations.Numbers, error) {
	key := fmt.Sprintf("%s %q %d %d", agent, q.Scope, q.From.Unix(), q.To.Unix())
	c.tally.mu.Lock()
	kept, ok := c.tally.kept[key]
	c.tally.mu.Unlock()
	if ok && q.Now.Before(kept.until) {
		return kept.numbers, nil
	}
	n, err := c.o.Store.Numbers(ctx, q)
	if err != nil {
		return n, err
	}
	c.tally.mu.Lock()
	defer c.tally.mu.Unlock()
	if c.tally.kept == nil || len(c.tally.kept) > 1000 {
		c.tally.kept = map[string]tallied{}
	}
	c.tally.kept[key] = tallied{q.Now.Add(numbersPace), n}
	return n, nil
}

// take adds the rows up: all of them, and those with a branch, a position or a
// channel in common, the largest first.
func (d *numbersDesk) take(v *view, n conversations.Numbers) {
	d.counted = n
	branches, positions, channels := map[string]conversations.Funnel{}, map[string]conversations.Funnel{}, map[string]conversations.Funnel{}
	for _, r := range n.Rows {
		d.all.Add(r.Funnel)
		for name, into := range map[string]map[string]conversations.Funnel{"b" + r.Branch: branches, "p" + r.Position: positions, "c" + r.Channel: channels} {
			f := into[name[1:]]
			f.Add(r.Funnel)
			into[name[1:]] = f
		}
	}
	d.branches = grouped(branches, v.branch)
	d.positions = grouped(positions, func(s string) string { return cmp.Or(s, v.T("numbers.no_position")) })
	d.channels = grouped(channels, func(s string) string {
		if s == "" {
			return v.T("numbers.no_channel")
		}
		return v.platform(s)
	})
}

func grouped(of map[string]conversations.Funnel, words func(string) string) (all []fared) {
	for name, f := range of {
		all = append(all, fared{words(name), f})
	}
	slices.SortFunc(all, func(a, b fared) int { return cmp.Or(b.Told-a.Told, cmp.Compare(a.name, b.name)) })
	return all
}

// stages are the steps of a funnel, by the names of their words.
func stages(f conversations.Funnel) []chart.Bar {
	return []chart.Bar{
		{Name: "told", Value: f.Told}, {Name: "sent", Value: f.Sent}, {Name: "delivered", Value: f.Delivered},
		{Name: "read", Value: f.Read}, {Name: "replied", Value: f.Replied}, {Name: "confirmed", Value: f.Confirmed},
	}
}

// plot draws a funnel.
func (v *view) plot(f conversations.Funnel) string {
	bars := stages(f)
	about := ""
	for i := range bars {
		bars[i].Name = v.T("numbers.stage_" + bars[i].Name)
		bars[i].Note = share(bars[i].Value, f.Told)
		about += bars[i].Name + " " + strconv.Itoa(bars[i].Value) + "; "
	}
	return chart.Funnel("funnel", v.T("numbers.funnel"), about, bars)
}

// share is a part of a whole in percent, "" of nothing.
func share(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return strconv.Itoa((part*100+whole/2)/whole) + "%"
}

// wait is how long somebody waited.
func (v *view) wait(d time.Duration) string {
	if d < time.Hour {
		return v.T("time.minutes", "n", int(d.Round(time.Minute)/time.Minute))
	}
	return v.T("time.hours", "n", int(d.Round(time.Hour)/time.Hour))
}
