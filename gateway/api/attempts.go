package api

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
	"jiebao/conversations/audit"
	"jiebao/conversations/relay"
)

// PickInput is what lists about an endpoint are narrowed by.
type PickInput struct {
	PageInput
	EndpointInput
	Candidate string    `query:"candidate" maxLength:"64" doc:"Of that candidate only, by the EHR's id." example:"C-2026-000815"`
	Event     string    `query:"event" maxLength:"100" doc:"Of that event only." example:"evt_cnv_8sKq2VnT4x_5"`
	Type      string    `query:"type" maxLength:"64" doc:"Of that type of event only." example:"start_date.confirmed"`
	From      time.Time `query:"from" doc:"From then on." example:"2026-06-22T00:00:00+08:00"`
	To        time.Time `query:"to" doc:"Before then." example:"2026-06-23T00:00:00+08:00"`
}

func (in PickInput) selection() relay.Selection {
	p := relay.Selection{Candidate: in.Candidate, From: in.From, To: in.To, Type: conversations.EventType(in.Type)}
	if in.Event != "" {
		p.Events = []string{in.Event}
	}
	return p
}

// list names a list with all that it is narrowed by.
func (in PickInput) list(name string, more ...string) string {
	return listOf(name, append([]string{in.ID, in.Candidate, in.Event, in.Type, in.From.UTC().String(), in.To.UTC().String()}, more...)...)
}

type attemptsInput struct {
	PickInput
	Failed bool `query:"failed" doc:"Only those that were not taken." example:"true"`
}

// AttemptList is a page of attempts.
type AttemptList struct {
	Attempts []AttemptRecord `json:"attempts" nullable:"false" doc:"The latest first."`
	Next     string          `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImF0dGVtcHRzIn0"`
}

type attemptsOutput struct{ Body AttemptList }

func (a *API) listAttempts(ctx context.Context, in *attemptsInput) (*attemptsOutput, error) {
	name := in.list("attempts", strconv.FormatBool(in.Failed))
	before, err := placeOf[int64](name, in.Cursor)
	if err != nil {
		return nil, err
	}
	p := in.selection()
	p.Failed = in.Failed
	tried, err := a.Endpoints.Store.Attempts(ctx, callerOf(ctx).scope, in.ID, p, before, in.Limit+1)
	if err != nil {
		return nil, a.endpointProblem(ctx, "listing attempts", in.ID, err)
	}
	list := AttemptList{Attempts: []AttemptRecord{}}
	for _, one := range tried[:min(len(tried), in.Limit)] {
		r := attemptRecord(one.Attempt, a.Now().Location())
		r.Candidate, r.Event, r.Type, r.Sequence = one.Candidate, one.Event, string(one.Type), one.Sequence
		list.Attempts = append(list.Attempts, r)
	}
	if len(tried) > in.Limit {
		list.Next = cursorAt(name, tried[in.Limit-1].ID)
	}
	return &attemptsOutput{list}, nil
}

// DeadLetterRecord is an event that was given up.
type DeadLetterRecord struct {
	Event     string    `json:"event_id" doc:"The event's id, to replay or dismiss it by." example:"evt_cnv_8sKq2VnT4x_5"`
	Candidate string    `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Type      string    `json:"type" doc:"The event's type." example:"start_date.confirmed"`
	Sequence  int64     `json:"sequence" doc:"The event's sequence." example:"5"`
	At        time.Time `json:"at" doc:"When it was given up." example:"2026-06-22T09:30:00+08:00"`
	Attempts  int       `json:"attempts" doc:"How often it was tried." example:"31"`
	Problem   string    `json:"problem" doc:"What was wrong the last time." example:"the endpoint answered 422 Unprocessable Entity"`
	Replaying bool      `json:"replaying" doc:"It is to be told again." example:"false"`
}

// DeadLetterList is a page of dead letters.
type DeadLetterList struct {
	DeadLetters []DeadLetterRecord `json:"dead_letters" nullable:"false" doc:"Each candidate's together and in order."`
	Next        string             `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6ImRlYWQtbGV0dGVycyJ9"`
}

type deadLettersOutput struct{ Body DeadLetterList }

