package demo

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, language := range languages() {
		for _, path := range []string{"/", "/phone", "/ehr"} {
			rec := w.do("GET", path+"?lang="+language, "")
			body := rec.Body.String()
			if rec.Code != http.StatusOK || !strings.Contains(body, `<html lang="`+language+`">`) || !strings.Contains(body, "</html>") {
				t.Errorf("%s in %s: answered %d and %d bytes", path, language, rec.Code, len(body))
			}
			if csp := rec.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: the policy is %q", path, csp)
			}
			if strings.Contains(body, " style=") || strings.Contains(body, " onclick=") || strings.Contains(body, testKey) || strings.Contains(body, testSecret) {
				t.Errorf("%s holds an inline style, an inline script or a secret", path)
			}
			if !strings.Contains(body, `data-hours="49"`) {
				t.Errorf("%s has no control of the clock", path)
			}
			for _, asset := range assets(body) {
				if got := w.do("GET", asset, "").Code; got != http.StatusOK {
					t.Errorf("%s names %s, which answers %d", path, asset, got)
				}
			}
		}
	}
}

var asset = regexp.MustCompile(`(?:src|href)="(/static/[^"#]*)`)

func assets(body string) []string {
	var list []string
	for _, m := range asset.FindAllStringSubmatch(body, -1) {
		list = append(list, m[1])
	}
	return list
}

func TestLanguageIsRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if body := w.do("GET", "/", "").Body.String(); !strings.Contains(body, `<html lang="zh-CN">`) {
		t.Error("the first page is not in zh-CN")
	}
	cookie := w.do("GET", "/?lang=en", "").Header().Get("Set-Cookie")
	if body := w.do("GET", "/ehr", "", "Cookie", cookie).Body.String(); !strings.Contains(body, `<html lang="en">`) {
		t.Errorf("the next page is not in English; the cookie was %q", cookie)
	}
	if body := w.do("GET", "/?lang=fr", "").Body.String(); !strings.Contains(body, `<html lang="zh-CN">`) {
		t.Error("a language that there is not is not answered in zh-CN")
	}
}

func TestWithoutAClockThereAreNoControls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.opts.Clock = nil
	if body := w.do("GET", "/phone", "").Body.String(); strings.Contains(body, "data-hours") || strings.Contains(body, "clock.js") {
		t.Error("the page has controls for a clock that cannot be moved")
	}
	if got := w.do("POST", "/clock", `{"hours":1}`).Code; got != http.StatusNotFound {
		t.Errorf("moving it answers %d, want 404", got)
	}
}

// TestWords holds the languages to the same keys, and every key to a use.
func TestWords(t *testing.T) {
	t.Parallel()
	d, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(d.byLanguage[zhCN]))
	for _, l := range languages() {
		if got := slices.Sorted(maps.Keys(d.byLanguage[l])); !slices.Equal(got, keys) {
			t.Errorf("%s has other keys than zh-CN", l)
		}
		for key, word := range d.byLanguage[l] {
			if word == "" || !slices.Equal(blanks(word), blanks(d.byLanguage[zhCN][key])) {
				t.Errorf("%s: %s is %q, with other blanks than in zh-CN", l, key, word)
			}
		}
	}
	sources := pageSources(t)
	for _, key := range keys {
		if !strings.Contains(sources, `"`+key+`"`) && !computed(key) {
			t.Errorf("nothing uses the word %s", key)
		}
	}
	for _, m := range usedKey.FindAllStringSubmatch(sources, -1) {
		if !slices.Contains(keys, m[1]) {
			t.Errorf("there are no words for %s", m[1])
		}
	}
}

var (
	blank   = regexp.MustCompile(`\{\w+\}`)
	usedKey = regexp.MustCompile(`(?:\bt\(|\.T )"([a-z][\w.]*)"`)
)

func blanks(word string) []string {
	list := blank.FindAllString(word, -1)
	slices.Sort(list)
	return list
}

// computed are the keys that scripts put together.
func computed(key string) bool {
	if strings.HasSuffix(key, ".none") { // what an empty app says
		return true
	}
	for _, prefix := range []string{"app.", "call.", "e.", "l.", "look.", "m.", "plan.", "skip.", "s.", "w.", "a.", "code.", "photo.", "problem.", "sample.", "tally.", "choice.", "differs.", "part."} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func pageSources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"pages", "static/js"} {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			all.Write(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

func TestSamplePhotosAreThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range photos(w.words.byLanguage[zhCN]) {
		rec := w.do("GET", p.URL, "")
		if rec.Code != http.StatusOK || !bytes.HasPrefix(rec.Body.Bytes(), []byte{0xff, 0xd8}) || p.Name == "" {
			t.Errorf("%s (%s): answered %d, %d bytes", p.URL, p.Name, rec.Code, rec.Body.Len())
		}
	}
}

func TestAPhoneIsAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rec := w.do("POST", "/phone/people", `{"name":" 王小明 "}`)
	var made Person
	if err := json.Unmarshal(rec.Body.Bytes(), &made); err != nil || len(made.ID) != 28 {
		t.Fatalf("answered %d %s", rec.Code, rec.Body)
	}
	if p, err := w.sim.Phone(testApp, made.ID); err != nil || p.Screen().Name != "王小明" {
		t.Errorf("the phone is not there: %v", err)
	}
	for _, bad := range []string{`{"name":"  "}`, `{"name":"` + strings.Repeat("长", 21) + `"}`, `nonsense`} {
		if got := w.do("POST", "/phone/people", bad).Code; got != http.StatusBadRequest {
			t.Errorf("%s: answered %d, want 400", bad, got)
		}
	}
}

// TestForeignPages: another site's page cannot act for the visitor.
func TestForeignPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/phone/people", "/ehr/results", "/clock", "/_sim/clock"} {
		if got := w.do("POST", path, `{}`, "Sec-Fetch-Site", "cross-site", "Origin", "https://example.com").Code; got != http.StatusForbidden {
			t.Errorf("%s: answered %d, want 403", path, got)
		}
	}
}
