package demo

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed all:static
var staticTree embed.FS

// policy lets pages load only what the demo serves itself. There is no inline
// script and no inline style; blob: shows photos before they are sent.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"font-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// pages are the templates, each within the layout.
type pages struct{ byName map[string]*template.Template }

func loadPages() (*pages, error) {
	p := &pages{map[string]*template.Template{}}
	for _, name := range []string{"home", "phone", "ehr"} {
		t, err := template.ParseFS(pageFiles, "pages/layout.html", "pages/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("reading the demo's page %s: %w", name, err)
		}
		p.byName[name] = t
	}
	return p, nil
}

// page is what every template gets.
type page struct {
	Name      string
	Language  string
	Languages []languageLink
	HasClock  bool
	Account   string
	Gateway   string
	Config    config
	words     map[string]string
}

type languageLink struct {
	Code, Name, Href string
	Current          bool
}

// config is what the page's script gets.
type config struct {
	AppID    string            `json:"app_id"`
	Account  string            `json:"account"`
	Language string            `json:"language"`
	HasClock bool              `json:"has_clock"`
	Samples  []sample          `json:"samples,omitempty"`
	Photos   []photo           `json:"photos,omitempty"`
	Apps     []string          `json:"apps,omitempty"` // on the phones
	Words    map[string]string `json:"words"`
}

// Threads are the views of the phone that are one conversation each.
func (p page) Threads() []string { return []string{"kf", "wecom", "sms", "bank"} }

// T is a word of the page's language.
func (p page) T(key string) (string, error) {
	w, ok := p.words[key]
	if !ok {
		return "", fmt.Errorf("no words for %q", key)
	}
	return w, nil
}

// show renders a page. Nothing is written of a page that fails.
func (d *Demo) show(w http.ResponseWriter, r *http.Request, name string, fill func(*config)) {
	language := d.language(r)
	keepLanguage(w, r, language)
	p := page{
		Name: name, Language: language, Languages: languageLinks(r.URL, language), HasClock: d.opts.Clock != nil,
		Account: d.opts.AccountName, Gateway: d.opts.GatewayURL, words: d.words.byLanguage[language],
	}
	p.Config = config{
		AppID: d.opts.AppID, Account: p.Account, Language: language, HasClock: p.HasClock, Words: p.words,
	}
	if fill != nil {
		fill(&p.Config)
	}
	var b bytes.Buffer
	if err := d.pages.byName[name].ExecuteTemplate(&b, "layout", p); err != nil {
		d.opts.Log.Error("a page of the demo could not be shown", "page", name, "error", err)
		http.Error(w, "the page could not be shown; the log says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes())
}

func languageLinks(u *url.URL, current string) []languageLink {
	names := map[string]string{zhCN: "简", zhHK: "繁", en: "EN"}
	var links []languageLink
	for _, code := range languages() {
		q := u.Query()
		q.Set("lang", code)
		links = append(links, languageLink{code, names[code], u.Path + "?" + q.Encode(), code == current})
	}
	return links
}

func (d *Demo) showHome(w http.ResponseWriter, r *http.Request) { d.show(w, r, "home", nil) }
func (d *Demo) showPhone(w http.ResponseWriter, r *http.Request) {
	d.show(w, r, "phone", func(c *config) {
		c.Photos = photos(c.Words)
		for _, a := range d.apps {
			c.Apps = append(c.Apps, a.Name())
		}
	})
}
func (d *Demo) showEHR(w http.ResponseWriter, r *http.Request) {
	d.show(w, r, "ehr", func(c *config) { c.Samples = d.samples() })
}

// staticFiles serves scripts, styles and pictures; browsers ask again each
// time and are told when nothing has changed.
func staticFiles() http.Handler {
	tags := map[string]string{}
	_ = fs.WalkDir(staticTree, "static", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			b, _ := staticTree.ReadFile(path)
			sum := sha256.Sum256(b)
			tags["/"+path] = `"` + hex.EncodeToString(sum[:8]) + `"`
		}
		return nil
	})
	files := http.FileServerFS(staticTree)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tag, known := tags[r.URL.Path]
		if !known {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
}
