package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/bulk"
)

// mountBulk adds what is done to many conversations at once.
func (c *Console) mountBulk(r gin.IRouter) {
	r.GET(bulkPath, c.may(conversations.MayWork, (*Console).bulkRuns))
	r.POST(bulkPath, c.may(conversations.MayWork, (*Console).bulkBegin))
	r.GET(bulkPath+"/:run", c.may(conversations.MayWork, (*Console).bulkPage))
	r.GET(bulkPath+"/:run/live", c.may(conversations.MayWork, (*Console).bulkLive))
	r.GET(bulkPath+"/:run/file", c.may(conversations.MayWork, (*Console).bulkFile))
	r.POST(bulkPath+"/:run", c.may(conversations.MayWork, (*Console).bulkChoose))
	r.POST(bulkPath+"/:run/confirm", c.may(conversations.MayWork, (*Console).bulkConfirm))
	r.POST(bulkPath+"/:run/stop", c.may(conversations.MayWork, (*Console).bulkStop))
	r.POST(bulkPath+"/:run/undo", c.may(conversations.MayWork, (*Console).bulkUndo))
	r.POST(exportPath, c.may(conversations.MayLead, (*Console).exportFile))
}

const bulkPath = "/inbox/bulk"

// Bulk does one thing to many conversations; a *bulk.Bulk does. Runs are their
// agent's: others' are conversations.ErrNotFound.
type Bulk interface {
	Begin(ctx context.Context, d bulk.Deed, ids []string) (bulk.Run, error)
	Find(ctx context.Context, agent, id string) (bulk.Run, error)
	Latest(ctx context.Context, agent string, n int) ([]bulk.Run, error)
	Choose(ctx context.Context, agent, id string, choose func(*bulk.Deed)) (bulk.Run, error)
	Preview(ctx context.Context, r bulk.Run) (bulk.Plan, error)
	// Confirm ends with ErrStale, and what it would come to by now, if that is
	// not what the seal stands for.
	Confirm(ctx context.Context, agent, id, seal string) (bulk.Run, bulk.Plan, error)
	Stop(ctx context.Context, agent, id string) (bulk.Run, error)
	Undo(ctx context.Context, agent, id string) (bulk.Run, error)
}

// Several reads many conversations at once.
type Several interface {
	// Conversations returns those of the ids that lie in the scope.
	Conversations(ctx context.Context, s conversations.Scope, ids []string) ([]conversations.Conversation, error)
}

// kinds are what the agent may do to many at once.
func (v *view) kinds() []bulk.Kind {
	return slices.DeleteFunc(bulk.Kinds(), func(k bulk.Kind) bool {
		return !v.works() || !v.leadsAny() && bulk.Deed{Kind: k}.Sends()
	})
}

// selection is what was chosen in the list: rows, or all of a place.
type selection struct {
	ids  []string
	all  bool
	more bool // there were more than may be done at once
}

