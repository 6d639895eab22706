package api

import (
	"cmp"
	"time"

	"jiebao/conversations"
)

// ResultStatus is where a posted result stands.
type ResultStatus struct {
	ID          string `json:"id" doc:"The EHR's id of the result." example:"R-2026-000815"`
	CandidateID string `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Branch      string `json:"branch" doc:"The branch that hires." example:"head/beijing/chaoyang"`
	Current     bool   `json:"current" doc:"False once a later result of the same candidate took its place." example:"true"`

	Status     string      `json:"status" enum:"waiting,queued,sent,delivered,read,failed,unknown" doc:"How far the notification has come. Waiting: it cannot be sent yet, see waiting_for. Queued: it is about to be sent. Sent: the platform accepted it. Delivered and read: the platform says so. Failed: see reason. Unknown: it was sent and the platform's answer was lost." example:"delivered"`
	WaitingFor *WaitingFor `json:"waiting_for,omitempty" doc:"What the notification waits for, while its status is waiting."`
	Reason     string      `json:"reason,omitempty" doc:"Why the notification failed, with the platform's code." example:"unsubscribed:43004"`
	PostedAt   time.Time   `json:"posted_at" doc:"When the result was posted." example:"2026-06-22T09:30:00+08:00"`
	StatusAt   time.Time   `json:"status_at,omitzero" doc:"When the status last changed, once the notification was queued." example:"2026-06-22T09:30:02+08:00"`

	Version int64 `json:"version" doc:"The sequence of the candidate's last event: the version for commands." example:"12"`

	Answer           string             `json:"answer" enum:"open,confirmed,requested,countered,declined,withdrawn" doc:"Where the candidate stands. Open: nothing binding was said. Confirmed: start_date is agreed. Requested: the candidate wants another date and HR has to decide. Countered: HR proposed a date and the candidate has to answer. Withdrawn: the bank took the offer back." example:"confirmed"`
	StartDate        conversations.Date `json:"start_date,omitzero" format:"date" doc:"The agreed first working day." example:"2026-07-09"`
	OfferedStartDate conversations.Date `json:"offered_start_date" format:"date" doc:"The first working day that is offered." example:"2026-07-06"`
	ScheduleRequest  *ScheduleRequest   `json:"schedule_request,omitempty" doc:"The candidate's latest wish for another date."`
	Checklist        []ChecklistItem    `json:"checklist" nullable:"false" doc:"The required documents and what came in for each. Files that are not filed under any item come last, without an id and a name."`
	Binding          Binding            `json:"binding" doc:"How the candidate can be reached."`
	Plan             *Plan              `json:"plan,omitempty" doc:"By which steps the notification leaves, and how far it has come."`
}

// WaitingFor is why a notification has not left.
type WaitingFor struct {
	Reason string `json:"reason" enum:"unbound,unfollowed,no_template,opted_out,quiet_hours,closed,cancelled" doc:"Unbound: no address of the candidate is known. Unfollowed: the candidate left the account. No_template: no template fits. Opted_out: the candidate wants no more messages. Quiet_hours: it is night where the candidate lives. Closed: nothing may be written to them until they write. Cancelled: it was called off before it left." example:"unbound"`
	Advice string `json:"advice" doc:"What to do about it, for HR, in the language of Accept-Language: zh-CN (also without the header), zh-HK or en." example:"请将邀请二维码或验证码发给候选人"`
	Detail string `json:"detail,omitempty" doc:"More about it, for engineers." example:"no template fits"`
}

// ScheduleRequest is a candidate's wish for another start date, and HR's answer.
type ScheduleRequest struct {
	ID          string             `json:"id" doc:"Jiebao's id of the request." example:"cnv_8sKq2VnT4x-r1"`
	Date        conversations.Date `json:"date" format:"date" doc:"The date that the candidate asks for." example:"2026-07-13"`
	Said        string             `json:"said" doc:"The candidate's words that it was read from." example:"可以晚一周入职吗？7月13号"`
	RequestedAt time.Time          `json:"requested_at" doc:"When." example:"2026-06-22T09:42:30+08:00"`
	Verdict     string             `json:"verdict" enum:"pending,approved,refused,countered,superseded" doc:"HR's answer." example:"countered"`
	Counter     conversations.Date `json:"counter,omitzero" format:"date" doc:"HR's counter-proposal." example:"2026-07-09"`
	Note        string             `json:"note,omitempty" doc:"HR's words to the candidate." example:"7月9日有新员工培训"`
	Agent       string             `json:"agent,omitempty" doc:"Jiebao's id of the agent who decided." example:"li.na"`
	DecidedAt   time.Time          `json:"decided_at,omitzero" doc:"When HR decided." example:"2026-06-22T10:05:00+08:00"`
}

// ChecklistItem is a required document and the files that came in for it.
type ChecklistItem struct {
	ID      string         `json:"id,omitempty" doc:"The EHR's id of the document." example:"id_card"`
	Name    string         `json:"name,omitempty" doc:"What it is called." example:"身份证正反面"`
	Missing bool           `json:"missing" doc:"Whether nothing usable came in." example:"false"`
	Files   []DocumentFile `json:"files" nullable:"false" doc:"The files that came in."`
}

// DocumentFile is one file from a candidate.
type DocumentFile struct {
	ID         string    `json:"id" doc:"Jiebao's id of the file." example:"cnv_8sKq2VnT4x-d1"`
	State      string    `json:"state" enum:"fetching,received,accepted,rejected" doc:"Fetching: it is being downloaded. Received: it is stored. Accepted, rejected: HR or a check decided." example:"received"`
	MIME       string    `json:"mime,omitempty" doc:"Its type, judged by its content." example:"image/jpeg"`
	Size       int64     `json:"size,omitempty" doc:"Bytes." example:"482113"`
	SHA256     string    `json:"sha256,omitempty" doc:"Hexadecimal." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Scan       string    `json:"scan,omitempty" enum:"clean,not_scanned" doc:"What is known of viruses: a scanner found none, or nobody looked. One that is infected is not kept: its reason says so." example:"clean"`
	Reason     string    `json:"reason,omitempty" doc:"Why it was rejected." example:"too_large"`
	ReceivedAt time.Time `json:"received_at" doc:"When the candidate sent it." example:"2026-06-22T10:20:02+08:00"`
}

