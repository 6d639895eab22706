package console

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// endpointForm is an endpoint as it is written in the inbox.
type endpointForm struct {
	id       string
	kind     relay.Kind
	from     relay.Start
	version  int64
	draft    endpoints.Draft
	headers  string // a line each, Name: value
	former   wire.Settings
	branches []string
	fresh    bool // it is a new one

	problem  string            // words: what is wrong with all of it
	problems map[string]string // by field: for engineers, as the API says it
	saved    bool
}

// setup is an endpoint's settings page.
type setup struct {
	station
	form    endpointForm
	secret  string // one that was just made, shown once
	remove  bool   // it is asked whether to remove it
	problem string // words
}

// overlaps are for how long a former secret may go on signing.
func overlaps() []time.Duration {
	return []time.Duration{0, time.Hour, 24 * time.Hour, endpoints.MaxOverlap}
}

// newEndpoint shows the form of a new one.
func (c *Console) newEndpoint(g *gin.Context, v *view) {
	c.showNewEndpoint(g, v, http.StatusOK, endpointForm{kind: relay.Webhook, from: relay.FromNow})
}

func (c *Console) showNewEndpoint(g *gin.Context, v *view, status int, f endpointForm) {
	f.fresh, f.branches, v.titles = true, c.branchesOf(v), c.titles
	v.back = endpointsPath + "/_new"
	c.show(g, status, newEndpointView(v, f))
}

// branchesOf are the branches whose endpoints are the agent's to run.
func (c *Console) branchesOf(v *view) (out []string) {
	for _, b := range append([]string{""}, c.o.Branches...) {
		if v.agent.In(conversations.MayRun).Writes(b) {
			out = append(out, b)
		}
	}
	return out
}

// createEndpoint sets one up and shows its secret, this once.
func (c *Console) createEndpoint(g *gin.Context, v *view) {
	f := readEndpoint(g)
	f.id, f.kind, f.from = strings.TrimSpace(g.PostForm("id")), relay.Kind(g.PostForm("kind")), relay.Start(g.PostForm("from"))
	if f.kind == relay.Feed {
		f.draft.Settings = wire.Settings{Filter: f.draft.Settings.Filter}
	}
	e, made, err := c.o.Endpoints.Create(g.Request.Context(), v.agent.In(conversations.MayRun), endpoints.New{ID: f.id, Kind: f.kind, From: f.from, Draft: f.draft})
	if err != nil {
		c.refuseEndpoint(g, v, &f, err)
		if !g.IsAborted() {
			c.showNewEndpoint(g, v, http.StatusUnprocessableEntity, f)
		}
		return
	}
	v.made(audit.Of(audit.OfEndpoint, e.ID))
	v.concerns(e.Branch)
	v.did("kind", string(e.Kind))
	c.showSecret(g, v, e.ID, made)
}

// showSecret shows the settings with a secret that was just made, which nobody
// can look up again.
func (c *Console) showSecret(g *gin.Context, v *view, endpoint string, made wire.Secret) {
	g.Params = gin.Params{{Key: "endpoint", Value: endpoint}}
	if s, ok := c.openStation(g, v); ok {
		c.showSetup(g, v, http.StatusOK, setup{station: s, form: c.formOf(v, s), secret: made.Value.Reveal()})
	}
}

// settingsPage shows how an endpoint is set up. Secrets do not show.
func (c *Console) settingsPage(g *gin.Context, v *view) {
	if s, ok := c.openStation(g, v); ok {
		f := c.formOf(v, s)
		f.saved = g.Query("saved") != ""
		c.showSetup(g, v, http.StatusOK, setup{station: s, form: f, remove: g.Query("remove") != ""})
	}
}

func (c *Console) showSetup(g *gin.Context, v *view, status int, s setup) {
	v.back = endpointURL(s.ID, "/settings")
	c.show(g, status, setupView(v, s))
}

// formOf writes an endpoint into the form.
func (c *Console) formOf(v *view, s station) endpointForm {
	f := endpointForm{
		id: s.ID, kind: s.Kind, version: s.Version, former: s.settings, branches: c.branchesOf(v),
		draft: endpoints.Draft{Name: s.Name, Branch: s.Branch, Types: s.Types, Settings: s.settings},
	}
	for _, name := range headerNames(s.settings.Headers) {
		f.headers += name + ": " + wire.Redacted + "\n"
	}
	return f
}

