package api

import (
	"cmp"
	"fmt"
	"time"

	"jiebao/conversations"
)

// Command is one thing that a system wants done about a candidate: exactly one
// of the fields after the version is given.
type Command struct {
	CandidateID reference       `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Version     *int64          `json:"version,omitempty" minimum:"0" doc:"The sequence of the candidate's last event that the caller knows. If it is another by now, nothing is done and the problem names it. Without it the command is done whatever happened meanwhile." example:"12"`
	ChangeOffer *ChangeOffer    `json:"change_offer,omitempty" doc:"Change what is offered."`
	Withdraw    *WithdrawOffer  `json:"withdraw_offer,omitempty" doc:"Withdraw the offer."`
	Decide      *DecideSchedule `json:"decide_schedule,omitempty" doc:"Answer the wish for another start date."`
	Review      *ReviewDocument `json:"review_document,omitempty" doc:"Accept, reject or file a document."`
	Send        *SendMessage    `json:"send_message,omitempty" doc:"Write to the candidate."`
	Reassign    *Reassign       `json:"reassign,omitempty" doc:"Say who speaks to the candidate."`

	Settle *SettleConflict `json:"-"` // one by one only: it is a judgement
}

// ChangeOffer is a change of what is offered.
type ChangeOffer struct {
	ResultID reference  `json:"result_id,omitempty" doc:"The EHR's id of the result whose offer it is. Without it, the candidate's current one." example:"R-2026-000815"`
	Offer    OfferPatch `json:"offer" doc:"What is other now; what is left out stays."`
	Note     line       `json:"note,omitempty" maxLength:"60" doc:"Words that are added for the candidate." example:"新员工培训改期"`
	Overbook bool       `json:"overbook,omitempty" doc:"Give the candidate a seat also if the intake class of the new day is full." example:"false"`
}

// OfferPatch is the parts of an offer that change.
type OfferPatch struct {
	StartDate    *string    `json:"start_date,omitempty" format:"date" nullable:"false" doc:"The first working day; not in the past." example:"2026-07-13"`
	ReplyBy      *string    `json:"reply_by,omitempty" format:"date-time" nullable:"false" doc:"Until when an answer is expected, with a time zone; not in the past." example:"2026-07-03T18:00:00+08:00"`
	Workplace    *line      `json:"workplace,omitempty" maxLength:"200" nullable:"false" doc:"Where to work and to report on the first day." example:"北京市朝阳区建国路1号"`
	ContactName  *line      `json:"contact_name,omitempty" maxLength:"64" nullable:"false" doc:"Whom the candidate can ask." example:"李娜"`
	ContactPhone *telephone `json:"contact_phone,omitempty" nullable:"false" doc:"The contact's telephone number, with an extension if need be." example:"010-12345678"`
	Documents    []Document `json:"documents,omitempty" nullable:"false" maxItems:"30" doc:"The whole checklist as it is now. Files that came in stay, also those of documents that are not wanted any more."`
	NoticeDays   *int       `json:"notice_days,omitempty" minimum:"0" maximum:"365" nullable:"false" doc:"Days of notice that the candidate owes a present employer." example:"30"`
	Medical      *string    `json:"medical_valid_until,omitempty" format:"date" nullable:"false" doc:"The last day that the candidate's medical report is good for." example:"2026-09-30"`
}

// WithdrawOffer ends an offer.
type WithdrawOffer struct {
	ResultID reference `json:"result_id,omitempty" doc:"The EHR's id of the result whose offer it is. Without it, the candidate's current one." example:"R-2026-000815"`
	Note     line      `json:"note,omitempty" maxLength:"200" doc:"Words that are added for the candidate." example:"岗位编制调整"`
}

// DecideSchedule is the answer to the wish for another start date.
type DecideSchedule struct {
	RequestID line   `json:"request_id" maxLength:"100" doc:"Jiebao's id of the request, from schedule_change.requested." example:"cnv_8sKq2VnT4x-r1"`
	Verdict   string `json:"verdict" enum:"approved,refused,countered" doc:"Approved: the candidate starts then, and is told so. Refused: what held before holds. Countered: counter is proposed instead." example:"approved"`
	Counter   string `json:"counter,omitempty" format:"date" doc:"The proposed day, for countered; not in the past." example:"2026-07-09"`
	Note      line   `json:"note,omitempty" maxLength:"200" doc:"Words that are added for the candidate." example:"请携带离职证明"`
	Overbook  bool   `json:"overbook,omitempty" doc:"Give the candidate a seat also if the intake class of that day is full." example:"false"`
}

// ReviewDocument is what came of looking at a document.
type ReviewDocument struct {
	DocumentID line      `json:"document_id" maxLength:"100" doc:"Jiebao's id of the document, from document.received." example:"cnv_8sKq2VnT4x-d1"`
	State      string    `json:"state,omitempty" enum:"accepted,rejected" doc:"What came of it. Without it the document is only filed." example:"rejected"`
	Item       reference `json:"item,omitempty" doc:"The document of the checklist that it is to be filed under." example:"id_card"`
	Reason     line      `json:"reason,omitempty" maxLength:"200" doc:"Why it is rejected, as the candidate is told; needed for rejected." example:"照片模糊，请重拍"`
}

// SendMessage is words for the candidate.
type SendMessage struct {
	Text    string `json:"text" minLength:"1" maxLength:"2000" doc:"The words, as the candidate reads them. Channels take fewer characters; the problem says how many." example:"请在7月1日前提交体检报告。"`
	Despite bool   `json:"despite_opt_out,omitempty" doc:"Answer a candidate who wants no more messages and has just written." example:"false"`
}

// Reassign says who speaks to the candidate.
type Reassign struct {
	To    string    `json:"to" enum:"agent,bot" doc:"An agent, or the bot." example:"agent"`
	Agent reference `json:"agent_id,omitempty" doc:"Jiebao's id of the agent, for agent." example:"li.na"`
}

// SettleConflict is the decision about a conflict.
type SettleConflict struct {
	ConflictID line   `json:"conflict_id" maxLength:"100" doc:"Jiebao's id of the conflict, from reconciliation.conflict or a report." example:"cnv_8sKq2VnT4x-x38"`
	Choice     string `json:"choice" enum:"theirs,ours,handled" doc:"Theirs: the other system is right; the offer is changed or withdrawn as it says, and the candidate told and asked again. Ours: Jiebao is right; every endpoint is told everything about the candidate again. Handled: people settled it by other ways." example:"ours"`
	Note       line   `json:"note,omitempty" maxLength:"500" doc:"For the file: who decided and why. Needed for handled." example:"招聘主管已与候选人电话确认"`
}

// Outcome is how the candidate stands after a command.
type Outcome struct {
	CandidateID string             `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Status      string             `json:"status" enum:"done,unchanged,would_do" doc:"Done; unchanged, because it was so already; or, of a dry run, that it would be done." example:"done"`
	Version     int64              `json:"version" doc:"The sequence of the candidate's last event now: the version for the next command. Of a dry run, as it would be." example:"13"`
	ResultID    string             `json:"result_id,omitempty" doc:"The EHR's id of the candidate's current result." example:"R-2026-000815"`
	Answer      string             `json:"answer,omitempty" enum:"open,confirmed,requested,countered,declined,withdrawn" doc:"Where the candidate stands on the offer." example:"open"`
	Offered     conversations.Date `json:"offered_start_date,omitzero" doc:"The first working day that is offered." example:"2026-07-13"`
	StartDate   conversations.Date `json:"start_date,omitzero" doc:"The agreed first working day."`
	Owner       string             `json:"owner" enum:"bot,queue,agent" doc:"Who speaks to the candidate; queue: a person is waited for." example:"bot"`
	AgentID     string             `json:"agent_id,omitempty" doc:"Jiebao's id of that agent."`
	Says        []string           `json:"says,omitempty" nullable:"false" doc:"Of a dry run: what the candidate would be told."`
}

