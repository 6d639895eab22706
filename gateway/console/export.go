package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/gateway/bulk"
)

const (
	exporting  = "export" // what is done with what was chosen, beside the kinds of bulk
	exportPath = "/inbox/export"
	mostRows   = 50000 // of one file
	rowsAtOnce = 200   // that are read together
)

// column is one of a file's.
type column struct {
	name  string // as in words, export.NAME
	usual bool   // chosen unless the agent takes it away
	value func(*view, conversations.Conversation, conversations.InboxRow) string
}

// columns are all there are, in their order.
func columns() []column {
	return []column{
		{"name", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string { return v.person(r.Name) }},
		{"ehr", true, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string { return r.EHR }},
		{"branch", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string {
			return v.branch(r.Branch)
		}},
		{"position", true, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string { return r.Position }},
		{"intake", false, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string { return r.Intake }},
		{"answer", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string {
			if r.Name == "" {
				return ""
			}
			return v.T("answer." + r.Answer.String())
		}},
		{"start", true, func(_ *view, c conversations.Conversation, _ conversations.InboxRow) string { return startOf(c) }},
		{"reply_by", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string { return v.cell(r.ReplyBy) }},
		{"owner", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string { return v.owner(r.Owner) }},
		{"waiting", false, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string { return v.cell(r.Waiting) }},
		{"unread", false, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string {
			return strconv.Itoa(r.Unread)
		}},
		{"documents", false, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string {
			return strconv.Itoa(r.Documents)
		}},
		{"channel", false, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string {
			if r.Account == "" {
				return ""
			}
			return v.describe(r.Account).Name
		}},
		{"updated", true, func(v *view, _ conversations.Conversation, r conversations.InboxRow) string { return v.cell(r.Updated) }},
		{"last", false, func(_ *view, _ conversations.Conversation, r conversations.InboxRow) string { return r.Last }},
		{"phone", false, func(_ *view, c conversations.Conversation, _ conversations.InboxRow) string {
			return masked(c.Candidate.Phone)
		}},
	}
}

// startOf is the day that was agreed on, or else the one that was offered.
func startOf(c conversations.Conversation) string {
	app := c.Application()
	switch {
	case app == nil:
		return ""
	case !app.StartDate.IsZero():
		return app.StartDate.String()
	}
	return app.Offer.StartDate.String()
}

// cell is a point in time as spreadsheets take it, in the bank's zone.
func (v *view) cell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return v.local(t).Format("2006-01-02 15:04")
}

// export is what is written into a file.
type export struct {
	spot
	selection
	search string
	sample [][]string // of the first rows
}

