package console

import (
	"context"
	"io"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/endpoints"
	"jiebao/gateway/ehr/wire"
)

// Store is where conversations and agents are kept.
type Store interface {
	conversations.Store
	Reader
	Feed
	Staff
	Shelf
	Watch
	Told
	Telling
	Reports
	Views
	Several
	Canned
	Counts
	audit.Recorder
}

// Watch knows what keeps accounts from their work.
type Watch interface {
	// Alarms returns those that last, of accounts that reach candidates of the
	// scope, and then those that ended since.
	Alarms(ctx context.Context, s conversations.Scope, since time.Time) ([]conversations.AlarmView, error)
	// Resume ends an alarm of the scope's own accounts: what waits is tried at
	// once. ErrNotFound: it is over.
	Resume(ctx context.Context, s conversations.Scope, id, agent string) error
}

// Told says how the systems stand that are told what happens to candidates.
// Endpoints that are not the scope's to run are conversations.ErrNotFound.
type Told interface {
	Endpoints(ctx context.Context, s conversations.Scope) ([]relay.Standing, error)
	// EndpointList returns all endpoints as they are, whosever they are to run.
	EndpointList(ctx context.Context) ([]relay.Endpoint, error)
	// Attempts returns up to limit with ids below before, the newest for 0.
	Attempts(ctx context.Context, s conversations.Scope, endpoint string, pick relay.Selection, before int64, limit int) ([]relay.Attempt, error)
	DeadLetters(ctx context.Context, s conversations.Scope, endpoint string, pick relay.Selection, after string, limit int) ([]relay.DeadLetter, error)
	ProgressOf(ctx context.Context, s conversations.Scope, endpoint, after string, candidates []string, limit int) ([]relay.Progress, error)
	// Events returns up to limit events of a candidate with sequences above after.
	Events(ctx context.Context, s conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error)
}

// Telling decides about what endpoints are told.
type Telling interface {
	PauseEndpoint(ctx context.Context, s conversations.Scope, id string, p relay.Pause) (bool, error)
	ResumeEndpoint(ctx context.Context, s conversations.Scope, id, by string) error
	// Replay has events told again, or only counts them.
	Replay(ctx context.Context, s conversations.Scope, endpoint string, pick relay.Selection, dry bool) (int, error)
	// Dismiss forgets dead letters.
	Dismiss(ctx context.Context, s conversations.Scope, endpoint string, pick relay.Selection) (int, error)
}

// Reports are of the comparisons of what other systems know with what there is
// to know.
type Reports interface {
	// Reconciliations returns up to limit that concern the scope, the latest first.
	Reconciliations(ctx context.Context, s conversations.Scope, kind conversations.ReconciliationKind, before time.Time, limit int) ([]conversations.Reconciliation, error)
	// Reconciliation returns one with up to limit differences from n on, and
	// the number of the next; 0 at the end.
	Reconciliation(ctx context.Context, s conversations.Scope, id string, n, limit int) (r conversations.Reconciliation, found []conversations.Difference, next int, err error)
	// Candidate returns the conversation of the candidate with the EHR's id.
	Candidate(ctx context.Context, s conversations.Scope, ehr string) (conversations.Conversation, error)
}

// Endpoints sets up who is told; an *endpoints.Desk does. What is wrong with
// what was written is a *conversations.InvalidError.
type Endpoints interface {
	Find(ctx context.Context, s conversations.Scope, id string) (relay.Standing, error)
	Settings(e relay.Endpoint) (wire.Settings, error)
	Create(ctx context.Context, s conversations.Scope, n endpoints.New) (relay.Endpoint, wire.Secret, error)
	Change(ctx context.Context, s conversations.Scope, id string, version int64, to endpoints.Draft) (relay.Endpoint, error)
	Rotate(ctx context.Context, s conversations.Scope, id string, given wire.Hidden, overlap time.Duration) (relay.Endpoint, wire.Secret, error)
	Remove(ctx context.Context, s conversations.Scope, id string, version int64) error
}

// Reader reads what the pages show. What lies outside the scope is
// conversations.ErrNotFound.
type Reader interface {
	Inbox(ctx context.Context, q conversations.InboxQuery) (conversations.InboxPage, error)
	// CountEach counts what each query shows, without its search.
	CountEach(ctx context.Context, all []conversations.InboxQuery) ([]int, error)
	// Work returns the conversations with work of a kind, and CountWork counts
	// them.
	Work(ctx context.Context, q conversations.WorkQuery) (conversations.WorkPage, error)
	CountWork(ctx context.Context, s conversations.Scope) (conversations.WorkCounts, error)
	Thread(ctx context.Context, s conversations.Scope, id string) (conversations.Conversation, error)
	// Messages returns up to limit messages numbered below before, the
	// newest for before = 0.
	Messages(ctx context.Context, s conversations.Scope, id string, before int64, limit int) ([]conversations.MessageView, error)
}

