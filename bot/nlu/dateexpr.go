package nlu

import (
	"fmt"
	"strings"
)

// DateKind tells which days a DateExpr allows.
type DateKind uint8

// The kinds of a DateExpr.
const (
	None  DateKind = iota // no date may be proposed: ask
	Point                 // exactly From
	Range                 // From to To, both ends included
	From                  // From or any later day
	Until                 // To or any earlier day
)

// DateExpr is the set of days a candidate asked for. The zero DateExpr is None.
type DateExpr struct {
	Kind     DateKind
	From, To Date
}

// point is a single day; a day that does not exist gives None.
func point(d Date) DateExpr {
	if !d.Valid() {
		return DateExpr{}
	}
	return DateExpr{Kind: Point, From: d, To: d}
}

// span is a Range, or a Point when both ends are equal, or None when they are swapped.
func span(a, b Date) DateExpr {
	switch {
	case !a.Valid() || !b.Valid() || b.Before(a):
		return DateExpr{}
	case a == b:
		return point(a)
	}
	return DateExpr{Kind: Range, From: a, To: b}
}

func from(d Date) DateExpr {
	if !d.Valid() {
		return DateExpr{}
	}
	return DateExpr{Kind: From, From: d}
}

func until(d Date) DateExpr {
	if !d.Valid() {
		return DateExpr{}
	}
	return DateExpr{Kind: Until, To: d}
}

// Contains reports whether day d is one of those meant. None contains nothing.
func (e DateExpr) Contains(d Date) bool {
	switch e.Kind {
	case Point, Range:
		return !d.Before(e.From) && !d.After(e.To)
	case From:
		return !d.Before(e.From)
	case Until:
		return !d.After(e.To)
	}
	return false
}

// IsNone reports whether no date was understood.
func (e DateExpr) IsNone() bool { return e.Kind == None }

// String gives "YYYY-MM-DD", "A/B", ">=D", "<=D" or "none".
func (e DateExpr) String() string {
	switch e.Kind {
	case Point:
		return e.From.String()
	case Range:
		return e.From.String() + "/" + e.To.String()
	case From:
		return ">=" + e.From.String()
	case Until:
		return "<=" + e.To.String()
	}
	return "none"
}

// MarshalText gives the same form as String.
func (e DateExpr) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads the form that String gives.
func (e *DateExpr) UnmarshalText(b []byte) error {
	v, err := ParseDateExpr(string(b))
	if err != nil {
		return err
	}
	*e = v
	return nil
}

// ParseDateExpr reads the form that String gives.
func ParseDateExpr(s string) (DateExpr, error) {
	if s == "none" || s == "" {
		return DateExpr{}, nil
	}
	build, rest := point, s
	switch {
	case strings.HasPrefix(s, ">="):
		build, rest = from, s[2:]
	case strings.HasPrefix(s, "<="):
		build, rest = until, s[2:]
	}
	a, b, both := strings.Cut(rest, "/")
	first, err := ParseDate(a)
	if err != nil {
		return DateExpr{}, fmt.Errorf("reading date expression %q: %w", s, err)
	}
	if !both {
		return build(first), nil
	}
	last, err := ParseDate(b)
	if err != nil {
		return DateExpr{}, fmt.Errorf("reading date expression %q: %w", s, err)
	}
	return span(first, last), nil
}
