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

// A parsed expression is made to call functions of ours, for what CEL leaves
// open; those of bounded.go, too.
//
// Macros such as map, filter and exists walk through objects in any order, but
// the same event has to give the same bytes: what is walked through is put in
// order first.
//
// A value can be named and then used in another many times, which costs a few
// steps, and again, until comparing or formatting it takes forever without
// costing a step: what is named, and what a macro makes, is measured.

const inOrder, measured, compared = "inOrder", "measured", "compared"

func ownFunctions() []cel.EnvOption {
	t := cel.TypeParamType("T")
	return []cel.EnvOption{
		cel.Function(inOrder, cel.Overload("in_order_t", []*cel.Type{t}, t, cel.UnaryBinding(order))),
		cel.Function(measured, cel.Overload("measured_t", []*cel.Type{t}, t, cel.UnaryBinding(measure(maxValue)))),
		cel.Function(compared, cel.Overload("compared_t", []*cel.Type{t}, t, cel.UnaryBinding(measure(maxCompared)))),
	}
}

// order returns an object as one that is walked through by its names, and
// everything else as it is.
func order(v ref.Val) ref.Val {
	if m, ok := v.(traits.Mapper); ok {
		return ordered{m}
	}
	return v
}

// guard changes the macros of a parsed expression, and calls that could take
// too long.
func guard(parsed *cel.Ast) {
	g := &guarding{exprs: ast.NewExprFactory(), places: parsed.NativeRep().SourceInfo(), next: ast.MaxID(parsed.NativeRep())}
	ast.PostOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind {
			g.bound(e)
		}
		if e.Kind() != ast.ComprehensionKind {
			return
		}
		if walked := e.AsComprehension().IterRange(); walked.Kind() != ast.ListKind {
			g.wrap(walked, inOrder)
		}
		if first := e.AsComprehension().AccuInit(); first.Kind() != ast.LiteralKind && !empty(first) {
			g.wrap(first, measured)
		}
		g.wrap(e, measured)
	}))
}

// empty tells whether e is a list or an object to begin with.
func empty(e ast.Expr) bool {
	return e.Kind() == ast.ListKind && e.AsList().Size() == 0 || e.Kind() == ast.MapKind && e.AsMap().Size() == 0
}

type guarding struct {
	exprs  ast.ExprFactory
	places *ast.SourceInfo
	next   int64
}

// wrap puts a call of a function around e.
func (g *guarding) wrap(e ast.Expr, function string) {
	g.next++
	argument, was := g.exprs.CopyExpr(e), e.ID()
	argument.RenumberIDs(func(id int64) int64 {
		if id == was {
			return g.next
		}
		return id
	})
	if at, known := g.places.GetOffsetRange(was); known {
		g.places.SetOffsetRange(g.next, at)
	}
	e.SetKindCase(g.exprs.NewCall(was, function, argument))
}

// maxValue is how much a value may hold: values in it, and each eight bytes
// of text.
const maxValue = 10_000

// measure makes a function that returns its argument, or an error if it holds
// more than most.
func measure(most int) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		if left := most; !fits(v, &left) {
			return errTooMuch()
		}
		return v
	}
}

func fits(v ref.Val, left *int) bool {
	*left--
	switch v := v.(type) {
	case types.String:
		*left -= len(v) / 8
	case types.Bytes:
		*left -= len(v) / 8
	case *types.Optional:
		return *left >= 0 && (!v.HasValue() || fits(v.GetValue(), left))
	case traits.Mapper:
		for it := v.Iterator(); *left >= 0 && it.HasNext() == types.True; {
			if key := it.Next(); !fits(key, left) || !fits(v.Get(key), left) {
				return false
			}
		}
	case traits.Lister:
		for it := v.Iterator(); *left >= 0 && it.HasNext() == types.True; {
			if !fits(it.Next(), left) {
				return false
			}
		}
	}
	return *left >= 0
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
