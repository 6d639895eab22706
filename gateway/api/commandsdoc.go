package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

const tagCommands = "Commands"

const aboutCommands = `What the EHR decides about candidates. Jiebao tells the candidate, and tells all systems by events, as if HR had done it in the inbox; it is noted under the name of the API key.

- **Repeats.** Every command carries an ` + "`Idempotency-Key`" + `: a new one for every request, and the same when you repeat one, because an answer was lost. For 72 hours the same key with the same body gets the same answer, with ` + "`Idempotency-Replayed: true`" + `, and nothing is done again. The same key with another body is refused with 422. While the first is under way a repeat is answered 409 with ` + "`Retry-After`" + `; come back then. That holds, too, if the gateway died over it: after 15 seconds a repeat goes on in its place, and what was done is not done again.
- **Versions.** A candidate's version is the sequence of their last event. Send the one that you know as ` + "`If-Match`" + ` (in a batch, ` + "`version`" + `): if anything happened meanwhile that you may want to know first, such as an answer of the candidate, nothing is done, and the problem 412 names the version as it is. What was only written to the candidate, and how that fared, counts for nothing here.
- **Dry run.** ` + "`?dry_run=true`" + ` says what would come of it, with the words that the candidate would be told.
- **Batches** take up to 500 commands; each is answered on its own.`

// registerCommands adds the operations of commands.
func (a *API) registerCommands() {
	registerCommand(a, scopeCandidatesWrite, "change-offer", "Change the offer", "Whoever was told of the result is told what is other now. If the day or the workplace changes, an answer that was given is void and the candidate is asked again; "+
		"a wish for another date is closed, the calendar's entry is taken back until they confirm, and a candidate who had been promised a day keeps a seat: in the class of the new one. "+
		"An offer that was declined or withdrawn cannot be changed: post a new result.",
		func(c *Command, v *ChangeOffer) { c.ChangeOffer = v })
	registerCommand(a, scopeCandidatesWrite, "withdraw-offer", "Withdraw the offer", "Nothing can be agreed on about the offer any more. What was planned for it ends: the steps of the notification, reminders, a wish for another date, the seat in a class, the calendar's entry. "+
		"The candidate is told, unless they had not been told of the result. Withdrawing twice is the same as once.",
		func(c *Command, v *WithdrawOffer) { c.Withdraw = v })
	registerCommand(a, scopeCandidatesWrite, "decide-schedule", "Decide on another start date", "Answers a schedule_change.requested. The candidate is told at once.",
		func(c *Command, v *DecideSchedule) { c.Decide = v })
	registerCommand(a, scopeCandidatesWrite, "review-document", "Review a document", "Accepts or rejects a document, or files it under another one of the checklist. The candidate is told of a rejection.",
		func(c *Command, v *ReviewDocument) { c.Review = v })
	registerCommand(a, scopeCandidatesWrite, "send-message", "Write to the candidate", "The words leave by the channel that the candidate uses, or wait until they can. Whoever speaks to the candidate, the bot or an agent, goes on to do so.",
		func(c *Command, v *SendMessage) { c.Send = v })
	registerCommand(a, scopeCandidatesWrite, "reassign", "Say who speaks to the candidate", "Gives the conversation to an agent, who has to be able to see the candidate, or back to the bot.",
		func(c *Command, v *Reassign) { c.Reassign = v })
	registerCommand(a, scopeReconciliation, "settle-conflict", "Settle a conflict", "Decides what two systems do not agree on, as HR does in the inbox; for a back office that has an inbox of its own. "+
		"Nothing of the other system's is overwritten: it hears of the decision as reconciliation.resolved. A conflict is settled once. It cannot be part of a batch.",
		func(c *Command, v *SettleConflict) { c.Settle = v })
	huma.Register(a.huma, huma.Operation{
		OperationID: "post-commands", Method: http.MethodPost, Path: commandsPath, Tags: []string{tagCommands}, Security: needs(scopeCandidatesWrite),
		Summary:      "Post several commands",
		Description:  "Up to 500 commands, each done or refused on its own; what came of each stands in the answer, in their order. If something fails on our side the answer is 500: repeat it with the same key, and what was done is not done again.",
		MaxBodyBytes: maxBatch, SkipValidateBody: true,
		Responses: a.responses(http.StatusBadRequest, http.StatusConflict),
	}, a.commands)
	a.huma.OpenAPI().Paths[commandsPath].Post.RequestBody = a.body(reflect.TypeFor[Batch](), exampleBatch())
}

