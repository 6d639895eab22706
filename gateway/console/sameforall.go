package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// oneOfMany is what a decision about many comes to for one of them.
type oneOfMany struct {
	asking
	cmd     conversations.Decide
	told    []conversations.Message // what they would be told
	problem string                  // why it would not be done, in words
}

// value names one of those picked, in forms.
func (o oneOfMany) value() string { return o.c.ID + "/" + o.cmd.Request }

// sameForAll is a decision about several requests.
type sameForAll struct {
	verdict conversations.Verdict
	all     []oneOfMany
}

// possible counts those for whom it would be done.
func (m sameForAll) possible() (n int) {
	for _, o := range m.all {
		if o.problem == "" {
			n++
		}
	}
	return n
}

// manyAtOnce is how many requests one form may decide.
const manyAtOnce = 100

// decideMany decides several requests in the same way, once the agent has seen
// who will be told what.
func (c *Console) decideMany(g *gin.Context, v *view) {
	verdicts := []conversations.Verdict{conversations.Approve, conversations.Refuse, conversations.Counter}
	m := sameForAll{verdict: conversations.Verdict(g.PostForm("verdict"))}
	picks := g.PostFormArray("pick")
	if !slices.Contains(verdicts, m.verdict) || len(picks) > manyAtOnce {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	for _, pick := range picks {
		o, err := c.oneOfMany(g, v, m.verdict, pick)
		if err != nil {
			c.fail(g, v, err)
			return
		}
		m.all = append(m.all, o)
	}
	if g.PostForm("do") != "decide" || len(m.all) == 0 {
		c.noteRail(g, v)
		v.back = v.queueURL(requestsPath)
		c.show(g, http.StatusOK, sameForAllPage(v, m))
		return
	}
	c.decideAll(g, v, m)
}

// oneOfMany reads one of those picked, and looks ahead.
func (c *Console) oneOfMany(g *gin.Context, v *view, verdict conversations.Verdict, pick string) (oneOfMany, error) {
	id, request, _ := strings.Cut(pick, "/")
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), id)
	if err != nil {
		return oneOfMany{}, err
	}
	o := oneOfMany{cmd: conversations.Decide{Agent: v.agent.ID, Request: request, Verdict: verdict, Note: strings.TrimSpace(g.PostForm("note"))}}
	if o.asking, err = c.asking(g.Request.Context(), conv); err != nil {
		return o, err
	}
	if verdict == conversations.Counter {
		if o.request == nil || len(o.nearest) == 0 {
			o.problem = v.T("many.no_proposal")
			return o, nil
		}
		o.cmd.Counter = o.nearest[0]
	}
	o.told, err = c.o.Foretell(g.Request.Context(), conv, o.cmd)
	if err != nil {
		_, o.problem = v.outcome(err)
	}
	return o, nil
}

// decideAll carries out what can be, and says how many that were.
func (c *Console) decideAll(g *gin.Context, v *view, m sameForAll) {
	done, failed := 0, 0
	for _, o := range m.all {
		if o.problem != "" {
			failed++
			continue
		}
		_, err := c.apply(g.Request.Context(), v, o.c.ID, o.cmd)
		switch {
		case err == nil:
			done++
		default:
			failed++
			if status, _ := v.outcome(err); status == http.StatusInternalServerError && !errors.Is(err, conversations.ErrNotFound) {
				c.log(g, err)
			}
		}
	}
	v.said = v.T("many.done", "n", done)
	if failed > 0 {
		v.said = v.T("many.done_some", "n", done, "failed", failed)
	}
	c.showRequests(g, v, http.StatusOK)
}
