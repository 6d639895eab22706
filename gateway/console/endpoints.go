package console

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/wire"
)

// mountEndpoints adds the pages of the systems that are told.
func (c *Console) mountEndpoints(r gin.IRouter) {
	r.GET(endpointsPath, c.may(conversations.MayRun, (*Console).endpointsPage))
	r.GET(endpointsPath+"/_live", c.may(conversations.MayRun, (*Console).endpointsLive))
	r.GET(endpointsPath+"/_new", c.may(conversations.MayRun, (*Console).newEndpoint))
	r.POST(endpointsPath+"/_new", c.may(conversations.MayRun, (*Console).createEndpoint))
	r.POST(mappingPath, c.may(conversations.MayRun, (*Console).tryMapping))

	r.GET(reportsPath, c.may(conversations.MayRun, (*Console).reportsPage))
	r.POST(reportsPath, c.may(conversations.MayRun, (*Console).compareNow))
	r.GET(reportsPath+"/:report", c.may(conversations.MayRun, (*Console).reportPage))

	r.GET(endpointsPath+"/:endpoint", c.may(conversations.MayRun, (*Console).endpointPage))
	r.POST(endpointsPath+"/:endpoint", c.may(conversations.MayRun, (*Console).endpointPage))
	r.GET(endpointsPath+"/:endpoint/live", c.may(conversations.MayRun, (*Console).endpointLive))
	r.GET(endpointsPath+"/:endpoint/attempts/:attempt", c.may(conversations.MayRun, (*Console).attemptPage))
	r.POST(endpointsPath+"/:endpoint/attempts/:attempt", c.may(conversations.MayRun, (*Console).attemptPage))
	r.POST(endpointsPath+"/:endpoint/pause", c.may(conversations.MayRun, (*Console).pauseEndpoint))
	r.POST(endpointsPath+"/:endpoint/resume", c.may(conversations.MayRun, (*Console).resumeEndpoint))
	r.POST(endpointsPath+"/:endpoint/test", c.may(conversations.MayRun, (*Console).testEndpoint))
	r.GET(endpointsPath+"/:endpoint/dead", c.may(conversations.MayRun, (*Console).deadPage))
	r.POST(endpointsPath+"/:endpoint/dead", c.may(conversations.MayRun, (*Console).deadPage))
	r.POST(endpointsPath+"/:endpoint/replay", c.may(conversations.MayRun, (*Console).replay))
	r.POST(endpointsPath+"/:endpoint/dismiss", c.may(conversations.MayRun, (*Console).dismiss))
	r.GET(endpointsPath+"/:endpoint/settings", c.may(conversations.MayRun, (*Console).settingsPage))
	r.POST(endpointsPath+"/:endpoint/settings", c.may(conversations.MayRun, (*Console).changeEndpoint))
	r.POST(endpointsPath+"/:endpoint/secret", c.may(conversations.MayRun, (*Console).rotateSecret))
	r.POST(endpointsPath+"/:endpoint/remove", c.may(conversations.MayRun, (*Console).removeEndpoint))
}

// endpointsPath is where the systems are listed that are told. Ids of endpoints
// begin with a letter or a digit, so that _new and _live are none.
const endpointsPath = "/inbox/endpoints"

func endpointURL(id string, more ...string) string {
	return endpointsPath + "/" + url.PathEscape(id) + strings.Join(more, "")
}

// titles are what events are called.
func titles() map[conversations.EventType]catalogue.Words {
	all := map[conversations.EventType]catalogue.Words{}
	for _, e := range catalogue.Entries() {
		all[e.Type()] = e.Title
	}
	return all
}

// eventTitle is what people call an event; "" where the catalogue has no words
// in their language.
func (v *view) eventTitle(t conversations.EventType) string {
	switch v.locale {
	case conversations.Chinese:
		return v.titles[t].Chinese
	case conversations.English:
		return v.titles[t].English
	}
	return ""
}

// endpointsPage lists who is told, and how each stands; htmx asks for the list
// alone.
func (c *Console) endpointsPage(g *gin.Context, v *view) {
	all, err := c.o.Store.Endpoints(g.Request.Context(), v.agent.In(conversations.MayRun))
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading the endpoints: %w", err))
		return
	}
	v.back = endpointsPath
	if isHTMX(g) {
		c.show(g, http.StatusOK, endpointRows(v, all))
		return
	}
	c.show(g, http.StatusOK, endpointsView(v, all))
}

// station is an endpoint's page: what is known of it, and what was just done.
type station struct {
	relay.Standing
	settings wire.Settings // of a webhook; secrets stay hidden
	broken   bool          // the settings cannot be opened
	log      attemptLog
	tested   *relay.Attempt // how the test that was just made went
	refusal  string         // words: why something was not done
}

