// Package mapping rewrites events for receivers that cannot take them as they
// are, and picks those that a receiver wants. Both are expressions in CEL, the
// Common Expression Language (cel.dev), which always come to an end, reach
// nothing but the event, and have the same result for the same event.
//
// An expression sees the event as event, the JSON that receivers without a
// mapping get. Beside CEL's own functions and macros it has optional fields
// (event.data.?decline.?reason.orValue("")), cel.bind, the strings functions
// (format, join, replace, split, substring, …), base64, sets, transformMap and
// its kin, and local(time, zone).
//
// Nothing is built before an endpoint needs it. Linking CEL into the program
// costs it under a millisecond at the start, half a megabyte of heap and six of
// disk; each expression takes about a millisecond to compile and a tenth of a
// megabyte to keep, the first one four times that.
//
// Imports: cel-go and the standard library.
package mapping

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
)

// What an expression may cost. The cost is counted by CEL in steps, so that
// the same event always fits or never does; the time is for the case that
// steps take unexpectedly long.
const (
	maxSource = 16 << 10  // characters
	maxDepth  = 100       // of nested calls
	maxNodes  = 2000      // constants, names, calls, … after macros are expanded
	maxCost   = 1_000_000 // steps
	maxTime   = 500 * time.Millisecond
	maxResult = 256 << 10 // bytes of JSON
)

// Mapping makes what a receiver gets of an event. It is safe for concurrent
// use.
type Mapping struct{ program cel.Program }

// Filter picks events. It is safe for concurrent use.
type Filter struct{ program cel.Program }

// Compile reads a mapping: an expression whose result becomes the payload.
// Errors are a [*SourceError].
func Compile(source string) (*Mapping, error) {
	program, err := compile(source, nil)
	if err != nil {
		return nil, err
	}
	return &Mapping{program}, nil
}

// CompileFilter reads a filter: an expression that is true for the events that
// are wanted. Errors are a [*SourceError].
func CompileFilter(source string) (*Filter, error) {
	program, err := compile(source, cel.BoolType)
	if err != nil {
		return nil, err
	}
	return &Filter{program}, nil
}

// Apply returns the payload for an event, as JSON with its keys in order: the
// same bytes each time. A result that is null is an error; a [Filter] is what
// leaves events out.
func (m *Mapping) Apply(ctx context.Context, event []byte) ([]byte, error) {
	result, err := evaluate(ctx, m.program, event)
	if err != nil {
		return nil, fmt.Errorf("mapping the event: %w", err)
	}
	payload, err := encode(result)
	if err != nil {
		return nil, fmt.Errorf("mapping the event: %w", err)
	}
	return payload, nil
}

// Match says whether an event is wanted.
func (f *Filter) Match(ctx context.Context, event []byte) (bool, error) {
	result, err := evaluate(ctx, f.program, event)
	if err != nil {
		return false, fmt.Errorf("filtering the event: %w", err)
	}
	wanted, ok := result.Value().(bool)
	if !ok {
		return false, fmt.Errorf("filtering the event: the result is of type %s and must be true or false", result.Type().TypeName())
	}
	return wanted, nil
}

func newEnv() (*cel.Env, error) {
	env, err := cel.NewEnv(append(append(ownFunctions(), boundedFunctions()...),
		cel.Variable("event", cel.MapType(cel.StringType, cel.DynType)),
		cel.OptionalTypes(), cel.DefaultUTCTimeZone(true),
		ext.Bindings(), ext.Strings(), ext.Encoders(), ext.Sets(), ext.TwoVarComprehensions(),
		cel.Function("local", cel.Overload("local_string_string", []*cel.Type{cel.StringType, cel.StringType}, cel.StringType,
			cel.BinaryBinding(local))),
		cel.ParserExpressionSizeLimit(maxSource), cel.ParserRecursionLimit(maxDepth), cel.ExpressionNestingDepthLimit(2*maxDepth), cel.ExpressionNodeLimit(maxNodes),
	)...)
	if err != nil {
		return nil, fmt.Errorf("setting up the expression language: %w", err)
	}
	return env, nil
}

func compile(source string, want *cel.Type) (cel.Program, error) {
	if strings.TrimSpace(source) == "" {
		return nil, &SourceError{Spots: []Spot{{1, 1, "there is no expression"}}}
	}
	env, err := newEnv()
	if err != nil {
		return nil, err
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, newSourceError(issues)
	}
	guard(parsed)
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, newSourceError(issues)
	}
	if got := checked.OutputType(); want != nil && !want.IsExactType(got) && !got.IsExactType(cel.DynType) {
		return nil, &SourceError{Spots: []Spot{{1, 1, fmt.Sprintf("the result is of type %s and must be of type %s", got, want)}}}
	}
	program, err := env.Program(checked, cel.CostLimit(maxCost), costs(), cel.InterruptCheckFrequency(100), cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, &SourceError{Spots: []Spot{{1, 1, err.Error()}}}
	}
	return program, nil
}

// evaluate runs a program on an event. Its errors name keys and types of the
// event, and none of its words.
func evaluate(ctx context.Context, program cel.Program, event []byte) (ref.Val, error) {
	input, err := decode(event)
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	result, _, err := program.ContextEval(limited, map[string]any{"event": input})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		return nil, fmt.Errorf("the expression took longer than %s", maxTime)
	case err != nil:
		return nil, explain(err)
	}
	return result, nil
}

// explain says what to do about the errors that writers of expressions meet.
// Of others it tells only that there was one, since CEL quotes the values that
// it could not work with.
func explain(err error) error {
	said := err.Error()
	if key, missing := strings.CutPrefix(said, "no such key: "); missing {
		return fmt.Errorf("the event has no %q here; write .?%s and .orValue(…) for what may be missing", key, key)
	}
	for part, text := range map[string]string{
		"cost limit exceeded":         "the expression costs too many steps; make it simpler",
		"a value holds too much":      "a value holds too much; make the expression simpler",
		"no such overload":            "an operator or a function does not fit what the event holds; convert with string(…) or int(…)",
		"no matching overload":        "an operator or a function does not fit what the event holds; convert with string(…) or int(…)",
		"optional.none() dereference": "an optional field without a value was used; write .orValue(…)",
		"index out of bounds":         "a list is shorter than the expression thinks",
		"division by zero":            "a division by zero",
	} {
		if strings.Contains(said, part) {
			return errors.New(text)
		}
	}
	return errors.New("the expression fails on what this event holds; try it on an event of this type")
}

// local writes an RFC 3339 time as Chinese systems like to read it,
// 2026-06-22 09:30:01, in a time zone such as Asia/Shanghai.
func local(at, zone ref.Val) ref.Val {
	text, _ := at.Value().(string)
	name, _ := zone.Value().(string)
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return types.NewErr("local: the time is not like 2026-06-22T09:30:01Z")
	}
	place, err := time.LoadLocation(name)
	if err != nil {
		return types.NewErr("local: unknown time zone")
	}
	return types.String(t.In(place).Format(time.DateTime))
}