// action is what is to be done, in the core's terms, or what is wrong with the
// command by itself.
func (c Command) action(by string, now time.Time) (conversations.Command, []FieldProblem) {
	var given []conversations.Command
	var wrong []FieldProblem
	add := func(do conversations.Command, field, problem string) {
		given = append(given, do)
		if problem != "" {
			wrong = append(wrong, FieldProblem{field, problem})
		}
	}
	if o := c.ChangeOffer; o != nil {
		change, problems := o.Offer.change()
		add(conversations.ChangeOffer{Agent: by, Result: string(o.ResultID), Change: change, Note: string(o.Note), Overbook: o.Overbook}, "", "")
		wrong = append(wrong, problems...)
	}
	if o := c.Withdraw; o != nil {
		add(conversations.Withdraw{Agent: by, Result: string(o.ResultID), Note: string(o.Note)}, "", "")
	}
	if d := c.Decide; d != nil {
		counter, _ := conversations.ParseDate(d.Counter)
		add(conversations.Decide{
			Agent: by, Request: string(d.RequestID), Verdict: conversations.Verdict(d.Verdict), Counter: counter, Note: string(d.Note), Overbook: d.Overbook,
		}, "decide_schedule.counter", unless((d.Verdict == string(conversations.Counter)) == (d.Counter != ""), "is given for countered, and only then"))
	}
	if r := c.Review; r != nil {
		add(conversations.Review{
			Agent: by, Document: string(r.DocumentID), State: conversations.DocumentState(r.State), Item: string(r.Item), Reason: string(r.Reason),
		}, "review_document", unless(r.State != "" || r.Item != "", "says neither state nor item"))
		if r.State == string(conversations.DocumentRejected) && r.Reason == "" {
			wrong = append(wrong, FieldProblem{"review_document.reason", "is needed for rejected: the candidate is told why"})
		}
	}
	if s := c.Send; s != nil {
		add(conversations.Reply{Agent: by, Text: s.Text, Despite: s.Despite, Beside: true}, "", "")
	}
	if r := c.Reassign; r != nil {
		do := conversations.Command(conversations.Release{Agent: by})
		if r.To == "agent" {
			do = conversations.Assign{Agent: string(r.Agent), By: by}
		}
		add(do, "reassign.agent_id", unless((r.To == "agent") == (r.Agent != ""), "is given for agent, and only then"))
	}
	if s := c.Settle; s != nil {
		add(conversations.Settle{Agent: by, Conflict: string(s.ConflictID), Choice: conversations.Choosing(s.Choice), Note: string(s.Note)},
			"settle_conflict.note", unless(s.Choice != string(conversations.ChooseOther) || s.Note != "", "is needed: say how it was settled"))
	}
	if len(given) != 1 {
		return nil, []FieldProblem{{"", fmt.Sprintf("names %d things to do; a command is one", len(given))}}
	}
	return given[0], wrong
}

