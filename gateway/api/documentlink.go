package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// DocumentPath is where files are fetched by their links.
const DocumentPath = "/documents/"

const (
	// linkLife is how long a link works.
	linkLife    = 15 * time.Minute
	linkVersion = 1
	maxLink     = 512
)

// documentLinks makes and reads the last part of links: version, end in
// seconds and the document's id, and a signature, all as text.
type documentLinks struct{ secrets [][]byte }

var errLink = errors.New("the link is not one of ours")

func (l documentLinks) make(document string, until time.Time) string {
	said := append(binary.BigEndian.AppendUint64([]byte{linkVersion}, uint64(until.Unix())), document...)
	return tokenText.EncodeToString(append(said, signLink(l.secrets[0], said)...))
}

// read reads a link, ended or not. Not a byte is looked at before the
// signature.
func (l documentLinks) read(token string) (document string, until time.Time, err error) {
	b, err := tokenText.DecodeString(token)
	if err != nil || len(token) > maxLink || len(b) <= 9+16 {
		return "", until, errLink
	}
	said, mac := b[:len(b)-16], b[len(b)-16:]
	for _, secret := range l.secrets {
		if hmac.Equal(signLink(secret, said), mac) && said[0] == linkVersion {
			return string(said[9:]), time.Unix(int64(binary.BigEndian.Uint64(said[1:])), 0), nil
		}
	}
	return "", until, errLink
}

func signLink(secret, said []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("document link\x00"))
	mac.Write(said)
	return mac.Sum(nil)[:16]
}

// serveDocument answers a link with the file as it came in. It is never shown
// in a browser, whatever it holds.
func (a *API) serveDocument(g *gin.Context) {
	ctx := g.Request.Context()
	id, until, err := a.links.read(g.Param("token"))
	switch {
	case err != nil:
		a.refuseLink(g, http.StatusNotFound, "not-found", "Not found", "The link is not one of ours, or was changed on its way.")
		return
	case !a.Now().Before(until):
		a.refuseLink(g, http.StatusGone, "link-expired", "The link ended", "The link has had its time. Ask for a new one by POST /v1/documents/{id}/link.")
		return
	}
	d, err := a.document(ctx, conversations.Everything, id)
	if err == nil {
		settle := a.witnessedLink(g, id)
		err = a.copyDocument(g, d)
		settle()
	}
	switch {
	case errors.Is(err, conversations.ErrNotFound):
		a.refuseLink(g, http.StatusNotFound, "not-found", "Not found", "The document is no longer kept.")
	case err != nil && ctx.Err() == nil:
		a.Log.ErrorContext(ctx, "serving a document by its link", "document", id, "error", err)
		a.refuseLink(g, http.StatusInternalServerError, "internal", "Internal error", "The document could not be read. Try again; if it lasts, see the gateway's log.")
	}
}

func (a *API) copyDocument(g *gin.Context, d conversations.Document) error {
	file, err := a.Documents.Open(g.Request.Context(), d.ID)
	if err != nil {
		return err
	}
	defer file.Close()
	h := g.Writer.Header()
	h.Set("Content-Type", d.MIME)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", path.Base(d.ID)+fileEnding(d.MIME)))
	h.Set("ETag", `"sha256-`+d.SHA256+`"`)
	if sum, err := hex.DecodeString(d.SHA256); err == nil {
		h.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":") // RFC 9530, of the whole file
	}
	a.linkHeaders(h)
	if strings.Contains(strings.Join(g.Request.Header.Values("Range"), ","), ",") {
		g.Request.Header.Del("Range") // a step back costs the whole file once more, so that several ranges are answered with all of it (RFC 9110, 14.2)
	}
	watched := &watched{ReadSeekCloser: file}
	http.ServeContent(g.Writer, g.Request, "", time.Time{}, watched)
	if watched.err != nil && g.Writer.Written() {
		a.Log.ErrorContext(g.Request.Context(), "a document broke off while it was served", "document", d.ID, "error", watched.err)
		return nil // the answer is shorter than it announced, so that nobody takes it for whole
	}
	return watched.err
}

func fileEnding(mime string) string {
	switch mime {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	case "image/heic":
		return ".heic"
	case "application/pdf":
		return ".pdf"
	}
	return ".bin"
}

func (a *API) refuseLink(g *gin.Context, status int, kind, title, detail string) {
	for _, name := range []string{"Content-Disposition", "ETag", "Repr-Digest"} {
		g.Writer.Header().Del(name)
	}
	a.linkHeaders(g.Writer.Header())
	g.Header("Content-Type", problemType)
	g.JSON(status, &Problem{Type: problemURN + kind, Title: title, Status: status, Detail: detail})
}

// linkHeaders keep the address and what it leads to out of caches, other
// pages and logs of other servers.
func (a *API) linkHeaders(h http.Header) {
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
}

// watched remembers what went wrong while it was read.
type watched struct {
	io.ReadSeekCloser
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadSeekCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
