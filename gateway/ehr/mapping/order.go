package mapping

import (
	"cmp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Macros such as map, filter and exists walk through objects in any order,
// which CEL leaves open. But the same event has to give the same bytes. So
// whatever a macro walks through is put in order first, by a function that the
// parsed expression is made to call.

const inOrder = "inOrder"

func orderFunction() cel.EnvOption {
	return cel.Function(inOrder, cel.Overload("in_order_dyn", []*cel.Type{cel.DynType}, cel.DynType, cel.UnaryBinding(order)))
}

// order returns an object as one that is walked through by its names, and
// everything else as it is.
func order(v ref.Val) ref.Val {
	if m, ok := v.(traits.Mapper); ok {
		return ordered{m}
	}
	return v
}

// walkInOrder changes the macros of a parsed expression.
func walkInOrder(parsed *cel.Ast) {
	exprs, places := ast.NewExprFactory(), parsed.NativeRep().SourceInfo()
	next := ast.MaxID(parsed.NativeRep())
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.ComprehensionKind {
			return
		}
		walked := e.AsComprehension().IterRange()
		if walked.Kind() == ast.ListKind {
			return // it has its order; cel.bind walks through an empty one
		}
		next++
		argument, was := exprs.CopyExpr(walked), walked.ID()
		argument.RenumberIDs(func(id int64) int64 {
			if id == was {
				return next
			}
			return id
		})
		if at, known := places.GetOffsetRange(was); known {
			places.SetOffsetRange(next, at)
		}
		walked.SetKindCase(exprs.NewCall(was, inOrder, argument))
	}))
}

type ordered struct{ traits.Mapper }

// Iterator implements traits.Iterable.
func (o ordered) Iterator() traits.Iterator {
	keys := make([]ref.Val, 0)
	for it := o.Mapper.Iterator(); it.HasNext() == types.True; {
		keys = append(keys, it.Next())
	}
	slices.SortFunc(keys, compare)
	return types.NewRefValList(types.DefaultTypeAdapter, keys).Iterator()
}

// compare orders keys by their type, and then by what they are.
func compare(a, b ref.Val) int {
	if by := cmp.Compare(a.Type().TypeName(), b.Type().TypeName()); by != 0 {
		return by
	}
	if c, ok := a.(traits.Comparer); ok {
		if by, ok := c.Compare(b).(types.Int); ok {
			return int(by)
		}
	}
	return 0
}
