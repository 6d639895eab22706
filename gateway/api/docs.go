package api

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const (
	openAPIPath = "/openapi.json"
	docsPath    = "/docs"
)

// static holds the page's own files and, when they were built, the browser
// libraries below vendor.
//
//go:embed static
var static embed.FS

// referenceFile is the interactive reference, @scalar/api-reference of npm.
const referenceFile = "vendor/api-reference.js"

// policy lets the page load only what the gateway itself serves. The
// interactive reference styles its elements in place.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docs serves the OpenAPI document and the page that shows it. The page is
// complete without JavaScript and without the libraries; where they are, a
// script puts the interactive reference in its place.
type docs struct {
	files   fs.FS
	openAPI []byte
	page    []byte
}

func newDocs(doc *huma.OpenAPI) (*docs, error) {
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("reading the documentation's files: %w", err)
	}
	return buildDocs(doc, files)
}

func buildDocs(doc *huma.OpenAPI, files fs.FS) (*docs, error) {
	d := &docs{files: files}
	var err error
	if d.openAPI, err = json.Marshal(doc); err != nil {
		return nil, fmt.Errorf("writing the OpenAPI document: %w", err)
	}
	page, err := template.New("docs.html").Funcs(template.FuncMap{"markdown": markdown}).ParseFS(files, "docs.html")
	if err != nil {
		return nil, fmt.Errorf("reading the documentation's page: %w", err)
	}
	view, err := newPage(doc)
	if err != nil {
		return nil, fmt.Errorf("preparing the documentation's page: %w", err)
	}
	_, missing := fs.Stat(files, referenceFile)
	view.Interactive = missing == nil
	var b bytes.Buffer
	if err := page.Execute(&b, view); err != nil {
		return nil, fmt.Errorf("writing the documentation's page: %w", err)
	}
	d.page = b.Bytes()
	return d, nil
}

func (d *docs) register(r gin.IRouter) {
	r.GET(openAPIPath, func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		c.Header("X-Content-Type-Options", "nosniff")
		c.Data(http.StatusOK, "application/openapi+json", d.openAPI)
	})
	r.GET(docsPath, func(c *gin.Context) {
		c.Header("Content-Security-Policy", policy)
		c.Header("Referrer-Policy", "no-referrer")
		c.Header("X-Content-Type-Options", "nosniff")
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "text/html; charset=utf-8", d.page)
	})
	for _, name := range []string{"docs.css", "docs.js", referenceFile} {
		r.GET(docsPath+"/"+name, func(c *gin.Context) {
			c.Header("X-Content-Type-Options", "nosniff")
			c.Header("Cache-Control", "max-age=3600")
			http.ServeFileFS(c.Writer, c.Request, d.files, name)
		})
	}
}