// changeEndpoint keeps what was written of an endpoint.
func (c *Console) changeEndpoint(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	f := readEndpoint(g)
	f.id, f.kind, f.former, f.branches = s.ID, s.Kind, s.settings, c.branchesOf(v)
	if f.kind == relay.Feed {
		f.draft.Settings = wire.Settings{Filter: f.draft.Settings.Filter}
	}
	f.version, _ = strconv.ParseInt(g.PostForm("version"), 10, 64)
	if _, err := c.o.Endpoints.Change(g.Request.Context(), v.agent.In(conversations.MayRun), s.ID, f.version, f.draft); err != nil {
		c.refuseEndpoint(g, v, &f, err)
		if !g.IsAborted() {
			c.showSetup(g, v, http.StatusUnprocessableEntity, setup{station: s, form: f})
		}
		return
	}
	v.did("version", strconv.FormatInt(f.version+1, 10), "changed", strings.Join(changedSettings(s, f.draft), " "))
	c.redirect(g, endpointURL(s.ID, "/settings?saved=1"))
}

// changedSettings name what a draft has otherwise than the endpoint. Secrets are not
// looked into.
func changedSettings(s station, d endpoints.Draft) (names []string) {
	was, is := s.settings, d.Settings
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", s.Name == d.Name}, {"branch", s.Branch == d.Branch}, {"types", slices.Equal(s.Types, d.Types)}, {"url", was.URL == is.URL},
		{"timeout", was.Timeout == is.Timeout}, {"in_flight", was.InFlight == is.InFlight}, {"per_second", was.PerSecond == is.PerSecond},
		{"per_minute", was.PerMinute == is.PerMinute}, {"content_type", was.ContentType == is.ContentType},
		{"filter", was.Filter == is.Filter}, {"mapping", was.Mapping == is.Mapping},
	} {
		if !f.same {
			names = append(names, f.name)
		}
	}
	return names
}

// refuseEndpoint says in the form what is wrong with it, or answers.
func (c *Console) refuseEndpoint(g *gin.Context, v *view, f *endpointForm, err error) {
	var invalid *conversations.InvalidError
	switch {
	case errors.As(err, &invalid):
		f.problem, f.problems = v.T("endpoint.wrong"), map[string]string{}
		for _, p := range invalid.Fields {
			f.problems[fieldOf(p.Path)] = p.Path + " " + p.Problem
		}
	case errors.Is(err, conversations.ErrConflict):
		f.problem = v.T("endpoint.taken", "id", f.id)
	case errors.Is(err, conversations.ErrStale):
		f.problem = v.T("endpoint.stale")
	case errors.Is(err, conversations.ErrNotFound):
		f.problem = v.T("endpoint.not_your_branch")
	case errors.Is(err, endpoints.ErrConfigured):
		f.problem = v.T("endpoint.configured_means")
	default:
		c.fail(g, v, fmt.Errorf("keeping an endpoint: %w", err))
	}
}

// fieldOf is the field of the form that a path of the API is about.
func fieldOf(path string) string {
	path = strings.TrimPrefix(strings.TrimPrefix(path, "webhook."), "tls.")
	field, _, _ := strings.Cut(path, "[")
	return strings.ReplaceAll(field, ".", "_")
}

