package console

import (
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/conversations/audit"
)

// action is what a route is in the audit log.
type action struct {
	audit.Action
	// param of the route is the id of the subject, of the kind.
	kind, param string
	// rest is how long the same is not logged again, by the same agent; 0 for
	// whatever is done each time.
	rest time.Duration
	// when, if set, says whether the request does it.
	when func(*gin.Context) bool
	// about, if set, is what tells one time from another besides the address.
	about func(*gin.Context) string
}

// What a route may be besides an action.
const (
	// byTurn: it applies a command, which is logged with its turn.
	byTurn audit.Action = "by turn"
	// byHand: its handler says what happened.
	byHand audit.Action = "by hand"
	// unlogged: it changes and shows nothing that matters.
	unlogged audit.Action = "unlogged"
)

// reading is how long what an agent reads is not logged again.
const reading = time.Hour

// actions say of every form, and of every page that shows what is sensitive,
// what it is in the audit log.
var actions = map[string]action{
	"POST /signin":                  {Action: byHand},
	"GET " + auditPath:              {Action: audit.LogSearched, kind: audit.OfLog, rest: reading},
	"POST " + auditPath + "/verify": {Action: audit.LogVerified, kind: audit.OfLog},
	"POST " + auditPath + "/export": {Action: audit.LogExported, kind: audit.OfLog},
	"POST /signout":                 {Action: audit.SignedOut},
	"POST /inbox/language":          {Action: unlogged},
	"POST /inbox/theme":             {Action: unlogged},

	"POST /inbox":         {Action: audit.SearchMade, rest: reading, when: searches, about: searched},
	"POST /inbox/list":    {Action: audit.SearchMade, rest: reading, when: searches, about: searched},
	"POST /inbox/palette": {Action: audit.SearchMade, rest: reading, when: searches, about: searched},

	"GET /inbox/:id":                                         {Action: audit.ConversationOpened, kind: audit.OfConversation, param: "id", rest: reading},
	"GET /inbox/:id/live":                                    {Action: audit.ConversationOpened, kind: audit.OfConversation, param: "id", rest: reading},
	"GET /inbox/:id/earlier":                                 {Action: audit.ConversationOpened, kind: audit.OfConversation, param: "id", rest: reading},
	"GET /inbox/:id/documents/:document":                     {Action: audit.DocumentOpened, kind: audit.OfConversation, param: "id", rest: reading, about: document},
	"GET /inbox/:id/documents/:document/view":                {Action: audit.DocumentOpened, kind: audit.OfConversation, param: "id", rest: reading, about: document},
	"GET /inbox/:id/voice/:n":                                {Action: audit.VoiceHeard, kind: audit.OfConversation, param: "id", rest: reading, about: voice},
	"POST /inbox/:id/phone":                                  {Action: audit.PhoneShown, kind: audit.OfConversation, param: "id"},
	"POST /inbox/:id/seen":                                   {Action: unlogged},
	"POST /inbox/:id/here":                                   {Action: unlogged}, // who looks and writes, for a minute
	"POST /inbox/:id/reply":                                  {Action: byTurn},
	"POST /inbox/:id/messages/:message/cancel":               {Action: byTurn},
	"GET /inbox/:id/print":                                   {Action: audit.ConversationPrinted, kind: audit.OfConversation, param: "id"},
	"POST /inbox/views":                                      {Action: unlogged},
	"POST /inbox/views/:view":                                {Action: unlogged},
	"POST " + bulkPath:                                       {Action: unlogged}, // shows who would get what
	"POST " + bulkPath + "/:run":                             {Action: unlogged},
	"POST " + bulkPath + "/:run/confirm":                     {Action: audit.BulkStarted, kind: audit.OfBulk, param: "run"},
	"POST " + bulkPath + "/:run/stop":                        {Action: audit.BulkStopped, kind: audit.OfBulk, param: "run"},
	"POST " + bulkPath + "/:run/undo":                        {Action: audit.BulkUndone, kind: audit.OfBulk, param: "run"},
	"GET " + bulkPath + "/:run/file":                         {Action: audit.ListExported, kind: audit.OfBulk, param: "run"},
	"POST " + exportPath:                                     {Action: audit.ListExported},
	"POST " + requestsPath:                                   {Action: byTurn},
	"POST " + requestsPath + "/many":                         {Action: byTurn},
	"POST " + reviewPath:                                     {Action: byTurn},
	"POST " + reviewPath + "/words":                          {Action: unlogged},
	"POST " + callsPath:                                      {Action: byTurn},
	"POST " + callsPath + "/number":                          {Action: audit.PhoneShown},
	"POST " + failedPath:                                     {Action: byTurn},
	"POST " + cannedPath:                                     {Action: audit.CannedChanged, kind: audit.OfCanned},
	"POST " + cannedPath + "/:canned/drop":                   {Action: audit.CannedDropped, kind: audit.OfCanned, param: "canned"},
	"POST /inbox/:id/canned":                                 {Action: unlogged}, // fills the composer
	"POST /inbox/:id/snooze":                                 {Action: byTurn},
	"POST /inbox/:id/close":                                  {Action: byTurn},
	"POST /inbox/:id/remind":                                 {Action: byTurn},
	"POST /inbox/:id/assign":                                 {Action: byTurn},
	"POST /inbox/:id/template":                               {Action: byTurn},
	"POST /inbox/:id/plan":                                   {Action: byTurn},
	"POST /inbox/:id/prefer":                                 {Action: byTurn},
	"POST /inbox/:id/called":                                 {Action: byTurn},
	"POST /inbox/:id/owner":                                  {Action: byTurn},
	"POST /inbox/:id/settle":                                 {Action: byTurn},
	"POST /inbox/:id/decide":                                 {Action: byTurn},
	"POST /inbox/:id/claim":                                  {Action: byTurn},
	"POST /inbox/:id/invitation":                             {Action: byTurn},
	"POST /inbox/:id/documents/:document":                    {Action: byTurn},
	"POST /inbox/alarms/:alarm/resume":                       {Action: audit.AlarmResumed, kind: audit.OfAlarm, param: "alarm"},
	"POST " + preflightPath:                                  {Action: audit.PreflightMade},
	"POST /inbox/agents":                                     {Action: audit.AgentAdded, kind: audit.OfAgent},
	"POST /signin/code":                                      {Action: byHand},
	"POST /me/password":                                      {Action: audit.PasswordChanged},
	"POST " + factorPath:                                     {Action: audit.SecondFactor},
	"POST /me/factor/remove":                                 {Action: audit.SecondFactor},
	"POST /me/sessions":                                      {Action: audit.AgentSignedOut},
	"POST /me/sessions/:session":                             {Action: audit.AgentSignedOut},
	"POST /inbox/agents/:agent":                              {Action: audit.AgentChanged, kind: audit.OfAgent, param: "agent"},
	"POST /inbox/agents/:agent/factor":                       {Action: audit.SecondFactor, kind: audit.OfAgent, param: "agent"},
	"POST /inbox/agents/:agent/sessions/:session":            {Action: audit.AgentSignedOut, kind: audit.OfAgent, param: "agent"},
	"POST /inbox/agents/:agent/link":                         {Action: audit.AgentLinked, kind: audit.OfAgent, param: "agent"},
	"POST /inbox/agents/:agent/access":                       {Action: audit.AgentAccess, kind: audit.OfAgent, param: "agent"},
	"POST /knowledge":                                        {Action: unlogged}, // looks for articles
	"POST /knowledge/try":                                    {Action: unlogged},
	"POST /knowledge/gaps/:gap":                              {Action: byTurn},
	"POST /knowledge/gaps/:gap/preview":                      {Action: unlogged},
	"POST /knowledge/gaps/:gap/apart":                        {Action: audit.QuestionSetApart, kind: audit.OfQuestion, param: "gap"},
	"POST /knowledge/:id":                                    {Action: audit.ArticleChanged, kind: audit.OfArticle, param: "id"},
	"POST " + endpointsPath + "/_try":                        {Action: unlogged}, // shows what a draft would send of a sample
	"POST " + endpointsPath + "/_new":                        {Action: audit.EndpointAdded, kind: audit.OfEndpoint},
	"POST " + endpointsPath + "/:endpoint":                   {Action: audit.AttemptsSearched, kind: audit.OfEndpoint, param: "endpoint", rest: reading},
	"POST " + endpointsPath + "/:endpoint/dead":              {Action: audit.AttemptsSearched, kind: audit.OfEndpoint, param: "endpoint", rest: reading},
	"POST " + endpointsPath + "/:endpoint/attempts/:attempt": {Action: audit.EventOpened, kind: audit.OfEndpoint, param: "endpoint", about: attempt},
	"POST " + endpointsPath + "/:endpoint/pause":             {Action: audit.EndpointPaused, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + endpointsPath + "/:endpoint/resume":            {Action: audit.EndpointResumed, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + endpointsPath + "/:endpoint/test":              {Action: audit.EndpointTested, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + endpointsPath + "/:endpoint/replay":            {Action: audit.EventsReplayed, kind: audit.OfEndpoint, param: "endpoint", when: does("replay")},
	"POST " + endpointsPath + "/:endpoint/dismiss":           {Action: audit.DeadDismissed, kind: audit.OfEndpoint, param: "endpoint", when: does("dismiss")},
	"POST " + endpointsPath + "/:endpoint/settings":          {Action: audit.EndpointChanged, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + endpointsPath + "/:endpoint/secret":            {Action: audit.SecretRotated, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + endpointsPath + "/:endpoint/remove":            {Action: audit.EndpointRemoved, kind: audit.OfEndpoint, param: "endpoint"},
	"POST " + reportsPath:                                    {Action: audit.ComparisonAsked, kind: audit.OfReport},
}

func searches(g *gin.Context) bool   { return g.PostForm("q") != "" }
func searched(g *gin.Context) string { return g.PostForm("q") }
func document(g *gin.Context) string { return g.Param("document") }
func voice(g *gin.Context) string    { return g.Param("n") }
func attempt(g *gin.Context) string  { return g.Param("attempt") }

// does says whether a form does something, which it asks about first.
func does(what string) func(*gin.Context) bool {
	return func(g *gin.Context) bool { return g.PostForm("do") == what }
}
