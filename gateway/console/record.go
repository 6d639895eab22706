package console

import (
	"fmt"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/witness"
)

// witnessed has what the request does in the audit log before it is answered.
// The handler adds what it knows to v.entry.
func (c *Console) witnessed(g *gin.Context, v *view, handle func(*Console, *gin.Context, *view)) {
	g.Request = g.Request.WithContext(audit.As(g.Request.Context(), audit.Actor{ID: v.agent.ID, Role: string(v.agent.Role)}))
	a, known := actions[g.Request.Method+" "+g.FullPath()]
	if !known || a.Action == byTurn || a.Action == byHand || a.Action == unlogged || a.when != nil && !a.when(g) {
		handle(c, g, v)
		return
	}
	v.entry = &audit.Entry{
		Action: a.Action, Actor: v.agent.ID, Role: string(v.agent.Role), Branch: audit.Home(v.agent), Detail: audit.Detail{},
	}
	if a.param != "" {
		v.entry.Subject = audit.Of(a.kind, g.Param(a.param))
	}
	settle := witness.Answers(g, func() error { return c.enter(g, v, a) })
	handle(c, g, v)
	settle()
}

// enter writes the entry of a request that was done, unless the same was a
// moment ago.
func (c *Console) enter(g *gin.Context, v *view, a action) error {
	what := []string{v.agent.ID, string(a.Action), string(v.entry.Subject)}
	if a.about != nil {
		what = append(what, a.about(g))
	}
	if a.rest > 0 && !c.pace.Due(v.now, a.rest, what...) {
		return nil
	}
	err := c.o.Store.Record(g.Request.Context(), *v.entry)
	if err != nil {
		c.pace.Undo(what...)
		c.log(g, fmt.Errorf("writing the audit log: %w", err))
	}
	return err
}

// refusing is how often a sign-in by nobody in particular that failed is
// logged: whoever tries all day does not fill the log.
const refusing = 10 * time.Second

// record writes an entry by hand.
func (c *Console) record(g *gin.Context, e audit.Entry) error {
	if e.Actor == "" && !c.pace.Due(c.o.Now(), refusing, string(e.Action)) {
		return nil
	}
	return c.o.Store.Record(g.Request.Context(), e)
}

// recordSignIn logs that an agent came in.
func (c *Console) recordSignIn(g *gin.Context, agent, way string) error {
	e := audit.Entry{Action: audit.SignedIn, Actor: agent, Subject: audit.Of(audit.OfAgent, agent), Detail: audit.Detail{"by": way}}
	all, err := c.o.Store.Agents(g.Request.Context())
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == agent {
			e.Role, e.Branch = string(a.Role), audit.Home(a)
		}
	}
	return c.record(g, e)
}

// refused logs that an agent wanted to do what their role does not let them.
func (c *Console) refused(g *gin.Context, v *view, p conversations.Permission) {
	if !c.pace.Due(v.now, reading, v.agent.ID, string(audit.AccessRefused), g.FullPath()) {
		return
	}
	err := c.o.Store.Record(g.Request.Context(), audit.Entry{
		Action: audit.AccessRefused, Actor: v.agent.ID, Role: string(v.agent.Role), Branch: audit.Home(v.agent), Detail: audit.Detail{"permission": string(p)},
	})
	if err != nil {
		c.log(g, fmt.Errorf("writing the audit log: %w", err))
	}
}

// concerns says which branch the request's entry is about.
func (v *view) concerns(branch string) {
	if v.entry != nil {
		v.entry.Branch = branch
	}
}

// did adds details to the request's entry: names and values in turn, which are
// ids, numbers and settings.
func (v *view) did(details ...string) {
	for i := 0; v.entry != nil && i+1 < len(details); i += 2 {
		v.entry.Detail[details[i]] = details[i+1]
	}
}

// made says what the request's entry is about that was not there before.
func (v *view) made(s audit.Subject) {
	if v.entry != nil {
		v.entry.Subject = s
	}
}
