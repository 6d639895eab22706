package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"jiebao/conversations"
	"jiebao/gateway/preflight"
)

const preflightPath = resultsPath + "/preflight"

// maxPreflight is how many results are looked at together.
const maxPreflight = 500

// PreflightReport is what posting results would come to.
type PreflightReport struct {
	Summary PreflightSummary `json:"summary" doc:"All of them together."`
	Results []PreflightRow   `json:"results" nullable:"false" doc:"One by one, as they were given."`
}

// PreflightSummary is what all results together would come to.
type PreflightSummary struct {
	Results   int            `json:"results" doc:"How many results were looked at." example:"3"`
	Verdicts  map[string]int `json:"verdicts" doc:"How many would come to what, by the verdict." example:"{\"told\":2,\"refused\":1}"`
	First     map[string]int `json:"told_first_by" doc:"How many candidates are told first by which medium." example:"{\"chat\":1,\"sms\":1}"`
	Messages  map[string]int `json:"messages_at_most" doc:"How many messages leave by which medium if nobody reacts." example:"{\"chat\":1,\"sms\":2}"`
	Breaking  int            `json:"with_problems" doc:"How many results have words that do not fit, now or in a later message." example:"1"`
	Parts     int            `json:"billed_messages_at_most" doc:"How many text messages are billed if nobody reacts." example:"2"`
	FirstCost float64        `json:"cost_of_first_yuan" doc:"What the messages cost that are sent first." example:"0.045"`
	Cost      float64        `json:"cost_at_most_yuan" doc:"What all messages cost if nobody reacts." example:"0.09"`
	Paused    []string       `json:"paused_accounts" nullable:"false" doc:"Accounts of these plans that cannot send now; see the alarms."`
}

