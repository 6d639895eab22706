package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
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

// docs serves the OpenAPI document, the page that shows it and the page of the
// events with their schemas, which need neither JavaScript nor a network beyond
// the gateway.
type docs struct{ files []docFile }

// docFile is one thing that is served as it is.
type docFile struct {
	path, contentType string
	content           []byte
}

func newDocs(doc *huma.OpenAPI) (*docs, error) {
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
	d := &docs{[]docFile{
		{openAPIPath, "application/openapi+json", openAPI},
		{docsPath, "text/html; charset=utf-8", b.Bytes()},
		{docsPath + "/docs.css", "text/css; charset=utf-8", style},
	}}
	return d, d.addEvents()
}

func (d *docs) register(r gin.IRouter) {
	for _, f := range d.files {
		r.GET(f.path, func(c *gin.Context) {
			c.Header("Content-Security-Policy", policy)
			c.Header("Referrer-Policy", "no-referrer")
			c.Header("X-Content-Type-Options", "nosniff")
			c.Header("Cache-Control", "no-cache")
			c.Data(http.StatusOK, f.contentType, f.content)
		})
	}
}