// exportPage shows what would be in the file before it is made.
func (c *Console) exportPage(g *gin.Context, v *view) {
	if !v.leadsAny() {
		c.problem(g, v, http.StatusForbidden, "bulk.may_not")
		return
	}
	ctx := g.Request.Context()
	s, err := c.selected(ctx, g, v, bulk.Most)
	if err == nil && len(s.ids) == 0 {
		c.problem(g, v, http.StatusUnprocessableEntity, "bulk.none")
		return
	}
	e := export{spot: spotOf(g), selection: s, search: g.PostForm("q")}
	if err == nil {
		err = c.names(ctx, v)
	}
	if err == nil {
		e.sample, err = c.rows(ctx, v, s.ids[:min(len(s.ids), 5)], columns())
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = "/inbox"
	c.show(g, http.StatusOK, exportView(v, e))
}

// exportFile writes what was chosen as CSV for spreadsheets.
func (c *Console) exportFile(g *gin.Context, v *view) {
	ctx, chosen := g.Request.Context(), chosenColumns(g)
	s, err := c.selected(ctx, g, v, mostRows)
	if err == nil {
		err = c.names(ctx, v)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	if len(s.ids) == 0 || len(chosen) == 0 {
		c.problem(g, v, http.StatusUnprocessableEntity, "bulk.none")
		return
	}
	c.o.Logger.InfoContext(ctx, "conversations exported", "agent", v.agent.ID, "rows", len(s.ids), "phones", g.PostForm("phones") != "")
	f := newFile(g, "jiebao-"+v.now.Format("20060102-1504")+".csv")
	f.row(v.heads(chosen)...)
	for part := range slices.Chunk(s.ids, rowsAtOnce) {
		rows, err := c.rows(ctx, v, part, chosen)
		if err != nil {
			c.log(g, err)
			f.row(v.T("export.broken"))
			break
		}
		for _, r := range rows {
			f.row(r...)
		}
		if f.flush() != nil {
			return
		}
	}
}

// chosenColumns are those that the form names; phone numbers in full if it says
// so.
func chosenColumns(g *gin.Context) []column {
	names := g.PostFormArray("column")
	chosen := slices.DeleteFunc(columns(), func(k column) bool { return !slices.Contains(names, k.name) })
	for i := range chosen {
		if chosen[i].name == "phone" && g.PostForm("phones") != "" {
			chosen[i].value = func(_ *view, c conversations.Conversation, _ conversations.InboxRow) string { return c.Candidate.Phone }
		}
	}
	return chosen
}

func (v *view) heads(of []column) (out []string) {
	for _, k := range of {
		out = append(out, v.T("export."+k.name))
	}
	return out
}

// rows are conversations as a file has them.
func (c *Console) rows(ctx context.Context, v *view, ids []string, of []column) (out [][]string, err error) {
	found, err := c.o.Store.Conversations(ctx, v.reads(), ids)
	if err != nil {
		return nil, fmt.Errorf("reading what is exported: %w", err)
	}
	for _, conv := range found {
		r, cells := conv.Row(v.now, v.channels.Describe), make([]string, len(of))
		for i, k := range of {
			cells[i] = k.value(v, conv, r)
		}
		out = append(out, cells)
	}
	return out, nil
}

// bulkFile writes what a run came to, or would come to, as CSV.
func (c *Console) bulkFile(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	r, err := c.o.Bulk.Find(ctx, v.agent.ID, g.Param("run"))
	if err == nil {
		err = c.names(ctx, v)
	}
	var plan bulk.Plan
	if err == nil && r.State == bulk.Draft {
		plan, err = c.o.Bulk.Preview(ctx, r)
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	f := newFile(g, "jiebao-"+string(r.Deed.Kind)+"-"+v.local(r.Created).Format("20060102-1504")+".csv")
	if r.State == bulk.Draft {
		f.preview(v, plan)
		return
	}
	f.row(v.T("export.name"), v.T("export.what"), v.T("bulk.outcome"), v.T("bulk.reason"), v.T("export.at"))
	for part := range slices.Chunk(r.Items, rowsAtOnce) {
		people, err := c.people(ctx, v, part)
		if err != nil {
			c.log(g, err)
			f.row(v.T("export.broken"))
			break
		}
		for _, it := range part {
			p, why := people[it.Conversation], ""
			if it.Outcome == bulk.Skipped {
				why = v.skipped(it.Skip)
			}
			outcome := v.T("bulk.is_waiting")
			if it.Outcome != bulk.ToDo {
				outcome = v.T("bulk.is_" + string(it.Outcome))
			}
			f.row(p.name, p.what, outcome, why, v.cell(it.At))
		}
	}
	_ = f.flush()
}

// preview writes who would get what.
func (f *file) preview(v *view, p bulk.Plan) {
	f.row(v.T("export.name"), v.T("export.what"), v.T("bulk.reason"), v.T("export.channel"), v.T("bulk.words"))
	for _, r := range p.Rows {
		why, channel, words := "", "", ""
		if r.Skip != "" {
			why = v.skipped(r.Skip)
		}
		for _, s := range r.Sends {
			channel, words = v.describe(s.Account).Name, strings.TrimSpace(words+"\n"+s.Text)
		}
		f.row(v.person(r.Name), manyWhat(v, r), why, channel, words)
	}
	_ = f.flush()
}

// file is CSV that spreadsheets open as it is meant: in UTF-8, which a mark at
// its beginning says, and without a cell that they would compute.
type file struct {
	w       *csv.Writer
	flusher http.Flusher
}

func newFile(g *gin.Context, name string) *file {
	h := g.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	g.Status(http.StatusOK)
	_, _ = io.WriteString(g.Writer, "\ufeff")
	f := &file{w: csv.NewWriter(g.Writer), flusher: g.Writer}
	f.w.UseCRLF = true
	return f
}

// row adds a row. Whether anybody still reads flush says.
func (f *file) row(cells ...string) {
	for i := range cells {
		cells[i] = harmless(cells[i])
	}
	_ = f.w.Write(cells)
}

func (f *file) flush() error {
	f.w.Flush()
	f.flusher.Flush()
	return f.w.Error()
}

// harmless is a cell that no spreadsheet takes for a formula (OWASP, "CSV
// Injection"), also not one that reads full-width signs as such.
func harmless(cell string) string {
	if strings.IndexAny(cell, "=+-@\t\r\n＝＋－＠") == 0 {
		return "'" + cell
	}
	return cell
}