// rotateSecret makes a new secret and shows it, this once.
func (c *Console) rotateSecret(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	overlap, err := time.ParseDuration(g.PostForm("overlap"))
	if err != nil || !slices.Contains(overlaps(), overlap) {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	_, made, err := c.o.Endpoints.Rotate(g.Request.Context(), v.agent.In(conversations.MayRun), s.ID, wire.Hidden{}, overlap)
	if err != nil {
		f := c.formOf(v, s)
		c.refuseEndpoint(g, v, &f, err)
		if !g.IsAborted() {
			c.showSetup(g, v, http.StatusUnprocessableEntity, setup{station: s, form: c.formOf(v, s), problem: f.refusal()})
		}
		return
	}
	v.did("secret", made.ID, "overlap", overlap.String())
	c.showSecret(g, v, s.ID, made)
}

// refusal is all that is wrong, in one text.
func (f endpointForm) refusal() string {
	all := []string{f.problem}
	for _, p := range f.problems {
		all = append(all, p)
	}
	slices.Sort(all[1:])
	return strings.Join(all, " ")
}

// removeEndpoint forgets an endpoint, once the agent has said so again.
func (c *Console) removeEndpoint(g *gin.Context, v *view) {
	s, ok := c.openStation(g, v)
	if !ok {
		return
	}
	if g.PostForm("do") != "remove" || g.PostForm("id") != s.ID {
		c.showSetup(g, v, http.StatusUnprocessableEntity, setup{station: s, form: c.formOf(v, s), remove: true, problem: v.T("endpoint.remove_name")})
		return
	}
	if err := c.o.Endpoints.Remove(g.Request.Context(), v.agent.In(conversations.MayRun), s.ID, endpoints.AnyVersion); err != nil {
		c.fail(g, v, fmt.Errorf("removing an endpoint: %w", err))
		return
	}
	c.redirect(g, endpointsPath)
}

// readEndpoint reads the form.
func readEndpoint(g *gin.Context) endpointForm {
	field := func(name string) string { return strings.TrimSpace(g.PostForm(name)) }
	number := func(name string) int {
		n, err := strconv.Atoi(field(name))
		if err != nil && field(name) != "" {
			return -1 // which is refused
		}
		return n
	}
	types := append(g.PostFormArray("type"), strings.Fields(strings.ReplaceAll(field("types"), ",", " "))...)
	slices.Sort(types)
	f := endpointForm{headers: field("headers"), draft: endpoints.Draft{
		Name: field("name"), Branch: field("branch"), Types: slices.Compact(types),
		Settings: wire.Settings{
			URL: field("url"), Timeout: wire.Duration(time.Duration(number("timeout")) * time.Second), InFlight: number("in_flight"),
			PerSecond: number("per_second"), PerMinute: number("per_minute"), ContentType: field("content_type"),
			Filter: field("filter"), Mapping: field("mapping"), Headers: readHeaders(field("headers")),
		},
	}}
	s := &f.draft.Settings
	if tls := (wire.TLS{Certificate: field("certificate"), Key: wire.Hide(field("key")), CA: field("ca"), ServerName: field("server_name")}); tls.Certificate != "" || tls.CA != "" || tls.ServerName != "" {
		if tls.Key.IsZero() && tls.Certificate != "" {
			tls.Key = wire.Hide(wire.Redacted) // that of before
		}
		s.TLS = &tls
	}
	if address := field("proxy_url"); address != "" {
		s.Proxy = &wire.Proxy{URL: address, Username: field("proxy_username"), Password: wire.Hide(field("proxy_password"))}
		if s.Proxy.Password.IsZero() && s.Proxy.Username != "" {
			s.Proxy.Password = wire.Hide(wire.Redacted)
		}
	}
	return f
}

// readHeaders reads a header a line. A line without a colon is a name that is
// refused.
func readHeaders(text string) map[string]wire.Hidden {
	var all map[string]wire.Hidden
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name = strings.TrimSpace(name); name == "" && value == "" {
			continue
		}
		if all == nil {
			all = map[string]wire.Hidden{}
		}
		all[name] = wire.Hide(strings.TrimSpace(value))
	}
	return all
}

// shownHeaders are the headers with their values hidden: also those that were
// just written and refused.
func (f endpointForm) shownHeaders() string {
	var b strings.Builder
	for line := range strings.Lines(f.headers) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ":")
		b.WriteString(name)
		if found {
			shown := wire.Redacted
			if was, kept := f.former.Headers[strings.TrimSpace(name)]; strings.TrimSpace(value) != wire.Redacted || !kept || was.IsZero() {
				shown = ""
			}
			b.WriteString(": " + shown)
		}
		b.WriteByte('\n')
	}
	return strings.TrimRight(b.String(), "\n")
}

// otherTypes are those that no box stands for.
func (f endpointForm) otherTypes(v *view) string {
	var out []string
	for _, t := range f.draft.Types {
		if _, known := v.titles[conversations.EventType(t)]; !known {
			out = append(out, t)
		}
	}
	return strings.Join(out, " ")
}

// eventTypes are all of the catalogue, in order.
func (v *view) eventTypes() []string {
	var all []string
	for t := range v.titles {
		all = append(all, string(t))
	}
	slices.Sort(all)
	return all
}

// settled is a number as it stands in the form: nothing for what is not set.
func settled(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
