package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/documents/photo"
)

// filePolicy keeps a candidate's file from doing anything in the browser,
// should one show it in spite of the rest.
const filePolicy = "sandbox; default-src 'none'; frame-ancestors 'none'"

// stripsAtOnce bounds the photos that are in memory at once.
const stripsAtOnce = 4

// inline says whether pages may show a file of that type as a picture.
// Everything else can be downloaded only.
func inline(mime string) bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/webp"}, mime)
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

// documentOf is a file of a conversation that the agent may see.
func (c *Console) documentOf(g *gin.Context, v *view) (thread, *conversations.Document, error) {
	conv, err := c.o.Store.Thread(g.Request.Context(), v.agent.In(conversations.MayRead), g.Param("id"))
	if err != nil {
		return thread{}, nil, err
	}
	t := thread{c: conv}
	d := t.document(g.Param("document"))
	if !viewable(d) {
		return t, nil, conversations.ErrNotFound
	}
	v.concerns(conv.Branch)
	v.did("document", d.ID)
	return t, d, nil
}

// documentPage shows a picture in full.
func (c *Console) documentPage(g *gin.Context, v *view) {
	t, d, err := c.documentOf(g, v)
	if err == nil && !inline(d.MIME) {
		err = conversations.ErrNotFound
	}
	if err != nil {
		c.fail(g, v, err)
		return
	}
	c.show(g, http.StatusOK, documentView(v, t, *d))
}

// document hands out a candidate's file, decrypted, to agents who may see the
// conversation it belongs to: as a download, which pages of ours may show as
// a picture and no browser opens by itself. Photos no longer tell where they
// were taken.
func (c *Console) document(g *gin.Context, v *view) {
	_, d, err := c.documentOf(g, v)
	if err != nil {
		c.fail(g, v, err)
		return
	}
	file, err := c.o.Documents.Open(g.Request.Context(), d.ID)
	if err != nil {
		c.fail(g, v, fmt.Errorf("opening document %s: %w", d.ID, err))
		return
	}
	defer file.Close()
	mime := "application/octet-stream"
	if inline(d.MIME) {
		mime = d.MIME
	}
	var content io.Reader = file
	size := d.Size
	if photo.Strips(d.MIME) {
		bare, done, err := c.stripped(g.Request.Context(), d, file)
		defer done()
		switch {
		case errors.Is(err, photo.ErrUnreadable):
			c.problem(g, v, http.StatusUnprocessableEntity, "refused.unreadable")
			return
		case err != nil:
			c.fail(g, v, fmt.Errorf("opening document %s: %w", d.ID, err))
			return
		}
		content, size = bytes.NewReader(bare), int64(len(bare))
	}
	c.handOut(g, content, mime, size, path.Base(d.ID)+extension(d.MIME))
}

// handOut answers with a file of a candidate's, as a download.
func (c *Console) handOut(g *gin.Context, content io.Reader, mime string, size int64, name string) {
	h := g.Writer.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.FormatInt(size, 10)) // a damaged file then breaks off, and does not look whole
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	g.Status(http.StatusOK)
	if _, err := io.Copy(g.Writer, content); err != nil {
		c.log(g, fmt.Errorf("serving %s: %w", name, err))
	}
}

// stripped is a photo without what it tells. Call done when it was sent.
func (c *Console) stripped(ctx context.Context, d *conversations.Document, file io.Reader) (bare []byte, done func(), err error) {
	select {
	case c.strips <- struct{}{}:
	case <-ctx.Done():
		return nil, func() {}, ctx.Err()
	}
	b, err := io.ReadAll(file)
	if err == nil {
		bare, err = photo.Strip(d.MIME, b)
	}
	return bare, func() { <-c.strips }, err
}

// review accepts, rejects or files a document, or has it put into the EHR again.
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
	case "push":
		_, err := c.apply(g.Request.Context(), v, g.Param("id"), conversations.PushAgain{Document: cmd.Document})
		c.acted(g, v, err)
		return
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
