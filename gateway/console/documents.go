package console

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// filePolicy keeps a candidate's file from doing anything in the browser.
const filePolicy = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"

// inline says whether the browser may show a file of that type: pictures
// that cannot hold scripts. Everything else is downloaded.
func inline(mime string) bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/gif", "image/webp"}, mime)
}

// viewable says whether the document's bytes are there to be looked at.
func viewable(d *conversations.Document) bool {
	return d != nil && d.SHA256 != "" && d.State != conversations.DocumentFetching
}

// extension is the file name's ending for a type.
func extension(mime string) string {
	switch mime {
	case "image/jpeg":
		return ".jpg"
	case "application/pdf":
		return ".pdf"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	}
	if kind, sub, _ := strings.Cut(mime, "/"); kind == "image" && !strings.ContainsAny(sub, "+.;") {
		return "." + sub
	}
	return ".bin"
}

// document serves a candidate's file, decrypted, to agents who may see the
// conversation it belongs to.
func (c *Console) document(g *gin.Context, v *view) {
	ctx := g.Request.Context()
	conv, err := c.o.Store.Thread(ctx, v.agent.Scope, g.Param("id"))
	if err != nil {
		c.fail(g, v, err)
		return
	}
	t := thread{c: conv}
	d := t.document(g.Param("document"))
	if !viewable(d) {
		c.fail(g, v, conversations.ErrNotFound)
		return
	}
	file, err := c.o.Documents.Open(ctx, d.ID)
	if err != nil {
		c.fail(g, v, fmt.Errorf("opening document %s: %w", d.ID, err))
		return
	}
	defer file.Close()
	h, disposition, mime := g.Writer.Header(), "attachment", "application/octet-stream"
	if inline(d.MIME) {
		disposition, mime = "inline", d.MIME
	}
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.FormatInt(d.Size, 10)) // a damaged file then breaks off, and does not look whole
	h.Set("Content-Disposition", fmt.Sprintf("%s; filename=%q", disposition, path.Base(d.ID)+extension(d.MIME)))
	g.Status(http.StatusOK)
	if _, err := io.Copy(g.Writer, file); err != nil {
		c.log(g, fmt.Errorf("serving document %s: %w", d.ID, err))
	}
}

// review accepts, rejects or files a document.
func (c *Console) review(g *gin.Context, v *view) {
	cmd := conversations.Review{Agent: v.agent.ID, Document: g.Param("document")}
	switch g.PostForm("do") {
	case "accept":
		cmd.State = conversations.DocumentAccepted
	case "reject":
		cmd.State, cmd.Reason = conversations.DocumentRejected, strings.TrimSpace(g.PostForm("reason"))
		if cmd.Reason == "" {
			c.refuse(g, v, http.StatusUnprocessableEntity, v.T("document.need_reason"), "", "")
			return
		}
	case "file":
		cmd.Item = g.PostForm("item")
	default:
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	_, err := c.apply(g.Request.Context(), v, g.Param("id"), cmd)
	c.acted(g, v, err)
}

// reasonWords is why a document was not kept or not accepted.
func (v *view) reasonWords(reason string) string {
	switch reason {
	case "too_large", "wrong_type", "unreadable", "encrypted", "too_many_pages", conversations.Infected, "expired", conversations.Duplicate:
		return v.T("refused." + reason)
	}
	return reason
}