func (a *API) listDeadLetters(ctx context.Context, in *PickInput) (*deadLettersOutput, error) {
	name := in.list("dead-letters")
	after, err := placeOf[string](name, in.Cursor)
	if err != nil {
		return nil, err
	}
	dead, err := a.Endpoints.Store.DeadLetters(ctx, callerOf(ctx).scope, in.ID, in.selection(), after, in.Limit+1)
	if err != nil {
		return nil, a.endpointProblem(ctx, "listing dead letters", in.ID, err)
	}
	list := DeadLetterList{DeadLetters: []DeadLetterRecord{}}
	for _, d := range dead[:min(len(dead), in.Limit)] {
		list.DeadLetters = append(list.DeadLetters, DeadLetterRecord{
			Event: d.Event, Candidate: d.Candidate, Type: string(d.Type), Sequence: d.Sequence,
			At: d.At.In(a.Now().Location()), Attempts: d.Attempts, Problem: d.Note, Replaying: d.Replaying,
		})
	}
	if len(dead) > in.Limit {
		list.Next = cursorAt(name, dead[in.Limit-1].Event)
	}
	return &deadLettersOutput{list}, nil
}

type deadLetterInput struct {
	EndpointInput
	Event string `path:"event" maxLength:"100" doc:"The event's id." example:"evt_cnv_8sKq2VnT4x_5"`
}

func (in deadLetterInput) selection() relay.Selection {
	return relay.Selection{Events: []string{in.Event}, DeadOnly: true}
}

func (a *API) replayDeadLetter(ctx context.Context, in *deadLetterInput) (*replayOutput, error) {
	n, err := a.Endpoints.Store.Replay(ctx, callerOf(ctx).scope, in.ID, in.selection(), false)
	if err == nil && n == 0 {
		err = conversations.ErrNotFound
	}
	if err != nil {
		return nil, a.endpointProblem(ctx, "replaying a dead letter", in.ID, err)
	}
	did(ctx, audit.Detail{"events": strconv.Itoa(n)})
	return &replayOutput{ReplayOutcome{Events: n}}, nil
}

func (a *API) dismissDeadLetter(ctx context.Context, in *deadLetterInput) (*struct{}, error) {
	n, err := a.Endpoints.Store.Dismiss(ctx, callerOf(ctx).scope, in.ID, in.selection())
	if err == nil && n == 0 {
		err = conversations.ErrNotFound
	}
	if err != nil {
		return nil, a.endpointProblem(ctx, "dismissing a dead letter", in.ID, err)
	}
	did(ctx, audit.Detail{"events": strconv.Itoa(n)})
	return nil, nil
}

type progressInput struct {
	PageInput
	EndpointInput
	Candidates []string `query:"candidate" maxItems:"100" doc:"Of these candidates only, by the EHR's ids, with commas between." example:"[\"C-2026-000815\"]"`
}

// ProgressRecord is how far an endpoint has got with a candidate.
type ProgressRecord struct {
	Candidate string     `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Known     int64      `json:"known" doc:"The sequence of the candidate's last event." example:"13"`
	Taken     int64      `json:"taken" doc:"The sequence of the last event that the endpoint took, gave up or was not to be told. It has got all if this is known." example:"13"`
	Dead      int        `json:"dead_letters" doc:"How many events up to that were given up." example:"0"`
	Failing   *time.Time `json:"failing_since,omitempty" doc:"When the next event was first tried, if it was tried in vain." example:"2026-06-22T09:12:00+08:00"`
	Attempts  int        `json:"attempts,omitempty" doc:"How often that one was tried." example:"4"`
	Problem   string     `json:"problem,omitempty" doc:"What was wrong the last time." example:"the endpoint answered 500 Internal Server Error"`
}

// ProgressList is a page of how far an endpoint has got.
type ProgressList struct {
	Candidates []ProgressRecord `json:"candidates" nullable:"false" doc:"By the EHR's ids of the candidates."`
	Next       string           `json:"next,omitempty" doc:"The cursor of the next page, if there is more." example:"eyJvZiI6InByb2dyZXNzIn0"`
}

type progressOutput struct{ Body ProgressList }

func (a *API) listProgress(ctx context.Context, in *progressInput) (*progressOutput, error) {
	name := listOf("progress", in.ID, strings.Join(in.Candidates, ","))
	after, err := placeOf[string](name, in.Cursor)
	if err != nil {
		return nil, err
	}
	got, err := a.Endpoints.Store.ProgressOf(ctx, callerOf(ctx).scope, in.ID, after, in.Candidates, in.Limit+1)
	if err != nil {
		return nil, a.endpointProblem(ctx, "listing how far an endpoint has got", in.ID, err)
	}
	list := ProgressList{Candidates: []ProgressRecord{}}
	for _, p := range got[:min(len(got), in.Limit)] {
		list.Candidates = append(list.Candidates, ProgressRecord{
			Candidate: p.Candidate, Known: p.Known, Taken: p.Taken, Dead: p.Dead,
			Failing: known(p.Since, a.Now().Location()), Attempts: p.Attempts, Problem: p.Note,
		})
	}
	if len(got) > in.Limit {
		list.Next = cursorAt(name, got[in.Limit-1].Candidate)
	}
	return &progressOutput{list}, nil
}