// Binding is how a candidate can be reached, and how they can be bound.
type Binding struct {
	Accounts   []BoundAccount `json:"accounts" nullable:"false" doc:"The platform accounts where the candidate is known."`
	Invitation *Invitation    `json:"invitation,omitempty" doc:"How the candidate can prove who they are, once."`
}

// BoundAccount is a platform account where the candidate is known.
type BoundAccount struct {
	Account   string    `json:"account" doc:"The account's id in Jiebao's configuration." example:"beijing"`
	Following bool      `json:"following" doc:"Whether the candidate can be written to there." example:"true"`
	BoundBy   string    `json:"bound_by,omitempty" doc:"What proved that it is the candidate: scene (the QR code), code, ehr, or the agent who approved." example:"scene"`
	LastIn    time.Time `json:"last_message_at,omitzero" doc:"When the candidate last wrote there." example:"2026-06-22T10:20:02+08:00"`
}

// Invitation lets one person prove that they are the candidate.
type Invitation struct {
	State   string    `json:"state" enum:"usable,used,expired" doc:"Whether it still binds." example:"usable"`
	QR      string    `json:"qr_url,omitempty" format:"uri" doc:"The QR code's picture; it takes some moments to be made." example:"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH47joAAAAA"`
	Link    string    `json:"link,omitempty" doc:"What the QR code says, to draw it yourself." example:"http://weixin.qq.com/q/02Qv8Mkm"`
	Code    string    `json:"code,omitempty" doc:"The one-time code that the candidate can type instead, while it is usable. Hand it to the candidate and to nobody else." example:"7KQM2XHD"`
	Account string    `json:"account,omitempty" doc:"The account that the QR code leads to." example:"beijing"`
	Expires time.Time `json:"expires" doc:"When it ends." example:"2026-07-22T09:30:00+08:00"`
	UsedAt  time.Time `json:"used_at,omitzero" doc:"When it was used." example:"2026-06-22T09:35:10+08:00"`
	Error   string    `json:"error,omitempty" doc:"Why there is no QR code; the code works without it." example:"no account that serves the branch can make a QR code"`
}

