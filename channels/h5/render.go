package h5

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"jiebao/conversations"
)

//go:embed pages/*.html static/*
var files embed.FS

// parse reads the pages, once in each language.
func (p *Page) parse() (map[conversations.Locale]*template.Template, error) {
	all := map[conversations.Locale]*template.Template{}
	for _, locale := range []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English} {
		t, err := template.New("").Funcs(template.FuncMap{
			"T":     func(key string, args ...any) (string, error) { return p.words(locale, key, args...) },
			"asset": asset, "form": func(address, item string) form { return form{address, item} },
			"on": func(page any, address string) on { return on{page, address} }, "dial": dial,
			"maxBytes": func() int64 { return p.o.MaxSize }, "maxSize": func() string { return megabytes(p.o.MaxSize) },
			"maxFiles": func() int { return filesAtOnce }, "pieceSize": func() int { return pieceSize },
			// What the script fills in.
			"kept": func() (outcome, error) {
				words, err := p.words(locale, "page.outcome.kept")
				return outcome{Kept: true, Words: words}, err
			},
			"refused": func() outcome { return outcome{} },
		}).ParseFS(files, "pages/*.html")
		if err != nil {
			return nil, err
		}
		all[locale] = t
	}
	return all, nil
}

// frame is what every page shows.
type frame struct {
	Lang    conversations.Locale
	Bank    string
	Address string
	Again   string // where a new link is asked for, "" if there is none to ask for
	Page    any
}

// form is where files for an item are sent.
type form struct{ Address, Item string }

// on is a part of a page, and where its forms and links lead.
type on struct {
	Page    any
	Address string
}

// dial is a phone number as a phone dials it.
func dial(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' || r == '*' || r == '#' || r == ',' {
			return r
		}
		return -1
	}, number)
}

// render writes a page, completely or not at all.
func (v *visit) render(status int, page string, data any) {
	var b bytes.Buffer
	if err := v.templates[v.locale].ExecuteTemplate(&b, page, frame{v.locale, v.o.Bank, v.address(), v.again, data}); err != nil {
		v.o.Log.ErrorContext(v.r.Context(), "rendering a candidate's page", "page", page, "error", err)
		http.Error(v.w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Add("Vary", "Accept-Language, Cookie")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes())
}

// problem is a page that says what is wrong and what to do, and nothing about
// anybody.
func (v *visit) problem(status int, what string) {
	if v.wantsJSON() {
		v.json(status, report{Problem: v.T("page.problem." + what + ".text")})
		return
	}
	v.render(status, "problem", what)
}

// report is what a script is told of an upload.
type report struct {
	Problem string    `json:"problem,omitempty"`
	Files   []outcome `json:"files,omitempty"`

	// Of a file that comes in pieces.
	Upload string `json:"upload,omitempty"`
	Offset int64  `json:"offset"`
	Piece  int    `json:"piece,omitempty"`
}

// wantsJSON says whether the page's own script asks.
func (v *visit) wantsJSON() bool { return v.r.Header.Get("Accept") == "application/json" }

func (v *visit) json(status int, r report) {
	b, err := json.Marshal(r)
	if err != nil {
		v.failed(fmt.Errorf("writing JSON: %w", err))
		return
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b)
}

// tell tells what became of an upload. Files that were not kept make it a
// refusal only if none was.
func (v *visit) tell(outcomes []outcome) {
	status := http.StatusUnprocessableEntity
	for _, o := range outcomes {
		if o.Kept {
			status = http.StatusOK
		}
	}
	if v.wantsJSON() {
		v.json(status, report{Files: outcomes})
		return
	}
	v.showChecklist(status, outcomes)
}

// refuseUpload tells why a form was not taken at all.
func (v *visit) refuseUpload(status int, why string) {
	if v.wantsJSON() {
		v.json(status, report{Problem: v.refusal(why)})
		return
	}
	v.showChecklist(status, []outcome{{Words: v.refusal(why)}})
}

// refusal puts a reason into words.
func (v *visit) refusal(reason string) string {
	return v.T("page.refused."+reason, "size", megabytes(v.o.MaxSize), "most", filesAtOnce)
}

// T puts a key into the visitor's words; args are names and values, of which
// those are used that the key has.
func (v *visit) T(key string, args ...any) string {
	s, err := v.words(v.locale, key, args...)
	if err != nil {
		v.o.Log.ErrorContext(v.r.Context(), "a candidate's page lacks words", "key", key, "error", err)
		return ""
	}
	return s
}

func (p *Page) words(locale conversations.Locale, key string, args ...any) (string, error) {
	all := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		all[fmt.Sprint(args[i])] = args[i+1]
	}
	if known, ok := p.o.Words.(interface{ Args(string) ([]string, bool) }); ok {
		own := map[string]any{}
		names, _ := known.Args(key)
		for _, name := range names {
			if a, given := all[name]; given {
				own[name] = a
			}
		}
		all = own
	}
	return p.o.Words.Words(locale, key, all)
}

// localeOf is the browser's language, for visitors nobody knows yet.
func localeOf(r *http.Request) conversations.Locale {
	locales := []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		return conversations.Chinese
	}
	matcher := language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.TraditionalChinese, language.English})
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return conversations.Chinese
	}
	return locales[i]
}

// asset is the address of a static file, which changes with its content.
func asset(name string) (string, error) {
	b, err := files.ReadFile("static/" + name)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return Path + "static/" + name + "?v=" + hex.EncodeToString(sum[:6]), nil
}

// static serves the style and the script, which hold nothing of anybody.
func static(w http.ResponseWriter, r *http.Request, name string) {
	b, err := fs.ReadFile(files, "static/"+name)
	if err != nil || strings.Contains(name, "/") || r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	if r.URL.Query().Get("v") != "" {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(b)
}

// megabytes is a size in words, rounded down.
func megabytes(bytes int64) string {
	if bytes < 1<<20 {
		return strconv.FormatInt(max(1, bytes>>10), 10) + " KB"
	}
	return strconv.FormatInt(bytes>>20, 10) + " MB"
}