// webhook says whether anything is posted to it.
func (s station) webhook() bool { return s.Kind == relay.Webhook }

// paused says whether it is told nothing for now.
func paused(e relay.Standing) bool { return !e.Paused.At.IsZero() }

// openStation reads the endpoint that the address names, and otherwise answers.
func (c *Console) openStation(g *gin.Context, v *view) (station, bool) {
	standing, err := c.o.Endpoints.Find(g.Request.Context(), v.agent.In(conversations.MayRun), g.Param("endpoint"))
	if err == nil {
		err = c.names(g.Request.Context(), v)
	}
	if err != nil {
		c.fail(g, v, fmt.Errorf("reading an endpoint: %w", err))
		return station{}, false
	}
	v.titles = c.titles
	v.concerns(standing.Branch)
	s := station{Standing: standing}
	if s.settings, err = c.o.Endpoints.Settings(standing.Endpoint); err != nil {
		c.log(g, err)
		s.broken = true
	}
	return s, true
}

// endpointPage shows how an endpoint stands and the log of its attempts; htmx
// asks for that alone.
func (c *Console) endpointPage(g *gin.Context, v *view) {
	if s, ok := c.openStation(g, v); ok {
		c.showStation(g, v, http.StatusOK, s)
	}
}

func (c *Console) showStation(g *gin.Context, v *view, status int, s station) {
	var err error
	if s.log, err = c.readAttempts(g, v, s.Endpoint); err != nil {
		c.fail(g, v, err)
		return
	}
	v.back = endpointURL(s.ID)
	if isHTMX(g) {
		c.show(g, status, endpointNow(v, s))
		return
	}
	c.show(g, status, endpointView(v, s))
}

// pauseEndpoint stops telling an endpoint. One that is paused already is what
// the agent wanted, too.
func (c *Console) pauseEndpoint(g *gin.Context, v *view) {
	id := g.Param("endpoint")
	_, err := c.o.Store.PauseEndpoint(g.Request.Context(), v.agent.In(conversations.MayRun), id,
		relay.Pause{At: v.now, Reason: relay.PausedByHand, By: v.agent.ID})
	c.decided(g, v, id, err)
}

func (c *Console) resumeEndpoint(g *gin.Context, v *view) {
	id := g.Param("endpoint")
	c.decided(g, v, id, c.o.Store.ResumeEndpoint(g.Request.Context(), v.agent.In(conversations.MayRun), id, v.agent.ID))
}

// decided goes back to the endpoint's page.
func (c *Console) decided(g *gin.Context, v *view, endpoint string, err error) {
	if err != nil {
		c.fail(g, v, fmt.Errorf("deciding about an endpoint: %w", err))
		return
	}
	c.redirect(g, endpointURL(endpoint))
}

// testEndpoint posts a test event and shows the answer.
func (c *Console) testEndpoint(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	if !s.webhook() {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	tested, err := c.o.TestEndpoint(g.Request.Context(), s.Endpoint)
	v.did("status", strconv.Itoa(tested.Status))
	if err != nil {
		c.log(g, fmt.Errorf("testing an endpoint: %w", err))
		s.refusal = v.T("endpoint.not_tested")
		c.showStation(g, v, http.StatusUnprocessableEntity, s)
		return
	}
	s.tested = &tested
	c.showStation(g, v, http.StatusOK, s)
}

// took says whether an attempt was one that the endpoint took.
func took(a relay.Attempt) bool { return a.Note == "" }

// milliseconds is how long an attempt lasted.
func milliseconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// pauseWords says why an endpoint is told nothing.
func (v *view) pauseWords(p relay.Pause) string {
	if p.Reason == relay.PausedByHand && v.agents[p.By] != "" {
		return v.T("endpoint.paused_by", "who", v.colleague(p.By))
	}
	return v.T("endpoint.paused_" + string(p.Reason))
}

// told names whose candidates an endpoint is told of.
func (v *view) told(branch string) string {
	if branch == "" {
		return v.T("endpoint.everybody")
	}
	return v.branch(branch)
}

// address is where an endpoint is, without what may hold a token.
func address(s wire.Settings) string {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" {
		return ""
	}
	shown := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		shown += "?…"
	}
	return shown
}

// headerNames are the names of headers, in order.
func headerNames(headers map[string]wire.Hidden) []string {
	var all []string
	for name := range headers {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// gone says whether an error means that there is none, or none to be seen.
func gone(err error) bool { return errors.Is(err, conversations.ErrNotFound) }
