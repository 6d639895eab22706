package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

const (
	commandsPath  = "/v1/commands"
	commandPrefix = "/v1/candidates/{id}/"

	maxCommands    = 500
	commandsAtOnce = 16
	maxBatch       = 4 << 20 // bytes
)

// Batch is several commands, each answered on its own.
type Batch struct {
	Commands []Command `json:"commands" nullable:"false" minItems:"1" maxItems:"500" doc:"The commands. Those of one candidate are done in this order."`
}

// BatchOutcome is what came of several commands.
type BatchOutcome struct {
	Done    int             `json:"done" doc:"How many were done, or would be." example:"1"`
	Failed  int             `json:"failed" doc:"How many were refused." example:"1"`
	Results []CommandResult `json:"results" nullable:"false" doc:"What came of each, in the order of the commands."`
}

// CommandResult is what came of one of several commands: an outcome or a problem.
type CommandResult struct {
	CandidateID string   `json:"candidate_id,omitempty" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Outcome     *Outcome `json:"outcome,omitempty" doc:"How the candidate stands after it."`
	Problem     *Problem `json:"problem,omitempty" doc:"Why it was not done."`
}

type batchInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Key         string `header:"Idempotency-Key" maxLength:"128" doc:"Names this request: needed, but for a dry run. The same key with the same body gets the same answer for 72 hours." example:"8e03978e-40d5-43e8-bc93-6894a57f9324"`
	DryRun      bool   `query:"dry_run" doc:"Only say what would come of it. Nothing is done or kept, and nobody is told." example:"false"`
	RawBody     []byte `contentType:"application/json"`
}

type commandInput struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Key         string `header:"Idempotency-Key" maxLength:"128" doc:"Names this request: needed, but for a dry run. The same key with the same body gets the same answer for 72 hours." example:"8e03978e-40d5-43e8-bc93-6894a57f9324"`
	DryRun      bool   `query:"dry_run" doc:"Only say what would come of it. Nothing is done or kept, and nobody is told." example:"false"`
	RawBody     []byte `contentType:"application/json"`
	ID          string `path:"id" maxLength:"64" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	IfMatch     string `header:"If-Match" maxLength:"40" doc:"The version that the caller knows, in quotes: the sequence of the candidate's last event." example:"\"12\""`
}

type commandOutput struct {
	ETag     string `header:"ETag" doc:"The candidate's version: send it as If-Match with the next command."`
	Replayed string `header:"Idempotency-Replayed" doc:"true: the request was done before, and this is the answer that it got."`
	Body     Outcome
}

type batchOutput struct {
	Replayed string `header:"Idempotency-Replayed" doc:"true: the request was done before, and this is the answer that it got."`
	Body     BatchOutcome
}

// readDocument decodes a document and holds it against its schema. More than
// that is for whoever knows its meaning to check, and is done by the caller; of a
// document that breaks its schema, also says what else it would be refused for,
// so that one problem names all of it. It sees what could be decoded.
func readDocument[T any](a *API, contentType string, body []byte, also ...func(T) error) (T, error) {
	var v T
	if err := checkMedia(contentType); err != nil {
		return v, err
	}
	if err := strictJSON(body); err != nil {
		return v, badRequest("The body is not a JSON document: " + err.Error() + ".")
	}
	wrong := a.hold(body, a.schemaOf(reflect.TypeFor[T]()))
	if err := json.Unmarshal(body, &v); err != nil && len(wrong) == 0 {
		return v, invalid([]FieldProblem{undecoded(err)})
	}
	if len(wrong) == 0 {
		return v, nil
	}
	for _, more := range also {
		wrong = append(wrong, uncovered(more(v), wrong)...)
	}
	return v, invalid(wrong)
}

// uncovered are the fields that an error names and that are not named yet: not
// themselves, not by what they belong to, and not by what belongs to them.
func uncovered(err error, named []FieldProblem) (more []FieldProblem) {
	var p *Problem
	if !errors.As(err, &p) {
		return nil
	}
	for _, f := range p.Errors {
		if f.Field == wholeDocument {
			continue // something of it is named
		}
		around := slices.ContainsFunc(named, func(n FieldProblem) bool { return covered(n.Field, []FieldProblem{f}) })
		if !around && !covered(f.Field, named) {
			more = append(more, f)
		}
	}
	return more
}

func (a *API) schemaOf(t reflect.Type) *huma.Schema {
	return a.huma.OpenAPI().Components.Schemas.Schema(t, true, "")
}

