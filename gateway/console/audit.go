package console

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
)

// auditPath is where the audit log is read.
const auditPath = "/inbox/audit"

// mountAudit adds the audit log.
func (c *Console) mountAudit(r gin.IRouter) {
	r.GET(auditPath, c.may(conversations.MayAudit, (*Console).auditPage))
	r.POST(auditPath+"/verify", c.may(conversations.MayAudit, (*Console).verifyLog))
	r.POST(auditPath+"/export", c.may(conversations.MayAudit, (*Console).exportLog))
}

// AuditLog is the log of what people and systems do.
type AuditLog interface {
	Entries(ctx context.Context, q audit.Query) (audit.Page, error)
	// State is what is known of whether the log is whole, up to now if that
	// can be found out at once.
	State(ctx context.Context) audit.State
	// Verify looks again.
	Verify(ctx context.Context) (audit.State, error)
	// Export writes a part of the log, of which x says what and for whom.
	Export(ctx context.Context, to io.Writer, x audit.Export) (entries int, err error)
}

// auditDesk is a page of the log.
type auditDesk struct {
	picked  auditPick
	days    []auditDay
	next    int64
	state   audit.State
	people  []conversations.Agent
	names   map[audit.Subject]string // of conversations, as far as they may be read
	subject string                   // the one that the page is about, in words
}

// auditPick is what the address asks for.
type auditPick struct {
	actor, action, from, to string
	subject                 audit.Subject
	before                  int64
}

// auditDay is what was done on one day, the latest first.
type auditDay struct {
	day     conversations.Date
	entries []audit.Numbered
}

func pickedEntries(g *gin.Context) auditPick {
	before, _ := strconv.ParseInt(g.Query("before"), 10, 64)
	return auditPick{
		actor: g.Query("actor"), action: g.Query("action"), from: g.Query("from"), to: g.Query("to"),
		subject: audit.Subject(g.Query("subject")), before: max(before, 0),
	}
}

// empty says whether everything is asked for.
func (p auditPick) empty() bool { p.before = 0; return p == auditPick{} }

// href is the address of the page with what is picked, changed by names and
// values in turn.
func (p auditPick) href(changes ...string) string {
	q := url.Values{}
	for name, value := range map[string]string{"actor": p.actor, "action": p.action, "from": p.from, "to": p.to, "subject": string(p.subject)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
	}
	if len(q) == 0 {
		return auditPath
	}
	return auditPath + "?" + q.Encode()
}

// span are the days that are picked, in the bank's zone; days that cannot be
// read do not count.
func (p auditPick) span(zone *time.Location) (from, to time.Time) {
	if d, err := conversations.ParseDate(p.from); err == nil {
		from = d.In(zone)
	}
	if d, err := conversations.ParseDate(p.to); err == nil {
		to = d.AddDays(1).In(zone)
	}
	return from, to
}

func (p auditPick) query(zone *time.Location, s conversations.Scope) audit.Query {
	q := audit.Query{Scope: s, Actor: p.actor, Subject: p.subject, Before: p.before}
	if a := audit.Action(p.action); slices.Contains(audit.Actions(), a) {
		q.Actions = []audit.Action{a}
	}
	q.From, q.To = p.span(zone)
	return q
}

// auditPage shows what was done, the latest first.
func (c *Console) auditPage(g *gin.Context, v *view) {
	c.showLog(g, v, c.o.Audit.State(g.Request.Context()))
}

func (c *Console) showLog(g *gin.Context, v *view, state audit.State) {
	ctx, scope := g.Request.Context(), v.agent.In(conversations.MayAudit)
	d := auditDesk{picked: pickedEntries(g), state: state, names: map[audit.Subject]string{}}
	page, err := c.o.Audit.Entries(ctx, d.picked.query(c.o.Zone, scope))
	if err == nil {
		err = c.names(ctx, v)
	}
	if err == nil {
		d.people, err = c.o.Store.Agents(ctx)
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the audit log: %w", err))
		return
	}
	d.next = page.Next
	d.people = slices.DeleteFunc(d.people, func(a conversations.Agent) bool { return !audit.Sees(scope, audit.Home(a)) })
	d.lay(v, page.Entries)
	if err := c.nameSubjects(ctx, v, &d); err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = d.picked.href()
	c.show(g, http.StatusOK, auditView(v, d))
}

// lay puts entries under their days.
func (d *auditDesk) lay(v *view, entries []audit.Numbered) {
	for _, e := range entries {
		day := conversations.DateOf(v.local(e.At))
		if len(d.days) == 0 || d.days[len(d.days)-1].day != day {
			d.days = append(d.days, auditDay{day: day})
		}
		last := &d.days[len(d.days)-1]
		last.entries = append(last.entries, e)
	}
}

// nameSubjects learns the names of the conversations on the page that the
// agent may read.
func (c *Console) nameSubjects(ctx context.Context, v *view, d *auditDesk) error {
	subjects := map[string]audit.Subject{}
	note := func(s audit.Subject) {
		if kind, id := s.Split(); kind == audit.OfConversation && id != "" {
			subjects[id] = s
		}
	}
	note(d.picked.subject)
	for _, day := range d.days {
		for _, e := range day.entries {
			note(e.Subject)
		}
	}
	found, err := c.o.Store.Conversations(ctx, v.agent.In(conversations.MayRead), slices.Collect(maps.Keys(subjects)))
	if err != nil {
		return fmt.Errorf("reading whom the audit log is about: %w", err)
	}
	for i := range found {
		d.names[subjects[found[i].ID]] = v.person(found[i].Candidate.Name)
	}
	d.subject = d.what(v, d.picked.subject)
	return nil
}

