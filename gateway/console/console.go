// Package console is HR's inbox in the browser: the list of conversations,
// one thread with all that belongs to it, the knowledge base that the bot
// answers from, the systems that are told what happens, and the agents who may
// sign in.
//
// Pages are rendered on the server, one file a page. They stay current by
// server-sent events, which only say what changed; the browser then asks for
// the part of the page again. Every form works without JavaScript. Whatever
// is read or written carries the scope of the agent who asks, no address
// holds personal data, and nothing is logged but ids.
//
// Imports: conversations, relay, preflight, what endpoints are set up with
// (endpoints, wire, catalogue), gin, templ, golang.org/x/text/language, a QR
// code encoder and the standard library.
package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/catalogue"
)

// Options is what the inbox needs. Every field but Branches is required.
type Options struct {
	Store     Store
	Documents Documents
	Channels  Channels
	// StartDates judges the dates of schedule requests.
	StartDates StartDates
	// Knowledge is what candidates' questions are answered from at the moment.
	Knowledge func() Knowledge
	// Doubts are the sentences of a text that promise or ask what a bank must
	// not.
	Doubts    func(text string) []string
	Preflight Preflight
	// Endpoints are the systems that are told, as they are set up.
	Endpoints Endpoints
	// TestEndpoint posts a test event to a webhook and returns how that went.
	TestEndpoint func(context.Context, relay.Endpoint) (relay.Attempt, error)
	// Compare asks for a comparison of everybody with everything, and returns the
	// id of its report.
	Compare func(ctx context.Context, by string) (id string, err error)
	// Settle puts into effect how HR settles a conflict with another system.
	Settle    func(ctx context.Context, s conversations.Scope, conversation string, c conversations.Settle) error
	Words     Words
	Now       func() time.Time
	Zone      *time.Location // the bank's
	Bank      string         // the bank's name
	PublicURL string         // how agents reach the console; https makes cookies secure
	// BranchName is a branch's display name.
	BranchName func(path string) string
	// Branches are the paths offered when an agent is added.
	Branches []string
	NewID    func() string // of an agent
	// Invitation makes the random scene and code of a new invitation.
	Invitation func() (scene, code string)
	Logger     *slog.Logger
}

// Console serves the inbox.
type Console struct {
	o       Options
	secure  bool
	origin  *http.CrossOriginProtection
	streams streams
	strips  chan struct{} // holds one for each photo in memory
	glance  time.Duration // how often a log of attempts is looked at that is open
	titles  map[conversations.EventType]catalogue.Words
	closing context.Context
	close   context.CancelFunc
}

// New returns the inbox over what o names.
func New(o Options) (*Console, error) {
	base, err := url.Parse(o.PublicURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the console needs a public URL like https://jiebao.example.com, not %q", o.PublicURL)
	}
	if o.Store == nil || o.Documents == nil || o.Channels == nil || o.StartDates == nil || o.Knowledge == nil || o.Doubts == nil || o.Preflight == nil ||
		o.Endpoints == nil || o.TestEndpoint == nil || o.Settle == nil || o.Compare == nil ||
		o.Words == nil || o.Now == nil || o.Zone == nil ||
		o.BranchName == nil || o.NewID == nil || o.Invitation == nil || o.Logger == nil {
		return nil, errors.New("the console was built without one of its parts; see console.Options")
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	c := &Console{o: o, secure: base.Scheme == "https", origin: http.NewCrossOriginProtection(), strips: make(chan struct{}, stripsAtOnce), glance: glance, titles: titles()}
	if err := c.origin.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("trusting the public URL: %w", err)
	}
	c.closing, c.close = context.WithCancel(context.Background())
	return c, nil
}

// Close ends the event streams, which would hold up a server's shutdown. Hand
// it to http.Server.RegisterOnShutdown.
func (c *Console) Close() { c.close() }

// Mount adds the console's routes: /inbox, /knowledge, /signin,
// /signout and /static.
func (c *Console) Mount(r gin.IRouter) {
	r = r.Group("", c.headers, c.sameOrigin, c.form)
	r.GET("/static/*file", c.static)
	r.GET("/signin", c.signInPage)
	r.POST("/signin", c.signIn)
	r.POST("/signout", c.signedIn((*Console).signOut))
	r.POST("/inbox/language", c.language)

	c.mountKnowledge(r)
	c.mountEndpoints(r)

	r.GET("/inbox", c.signedIn((*Console).inbox))
	r.POST("/inbox", c.signedIn((*Console).inbox))
	r.POST("/inbox/list", c.signedIn((*Console).inboxList))
	r.GET("/inbox/events", c.signedIn((*Console).events))
	r.GET("/inbox/alarms", c.signedIn((*Console).alarms))
	r.POST("/inbox/alarms/:alarm/resume", c.signedIn((*Console).resume))
	r.GET(preflightPath, c.signedIn((*Console).preflightPage))
	r.POST(preflightPath, c.signedIn((*Console).lookAhead))
	r.GET("/inbox/agents", c.signedIn((*Console).agentsPage))
	r.POST("/inbox/agents", c.signedIn((*Console).addAgent))
	r.POST("/inbox/agents/:agent/link", c.signedIn((*Console).agentLink))
	r.POST("/inbox/agents/:agent/access", c.signedIn((*Console).agentAccess))

	r.GET("/inbox/:id", c.signedIn((*Console).thread))
	r.GET("/inbox/:id/live", c.signedIn((*Console).threadLive))
	r.GET("/inbox/:id/told", c.signedIn((*Console).toldSection))
	r.GET("/inbox/:id/earlier", c.signedIn((*Console).threadEarlier))
	r.POST("/inbox/:id/seen", c.signedIn((*Console).seen))
	r.POST("/inbox/:id/phone", c.signedIn((*Console).phone))
	r.POST("/inbox/:id/reply", c.signedIn((*Console).reply))
	r.POST("/inbox/:id/messages/:message/cancel", c.signedIn((*Console).cancelSend))
	r.POST("/inbox/:id/plan", c.signedIn((*Console).cancelPlan))
	r.POST("/inbox/:id/prefer", c.signedIn((*Console).prefer))
	r.POST("/inbox/:id/called", c.signedIn((*Console).called))
	r.POST("/inbox/:id/owner", c.signedIn((*Console).owner))
	r.POST("/inbox/:id/settle", c.signedIn((*Console).settle))
	r.POST("/inbox/:id/decide", c.signedIn((*Console).decide))
	r.GET("/inbox/:id/date", c.signedIn((*Console).date))
	r.POST("/inbox/:id/claim", c.signedIn((*Console).claim))
	r.POST("/inbox/:id/invitation", c.signedIn((*Console).reinvite))
	r.GET("/inbox/:id/documents/:document", c.signedIn((*Console).document))
	r.GET("/inbox/:id/documents/:document/view", c.signedIn((*Console).documentPage))
	r.POST("/inbox/:id/documents/:document", c.signedIn((*Console).review))
}

