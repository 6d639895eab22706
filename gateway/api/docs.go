package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"jiebao/gateway/ehr/catalogue"
)

const (
	openAPIPath = "/openapi.json"
	docsPath    = "/docs"
)

// static holds the page and its style.
//
//go:embed static
var static embed.FS

// policy lets the page load its style, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docs is the OpenAPI document, the page that shows it and the page of the
// events with their schemas, which need neither JavaScript nor a network beyond
// the gateway; by their paths.
type docs map[string]docFile

// docFile is one thing that is served as it is.
type docFile struct {
	contentType string
	content     []byte
}

// registerDocs serves the documentation. It is written when somebody first
// asks for it, from operations that were registered for nothing else: few
// gateways are asked, and what describes every answer and event takes half of
// the start and 3 MB.
func (a *API) registerDocs(r gin.IRouter) error {
	written := sync.OnceValues(func() (docs, error) {
		described := &API{Deps: a.Deps, speaks: a.speaks}
		described.operations(unserved{})
		described.describe()
		return newDocs(described.huma.OpenAPI())
	})
	all, err := catalogue.AllPublished()
	if err != nil {
		return err
	}
	paths := []string{openAPIPath, docsPath, docsPath + "/docs.css", eventsDocsPath}
	for _, p := range all {
		paths = append(paths, schemaPath(p))
	}
	for _, path := range paths {
		r.GET(path, func(c *gin.Context) {
			d, err := written()
			if err != nil {
				a.Log.Error("the documentation cannot be written", "error", err)
				c.Status(http.StatusInternalServerError)
				return
			}
			d[path].serve(c)
		})
	}
	return nil
}

// unserved is where operations are registered that are only described.
type unserved struct{}

func (unserved) Handle(*huma.Operation, func(huma.Context)) {}

func (unserved) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

func newDocs(doc *huma.OpenAPI) (docs, error) {
	openAPI, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	style, err := static.ReadFile("static/docs.css")
	if err != nil {
		return nil, fmt.Errorf("reading the documentation's style: %w", err)
	}
	page, err := template.New("docs.html").Funcs(template.FuncMap{"markdown": markdown}).ParseFS(static, "static/docs.html")
	if err != nil {
		return nil, fmt.Errorf("reading the documentation's page: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, newPage(doc)); err != nil {
		return nil, fmt.Errorf("writing the documentation's page: %w", err)
	}
	d := docs{
		openAPIPath:            {"application/openapi+json", openAPI},
		docsPath:               {"text/html; charset=utf-8", b.Bytes()},
		docsPath + "/docs.css": {"text/css; charset=utf-8", style},
	}
	return d, d.addEvents()
}

func (f docFile) serve(c *gin.Context) {
	c.Header("Content-Security-Policy", policy)
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, f.contentType, f.content)
}
