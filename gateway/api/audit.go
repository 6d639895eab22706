package api

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/gateway/witness"
)

// deed is what an operation is in the audit log. Its subject is what the id in
// its address names.
type deed struct {
	audit.Action
	kind string
}

// What an operation may be besides an action.
const (
	// byTurn: it applies commands, which are logged with their turns.
	byTurn audit.Action = "by turn"
	// byHand: its handler says what happened.
	byHand audit.Action = "by hand"
	// unlogged: it does nothing, or it is the candidate's own doing.
	unlogged audit.Action = "unlogged"
)

// deeds say of every operation that does something what it is in the log.
var deeds = map[string]deed{
	"post-result":           {Action: byTurn},
	"post-commands":         {Action: byTurn},
	"cancel-result":         {Action: byTurn},
	"change-offer":          {Action: byTurn},
	"withdraw-offer":        {Action: byTurn},
	"decide-schedule":       {Action: byTurn},
	"review-document":       {Action: byTurn},
	"send-message":          {Action: byTurn},
	"reassign":              {Action: byTurn},
	"settle-conflict":       {Action: byTurn},
	"renew-invitation":      {Action: byTurn},
	"push-document":         {Action: byTurn},
	"push-documents":        {Action: byTurn},
	"preflight-results":     {Action: audit.PreflightMade},
	"link-document":         {Action: audit.DocumentLinked, kind: audit.OfDocument},
	"resume-account":        {Action: audit.AlarmResumed, kind: audit.OfAlarm},
	"issue-candidate-token": {Action: audit.TokenIssued, kind: audit.OfCandidate},
	"issue-access-token":    {Action: byHand},
	"register-device":       {Action: audit.DeviceRegistered},
	"delete-device":         {Action: audit.DeviceForgotten, kind: audit.OfDevice},
	"send-own-message":      {Action: unlogged},
	"acknowledge-reading":   {Action: unlogged},
	"acknowledge-delivery":  {Action: unlogged},

	"create-endpoint":        {Action: audit.EndpointAdded, kind: audit.OfEndpoint},
	"replace-endpoint":       {Action: audit.EndpointChanged, kind: audit.OfEndpoint},
	"delete-endpoint":        {Action: audit.EndpointRemoved, kind: audit.OfEndpoint},
	"pause-endpoint":         {Action: audit.EndpointPaused, kind: audit.OfEndpoint},
	"resume-endpoint":        {Action: audit.EndpointResumed, kind: audit.OfEndpoint},
	"rotate-endpoint-secret": {Action: audit.SecretRotated, kind: audit.OfEndpoint},
	"test-endpoint":          {Action: audit.EndpointTested, kind: audit.OfEndpoint},
	"replay-events":          {Action: audit.EventsReplayed, kind: audit.OfEndpoint},
	"replay-dead-letter":     {Action: audit.EventsReplayed, kind: audit.OfEndpoint},
	"dismiss-dead-letters":   {Action: audit.DeadDismissed, kind: audit.OfEndpoint},
	"dismiss-dead-letter":    {Action: audit.DeadDismissed, kind: audit.OfEndpoint},
	"post-beliefs":           {Action: audit.BeliefsCompared},
}

type entryKey struct{}

// witnessed has what a system does in the audit log before it is answered.
func (a *API) witnessed(ctx huma.Context, key *Key, next func(huma.Context)) {
	who := audit.System(key.Name)
	within := audit.As(ctx.Context(), who)
	d := deeds[ctx.Operation().OperationID]
	dry, _ := strconv.ParseBool(ctx.Query("dry_run"))
	if dry || d.Action == "" || d.Action == byTurn || d.Action == byHand || d.Action == unlogged {
		next(huma.WithContext(ctx, within))
		return
	}
	e := &audit.Entry{Action: d.Action, Actor: who.ID, Role: who.Role, Branch: key.Branch, Detail: audit.Detail{}}
	if id := ctx.Param("id"); d.kind != "" && id != "" {
		e.Subject = audit.Of(d.kind, id)
	}
	e.Detail["event"] = ctx.Param("event")
	settle := witness.Answers(humagin.Unwrap(ctx), func() error { return a.record(within, *e) })
	next(huma.WithContext(ctx, context.WithValue(within, entryKey{}, e)))
	settle()
}

// did adds details to the call's entry.
func did(ctx context.Context, d audit.Detail) {
	if e, ok := ctx.Value(entryKey{}).(*audit.Entry); ok {
		maps.Copy(e.Detail, d)
	}
}

// made says what the call's entry is about, and of which branch, that was not
// there before.
func made(ctx context.Context, s audit.Subject, branch string) {
	if e, ok := ctx.Value(entryKey{}).(*audit.Entry); ok {
		e.Subject, e.Branch = s, branch
	}
}

func (a *API) record(ctx context.Context, e audit.Entry) error {
	err := a.Store.Record(ctx, e)
	if err != nil {
		a.Log.ErrorContext(ctx, "the audit log cannot be written", "entry", e, "request", RequestID(ctx), "error", err)
	}
	return err
}

// linkRest is how long the same document by the same link is not logged again:
// it is fetched in parts.
const linkRest = time.Hour

// witnessedLink has the fetching of a document by its link in the log. Who has
// the link is known by nobody; who made it is in the log.
func (a *API) witnessedLink(g *gin.Context, id string) (settle func()) {
	if g.Request.Method == http.MethodHead {
		return func() {}
	}
	conversation, _ := conversations.ConversationOfDocument(id)
	return witness.Answers(g, func() error {
		if !a.pace.Due(a.Now(), linkRest, g.Param("token")) {
			return nil
		}
		err := a.record(g.Request.Context(), audit.Entry{
			Action: audit.DocumentOpened, Subject: audit.Conversation(conversation), Detail: audit.Detail{"document": id, "by": "link"},
		})
		if err != nil {
			a.pace.Undo(g.Param("token"))
		}
		return err
	})
}
