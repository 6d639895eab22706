package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

// longestName is the longest name of a candidate's phone, in characters.
const longestName = 20

// addPerson gives somebody a phone of their own.
func (d *Demo) addPerson(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string `json:"name"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in)
	name := strings.TrimSpace(in.Name)
	if err != nil || name == "" || utf8.RuneCountInString(name) > longestName {
		writeProblem(w, http.StatusBadRequest, "No phone was added", `Send {"name": "…"} with 1 to 20 characters.`)
		return
	}
	p := newPerson(name)
	if err := d.join(p); err != nil {
		d.opts.Log.Error("a phone could not be added", "error", err)
		writeProblem(w, http.StatusInternalServerError, "No phone was added", "The log says why.")
		return
	}
	writeJSON(w, http.StatusCreated, p)
}

// listPeople lists the phones with what was last heard on each.
func (d *Demo) listPeople(w http.ResponseWriter, _ *http.Request) {
	type entry struct {
		Person
		glance
	}
	list := []entry{}
	for _, p := range d.people.all() {
		list = append(list, entry{p, d.glance(p)})
	}
	writeJSON(w, http.StatusOK, list)
}

// gesture does in an app what a person did.
func (d *Demo) gesture(w http.ResponseWriter, r *http.Request) {
	p, ok := d.personAsked(w, r)
	if !ok {
		return
	}
	var g Gesture
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&g); err != nil {
		writeProblem(w, http.StatusBadRequest, "Nothing was done", `Send {"action": "say", "text": "…"}.`)
		return
	}
	for _, a := range d.apps {
		if a.Name() != r.PathValue("app") {
			continue
		}
		if err := a.Do(r.Context(), p, g); err != nil {
			writeProblem(w, http.StatusConflict, "Nothing was done", err.Error())
			return
		}
		writeJSON(w, http.StatusOK, map[string]bool{"ok": true})
		return
	}
	writeProblem(w, http.StatusNotFound, "Nothing was done", "There is no such app.")
}

// showPlan tells how the gateway reaches the phone's owner: null while it knows
// nothing of them.
func (d *Demo) showPlan(w http.ResponseWriter, r *http.Request) {
	p, ok := d.personAsked(w, r)
	if !ok {
		return
	}
	if p.Candidate == "" {
		writeJSON(w, http.StatusOK, nil)
		return
	}
	a, err := d.gateway.channels(r.Context(), p.Candidate, d.language(r))
	if err == nil && a.Status == http.StatusNotFound {
		writeJSON(w, http.StatusOK, nil)
		return
	}
	relay(w, a, err)
}

// foreign is what a page may do that somebody else wrote: be looked at. Its
// links open windows of their own.
const foreign = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"

// showItemPage shows the HTML of an item, in a frame of the phone.
func (d *Demo) showItemPage(w http.ResponseWriter, r *http.Request) {
	p, ok := d.personAsked(w, r)
	if !ok {
		return
	}
	for _, a := range d.apps {
		page, has := a.(pager)
		if a.Name() != r.PathValue("app") || !has {
			continue
		}
		if html, ok := page.Page(p, r.PathValue("item")); ok {
			h := w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", foreign)
			h.Set("X-Content-Type-Options", "nosniff")
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("Cache-Control", "no-store")
			_, _ = io.WriteString(w, "<!doctype html><base target=_blank>"+html)
			return
		}
	}
	http.NotFound(w, r)
}

func (d *Demo) personAsked(w http.ResponseWriter, r *http.Request) (Person, bool) {
	p, ok := d.people.get(r.PathValue("person"))
	if !ok {
		writeProblem(w, http.StatusNotFound, "There is no such phone", "Reload the page: the demonstration was started afresh.")
	}
	return p, ok
}

// photo is a sample picture that a candidate can send without having one.
type photo struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// photoNames are the files below static/photos; their titles are words.
func photoNames() []string {
	return []string{"id_front", "id_back", "diploma", "medical", "portrait"}
}

func photoPath(name string) string { return "static/photos/" + name + ".jpg" }

func photos(words map[string]string) []photo {
	var list []photo
	for _, name := range photoNames() {
		list = append(list, photo{words["photo."+name], "/" + photoPath(name)})
	}
	return list
}
