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
// Imports: signin, conversations, audit, witness, relay, bulk, preflight, what endpoints are set up with
// (endpoints, wire, mapping, catalogue), gin, templ, golang.org/x/text/language,
// golang.org/x/time/rate, a QR code encoder and the standard library.
package console

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/witness"
)

// Options is what the inbox needs. Every field but Branches, Nodes and Typing is
// required.
type Options struct {
	Store     Store
	Documents Documents
	Channels  Channels
	// StartDates judges the dates of schedule requests.
	StartDates StartDates
	// Foretell returns what a candidate would be told by a command, without
	// anything coming of it. Errors are the turn's.
	Foretell func(ctx context.Context, c conversations.Conversation, cmd conversations.Command) ([]conversations.Message, error)
	// Knowledge is what candidates' questions are answered from at the moment.
	Knowledge func() Knowledge
	// Doubts are the sentences of a text that promise or ask what a bank must
	// not.
	Doubts    func(text string) []string
	Preflight Preflight
	Bulk      Bulk
	SignIn    SignIn
	// Endpoints are the systems that are told, as they are set up.
	Endpoints Endpoints
	// TestEndpoint posts a test event to a webhook and returns how that went.
	TestEndpoint func(context.Context, relay.Endpoint) (relay.Attempt, error)
	// Compare asks for a comparison of everybody with everything, and returns the
	// id of its report.
	Compare func(ctx context.Context, by string) (id string, err error)
	// Nodes are the other ones that agents work at; nil if there are none.
	Nodes Nodes
	// Typing shows a candidate that an agent writes to them, or does no more, where
	// that can be done. It returns at once. nil: nobody is shown.
	Typing func(conversation string, to conversations.Reach, typing bool)
	// Office are the hours in which people of a branch answer.
	Office func(branch string) conversations.OfficeHours
	// Offered are the templates that may be sent in a conversation at a time.
	Offered func(c conversations.Conversation, now time.Time) []conversations.OfferedTemplate
	// Settle puts into effect how HR settles a conflict with another system.
	Settle func(ctx context.Context, s conversations.Scope, conversation string, c conversations.Settle) error
	// Audit is the log of what people and systems do.
	Audit     AuditLog
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
	o        Options
	secure   bool
	origin   *http.CrossOriginProtection
	streams  streams
	board    *board
	presence *presence
	nodes    *nodes
	pace     witness.Pace
	tally    tally
	strips   chan struct{} // holds one for each photo in memory
	glance   time.Duration // how often a log of attempts is looked at that is open
	titles   map[conversations.EventType]catalogue.Words
	squeezed sync.Map // the console's own files, compressed: name → []byte
	closing  context.Context
	close    context.CancelFunc
}

// New returns the inbox over what o names.
func New(o Options) (*Console, error) {
	base, err := url.Parse(o.PublicURL)
	if err != nil || base.Host == "" {
		return nil, fmt.Errorf("the console needs a public URL like https://jiebao.example.com, not %q", o.PublicURL)
	}
	if o.Store == nil || o.Documents == nil || o.Channels == nil || o.StartDates == nil || o.Foretell == nil || o.Knowledge == nil || o.Doubts == nil || o.Preflight == nil || o.Bulk == nil ||
		o.SignIn.Desk == nil || o.SignIn.Idle <= 0 || o.SignIn.Longest <= 0 ||
		o.Endpoints == nil || o.TestEndpoint == nil || o.Settle == nil || o.Office == nil || o.Offered == nil || o.Compare == nil ||
		o.Audit == nil ||
		o.Words == nil || o.Now == nil || o.Zone == nil ||
		o.BranchName == nil || o.NewID == nil || o.Invitation == nil || o.Logger == nil {
		return nil, errors.New("the console was built without one of its parts; see console.Options")
	}
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	c := &Console{o: o, secure: base.Scheme == "https", origin: http.NewCrossOriginProtection(), strips: make(chan struct{}, stripsAtOnce), glance: glance, board: newBoard(), presence: newPresence(), nodes: newNodes(), titles: titles()}
	if err := c.origin.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("trusting the public URL: %w", err)
	}
	c.closing, c.close = context.WithCancel(context.Background())
	c.nodes.connect(c.closing, o.Nodes, c.heard, o.Logger)
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
	c.mountSignIn(r)
	c.mountAccount(r)
	r.POST("/signout", c.signedIn((*Console).signOut))
	r.POST("/inbox/language", c.language)
	r.POST("/inbox/theme", c.theme)

	c.mountInbox(r)
	c.mountBulk(r)
	c.mountWork(r)
	c.mountThread(r)
	c.mountPalette(r)
	c.mountHands(r)
	c.mountCanned(r)
	c.mountAlarms(r)
	c.mountPreflight(r)
	c.mountPeople(r)
	c.mountAudit(r)
	c.mountNumbers(r)
	c.mountKnowledge(r)
	c.mountEndpoints(r)
}

// apply runs one command of an agent's on a conversation in their scope.
func (c *Console) apply(ctx context.Context, v *view, id string, cmd conversations.Command) (conversations.Applied, error) {
	return c.o.Store.Apply(ctx, conversations.Target{Conversation: id, Scope: v.agent.Over(cmd)}, cmd)
}
