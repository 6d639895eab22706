package demo

import (
	"net/http"
	"testing"
	"time"

	"jiebao/channels/voice/voicesim"
)

func TestCallsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sim := voicesim.New(voicesim.Options{Now: w.clock.Now})
	t.Cleanup(sim.Close)
	app := Calls(sim)
	w.apps = append(w.apps, app)
	p := newPerson("王小明")
	if err := w.join(p); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status, want string
		quiet        bool
	}{
		{"ringing", "ringing", false}, {"talking", "talking", true}, {"answered", "ended", true},
		{"hung up", "ended", true}, {"rejected", "rejected", true}, {"missed", "missed", false}, {"", "missed", false},
	} {
		sim.Show(p.Phone, voicesim.Shown{Kind: "call", From: "95588", Status: c.status, Text: "您好", Keys: "1", Choices: []voicesim.Choice{{ID: "1", Text: "确认"}}})
		items := app.View(p).Items
		i := items[len(items)-1]
		if i.Status != c.want || i.Quiet != c.quiet || i.From != "95588" || i.Chosen != "1" || len(i.Choices) != 1 || !i.At.Equal(testStart()) {
			t.Errorf("a call that is %q is shown as %+v", c.status, i)
		}
	}
	for _, action := range []string{"answer", "key", "end", "say"} {
		if got := w.do("POST", "/phone/people/"+p.ID+"/calls", `{"action":"`+action+`","choice":"1"}`).Code; got != http.StatusConflict {
			t.Errorf("%s without a call: answered %d, want 409", action, got)
		}
	}
	isWatched(t, app, p, func() { sim.Show(p.Phone, voicesim.Shown{Kind: "call"}) })
}

// TestPlatformsFollowTheClock: what waits for a time on a platform happens
// when the pages move the clock there.
func TestPlatformsFollowTheClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sim := voicesim.New(voicesim.Options{Now: w.clock.Now})
	t.Cleanup(sim.Close)
	w.apps = append(w.apps, Calls(sim))
	happened := false
	sim.Later(30*time.Minute, func() { happened = true })
	if rec := w.do("POST", "/clock", `{"hours":1}`); rec.Code != http.StatusOK || !happened {
		t.Errorf("answered %d; it happened: %v", rec.Code, happened)
	}
}