// what is a subject in words; "" for nothing that can be named.
func (d *auditDesk) what(v *view, s audit.Subject) string {
	kind, _ := s.Split()
	if said := d.mention(v, s); d.named(v, s) == "" && said != "" && kind != audit.OfConversation {
		return v.T("audit.of_"+kind) + " " + said
	}
	return d.mention(v, s)
}

// mention is a subject after words that say what it is.
func (d *auditDesk) mention(v *view, s audit.Subject) string {
	_, id := s.Split()
	return cmp.Or(d.named(v, s), id)
}

// named is a subject's name, "" if it has none here.
func (d *auditDesk) named(v *view, s audit.Subject) string {
	if kind, id := s.Split(); kind == audit.OfAgent {
		return v.agents[id]
	}
	return d.names[s]
}

// leads is the page of a subject, "" if there is none that the agent may open.
func (d *auditDesk) leads(s audit.Subject) string {
	kind, id := s.Split()
	switch {
	case id == "":
		return ""
	case d.names[s] != "":
		return "/inbox/" + url.PathEscape(id)
	case kind == audit.OfArticle:
		return "/knowledge/" + url.PathEscape(id)
	}
	return ""
}

// lists says whether the filter offers a person.
func (d *auditDesk) lists(agent string) bool {
	return slices.ContainsFunc(d.people, func(a conversations.Agent) bool { return a.ID == agent })
}

// doer is who did it.
func (v *view) doer(e audit.Entry) string {
	switch {
	case e.Actor != "":
		return v.colleague(e.Actor)
	case e.Action == audit.LogCleared:
		return v.T("audit.program")
	}
	return v.T("audit.somebody")
}

// didWords is what was done.
func (v *view) didWords(a audit.Action) string {
	return v.T("audit.did_" + strings.ReplaceAll(string(a), ".", "_"))
}

// detail is one detail of an entry.
type auditDetail struct{ name, value string }

// details are what an entry says more, in the order of their names.
func (v *view) details(e audit.Entry) (all []auditDetail) {
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		switch name {
		case "agent":
			value = v.colleague(value)
		case "role":
			value = v.Tor("people.role_"+value, value)
		case "by":
			value = v.Tor("account.way_"+value, value)
		}
		all = append(all, auditDetail{v.Tor("audit.detail_"+name, name), value})
	}
	return all
}

// soundness says in one line what is known of the log.
func (v *view) soundness(s audit.State) string {
	switch {
	case s.At.IsZero():
		return v.T("audit.unverified")
	case s.Break != nil:
		return v.T("audit.broken", "n", s.Break.N, "why", v.T("audit.flaw_"+flawKey(s.Break.Why)))
	}
	return v.T("audit.sound", "when", v.stamp(s.At), "n", s.Head.Last.N-s.Head.Anchor.N)
}

func flawKey(f audit.Flaw) string {
	switch f {
	case audit.FlawGap:
		return "gap"
	case audit.FlawEntry:
		return "entry"
	case audit.FlawEnd:
		return "end"
	case audit.FlawSignature:
		return "signature"
	case audit.FlawHead:
		return "head"
	}
	return "hash"
}

// verifyLog looks now whether the log is whole, which every entry takes part
// in.
func (c *Console) verifyLog(g *gin.Context, v *view) {
	state, err := c.o.Audit.Verify(g.Request.Context())
	if err != nil {
		c.fail(g, v, fmt.Errorf("verifying the audit log: %w", err))
		return
	}
	v.did("upto", strconv.FormatInt(state.Head.Last.N, 10))
	if isHTMX(g) {
		c.show(g, http.StatusOK, auditState(v, state))
		return
	}
	c.redirect(g, auditPath)
}

// exportLog writes the log of some days to a file. The first byte leaves after
// the entry about it is kept.
func (c *Console) exportLog(g *gin.Context, v *view) {
	p := auditPick{from: g.PostForm("from"), to: g.PostForm("to")}
	from, to := p.span(c.o.Zone)
	if to.IsZero() {
		to = v.now
	}
	if !from.Before(to) {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	v.did("from", p.from, "to", p.to)
	h := g.Writer.Header()
	h.Set("Content-Type", "application/jsonl; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "audit-"+v.now.Format("20060102-150405")+".jsonl"))
	g.Status(http.StatusOK)
	_, err := c.o.Audit.Export(g.Request.Context(), g.Writer, audit.Export{
		Scope: v.agent.In(conversations.MayAudit), By: v.agent.ID, Now: v.now, From: from, To: to,
	})
	if err == nil {
		return
	}
	c.log(g, fmt.Errorf("exporting the audit log: %w", err))
	if !g.Writer.Written() {
		c.problem(g, v, http.StatusInternalServerError, "problem.internal")
	}
}
