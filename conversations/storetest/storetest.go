// Package storetest is what every store has to pass: one suite for all
// databases, with the real engine and a dialogue that says what tests want.
//
// Imports: conversations, audit, outbox, relay and the standard library.
package storetest

import (
	"context"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/outbox"
	"jiebao/conversations/relay"
)

// Store is all that the program asks of a store.
type Store interface {
	conversations.Store
	outbox.Queue
	outbox.Pulls
	outbox.Alarms
	relay.Store
	Alarms(ctx context.Context, s conversations.Scope, since time.Time) ([]conversations.AlarmView, error)
	Resume(ctx context.Context, s conversations.Scope, id, agent string) error
	PushDocuments(ctx context.Context, s conversations.Scope, pick conversations.PushPick, after string, dry bool) (n int, next string, err error)
	Carried(message string, carried bool)
	Candidate(ctx context.Context, s conversations.Scope, ehr string) (conversations.Conversation, error)
	Hasten(context.Context, conversations.TaskKind) error

	Inbox(context.Context, conversations.InboxQuery) (conversations.InboxPage, error)
	CountEach(context.Context, []conversations.InboxQuery) ([]int, error)
	Index(context.Context) error
	Facets(context.Context, conversations.Scope) (conversations.Facets, error)
	SavedViews(ctx context.Context, agent string) ([]conversations.SavedView, error)
	PutSavedView(context.Context, conversations.SavedView) error
	DropSavedView(ctx context.Context, agent, id string) error
	Work(context.Context, conversations.WorkQuery) (conversations.WorkPage, error)
	CountWork(context.Context, conversations.Scope) (conversations.WorkCounts, error)
	Thread(context.Context, conversations.Scope, string) (conversations.Conversation, error)
	Messages(ctx context.Context, s conversations.Scope, conversation string, before int64, limit int) ([]conversations.MessageView, error)
	Result(context.Context, conversations.Scope, string) (conversations.ResultView, error)
	Seats(ctx context.Context, classes []string) (conversations.Seats, error)
	Events(ctx context.Context, s conversations.Scope, candidate string, after int64, limit int) ([]conversations.Event, error)

	Articles(context.Context, conversations.Scope) ([]conversations.ArticleVersion, error)
	Article(ctx context.Context, s conversations.Scope, id string) ([]conversations.ArticleVersion, error)
	PutArticle(context.Context, conversations.Scope, conversations.ArticleVersion) error
	Serving(context.Context) ([]conversations.Article, error)
	Gaps(context.Context, conversations.Scope) ([]conversations.OpenGap, error)
	SetApart(ctx context.Context, s conversations.Scope, gap string, apart bool) error

	CreateAgent(context.Context, conversations.Agent) error
	Agents(context.Context) ([]conversations.Agent, error)
	DisableAgent(ctx context.Context, id string) error
	EnableAgent(ctx context.Context, id string) error
	EndSessions(ctx context.Context, agent string) error
	CreateSignIn(ctx context.Context, hash, agent string, expires time.Time) error
	UseSignIn(ctx context.Context, hash string, now time.Time) (conversations.Agent, error)
	CreateSession(ctx context.Context, hash string, s conversations.Session) error
	Session(ctx context.Context, hash string, now, idle time.Time) (conversations.Session, error)
	Sessions(ctx context.Context, agent string, now, idle time.Time) ([]conversations.Session, error)
	TouchSession(ctx context.Context, hash string, now time.Time) error
	DeleteSession(ctx context.Context, hash string) error
	EndSession(ctx context.Context, agent, id string) error

	Login(ctx context.Context, agent string) (conversations.Login, error)
	LoginNamed(ctx context.Context, name string) (conversations.Login, error)
	SetPassword(ctx context.Context, agent, name, hash, keep string, now time.Time) error
	Rehash(ctx context.Context, agent, was, hash string) error
	SetFactor(ctx context.Context, agent, sealed string, step int64, codes []string, now time.Time) error
	Reseal(ctx context.Context, agent, was, sealed string) error
	DropFactor(ctx context.Context, agent string) error
	UseStep(ctx context.Context, agent string, step int64) error
	UseRecoveryCode(ctx context.Context, agent, hash string) error
	Try(ctx context.Context, t conversations.Tries, now time.Time) (time.Time, error)
	Waits(ctx context.Context, key string, now time.Time) (time.Time, error)
	Forgive(ctx context.Context, keys ...string) error
	AgentOf(context.Context, conversations.Alias) (conversations.Agent, error)
	Admit(context.Context, conversations.Alias, conversations.Agent) (conversations.Agent, error)
	BindAlias(ctx context.Context, a conversations.Alias, agent string, now time.Time) error
	Aliases(ctx context.Context, agent string) ([]conversations.Alias, error)

	PutDevice(context.Context, conversations.Device) error
	Devices(ctx context.Context, candidate string) ([]conversations.Device, error)
	Device(ctx context.Context, id string) (conversations.Device, error)
	DropDevice(ctx context.Context, id string, since time.Time) error
	DeleteDevice(ctx context.Context, id, candidate string) error

	BeginRequest(context.Context, conversations.Request) (kept conversations.Request, began bool, err error)
	FinishRequest(context.Context, conversations.Request) error
	DropRequest(context.Context, conversations.Request) error

	Canned(context.Context, conversations.Scope) ([]conversations.Canned, error)
	PutCanned(context.Context, conversations.Scope, conversations.Canned) error
	DropCanned(ctx context.Context, s conversations.Scope, id string) error

	Digests(ctx context.Context, s conversations.Scope, after, through string, limit int) ([]conversations.Digest, error)
	DigestsOf(ctx context.Context, s conversations.Scope, candidates []string) (map[string]conversations.Digest, error)
	CountCandidates(context.Context, conversations.Scope) (int, error)
	PutBeliefs(ctx context.Context, system string, beliefs []conversations.Belief) error
	Beliefs(ctx context.Context, system, after string, limit int) ([]conversations.Belief, error)
	Believers(context.Context) ([]string, error)
	Conflicts(ctx context.Context, s conversations.Scope, limit int) ([]conversations.Conversation, error)
	PutReconciliation(context.Context, conversations.Reconciliation, []conversations.Difference) (bool, error)
	ClaimReconciliation(ctx context.Context, holder string, until time.Time) (*conversations.Reconciliation, error)
	AdvanceReconciliation(ctx context.Context, r conversations.Reconciliation, holder string, until time.Time, n int, found []conversations.Difference) error
	Reconciliations(ctx context.Context, s conversations.Scope, kind conversations.ReconciliationKind, before time.Time, limit int) ([]conversations.Reconciliation, error)
	Reconciliation(ctx context.Context, s conversations.Scope, id string, n, limit int) (conversations.Reconciliation, []conversations.Difference, int, error)
	PruneReconciliations(ctx context.Context, t time.Time) (int, error)

	Numbers(context.Context, conversations.NumbersQuery) (conversations.Numbers, error)
	audit.Book
	AuditEntries(context.Context, audit.Query) (audit.Page, error)

	PutBulk(context.Context, conversations.Bulk) error
	ClaimBulk(ctx context.Context, now, until time.Time) (b *conversations.Bulk, next time.Time, err error)
	Bulk(ctx context.Context, id string) (conversations.Bulk, error)
	Bulks(ctx context.Context, agent string, limit int) ([]conversations.Bulk, error)
	Conversations(ctx context.Context, s conversations.Scope, ids []string) ([]conversations.Conversation, error)

	Subscribe() (<-chan conversations.Changed, func())
	Close() error
}