// mountEndpoints adds the pages of the systems that are told.
func (c *Console) mountEndpoints(r gin.IRouter) {
	r.GET(endpointsPath, c.admin((*Console).endpointsPage))
	r.GET(endpointsPath+"/_live", c.admin((*Console).endpointsLive))
	r.GET(endpointsPath+"/_new", c.admin((*Console).newEndpoint))
	r.POST(endpointsPath+"/_new", c.admin((*Console).createEndpoint))

	r.GET(reportsPath, c.admin((*Console).reportsPage))
	r.POST(reportsPath, c.admin((*Console).compareNow))
	r.GET(reportsPath+"/:report", c.admin((*Console).reportPage))

	r.GET(endpointsPath+"/:endpoint", c.admin((*Console).endpointPage))
	r.POST(endpointsPath+"/:endpoint", c.admin((*Console).endpointPage))
	r.GET(endpointsPath+"/:endpoint/live", c.admin((*Console).endpointLive))
	r.GET(endpointsPath+"/:endpoint/attempts/:attempt", c.admin((*Console).attemptPage))
	r.POST(endpointsPath+"/:endpoint/attempts/:attempt", c.admin((*Console).attemptPage))
	r.POST(endpointsPath+"/:endpoint/pause", c.admin((*Console).pauseEndpoint))
	r.POST(endpointsPath+"/:endpoint/resume", c.admin((*Console).resumeEndpoint))
	r.POST(endpointsPath+"/:endpoint/test", c.admin((*Console).testEndpoint))
	r.GET(endpointsPath+"/:endpoint/dead", c.admin((*Console).deadPage))
	r.POST(endpointsPath+"/:endpoint/dead", c.admin((*Console).deadPage))
	r.POST(endpointsPath+"/:endpoint/replay", c.admin((*Console).replay))
	r.POST(endpointsPath+"/:endpoint/dismiss", c.admin((*Console).dismiss))
	r.GET(endpointsPath+"/:endpoint/settings", c.admin((*Console).settingsPage))
	r.POST(endpointsPath+"/:endpoint/settings", c.admin((*Console).changeEndpoint))
	r.POST(endpointsPath+"/:endpoint/secret", c.admin((*Console).rotateSecret))
	r.POST(endpointsPath+"/:endpoint/remove", c.admin((*Console).removeEndpoint))
}

// mountKnowledge adds the pages of the knowledge base.
func (c *Console) mountKnowledge(r gin.IRouter) {
	r.GET("/knowledge", c.signedIn((*Console).knowledge))
	r.POST("/knowledge", c.signedIn((*Console).knowledge))
	r.POST("/knowledge/try", c.signedIn((*Console).tryQuestion))
	r.GET("/knowledge/count", c.signedIn((*Console).gapsBadge))
	r.GET("/knowledge/new", c.signedIn((*Console).newArticle))
	r.GET("/knowledge/file", c.signedIn((*Console).filePage))
	r.GET("/knowledge/gaps", c.signedIn((*Console).gapsPage))
	r.GET("/knowledge/gaps/:gap", c.signedIn((*Console).answerPage))
	r.POST("/knowledge/gaps/:gap", c.signedIn((*Console).answer))
	r.POST("/knowledge/gaps/:gap/preview", c.signedIn((*Console).previewAnswer))
	r.POST("/knowledge/gaps/:gap/apart", c.signedIn((*Console).setApart))
	r.GET("/knowledge/:id", c.signedIn((*Console).articlePage))
	r.POST("/knowledge/:id", c.signedIn((*Console).changeArticle))
}

// apply runs one command of an agent's on a conversation in their scope.
func (c *Console) apply(ctx context.Context, v *view, id string, cmd conversations.Command) (conversations.Applied, error) {
	return c.o.Store.Apply(ctx, conversations.Target{Conversation: id, Scope: v.agent.Scope}, cmd)
}
