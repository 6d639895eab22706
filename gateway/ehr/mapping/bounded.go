package mapping

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// CEL counts what a call costs when it is over, which is too late for those
// that a few characters keep busy for hours, or that fill the memory: replacing
// each of many by many, or comparing each of many with many. The first are
// replaced by ours, which look at what will come of it before they begin; the
// others get no more than comes to an end soon.

const (
	replaced = "replaced" // for replace
	joined   = "joined"   // for join

	// maxText is how long a text may become at once, in bytes.
	maxText = maxResult
	// maxCompared is how much a value may hold, as maxValue, of which each part
	// is compared with each of another.
	maxCompared = 1000
)

func errTooMuch() ref.Val { return types.NewErr("a value holds too much") }

// boundedFunctions are ours, by the names that only guard writes.
func boundedFunctions() []cel.EnvOption {
	list := cel.ListType(cel.StringType)
	return []cel.EnvOption{
		cel.Function(replaced,
			cel.MemberOverload("replaced_all", []*cel.Type{cel.StringType, cel.StringType, cel.StringType}, cel.StringType, cel.FunctionBinding(replace)),
			cel.MemberOverload("replaced_some", []*cel.Type{cel.StringType, cel.StringType, cel.StringType, cel.IntType}, cel.StringType, cel.FunctionBinding(replace))),
		cel.Function(joined,
			cel.MemberOverload("joined_list", []*cel.Type{list}, cel.StringType, cel.UnaryBinding(func(l ref.Val) ref.Val { return join(l, types.String("")) })),
			cel.MemberOverload("joined_list_by", []*cel.Type{list, cel.StringType}, cel.StringType, cel.BinaryBinding(join))),
	}
}

// costs are what our functions cost: a step for ten bytes, as with CEL's own.
func costs() cel.ProgramOption {
	var all []interpreter.CostTrackerOption
	for _, overload := range []string{"replaced_all", "replaced_some", "joined_list", "joined_list_by"} {
		all = append(all, interpreter.OverloadCostTracker(overload, func(args []ref.Val, result ref.Val) *uint64 {
			steps := uint64(1)
			for _, v := range append(slices.Clone(args), result) {
				if s, ok := v.(types.String); ok {
					steps += uint64(len(s)) / 10
				} else if l, ok := v.(traits.Lister); ok {
					size, _ := l.Size().(types.Int)
					steps += uint64(size)
				}
			}
			return &steps
		}))
	}
	return cel.CostTrackerOptions(all...)
}

func replace(args ...ref.Val) ref.Val {
	var texts [3]string
	for i := range texts {
		text, ok := args[i].(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[i])
		}
		texts[i] = string(text)
	}
	s, old, with, most := texts[0], texts[1], texts[2], -1
	if len(args) == 4 {
		n, ok := args[3].(types.Int)
		if !ok {
			return types.MaybeNoSuchOverloadErr(args[3])
		}
		most = int(max(-1, n))
	}
	times := strings.Count(s, old)
	if most >= 0 {
		times = min(times, most)
	}
	if len(s)+times*(len(with)-len(old)) > maxText {
		return errTooMuch()
	}
	return types.String(strings.Replace(s, old, with, most))
}

func join(list, by ref.Val) ref.Val {
	l, isList := list.(traits.Lister)
	separator, isText := by.(types.String)
	if !isList || !isText {
		return types.MaybeNoSuchOverloadErr(list)
	}
	var out strings.Builder
	for it := l.Iterator(); it.HasNext() == types.True; {
		item := it.Next()
		text, ok := item.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(item)
		}
		if out.Len()+len(text)+len(separator) > maxText {
			return errTooMuch()
		}
		out.WriteString(string(text))
		if it.HasNext() == types.True {
			out.WriteString(string(separator))
		}
	}
	return types.String(out.String())
}

// bound changes a call to what it may cost.
func (g *guarding) bound(e ast.Expr) {
	call := e.AsCall()
	switch name := call.FunctionName(); name {
	case operators.Add:
		if !slices.ContainsFunc(call.Args(), accumulates) {
			g.wrap(e, measured)
		}
	case "replace", "join":
		if call.IsMemberFunction() {
			ours := map[string]string{"replace": replaced, "join": joined}
			e.SetKindCase(g.exprs.NewMemberCall(e.ID(), ours[name], call.Target(), call.Args()...))
		}
	case "indexOf", "lastIndexOf", "matches":
		if call.IsMemberFunction() {
			g.wrap(call.Target(), compared)
		}
		fallthrough
	case "contains", "equivalent", "intersects": // of sets
		for _, argument := range call.Args() {
			g.wrap(argument, compared)
		}
	}
}

// accumulates tells whether e is what a macro collects in, which is measured
// when it is done.
func accumulates(e ast.Expr) bool {
	return e.Kind() == ast.IdentKind && strings.HasPrefix(e.AsIdent(), "@")
}