// PreflightRow is what posting one result would come to.
type PreflightRow struct {
	ResultID    string             `json:"result_id" doc:"The EHR's id of the result." example:"R-2026-000815"`
	CandidateID string             `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Verdict     string             `json:"verdict" enum:"told,later,called,waits,refused,conflict,posted,forbidden" doc:"Told: at once. Later: at the time of first. Called: nothing is sent, and HR is asked to telephone. Waits: nothing is sent until the candidate can be reached; see why. Refused: posting is answered 422; see problems. Conflict: the id was posted before, or stands in this list before, with another content. Posted: it was posted before, and nothing happens. Forbidden: the result or the candidate is of another branch." example:"told"`
	Why         string             `json:"why,omitempty" enum:"unbound,unfollowed,no_template,opted_out,quiet_hours,closed,account_paused,step_refused" doc:"Why the candidate is not told at once." example:"quiet_hours"`
	Advice      string             `json:"advice,omitempty" doc:"What can be done about it, in the language of Accept-Language." example:"候选人所在地现在是休息时间，通知会在早上自动发出，无需处理。"`
	First       *PreflightStep     `json:"first,omitempty" doc:"By what the candidate is told first."`
	Steps       []PreflightStep    `json:"steps" nullable:"false" doc:"The steps of the plan as they are taken if nobody reacts."`
	Problems    []PreflightProblem `json:"problems" nullable:"false" doc:"What does not fit."`
	Invited     bool               `json:"invited" doc:"A QR code and a code would be made, by which the candidate can be reached by chat." example:"false"`
	Supersedes  bool               `json:"supersedes" doc:"It takes the place of an earlier result of the candidate." example:"false"`
	Parts       int                `json:"billed_messages_at_most" doc:"How many text messages are billed if nobody reacts." example:"1"`
	Cost        float64            `json:"cost_at_most_yuan" doc:"What they cost." example:"0.045"`
}

// PreflightStep is one step of a plan as it would be taken.
type PreflightStep struct {
	By      string    `json:"by" enum:"chat,push,sms,email,voice,person" doc:"The medium; person, and voice without an account: HR is asked to telephone." example:"sms"`
	Account string    `json:"account,omitempty" doc:"The account that the message leaves by." example:"sms"`
	At      time.Time `json:"at" doc:"When." example:"2026-06-22T09:30:00+08:00"`
	Sends   bool      `json:"sends" doc:"Whether a message leaves." example:"true"`
	Skipped string    `json:"skipped,omitempty" doc:"Why none does: no_account, no_address, unfollowed, bad_address, no_template, closed (nothing may be written there until they write), tried, or listed (on the call list already)." example:"no_address"`
	Refused string    `json:"refused,omitempty" doc:"Why the message would be refused, for engineers." example:"no template id configured for purpose result_passed (templates of account beijing)"`
	Paused  bool      `json:"paused,omitempty" doc:"The account cannot send now; the message waits for it." example:"false"`
	Parts   int       `json:"billed_messages,omitempty" doc:"As how many text messages it is billed." example:"1"`
	Cost    float64   `json:"cost_yuan,omitempty" doc:"What that costs." example:"0.045"`
}

// PreflightProblem is something of a result that does not fit.
type PreflightProblem struct {
	Field      string `json:"field" doc:"The field's path in the document." example:"offer.workplace"`
	Detail     string `json:"detail" doc:"What is wrong with it." example:"gives 23 characters, the platform takes 20 (field thing5 of message template wechat/result_passed.zh-CN.yaml)"`
	Template   string `json:"template,omitempty" doc:"The message template that does not take it." example:"wechat/result_passed.zh-CN.yaml"`
	Slot       string `json:"template_field,omitempty" doc:"Its field, as the platform names it." example:"thing5"`
	Length     int    `json:"length,omitempty" doc:"How many characters it has." example:"23"`
	Limit      int    `json:"limit,omitempty" doc:"How many are taken." example:"20"`
	Suggestion string `json:"suggestion,omitempty" doc:"What would help." example:"shorten it by 3 characters"`
	Later      bool   `json:"later,omitempty" doc:"Posting is accepted all the same; a later message, such as a reminder, would not be sent." example:"false"`
}

type preflightInput struct {
	ContentType    string `header:"Content-Type" hidden:"true"`
	AcceptLanguage string `header:"Accept-Language" doc:"The language of advice: zh-CN, zh-HK or en." example:"zh-CN"`
	Format         string `query:"format" enum:"json,ndjson,csv" default:"json" doc:"json is the report; ndjson its results, a line each; csv a table of them, for spreadsheets."`
	RawBody        []byte `contentType:"application/json"`
}

// preflight looks at what posting results would come to.
func (a *API) preflight(ctx context.Context, in *preflightInput) (*huma.StreamResponse, error) {
	err := checkMedia(in.ContentType)
	if err != nil {
		return nil, err
	}
	items, err := a.ReadResults(in.RawBody)
	if err != nil {
		return nil, err
	}
	report, err := a.Preflight(ctx, callerOf(ctx).scope, items)
	if err != nil {
		return nil, a.problem(ctx, "looking ahead at results", fmt.Sprint(len(items), " of them"), err)
	}
	out := preflightOf(report, a.speaks.locale(in.AcceptLanguage))
	return &huma.StreamResponse{Body: func(c huma.Context) {
		if err := out.write(c, in.Format); err != nil {
			a.Log.Info("a preflight's answer was not read to its end", "error", err)
		}
	}}, nil
}

// ReadResults decodes a list of results, in JSON. What is wrong with one is a
// finding of the report; what is wrong with the list refuses it, by a *Problem.
func (a *API) ReadResults(body []byte) ([]preflight.Item, error) {
	if err := strictJSON(body); err != nil {
		return nil, badRequest("The body is not a JSON document: " + err.Error() + ".")
	}
	var documents []json.RawMessage
	if err := json.Unmarshal(body, &documents); err != nil {
		return nil, badRequest("The body is not a list of results.")
	}
	if len(documents) == 0 || len(documents) > maxPreflight {
		return nil, invalid([]FieldProblem{{"", fmt.Sprintf("must hold 1 to %d results", maxPreflight)}})
	}
	items := make([]preflight.Item, len(documents))
	for i, document := range documents {
		r, wrong := a.decodeResult(document)
		digest, err := r.digest()
		if err != nil {
			return nil, err
		}
		items[i] = preflight.Item{Result: r.domain(), Digest: digest}
		if len(wrong) > 0 {
			wrong = append(wrong, a.checkTurn(r, wrong)...)
		}
		for _, w := range wrong {
			items[i].Problems = append(items[i].Problems, preflight.Problem{Field: w.Field, Detail: w.Detail})
		}
	}
	return items, nil
}

// yuan is an amount of thousandths of a yuan.
func yuan(thousandths int64) float64 { return float64(thousandths) / 1000 }

func preflightOf(r preflight.Report, l conversations.Locale) PreflightReport {
	s := r.Summary
	out := PreflightReport{
		Summary: PreflightSummary{
			Results: s.Results, Verdicts: map[string]int{}, First: byName(s.First), Messages: byName(s.Messages),
			Breaking: s.Breaking, Parts: s.Parts, FirstCost: yuan(s.FirstCost), Cost: yuan(s.Cost), Paused: s.Paused,
		},
		Results: make([]PreflightRow, 0, len(r.Rows)),
	}
	for verdict, n := range s.Verdicts {
		out.Summary.Verdicts[string(verdict)] = n
	}
	for _, row := range r.Rows {
		out.Results = append(out.Results, preflightRow(row, l))
	}
	return out
}

func byName(counts map[conversations.Medium]int) map[string]int {
	out := make(map[string]int, len(counts))
	for medium, n := range counts {
		out[string(medium)] = n
	}
	return out
}

func preflightRow(r preflight.Row, l conversations.Locale) PreflightRow {
	out := PreflightRow{
		ResultID: r.Result, CandidateID: r.Candidate, Verdict: string(r.Verdict), Why: string(r.Why), Advice: advice(string(r.Why), l),
		Steps: make([]PreflightStep, 0, len(r.Steps)), Problems: make([]PreflightProblem, 0, len(r.Problems)),
		Invited: r.Invited, Supersedes: r.Supersedes, Parts: r.Parts, Cost: yuan(r.Cost),
	}
	if r.First != nil {
		first := preflightStep(*r.First)
		out.First = &first
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, preflightStep(s))
	}
	for _, p := range r.Problems {
		out.Problems = append(out.Problems, PreflightProblem{
			Field: cmp.Or(shorten(p.Field), "(document)"), Detail: p.Detail, Template: p.Template, Slot: p.Slot,
			Length: p.Length, Limit: p.Limit, Suggestion: p.Suggestion, Later: p.Later,
		})
	}
	return out
}

func preflightStep(s preflight.Step) PreflightStep {
	return PreflightStep{
		By: string(s.By), Account: s.Account, At: s.At, Sends: s.Sends, Skipped: s.Skipped, Refused: s.Refused,
		Paused: s.Paused, Parts: s.Parts, Cost: yuan(s.Cost),
	}
}

func (a *API) registerPreflight() {
	huma.Register(a.huma, huma.Operation{
		OperationID: "preflight-results", Method: http.MethodPost, Path: preflightPath, Tags: []string{tagResults}, Security: needs(scopeResultsWrite),
		Summary: "Look at what posting results would come to",
		Description: fmt.Sprintf("Takes a list of 1 to %d documents as they would be posted. Nothing is stored and nobody is told anything: for each, the steps by which the candidate would be told if nobody reacted, "+
			"who cannot be reached and why, which words do not fit which message template, and what the text messages would cost.\n\n"+
			"Steps that come later are the most that there can be: whoever answers ends their plan.", maxPreflight),
		MaxBodyBytes: maxBody, SkipValidateBody: true,
		Responses: a.responses(http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType),
	}, a.preflight)
}

// describePreflight documents the list that is taken and the forms of the
// answer.
func (a *API) describePreflight(op *huma.Operation) {
	schemas, most, least := a.huma.OpenAPI().Components.Schemas, maxPreflight, 1
	op.RequestBody = &huma.RequestBody{Description: "The results.", Required: true, Content: map[string]*huma.MediaType{"application/json": {
		Schema:  &huma.Schema{Type: huma.TypeArray, Items: a.posted, MinItems: &least, MaxItems: &most},
		Example: []Result{exampleResult()},
	}}}
	example := examplePreflight()
	op.Responses["200"] = &huma.Response{Headers: op.Responses["200"].Headers, Description: "What would happen.", Content: map[string]*huma.MediaType{
		"application/json":     {Schema: schemas.Schema(typeOfReport, true, ""), Example: example},
		"application/x-ndjson": {Schema: schemas.Schema(typeOfRow, true, ""), Example: example.Results[0]},
		"text/csv":             {Schema: &huma.Schema{Type: huma.TypeString}},
	}}
}

// examplePreflight is of one candidate who can be told by chat.
func examplePreflight() PreflightReport {
	posted := bankTime(22, 9, 30, 0)
	chat := PreflightStep{By: "chat", Account: "beijing", At: posted, Sends: true}
	text := PreflightStep{By: "sms", Account: "sms", At: posted.Add(24 * time.Hour), Sends: true, Parts: 1, Cost: 0.045}
	return PreflightReport{
		Summary: PreflightSummary{
			Results: 1, Verdicts: map[string]int{"told": 1}, First: map[string]int{"chat": 1}, Messages: map[string]int{"chat": 1, "sms": 1},
			Breaking: 1, Parts: 1, Cost: 0.045, Paused: []string{},
		},
		Results: []PreflightRow{{
			ResultID: "R-2026-000815", CandidateID: "C-2026-000815", Verdict: "told", First: &chat,
			Steps: []PreflightStep{chat, {By: "push", At: posted.Add(4 * time.Hour), Skipped: "no_account"}, text, {By: "person", At: posted.Add(72 * time.Hour)}},
			Problems: []PreflightProblem{{
				Field: "candidate.name", Detail: "gives 23 characters, the platform takes 20 (field thing1 of message template wechat/offer_reminder.zh-CN.yaml)",
				Template: "wechat/offer_reminder.zh-CN.yaml", Slot: "thing1", Length: 23, Limit: 20, Suggestion: "shorten it by 3 characters", Later: true,
			}},
			Parts: 1, Cost: 0.045,
		}},
	}
}
