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

// docs serves the OpenAPI document and the page that shows it, which needs
// neither JavaScript nor a network beyond the gateway.
type docs struct{ openAPI, page, style []byte }

func newDocs(doc *huma.OpenAPI) (*docs, error) {
	d := &docs{}
	var err error
	if d.openAPI, err = json.Marshal(doc); err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	if d.style, err = static.ReadFile("static/docs.css"); err != nil {
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
	d.page = b.Bytes()
	return d, nil
}

func (d *docs) register(r gin.IRouter) {
	serve := func(path, contentType string, content []byte) {
		r.GET(path, func(c *gin.Context) {
			c.Header("Content-Security-Policy", policy)
			c.Header("Referrer-Policy", "no-referrer")
			c.Header("X-Content-Type-Options", "nosniff")
			c.Header("Cache-Control", "no-cache")
			c.Data(http.StatusOK, contentType, content)
		})
	}
	serve(openAPIPath, "application/openapi+json", d.openAPI)
	serve(docsPath, "text/html; charset=utf-8", d.page)
	serve(docsPath+"/docs.css", "text/css; charset=utf-8", d.style)
}
