package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
)

//go:embed words/*.json
var wordFiles embed.FS

// The languages of the pages, the first being everybody's until they choose.
const (
	zhCN = "zh-CN"
	zhHK = "zh-HK"
	en   = "en"
)

func languages() []string { return []string{zhCN, zhHK, en} }

// dictionary holds the pages' words by language and key.
type dictionary struct{ byLanguage map[string]map[string]string }

func loadWords() (*dictionary, error) {
	d := &dictionary{map[string]map[string]string{}}
	for _, l := range languages() {
		b, err := wordFiles.ReadFile("words/" + l + ".json")
		if err != nil {
			return nil, fmt.Errorf("reading the demo's words: %w", err)
		}
		var m map[string]string
		if err := json.Unmarshal(b, &m); err != nil {
			return nil, fmt.Errorf("reading the demo's words in %s: %w", l, err)
		}
		d.byLanguage[l] = m
	}
	return d, nil
}

const languageCookie = "jiebao_demo_lang"

// language is what the visitor chose, with ?lang= or before.
func (d *Demo) language(r *http.Request) string {
	chosen := r.URL.Query().Get("lang")
	if chosen == "" {
		if c, err := r.Cookie(languageCookie); err == nil {
			chosen = c.Value
		}
	}
	if _, known := d.words.byLanguage[chosen]; known {
		return chosen
	}
	return zhCN
}

// keepLanguage remembers a choice for a year.
func keepLanguage(w http.ResponseWriter, r *http.Request, language string) {
	if !r.URL.Query().Has("lang") {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: languageCookie, Value: language, Path: "/", MaxAge: 365 * 24 * 60 * 60,
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