// Views are the inbox's: what it can be narrowed by, and what agents saved.
type Views interface {
	// Facets returns what the conversations of a scope can be told apart by.
	Facets(ctx context.Context, s conversations.Scope) (conversations.Facets, error)
	// SavedViews returns an agent's own, in the order in which they were saved.
	SavedViews(ctx context.Context, agent string) ([]conversations.SavedView, error)
	PutSavedView(context.Context, conversations.SavedView) error
	DropSavedView(ctx context.Context, agent, id string) error
}

// Shelf keeps the articles that HR writes, and the questions that nothing
// answered.
type Shelf interface {
	// Articles returns the latest version of each that concerns the scope: of
	// its branches, of those above them and of those for everybody.
	Articles(ctx context.Context, s conversations.Scope) ([]conversations.ArticleVersion, error)
	// Article returns all versions of one, the newest first.
	Article(ctx context.Context, s conversations.Scope, id string) ([]conversations.ArticleVersion, error)
	// PutArticle adds a version. It fails with ErrStale unless that is the
	// one after the latest, and with ErrNotFound for a branch outside the
	// scope.
	PutArticle(ctx context.Context, s conversations.Scope, v conversations.ArticleVersion) error
	Gaps(ctx context.Context, s conversations.Scope) ([]conversations.OpenGap, error)
	// SetApart takes a question out of its group, or puts it back.
	SetApart(ctx context.Context, s conversations.Scope, gap string, apart bool) error
}

// Knowledge is all articles that are approved at one moment.
type Knowledge interface {
	Find(q conversations.Inquiry) conversations.Found
	Articles() []conversations.Article
	// Group puts questions together that ask the same, the oldest first.
	Group(gaps []conversations.OpenGap) []conversations.GapGroup
}

// Feed tells which conversations changed, after each commit.
type Feed interface {
	Subscribe() (changes <-chan conversations.Changed, cancel func())
}

// Staff keeps agents, their one-time sign-in links and their sessions. Only
// hashes of tokens are kept; an unknown, used or expired one is
// conversations.ErrNotFound, and so is an agent who is unknown or disabled.
type Staff interface {
	CreateAgent(ctx context.Context, a conversations.Agent) error
	Agents(ctx context.Context) ([]conversations.Agent, error)
	// DisableAgent ends an agent's sessions and links and lets them have no
	// new ones until EnableAgent.
	DisableAgent(ctx context.Context, id string) error
	EnableAgent(ctx context.Context, id string) error
	// EndSessions signs an agent out everywhere and ends their links.
	EndSessions(ctx context.Context, agent string) error
	CreateSignIn(ctx context.Context, hash, agent string, expires time.Time) error
	// UseSignIn works once for each hash.
	UseSignIn(ctx context.Context, hash string, now time.Time) (conversations.Agent, error)
	// CreateSession takes of s what it does not find out itself: the agent's id,
	// its own, the form's token, the way, the browser and place, and the times.
	CreateSession(ctx context.Context, hash string, s conversations.Session) error
	// Session returns one that lasts and was used since idle, with its agent as
	// they are now.
	Session(ctx context.Context, hash string, now, idle time.Time) (conversations.Session, error)
	Sessions(ctx context.Context, agent string, now, idle time.Time) ([]conversations.Session, error)
	TouchSession(ctx context.Context, hash string, now time.Time) error
	DeleteSession(ctx context.Context, hash string) error
	// EndSession ends one of the agent's by its id.
	EndSession(ctx context.Context, agent, id string) error
	Login(ctx context.Context, agent string) (conversations.Login, error)
	Aliases(ctx context.Context, agent string) ([]conversations.Alias, error)
}

// Documents opens candidates' files, decrypted.
type Documents interface {
	Open(ctx context.Context, id string) (io.ReadCloser, error)
}

// StartDates judges dates for a candidate as things stand.
type StartDates interface {
	Dates(ctx context.Context, c *conversations.Conversation) (conversations.Dates, error)
}

// Channels describes the configured accounts.
type Channels interface {
	Describe(account string) (conversations.Description, bool)
}