// Node is what a store is opened with.
type Node struct {
	Context context.Context
	Engine  *conversations.Engine
	Now     func() time.Time
	NewID   func() string
}

// Open opens the database once more, as another process would.
type Open func(Node) (Store, error)

// Run runs the suite. fresh makes an empty database; several reports whether
// it may be open several times at once.
func Run(t *testing.T, several bool, fresh func(t *testing.T) Open) {
	tests := []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"one row for every event however often it is posted", testDuplicates},
		{"turns of a conversation in order", testOrder},
		{"a turn fails alone", testIsolation},
		{"texts with NUL", testNUL},
		{"a caller who gave up", testGivenUp},
		{"scopes", testScopes},
		{"candidates of other branches", testCandidateScope},
		{"conflicting and repeated results", testResults},
		{"a reply posted twice", testReplyTwice},
		{"scanning binds and merges", testScan},
		{"scans that do not bind", testScanRefused},
		{"a follower's recording that comes after the binding", testRecordedLate},
		{"binding by code", testCode},
		{"binding by the EHR's word", testVouched},
		{"pages and their messages", testPages},
		{"pages of receipts", testPagesOfReceipts},
		{"a page that could not be kept", testPageLost},
		{"messages of many pages in order", testPagesInOrder},
		{"pulls that were asked for", testPulls},
		{"an alarm, from its begin to its end", testAlarm},
		{"what waits for an account", testWaiting},
		{"dead letters are an alarm", testDeadAlarm},
		{"documents that were given up are an alarm", testUnpushed},
		{"who sees alarms, and who ends them", testAlarmScopes},
		{"a pause that nobody asked for, and its alarm", testPauseAlarm},
		{"an endpoint that is removed leaves no alarm", testRemovedAlarm},
		{"addresses that several candidates share", testSharedContacts},
		{"a stranger whose number the EHR tells", testStrangersContact},
		{"who is known by the EHR's id", testKnownByEHR},
		{"the candidate's own page", testPageAddress},
		{"a message that is taken back", testCancelSend},
		{"a message that may be taken back", testUndo},
		{"one of many has a conversation", testHands},
		{"what HR does with a conversation", testDesk},
		{"the call list", testCallList},
		{"work in its order", testWorkOrder},
		{"failures, until they are dismissed", testFailedWork},
		{"requests under keys", testRequests},
		{"a request that was left", testRequestLeft},
		{"requests that come together", testRequestsAtOnce},
		{"commands under conditions", testConditions},
		{"what is done to many", testBulks},
		{"many conversations at once", testSeveral},
		{"digests", testDigests},
		{"numbers at a glance", testNumbers},
		{"the audit log: what commands leave in it", testAuditTurns},
		{"the audit log: its chain", testAuditChain},
		{"the audit log: who sees what", testAuditScopes},
		{"the audit log: what had its time", testAuditCleared},
		{"what other systems believe", testBeliefs},
		{"one comparison on one node", testReconciliations},
		{"disagreements wait for HR", testConflict},
		{"statuses only rise", testStatuses},
		{"receipts that come first", testEarlyReceipts},
		{"a flood of receipts", testFlood},
		{"receipts that name their message", testReceiptsOfMessages},
		{"a lane in order", testLaneOrder},
		{"a lane waits for its retry", testRetry},
		{"a lane need not wait for its retry any more", testHasten},
		{"a lease ends", testLeaseEnds},
		{"who comes after the lease", testLateOutcome},
		{"tasks that come during a lease", testInsertDuringLease},
		{"no lost wake-ups", testWakeUps},
		{"outcomes are booked with their turn", testFinish},
		{"who wants no more messages", testWithdrawn},
		{"a tick comes once", testTick},
		{"how long people take", testQueue},
		{"a ride that arrived", testCarried},
		{"a ride that was missed", testMissed},
		{"a repeated callback rides again", testRearm},
		{"no answer twice", testNeverBoth},
		{"an answer does not overtake", testOvertaking},
		{"a reply stays behind a ride", testReplyBehindRide},
		{"missed rides in order", testMissedInOrder},
		{"many messages of known candidates", testKnownCandidates},
		{"whatever happens, in order and once", testJourneys},
		{"whatever happens, and opened again", testJourneysReopened},
		{"all at once", testRush},
		{"what was acknowledged is there after opening again", testReopen},
		{"the last seats of a class", testLastSeats},
		{"seats change hands", testSeatsChangeHands},
		{"HR overbooks a class", testOverbooking},
		{"versions of articles", testArticles},
		{"canned replies", testCanned},
		{"whom articles concern, and who may write them", testArticleScopes},
		{"what questions are answered from", testServing},
		{"two write one version of an article", testOneVersion},
		{"questions that nothing answers", testGaps},
		{"a question is answered once", testAnswerOnce},
		{"many answer one question at once", testAnswerAtOnce},
		{"a question that was answered by hand", testAnsweredByHand},
		{"inbox", testInbox},
		{"views of the inbox", testViews},
		{"deliveries that failed", testFailedView},
		{"documents to look at", testDocumentsView},
		{"filters of the inbox", testFilters},
		{"pages of the inbox while rows move", testPagesWhileRowsMove},
		{"saved views", testSavedViews},
		{"searching for words", testSearch},
		{"searching for people", testSearchPeople},
		{"searching for what moved", testSearchMoves},
		{"searching after opening again", testSearchReopened},
		{"thread and pages", testThread},
		{"events", testEvents},
		{"events in order for every endpoint", testEndpoints},
		{"an event that is not taken", testEventRetry},
		{"a worker of events who comes too late", testEventLease},
		{"no event is lost while another is booked", testEventRush},
		{"dead letters", testDeadLetters},
		{"events that are told again", testReplay},
		{"a replay of everybody's", testReplayMany},
		{"endpoints pause and go on", testPause},
		{"endpoints change", testPutEndpoint},
		{"endpoints of branches", testEndpointBranches},
		{"notices of who moved", testMovedNotices},
		{"candidates change branch", testMovedCandidate},
		{"from when on an endpoint is told", testStarts},
		{"an endpoint goes while it is told", testRemoveEndpoint},
		{"attempts", testAttempts},
		{"feeds", testFeed},
		{"how far endpoints have got", testProgress},
		{"endpoints, whatever happens", testRelay},
		{"agents, sign-in and sessions", testAgents},
		{"an agent who leaves", testLeavers},
		{"signing out everywhere", testEndSessions},
		{"where an agent is signed in", testSessions},
		{"passwords", testLogins},
		{"second factors", testFactors},
		{"who agents are to other systems", testAliases},
		{"an agent who is admitted twice at once", testAdmittedAtOnce},
		{"tries to sign in", testTries},
		{"devices", testDevices},
		{"a handset's tokens", testHandset},
		{"devices that are gone", testDeadDevice},
		{"devices of other branches", testForeignDevice},
		{"notices", testNotices},
	}
	if several {
		tests = append(tests, []struct {
			name string
			test func(*testing.T, *bench)
		}{
			{"two nodes, one event", testTwoNodesOneEvent},
			{"several nodes, messages of known candidates", testKnownCandidatesOfNodes},
			{"several nodes, one invitation", testOneScan},
			{"two nodes, one page", testTwoNodesOnePage},
			{"several nodes, a flood of receipts", testFloodOfNodes},
			{"several nodes, one alarm and one probe", testAlarmOfNodes},
			{"several nodes, no event is lost", testEventRushOfNodes},
			{"several nodes, one feed", testFeedOfNodes},
			{"several nodes, endpoints come while events do", testStartOfNodes},
			{"several nodes, endpoints, whatever happens", testRelayOfNodes},
			{"several nodes pull", testPullOfNodes},
			{"two nodes, one outbox", testTwoNodesOneOutbox},
			{"several nodes, whatever happens", testJourneysOfNodes},
			{"several nodes, all at once", testRushOfNodes},
			{"several nodes, the last seats of a class", testLastSeatsOfNodes},
			{"several nodes write one version of an article", testOneVersionOfNodes},
			{"several nodes answer one question", testAnswerAtOnceOfNodes},
		}...)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.test(t, newBench(t, fresh(t)))
		})
	}
}