func registerCommand[T any](a *API, scope, name, summary, description string, put func(*Command, *T)) {
	huma.Register(a.huma, huma.Operation{
		OperationID: name, Method: http.MethodPost, Path: commandPrefix + name, Tags: []string{tagCommands}, Security: needs(scope),
		Summary: summary, Description: description,
		MaxBodyBytes: maxBody, SkipValidateBody: true,
		Responses: a.responses(http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed),
	}, command(a, put))
	a.huma.OpenAPI().Paths[commandPrefix+name].Post.RequestBody = a.body(reflect.TypeFor[T](), exampleCommand[T]())
}

// body describes a document that is posted.
func (a *API) body(t reflect.Type, example any) *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: a.schemaOf(t), Example: example}}}
}

func commandMeanings() map[int]string {
	return map[int]string{
		http.StatusOK:                    "What came of it.",
		http.StatusConflict:              "The offer is over, a later result took its place, the request, conflict or document is not open any more, the class is full, or the same request is under way.",
		http.StatusPreconditionFailed:    "The candidate's version is another by now; the problem names it. Nothing was done.",
		http.StatusUnprocessableEntity:   "Something is wrong; every wrong field is named, and nothing was done. Or the Idempotency-Key was used before for another request.",
		http.StatusBadRequest:            "The body is not one well-formed JSON document in UTF-8, or there is no Idempotency-Key.",
		http.StatusRequestEntityTooLarge: "The document is larger than 1 MiB; a batch, than 4 MiB.",
	}
}

// The examples of commands tell one story.

func exampleCommand[T any]() any {
	day, note := "2026-07-13", line("新员工培训改期")
	switch any(*new(T)).(type) {
	case ChangeOffer:
		return ChangeOffer{ResultID: "R-2026-000815", Offer: OfferPatch{StartDate: &day}, Note: note}
	case WithdrawOffer:
		return WithdrawOffer{ResultID: "R-2026-000815", Note: "岗位编制调整"}
	case DecideSchedule:
		return DecideSchedule{RequestID: "cnv_8sKq2VnT4x-r1", Verdict: "countered", Counter: "2026-07-09"}
	case ReviewDocument:
		return ReviewDocument{DocumentID: "cnv_8sKq2VnT4x-d1", State: "rejected", Reason: "照片模糊，请重拍"}
	case SendMessage:
		return SendMessage{Text: "请在7月1日前提交体检报告。"}
	case Reassign:
		return Reassign{To: "agent", Agent: "li.na"}
	case SettleConflict:
		return SettleConflict{ConflictID: "cnv_8sKq2VnT4x-x38", Choice: "ours"}
	}
	return nil
}

func exampleBatch() Batch {
	day, version := "2026-07-13", int64(12)
	return Batch{Commands: []Command{
		{CandidateID: "C-2026-000815", Version: &version, ChangeOffer: &ChangeOffer{Offer: OfferPatch{StartDate: &day}}},
		{CandidateID: "C-2026-000816", Withdraw: &WithdrawOffer{Note: "岗位编制调整"}},
	}}
}

func exampleOutcome() Outcome {
	return Outcome{CandidateID: "C-2026-000815", Status: "done", Version: 13, ResultID: "R-2026-000815", Answer: "open", Offered: *date(new("2026-07-13")), Owner: "bot"}
}

func exampleBatchOutcome() BatchOutcome {
	out := exampleOutcome()
	return BatchOutcome{Done: 1, Failed: 1, Results: []CommandResult{
		{CandidateID: out.CandidateID, Outcome: &out}, {CandidateID: "C-2026-000816", Problem: versionMismatch(4)},
	}}
}