// unless is the problem of what is not as it has to be.
func unless(ok bool, problem string) string {
	if ok {
		return ""
	}
	return problem
}

// change is p in the core's terms.
func (p OfferPatch) change() (c conversations.OfferChange, wrong []FieldProblem) {
	c = conversations.OfferChange{
		Workplace: text(p.Workplace), ContactName: text(p.ContactName), ContactPhone: text(p.ContactPhone), NoticeDays: p.NoticeDays,
		StartDate: date(p.StartDate), MedicalValidUntil: date(p.Medical),
	}
	if p.ReplyBy != nil {
		if by, err := time.Parse(time.RFC3339, *p.ReplyBy); err == nil {
			c.ReplyBy = &by
		}
	}
	if p.Documents != nil {
		c.Documents = []conversations.RequiredDocument{}
	}
	seen := map[reference]bool{}
	for i, d := range p.Documents {
		c.Documents = append(c.Documents, conversations.RequiredDocument{ID: string(d.ID), Name: string(d.Name)})
		if seen[d.ID] {
			wrong = append(wrong, FieldProblem{fmt.Sprintf("change_offer.offer.documents[%d].id", i), "is used twice"})
		}
		seen[d.ID] = true
	}
	if p.empty() {
		wrong = append(wrong, FieldProblem{"change_offer.offer", "changes nothing"})
	}
	return c, wrong
}

func (p OfferPatch) empty() bool {
	return p.StartDate == nil && p.ReplyBy == nil && p.Workplace == nil && p.ContactName == nil && p.ContactPhone == nil &&
		p.Documents == nil && p.NoticeDays == nil && p.Medical == nil
}

func text[T ~string](s *T) *string {
	if s == nil {
		return nil
	}
	out := string(*s)
	return &out
}

func date(s *string) *conversations.Date {
	if s == nil {
		return nil
	}
	d, err := conversations.ParseDate(*s)
	if err != nil {
		return nil
	}
	return &d
}

// outcomeOf is how a candidate stands.
func outcomeOf(c *conversations.Conversation, status string) Outcome {
	out := Outcome{CandidateID: c.Candidate.ID, Status: status, Version: c.Events, Owner: cmp.Or(string(c.Owner.Kind), "bot"), AgentID: c.Owner.Agent}
	if app := c.Application(); app != nil {
		out.ResultID, out.Answer = app.ResultID, cmp.Or(string(app.Answer), "open")
		out.Offered, out.StartDate = app.Offer.StartDate, app.StartDate
	}
	return out
}
