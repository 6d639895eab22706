package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
)

const (
	alarmsPath = "/v1/alarms"
	resumePath = "/v1/alarms/{id}/resume"
)

// endedFor is how long alarms are listed that are over.
const endedFor = 24 * time.Hour

type alarmsOutput struct{ Body AlarmList }

// AlarmList is what keeps accounts from their work, and what did lately.
type AlarmList struct {
	Alarms []AlarmRecord `json:"alarms" nullable:"false" doc:"Those that last first, and then those that ended in the last 24 hours."`
	Next   string        `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImFsYXJtcyJ9"`
}

// AlarmRecord is what keeps, or kept, an account from its work.
type AlarmRecord struct {
	ID      string `json:"id" doc:"The alarm, for resuming." example:"alarm-cnv_8sKq2VnT4x"`
	Account string `json:"account" doc:"The account, as it is configured; endpoint: and its id for an endpoint." example:"oa"`
	Name    string `json:"name,omitempty" doc:"What people call it." example:"示例银行招聘"`
	Branch  string `json:"branch,omitempty" doc:"Whose account it is." example:"head"`
	Work    string `json:"work" enum:"deliver,pull,invite,fetch,mark,event,daily,push" doc:"What it cannot do: deliver messages, pull those that its platform keeps, make invitations' QR codes, fetch candidates' files, or show on a card what was tapped. Event: an endpoint is not told events. Daily: its daily files are not written. Push, of the account ehr.documents: documents are not put into the EHR's own storage." example:"deliver"`
	Reason  string `json:"reason" enum:"credentials,quota_used_up,temporary,outcome_unsure,endpoint_down,endpoint_failing,endpoint_gone,given_up,unwritten" doc:"Credentials: secret, IP whitelist or a permission, which somebody has to mend. Quota_used_up: until the platform counts anew. Temporary and outcome_unsure: the platform is down. Endpoint_down: it takes no events and is tried again. Endpoint_failing and endpoint_gone: it took none for too long, or answered 410, and is paused until somebody resumes it. Given_up: of work event, there are dead letters, and of push, documents that were given up; the account works, and the alarm is gone when none is left. Unwritten: of work daily; the folder is full or not the gateway's to write in." example:"credentials"`
	Code    string `json:"code,omitempty" doc:"The platform's own code." example:"40164"`
	Detail  string `json:"detail,omitempty" doc:"What the platform said, for engineers." example:"invalid ip 203.0.113.7, not in whitelist"`

	Since   time.Time  `json:"since" doc:"When it began." example:"2026-06-22T09:41:07+08:00"`
	Last    time.Time  `json:"last" doc:"When it was last seen." example:"2026-06-22T09:50:07+08:00"`
	Count   int        `json:"count" doc:"How often it was seen; of given_up, how many events or documents." example:"4"`
	Waiting int        `json:"waiting" doc:"For how many candidates something waits for its end, or was given up. Nothing is lost." example:"128"`
	NextTry *time.Time `json:"next_try,omitempty" doc:"When one message tries whether it is over; the others follow if it is." example:"2026-06-22T09:53:07+08:00"`
	Ended   *time.Time `json:"ended,omitempty" doc:"When it was over; left out as long as it lasts." example:"2026-06-22T09:53:08+08:00"`
	EndedBy string     `json:"ended_by,omitempty" doc:"Who resumed the account; left out if a try went well by itself." example:"agt_4fQm"`
}

type resumeInput struct {
	ID string `path:"id" maxLength:"100" doc:"The alarm's id." example:"alarm-cnv_8sKq2VnT4x"`
}

func (a *API) listAlarms(ctx context.Context, in *PageInput) (*alarmsOutput, error) {
	after, err := placeOf[string]("alarms", in.Cursor)
	if err != nil {
		return nil, err
	}
	views, err := a.Store.Alarms(ctx, callerOf(ctx).scope, a.Now().Add(-endedFor))
	if err != nil {
		return nil, a.problem(ctx, "listing alarms", "", err)
	}
	// If the last of the page before is over for a day by now, the list is told
	// from its beginning: better twice than never.
	views = views[slices.IndexFunc(views, func(v conversations.AlarmView) bool { return v.ID == after })+1:]
	list := AlarmList{Alarms: make([]AlarmRecord, 0, min(len(views), in.Limit))}
	for _, v := range views[:min(len(views), in.Limit)] {
		list.Alarms = append(list.Alarms, a.alarmRecord(v))
	}
	if len(views) > in.Limit {
		list.Next = cursorAt("alarms", views[in.Limit-1].ID)
	}
	return &alarmsOutput{list}, nil
}

func (a *API) alarmRecord(v conversations.AlarmView) AlarmRecord {
	zone := a.Now().Location()
	return AlarmRecord{
		ID: v.ID, Account: v.Account, Name: v.Name, Branch: v.Branch, Work: string(v.Work),
		Reason: string(v.Reason), Code: v.Code, Detail: v.Detail,
		Since: v.Since.In(zone), Last: v.Last.In(zone), Count: v.Count, Waiting: v.Waiting,
		NextTry: known(v.Probe, zone), Ended: known(v.Ended, zone), EndedBy: v.EndedBy,
	}
}

// known is a time, or nil if there is none.
func known(t time.Time, zone *time.Location) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.In(zone)
	return &t
}

func (a *API) resume(ctx context.Context, in *resumeInput) (*struct{}, error) {
	c := callerOf(ctx)
	if err := a.Store.Resume(ctx, c.scope, in.ID, conversations.BySystemNamed+c.name); err != nil {
		return nil, a.problem(ctx, "resuming an account", in.ID, err)
	}
	return nil, nil
}

func (a *API) registerAlarms() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "list-alarms", Method: http.MethodGet, Path: alarmsPath, Tags: []string{tagAlarms}, Security: needs(scopeAlarms),
		Summary: "List what keeps accounts from their work",
		Description: "An account that cannot send waits, and with it what is to be sent by it: nothing is lost, other accounts go on, and one message " +
			"tries again from time to time. This lists what is wrong, since when and how much waits.",
		Responses: a.responses(),
	}, a.listAlarms)
	huma.Register(a.huma, huma.Operation{
		OperationID: "resume-account", Method: http.MethodPost, Path: resumePath, Tags: []string{tagAlarms}, Security: needs(scopeAlarms), DefaultStatus: http.StatusNoContent,
		Summary: "Try an account again at once",
		Description: "For when what was wrong has been put in order: all that waits for the account is tried at once, or all that was given up once more. If it fails again, there is a new alarm. " +
			"Only for accounts of the key's own branches.",
		Responses: a.responses(http.StatusNotFound),
	}, a.resume)
}