// selected reads what the form chose.
func (c *Console) selected(ctx context.Context, g *gin.Context, v *view, most int) (s selection, err error) {
	if s.all = g.PostForm("all") != ""; !s.all {
		s.ids = g.PostFormArray("c")
		s.more = len(s.ids) > most
		s.ids = s.ids[:min(len(s.ids), most)]
		return s, nil
	}
	q := spotOf(g).query(v)
	q.Search, q.Limit = g.PostForm("q"), 500
	for len(s.ids) <= most {
		page, err := c.o.Store.Inbox(ctx, q)
		if err != nil {
			return s, fmt.Errorf("reading what was chosen: %w", err)
		}
		for _, r := range page.Rows {
			s.ids = append(s.ids, r.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	s.more = len(s.ids) > most
	s.ids = s.ids[:min(len(s.ids), most)]
	return s, nil
}

// bulkBegin keeps what is to be done to which conversations, and leads to where
// it is looked at first.
func (c *Console) bulkBegin(g *gin.Context, v *view) {
	kind := bulk.Kind(g.PostForm("do"))
	if kind == exporting {
		c.exportPage(g, v)
		return
	}
	if !slices.Contains(bulk.Kinds(), kind) {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	if !slices.Contains(v.kinds(), kind) {
		c.problem(g, v, http.StatusForbidden, "bulk.may_not")
		return
	}
	s, err := c.selected(g.Request.Context(), g, v, bulk.Most)
	switch {
	case err != nil:
		c.fail(g, v, err)
		return
	case s.more:
		c.problem(g, v, http.StatusUnprocessableEntity, "bulk.too_many")
		return
	case len(s.ids) == 0:
		c.problem(g, v, http.StatusUnprocessableEntity, "bulk.none")
		return
	}
	d := bulk.Deed{Kind: kind, Agent: v.agent.ID}
	switch kind {
	case bulk.Assign:
		d.To = v.agent.ID
	case bulk.Snooze:
		d.Until = v.morning()
	}
	r, err := c.o.Bulk.Begin(g.Request.Context(), d, s.ids)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.redirect(g, bulkPath+"/"+r.ID)
}

// morning is when people look again at what they put off.
func (v *view) morning() time.Time {
	y, m, d := v.now.AddDate(0, 0, 1).Date()
	return time.Date(y, m, d, 9, 0, 0, 0, v.now.Location())
}

// many is a run as its page shows it.
type many struct {
	bulk.Run
	plan   bulk.Plan
	agents []conversations.Agent // who may get them
	stale  bool                  // what was confirmed is not how things stand
	people map[string]person     // by conversation, of a run that was confirmed
}

// person is who a conversation is with, as lists name them.
type person struct{ name, what string }

// shown is how many rows a page shows; the file has all.
const shown = 200

func (m many) path(what string) string { return bulkPath + "/" + m.ID + "/" + what }

// done are the rows of the plan to whom it is done, as many as are shown.
func (m many) done() []bulk.Row { return m.plan.Rows[:min(m.plan.Done, shown)] }

// left are the rows that are left out for a reason.
func (m many) left(why bulk.Skip) (out []bulk.Row) {
	for _, r := range m.plan.Rows[m.plan.Done:] {
		if r.Skip == why && len(out) < shown {
			out = append(out, r)
		}
	}
	return out
}

// readMany reads a run with what its page shows.
func (c *Console) readMany(ctx context.Context, v *view, r bulk.Run, plan *bulk.Plan) (m many, err error) {
	m = many{Run: r}
	if err := c.names(ctx, v); err != nil {
		return m, err
	}
	if r.State != bulk.Draft {
		m.people, err = c.people(ctx, v, r.Items[:min(len(r.Items), shown)])
		return m, err
	}
	if r.Deed.Kind == bulk.Assign && v.leadsAny() {
		agents, err := c.o.Store.Agents(ctx)
		if err != nil {
			return m, fmt.Errorf("reading the agents: %w", err)
		}
		m.agents = colleagues(agents, v)
	}
	if plan != nil {
		m.plan = *plan
		return m, nil
	}
	m.plan, err = c.o.Bulk.Preview(ctx, r)
	return m, err
}

// people names the candidates of items.
func (c *Console) people(ctx context.Context, v *view, items []bulk.Item) (map[string]person, error) {
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.Conversation
	}
	found, err := c.o.Store.Conversations(ctx, v.reads(), ids)
	if err != nil {
		return nil, fmt.Errorf("reading whom a run was about: %w", err)
	}
	out := make(map[string]person, len(found))
	for _, conv := range found {
		r := conv.Row(v.now, v.channels.Describe)
		out[conv.ID] = person{v.person(r.Name), rowWhat(v, r)}
	}
	return out, nil
}

// bulkPage shows what would be done, what is being done or what was.
func (c *Console) bulkPage(g *gin.Context, v *view) {
	r, err := c.o.Bulk.Find(g.Request.Context(), v.agent.ID, g.Param("run"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.showMany(g, v, http.StatusOK, r, nil, false)
}

func (c *Console) showMany(g *gin.Context, v *view, status int, r bulk.Run, plan *bulk.Plan, stale bool) {
	m, err := c.readMany(g.Request.Context(), v, r, plan)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	m.stale, v.back = stale, bulkPath+"/"+r.ID
	c.show(g, status, manyPage(v, m))
}

// bulkLive is the part of the page that changes while it goes on.
func (c *Console) bulkLive(g *gin.Context, v *view) {
	r, err := c.o.Bulk.Find(g.Request.Context(), v.agent.ID, g.Param("run"))
	var m many
	if err == nil {
		m, err = c.readMany(g.Request.Context(), v, r, nil)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, manyLive(v, m))
}

// bulkChoose changes what a draft is to do.
func (c *Console) bulkChoose(g *gin.Context, v *view) {
	until, err := v.formTime(g.PostForm("until"))
	to := g.PostForm("to")
	if to != "" && to != v.agent.ID && !v.leadsAny() {
		c.problem(g, v, http.StatusForbidden, "bulk.may_not")
		return
	}
	if err == nil {
		_, err = c.o.Bulk.Choose(g.Request.Context(), v.agent.ID, g.Param("run"), func(d *bulk.Deed) {
			d.To, d.Purpose, d.Until, d.Owned = to, g.PostForm("purpose"), until, g.PostForm("owned") != ""
		})
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.redirect(g, bulkPath+"/"+g.Param("run"))
}

// bulkConfirm begins what was shown, or shows what it would be by now.
func (c *Console) bulkConfirm(g *gin.Context, v *view) {
	r, plan, err := c.o.Bulk.Confirm(g.Request.Context(), v.agent.ID, g.Param("run"), g.PostForm("seal"))
	switch {
	case errors.Is(err, conversations.ErrStale):
		c.showMany(g, v, http.StatusConflict, r, &plan, true)
	case err != nil:
		c.fail(g, v, err)
	default:
		c.redirect(g, bulkPath+"/"+r.ID)
	}
}

func (c *Console) bulkStop(g *gin.Context, v *view) {
	_, err := c.o.Bulk.Stop(g.Request.Context(), v.agent.ID, g.Param("run"))
	c.bulkDid(g, v, err)
}

func (c *Console) bulkUndo(g *gin.Context, v *view) {
	_, err := c.o.Bulk.Undo(g.Request.Context(), v.agent.ID, g.Param("run"))
	c.bulkDid(g, v, err)
}

func (c *Console) bulkDid(g *gin.Context, v *view, err error) {
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.redirect(g, bulkPath+"/"+g.Param("run"))
}

// bulkRuns are the agent's latest.
func (c *Console) bulkRuns(g *gin.Context, v *view) {
	runs, err := c.o.Bulk.Latest(g.Request.Context(), v.agent.ID, 30)
	if err == nil {
		err = c.names(g.Request.Context(), v)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = bulkPath
	c.show(g, http.StatusOK, runsPage(v, runs))
}

// bulkTitle says what a run does, to how many.
func (v *view) bulkTitle(r bulk.Run) string {
	return v.T("bulk.title_"+string(r.Deed.Kind), "n", len(r.Items))
}

// bulkDeed says what exactly is done.
func (v *view) bulkDeed(d bulk.Deed) string {
	switch d.Kind {
	case bulk.Assign:
		return v.T("bulk.to", "who", v.colleague(d.To))
	case bulk.Template:
		return v.Tor("purpose."+d.Purpose, d.Purpose)
	case bulk.Snooze:
		return v.T("bulk.until", "time", v.stamp(d.Until))
	}
	return ""
}

// skipped says why somebody is left out.
func (v *view) skipped(s bulk.Skip) string { return v.T("bulk.skip_" + string(s)) }

// became says what became of one of a run.
func (v *view) became(it bulk.Item) string {
	if it.Outcome == bulk.Skipped {
		return v.skipped(it.Skip)
	}
	if it.Outcome == bulk.ToDo {
		return v.T("bulk.is_waiting")
	}
	return v.T("bulk.is_" + string(it.Outcome))
}