// command is one command about the candidate of the address.
func command[T any](a *API, put func(*Command, *T)) func(context.Context, *commandInput) (*commandOutput, error) {
	return func(ctx context.Context, in *commandInput) (*commandOutput, error) {
		c := Command{CandidateID: reference(in.ID)}
		body, err := readDocument(a, in.ContentType, in.RawBody, func(body T) error {
			put(&c, &body)
			if _, problem := a.carryOut(ctx, c, "", true); problem != nil {
				return alone(problem)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		put(&c, &body)
		if c.Version, err = ifMatch(in.IfMatch); err != nil {
			return nil, err
		}
		do := func(ctx context.Context, name string) answered[Outcome] {
			out, problem := a.carryOut(ctx, c, name, in.DryRun)
			if problem != nil {
				return failed[Outcome](alone(problem))
			}
			return answered[Outcome]{status: http.StatusOK, body: &out}
		}
		out := answered[Outcome]{}
		if in.DryRun {
			out = do(ctx, "")
		} else if out, err = once(ctx, a, in.Key, [][]byte{[]byte(fmt.Sprintf("%T", body)), []byte(in.ID), []byte(in.IfMatch), in.RawBody}, do); err != nil {
			return nil, err
		}
		if err := out.err(); err != nil {
			return nil, err
		}
		return &commandOutput{ETag: strconv.Quote(strconv.FormatInt(out.body.Version, 10)), Replayed: replayedHeader(out.replayed), Body: *out.body}, nil
	}
}

// alone names the fields of a problem as they stand in a command that is
// posted alone.
func alone(p *Problem) *Problem {
	for i, e := range p.Errors {
		_, field, _ := strings.Cut(e.Field, ".")
		p.Errors[i].Field = cmp.Or(field, wholeDocument)
	}
	return p
}

func replayedHeader(replayed bool) string {
	if replayed {
		return "true"
	}
	return ""
}

// ifMatch reads a version, nil for any. Proxies that compress answers make ETags
// weak.
func ifMatch(header string) (*int64, error) {
	if header == "" || header == "*" {
		return nil, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(header, "W/"), `"`), 10, 64)
	if err != nil || n < 0 {
		return nil, invalid([]FieldProblem{{"header.If-Match", `is not a version like "12"`}})
	}
	return &n, nil
}

// commands does a batch.
func (a *API) commands(ctx context.Context, in *batchInput) (*batchOutput, error) {
	batch, err := readDocument[Batch](a, in.ContentType, in.RawBody)
	if err != nil {
		return nil, err
	}
	do := func(ctx context.Context, name string) answered[BatchOutcome] {
		out := a.each(ctx, batch.Commands, name, in.DryRun)
		if out.failing() {
			return failed[BatchOutcome](internalError())
		}
		return answered[BatchOutcome]{status: http.StatusOK, body: &out}
	}
	out := answered[BatchOutcome]{}
	if in.DryRun {
		out = do(ctx, "")
	} else if out, err = once(ctx, a, in.Key, [][]byte{[]byte("batch"), in.RawBody}, do); err != nil {
		return nil, err
	}
	if err := out.err(); err != nil {
		return nil, err
	}
	return &batchOutput{Replayed: replayedHeader(out.replayed), Body: *out.body}, nil
}

// failing says that something failed on our side. Then the batch is answered
// so, and what was done is not done again when it is repeated.
func (o BatchOutcome) failing() bool {
	for _, r := range o.Results {
		if r.Problem != nil && r.Problem.Status >= http.StatusInternalServerError {
			return true
		}
	}
	return false
}

// each does commands: those of one candidate in order, several candidates' at
// once.
func (a *API) each(ctx context.Context, commands []Command, name string, dry bool) BatchOutcome {
	out := BatchOutcome{Results: make([]CommandResult, len(commands))}
	byCandidate := map[reference][]int{}
	for i, c := range commands {
		byCandidate[c.CandidateID] = append(byCandidate[c.CandidateID], i)
	}
	var all sync.WaitGroup
	room := make(chan struct{}, commandsAtOnce)
	for _, own := range byCandidate {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			for _, i := range own {
				out.Results[i] = a.one(ctx, commands[i], name, i, dry)
			}
		})
	}
	all.Wait()
	for _, r := range out.Results {
		if r.Problem != nil {
			out.Failed++
		} else if r.Outcome.Status != "unchanged" {
			out.Done++
		}
	}
	return out
}

// one does the i-th command of a batch. What panics in it is this command's
// trouble alone.
func (a *API) one(ctx context.Context, c Command, name string, i int, dry bool) (r CommandResult) {
	r.CandidateID = string(c.CandidateID)
	defer func() {
		if recover() != nil {
			a.Log.Error("a command panicked", "candidate", r.CandidateID, "request", RequestID(ctx), "stack", string(debug.Stack()))
			r.Outcome, r.Problem = nil, internalError()
		}
	}()
	out, problem := a.carryOut(ctx, c, digestOf([][]byte{[]byte(name), []byte(strconv.Itoa(i))}), dry)
	if problem != nil {
		r.Problem = problem
	} else {
		r.Outcome = &out
	}
	return r
}
