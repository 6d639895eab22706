package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
)

// deadAtOnce is how many dead letters a page shows, and deadCounted up to how
// many are counted before they are dismissed.
const (
	deadAtOnce  = 50
	deadCounted = 1000
)

// picked is what the agent wants told again, or forgotten, as they wrote it.
type picked struct {
	candidate, event string
	from, to         string // days, or moments of the bank's zone
	dead             bool   // only dead letters
}

// momentLayout is how browsers write a moment.
const momentLayout = "2006-01-02T15:04"

func pickedFrom(g *gin.Context) picked {
	field := func(name string) string { return strings.TrimSpace(g.PostForm(name)) }
	return picked{field("candidate"), field("event"), field("from"), field("to"), g.PostForm("dead") != ""}
}

// empty says whether nothing narrows the choice.
func (p picked) empty() bool { return p.candidate == "" && p.event == "" && p.from == "" && p.to == "" }

var errMoment = errors.New("a moment cannot be read")

// selection reads what was written.
func (p picked) selection(zone *time.Location) (s relay.Selection, err error) {
	s = relay.Selection{Candidate: p.candidate, DeadOnly: p.dead}
	if p.event != "" {
		s.Events = []string{p.event}
	}
	for _, moment := range []struct {
		text string
		at   *time.Time
	}{{p.from, &s.From}, {p.to, &s.To}} {
		if moment.text == "" {
			continue
		}
		if *moment.at, err = time.ParseInLocation(momentLayout, moment.text, zone); err != nil {
			return s, errMoment
		}
	}
	if !s.From.IsZero() && !s.To.IsZero() && !s.From.Before(s.To) {
		return s, errMoment
	}
	return s, nil
}

// graveyard is the page of what an endpoint did not take, and of telling it
// again.
type graveyard struct {
	station
	picked  picked
	letters []relay.DeadLetter
	next    string // the event after which the next page begins; ""
	preview *preview
	done    string // words: what was just done
	problem string // words
}

// preview is what would come of a replay or a dismissal, before it is done.
type preview struct {
	dismiss bool
	count   int
	more    bool // there are more than were counted
}

// previewWords says what would be done.
func (y graveyard) previewWords(v *view) string {
	switch {
	case !y.preview.dismiss:
		return v.T("replay.would", "n", y.preview.count, "name", y.Name)
	case y.preview.more:
		return v.T("replay.would_dismiss_more", "n", y.preview.count)
	}
	return v.T("replay.would_dismiss", "n", y.preview.count)
}

// deadPage lists dead letters.
func (c *Console) deadPage(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	y := graveyard{station: s, picked: pickedFrom(g)}
	switch n, err := strconv.Atoi(g.Query("replayed")); {
	case err == nil && n >= 0:
		y.done = v.T("replay.done", "n", n)
	case g.Query("dismissed") != "":
		n, _ := strconv.Atoi(g.Query("dismissed"))
		y.done = v.T("replay.dismissed", "n", n)
	}
	c.showGraveyard(g, v, http.StatusOK, y)
}

func (c *Console) showGraveyard(g *gin.Context, v *view, status int, y graveyard) {
	selection, err := y.picked.selection(c.o.Zone)
	if err != nil {
		status, y.problem, y.preview = http.StatusUnprocessableEntity, v.T("replay.bad_time"), nil
		selection = relay.Selection{}
	}
	y.letters, err = c.o.Store.DeadLetters(g.Request.Context(), v.agent.In(conversations.MayRun), y.ID, selection, g.PostForm("after"), deadAtOnce+1)
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading dead letters: %w", err))
		return
	}
	if len(y.letters) > deadAtOnce {
		y.letters = y.letters[:deadAtOnce]
		y.next = y.letters[deadAtOnce-1].Event
	}
	v.back = endpointURL(y.ID, "/dead")
	c.show(g, status, deadView(v, y))
}

// replay has events told again. What a form picks is counted and shown first;
// one event, which receivers know by its id, goes at once.
func (c *Console) replay(g *gin.Context, v *view) {
	y, selection, ok := c.picks(g, v)
	if !ok {
		return
	}
	dry := g.PostForm("do") != "replay"
	n, err := c.o.Store.Replay(g.Request.Context(), v.agent.In(conversations.MayRun), y.ID, selection, dry)
	if err != nil {
		c.fail(g, v, fmt.Errorf("telling an endpoint again: %w", err))
		return
	}
	if dry {
		y.preview = &preview{count: n}
		c.showGraveyard(g, v, http.StatusOK, y)
		return
	}
	v.did("events", strconv.Itoa(n))
	c.redirect(g, endpointURL(y.ID, "/dead?", url.Values{"replayed": {strconv.Itoa(n)}}.Encode()))
}

// dismiss forgets dead letters, after they were counted and the agent said so
// again.
func (c *Console) dismiss(g *gin.Context, v *view) {
	y, selection, ok := c.picks(g, v)
	if !ok {
		return
	}
	selection.DeadOnly = true
	if g.PostForm("do") != "dismiss" {
		found, err := c.o.Store.DeadLetters(g.Request.Context(), v.agent.In(conversations.MayRun), y.ID, selection, "", deadCounted+1)
		if err != nil {
			c.fail(g, v, fmt.Errorf("counting dead letters: %w", err))
			return
		}
		y.preview = &preview{dismiss: true, count: min(len(found), deadCounted), more: len(found) > deadCounted}
		c.showGraveyard(g, v, http.StatusOK, y)
		return
	}
	n, err := c.o.Store.Dismiss(g.Request.Context(), v.agent.In(conversations.MayRun), y.ID, selection)
	if err != nil {
		c.fail(g, v, fmt.Errorf("dismissing dead letters: %w", err))
		return
	}
	v.did("events", strconv.Itoa(n))
	c.redirect(g, endpointURL(y.ID, "/dead?", url.Values{"dismissed": {strconv.Itoa(n)}}.Encode()))
}

// picks reads the endpoint and what is picked, and otherwise answers. Nothing
// at all is picked only on purpose: of everything, dead letters alone.
func (c *Console) picks(g *gin.Context, v *view) (graveyard, relay.Selection, bool) {
	s, ok := c.openStation(g, v)
	if !ok {
		return graveyard{}, relay.Selection{}, false
	}
	y := graveyard{station: s, picked: pickedFrom(g)}
	selection, err := y.picked.selection(c.o.Zone)
	switch {
	case err != nil: // showGraveyard says so
	case y.picked.empty() && !y.picked.dead:
		y.problem = v.T("replay.nothing_picked")
	default:
		return y, selection, true
	}
	c.showGraveyard(g, v, http.StatusUnprocessableEntity, y)
	return y, selection, false
}

// progressWords says how far an endpoint has got with a candidate.
func (v *view) progressWords(name string, p relay.Progress) string {
	switch behind := p.Known - p.Taken; {
	case behind > 0 && p.Dead > 0:
		return v.T("told.behind_and_dead", "name", name, "n", behind, "all", p.Known, "dead", p.Dead)
	case behind > 0:
		return v.T("told.behind", "name", name, "n", behind, "all", p.Known)
	case p.Dead > 0:
		return v.T("told.dead", "name", name, "dead", p.Dead, "all", p.Known)
	}
	return v.T("told.all", "name", name, "all", p.Known)
}

// tells says whether an endpoint is told of a branch's candidates.
func tells(e relay.Endpoint, branch string) bool {
	return e.Branch == "" || conversations.Scope{e.Branch}.Allows(branch)
}