// statusOf is v as the EHR sees it at now, with advice in the given language.
func statusOf(v conversations.ResultView, now time.Time, l conversations.Locale) ResultStatus {
	app := v.Application
	return ResultStatus{
		ID:               v.Result.ID,
		CandidateID:      v.Result.Candidate.ID,
		Version:          v.Conversation.Events,
		Branch:           v.Result.Branch,
		Current:          v.Current,
		Status:           statusName(app),
		WaitingFor:       waitingFor(app, l),
		Reason:           failure(app),
		PostedAt:         app.At,
		StatusAt:         app.StatusAt,
		Answer:           cmp.Or(string(app.Answer), "open"),
		StartDate:        app.StartDate,
		OfferedStartDate: app.Offer.StartDate,
		ScheduleRequest:  scheduleRequest(app.Request),
		Checklist:        checklist(app.Checklist),
		Binding:          binding(v.Conversation, now),
		Plan:             plan(app.Route),
	}
}

func statusName(app conversations.Application) string {
	if app.Waiting != "" {
		return "waiting"
	}
	return cmp.Or(app.Status.String(), conversations.Queued.String())
}

func waitingFor(app conversations.Application, l conversations.Locale) *WaitingFor {
	if app.Waiting == "" {
		return nil
	}
	return &WaitingFor{Reason: app.Waiting, Advice: advice(app.Waiting, l), Detail: app.Reason}
}

func failure(app conversations.Application) string {
	if app.Waiting != "" {
		return ""
	}
	return app.Reason
}

func scheduleRequest(r *conversations.ScheduleRequest) *ScheduleRequest {
	if r == nil {
		return nil
	}
	return &ScheduleRequest{
		ID: r.ID, Date: r.Date, Said: r.Said, RequestedAt: r.At,
		Verdict: cmp.Or(string(r.Verdict), "pending"), Counter: r.Counter, Note: r.Note, Agent: r.Agent, DecidedAt: r.DecidedAt,
	}
}

func checklist(items []conversations.ChecklistItem) []ChecklistItem {
	out := make([]ChecklistItem, 0, len(items))
	for _, it := range items {
		if it.ID == "" && len(it.Documents) == 0 { // all that was there is filed by now
			continue
		}
		files := make([]DocumentFile, 0, len(it.Documents))
		for _, d := range it.Documents {
			files = append(files, documentFile(d))
		}
		out = append(out, ChecklistItem{ID: it.ID, Name: it.Name, Missing: it.Missing(), Files: files})
	}
	return out
}

func binding(c conversations.Conversation, now time.Time) Binding {
	b := Binding{Accounts: make([]BoundAccount, 0, len(c.Reaches))}
	for _, r := range c.Reaches {
		b.Accounts = append(b.Accounts, BoundAccount{Account: r.Address.Account, Following: r.Followed, BoundBy: r.BoundBy, LastIn: r.LastIn})
	}
	if inv := c.Invitation; inv != nil {
		b.Invitation = invitation(inv, now)
	}
	return b
}

func invitation(inv *conversations.Invitation, now time.Time) *Invitation {
	out := &Invitation{State: "expired", Account: inv.Account, Expires: inv.Expires, UsedAt: inv.UsedAt, Error: inv.Error}
	switch {
	case inv.Usable(now):
		out.State, out.QR, out.Link, out.Code = "usable", inv.QR, inv.Link, inv.Code
	case !inv.UsedAt.IsZero():
		out.State = "used"
	}
	return out
}
