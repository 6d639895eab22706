package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"

	"jiebao/channels/wechat/wechatsim"
)

// longestName is the longest name of a candidate's phone, in characters.
const longestName = 20

// addCandidate adds a phone to the platform.
func (d *Demo) addCandidate(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name string `json:"name"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&in)
	name := strings.TrimSpace(in.Name)
	if err != nil || name == "" || utf8.RuneCountInString(name) > longestName {
		writeProblem(w, http.StatusBadRequest, "No phone was added", `Send {"name": "…"} with 1 to 20 characters.`)
		return
	}
	p, err := d.opts.Sim.AddCandidate(d.opts.AppID, wechatsim.Candidate{Name: name, OpenID: newOpenID()})
	if err != nil {
		d.opts.Log.Error("a phone could not be added", "error", err)
		writeProblem(w, http.StatusInternalServerError, "No phone was added", "The log says why.")
		return
	}
	writeJSON(w, http.StatusCreated, map[string]string{"open_id": p.OpenID()})
}

// newOpenID is an openid of 28 characters that no other run of the demo has
// made: the gateway's database may remember those of earlier runs.
func newOpenID() string {
	var b [20]byte
	rand.Read(b[:]) // never fails
	return "o" + base64.RawURLEncoding.EncodeToString(b[:])
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
