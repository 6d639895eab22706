package wechatsim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxWait bounds a long poll, so that proxies do not.
const maxWait = 60 * time.Second

// listPhones answers the phones of one account, or of all, without their
// messages.
func (s *Sim) listPhones(r *http.Request) (any, error) {
	only := r.URL.Query().Get("app_id")
	list := []phoneEntry{}
	for _, a := range s.all() {
		if app := a.console().AppID; only == "" || only == app {
			list = append(list, a.phones(app)...)
		}
	}
	return list, nil
}

type phoneEntry struct {
	AppID     string    `json:"app_id"`
	OpenID    string    `json:"open_id"`
	Name      string    `json:"name"`
	Following bool      `json:"following"`
	Version   int64     `json:"version"`
	Last      string    `json:"last"` // what the newest message says
	LastAt    time.Time `json:"last_at,omitzero"`
}

func (a *account) phones(app string) []phoneEntry {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := make([]phoneEntry, 0, len(a.followers))
	for _, f := range a.followers {
		f.mu.Lock()
		e := phoneEntry{AppID: app, OpenID: f.openID, Name: f.state.Name, Following: f.state.Following, Version: f.screen.version}
		if n := len(f.screen.messages); n > 0 {
			m := f.screen.messages[n-1]
			e.Last, e.LastAt = m.Title+m.Text, m.At
		}
		f.mu.Unlock()
		list = append(list, e)
	}
	slices.SortFunc(list, func(x, y phoneEntry) int {
		if c := strings.Compare(x.Name, y.Name); c != 0 {
			return c
		}
		return strings.Compare(x.OpenID, y.OpenID)
	})
	return list
}

func (s *Sim) postPhone(r *http.Request) (any, error) {
	var in struct {
		AppID string `json:"app_id"`
		Candidate
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	p, err := s.AddCandidate(in.AppID, in.Candidate)
	if err != nil {
		return nil, err
	}
	return p.Screen(), nil
}

// getPhone answers a screen: at once, or when it changes (after, wait), or as
// a stream of server-sent events, one for each change.
func (s *Sim) getPhone(w http.ResponseWriter, r *http.Request) {
	p, err := s.Phone(r.PathValue("appid"), r.PathValue("openid"))
	if err != nil {
		writeJSON(w, statusOf(err), map[string]string{"error": err.Error()})
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		p.stream(w, r)
		return
	}
	q := r.URL.Query()
	if !q.Has("wait") {
		writeJSON(w, http.StatusOK, p.Screen())
		return
	}
	after, err := number(q.Get("after"))
	wait, bad := time.ParseDuration(q.Get("wait"))
	if err != nil || bad != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": "want ?after=VERSION&wait=25s"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), min(wait, maxWait))
	defer cancel()
	writeJSON(w, http.StatusOK, p.Wait(ctx, after))
}

func (p *Phone) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flusher := http.NewResponseController(w)
	for sc := p.Screen(); r.Context().Err() == nil; sc = p.Wait(r.Context(), sc.Version) {
		b, err := json.Marshal(sc)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "id: %d\nevent: screen\ndata: %s\n\n", sc.Version, b); err != nil {
			return
		}
		if flusher.Flush() != nil {
			return
		}
	}
}

// act is the body of an action; each action reads the members it needs.
type act struct {
	Text        string `json:"text"`        // say
	Code        string `json:"code"`        // follow, scan: ticket, link or scene
	ID          string `json:"id"`          // tap
	Key         string `json:"key"`         // menu: key or link
	Name        string `json:"name"`        // file
	Data        []byte `json:"data"`        // image, voice, file: base64
	Recognition string `json:"recognition"` // voice
	On          *bool  `json:"on"`          // block, blacklist; absent: true
}

func (s *Sim) postAction(r *http.Request) (any, error) {
	p, err := s.Phone(r.PathValue("appid"), r.PathValue("openid"))
	if err != nil {
		return nil, err
	}
	in, err := readAct(r)
	if err != nil {
		return nil, err
	}
	on := in.On == nil || *in.On
	switch action := r.PathValue("action"); action {
	case "follow":
		return p.Follow(in.Code)
	case "scan":
		return p.Scan(in.Code)
	case "unfollow":
		return p.Unfollow()
	case "say":
		return p.Say(in.Text)
	case "tap":
		return p.Tap(in.ID)
	case "menu":
		return p.ClickMenu(in.Key)
	case "image":
		return p.SendImage(in.Data)
	case "voice":
		return p.SendVoice(in.Data, in.Recognition)
	case "file":
		return p.SendFile(in.Name, in.Data)
	case "block":
		p.Block(on)
		return p.Screen(), nil
	case "blacklist":
		p.Blacklist(on)
		return p.Screen(), nil
	default:
		return nil, fmt.Errorf("action %q: %w", action, errNoSuch)
	}
}

// readAct reads an action's JSON (also when curl -d calls it a form); a body of
// another type is the file itself, its name in the query, as a page sends it.
func readAct(r *http.Request) (act, error) {
	var in act
	kind := r.Header.Get("Content-Type")
	if kind == "" || strings.Contains(kind, "json") || strings.Contains(kind, "form-urlencoded") {
		return in, readJSON(r, &in)
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return in, fmt.Errorf("reading the file: %w", err)
	}
	in.Data, in.Name, in.Recognition = data, r.URL.Query().Get("name"), r.URL.Query().Get("recognition")
	return in, nil
}
