package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// paper is a document of a candidate's.
type paper struct {
	thread
	d conversations.Document
}

// paperURL leads to a paper on the desk, at the place of the queue where the
// agent is.
func (v *view) paperURL(p paper) string { return reviewPath + "?" + v.paperQuery(p).Encode() }

func (v *view) paperQuery(p paper) url.Values {
	ask := url.Values{"c": {p.c.ID}, "d": {p.d.ID}}
	if v.from != "" {
		ask.Set("from", v.from)
	}
	return ask
}

// reviewing is the desk: the paper that is looked at, and those that wait.
type reviewing struct {
	queue  []paper
	at     *paper // nil where nothing waits
	beside *paper // that is compared with it
	place  int    // of the paper among those that wait, from 1; 0 for one that does not
	before *paper // that was decided last
}

// reviewDesk shows the paper that the address names, or else the one that
// waited longest; htmx asks for the desk alone.
func (c *Console) reviewDesk(g *gin.Context, v *view) {
	before := c.decidedPaper(g, v, paperRef{g.Query("before_c"), g.Query("before_d")})
	c.showReview(g, v, http.StatusOK, paperRef{g.Query("c"), g.Query("d")}, before)
}

// paperRef names a paper.
type paperRef struct{ conversation, document string }

func (c *Console) showReview(g *gin.Context, v *view, status int, at paperRef, before *paper) {
	page, ok := c.readQueue(g, v, conversations.WorkDocuments)
	if !ok {
		return
	}
	r := reviewing{before: before}
	for _, conv := range page.Conversations {
		r.queue = append(r.queue, waitingPapers(conv)...)
	}
	if err := c.choosePaper(g, v, &r, at); err != nil {
		c.fail(g, v, err)
		return
	}
	if r.at != nil && g.Query("beside") != "" {
		r.beside = r.at.sibling(g.Query("beside"))
	}
	v.back = v.queueURL(reviewPath)
	if isHTMX(g) {
		c.show(g, status, reviewBoard(v, r))
		return
	}
	c.show(g, status, reviewPage(v, r))
}

// choosePaper puts a paper on the desk: the one that is named, the first of the
// conversation that is named, or the first of all.
func (c *Console) choosePaper(g *gin.Context, v *view, r *reviewing, at paperRef) error {
	for i, p := range r.queue {
		if p.c.ID == at.conversation && (p.d.ID == at.document || at.document == "") {
			r.at, r.place = &r.queue[i], i+1
			return nil
		}
	}
	if at.document != "" {
		conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), at.conversation)
		if err != nil && !errors.Is(err, conversations.ErrNotFound) {
			return err
		}
		t := thread{c: conv}
		if d := t.document(at.document); err == nil && viewable(d) {
			r.at = &paper{t, *d}
			return nil
		}
	}
	if len(r.queue) > 0 {
		r.at, r.place = &r.queue[0], 1
	}
	return nil
}

// waitingPapers are the documents of a conversation that wait to be looked at,
// the oldest first.
func waitingPapers(conv conversations.Conversation) (all []paper) {
	app := conv.Application()
	if app == nil {
		return nil
	}
	for _, it := range app.Checklist {
		for _, d := range it.Documents {
			if d.State == conversations.DocumentReceived {
				all = append(all, paper{thread{c: conv}, d})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b paper) int { return a.d.At.Compare(b.d.At) })
	return all
}

// siblings are the candidate's other documents that can be looked at, those of
// the same item first.
func (p paper) siblings() (all []paper) {
	app := p.c.Application()
	if app == nil {
		return nil
	}
	for _, it := range app.Checklist {
		for _, d := range it.Documents {
			if d.ID != p.d.ID && viewable(&d) {
				all = append(all, paper{p.thread, d})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b paper) int { return p.distance(a) - p.distance(b) })
	return all
}

func (p paper) distance(other paper) int {
	if other.d.Item == p.d.Item {
		return 0
	}
	return 1
}

func (p paper) sibling(id string) *paper {
	for _, s := range p.siblings() {
		if s.d.ID == id {
			return &s
		}
	}
	return nil
}

// twins are the candidate's documents with the very same content.
func (p paper) twins() (all []paper) {
	app := p.c.Application()
	if app == nil {
		return nil
	}
	for _, it := range app.Checklist {
		for _, d := range it.Documents {
			if d.ID != p.d.ID && d.SHA256 != "" && d.SHA256 == p.d.SHA256 {
				all = append(all, paper{p.thread, d})
			}
		}
	}
	return all
}

// step is the paper so far before or behind the one on the desk, nil at the ends.
func (r reviewing) step(by int) *paper {
	i := r.place - 1 + by
	if r.place == 0 || i < 0 || i >= len(r.queue) {
		return nil
	}
	return &r.queue[i]
}

// reviewQueued accepts, refuses or files a document, and goes on to the next.
func (c *Console) reviewQueued(g *gin.Context, v *view) {
	at := paperRef{g.PostForm("conversation"), g.PostForm("document")}
	next := paperRef{g.PostForm("next_conversation"), g.PostForm("next_document")}
	cmd := conversations.Review{Agent: v.agent.ID, Document: at.document}
	switch g.PostForm("do") {
	case "accept":
		cmd.State = conversations.DocumentAccepted
	case "reject":
		cmd.State, cmd.Reason = conversations.DocumentRejected, reasonOf(g)
		if cmd.Reason == "" {
			c.worked(g, v, &conversations.InvalidError{}, "", reviewPath, func(status int) {
				v.said = v.T("document.need_reason")
				c.showReview(g, v, status, at, nil)
			})
			return
		}
	case "file":
		cmd.Item, next = g.PostForm("item"), at
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	_, err := c.apply(g.Request.Context(), v, at.conversation, cmd)
	if err != nil {
		next = at
	}
	ask := url.Values{"c": {next.conversation}, "d": {next.document}, "before_c": {at.conversation}, "before_d": {at.document}}
	c.worked(g, v, err, "", reviewPath+"?"+ask.Encode(), func(status int) {
		c.showReview(g, v, status, next, c.decidedPaper(g, v, at))
	})
}

// decidedPaper is the paper as it stands after a decision, nil if it is gone.
func (c *Console) decidedPaper(g *gin.Context, v *view, ref paperRef) *paper {
	if ref.document == "" {
		return nil
	}
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), ref.conversation)
	if err != nil {
		return nil
	}
	t := thread{c: conv}
	if d := t.document(ref.document); d != nil && d.State != conversations.DocumentReceived {
		return &paper{t, *d}
	}
	return nil
}

// reasonOf is the chosen reason, or the agent's own words.
func reasonOf(g *gin.Context) string {
	if own := strings.TrimSpace(g.PostForm("own")); own != "" {
		return own
	}
	return strings.TrimSpace(g.PostForm("reason"))
}

// refusalWords shows what the candidate would read if the document was refused
// for the reason that is chosen.
func (c *Console) refusalWords(g *gin.Context, v *view) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayWork), g.PostForm("conversation"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	told, err := c.o.Foretell(g.Request.Context(), conv, conversations.Review{
		Agent: v.agent.ID, Document: g.PostForm("document"), State: conversations.DocumentRejected, Reason: reasonOf(g),
	})
	if err != nil {
		status, words := v.outcome(err)
		c.show(g, status, foretold(v, nil, words))
		return
	}
	c.show(g, http.StatusOK, foretold(v, told, ""))
}

// reasons are those offered, in the candidate's language: they will read them.
func (v *view) reasons(c *conversations.Conversation) (all []string) {
	speaks := *v
	if speaks.locale = c.Candidate.Locale; speaks.locale == "" {
		speaks.locale = conversations.Chinese
	}
	for _, key := range []string{"review.blurred", "review.incomplete", "review.wrong", "review.expired", "review.cropped", "review.name"} {
		all = append(all, speaks.T(key))
	}
	return all
}
