package policies

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Section is one section of all files, by branch and position. It does not
// change and may be shared.
type Section[T any] struct{ entries []Entry[T] }

// Entry is what one file says in a section.
type Entry[T any] struct {
	File   string
	Policy T
	selector
	override bool
}

// Read reads a section of every file that has it, as T and strictly: keys that
// T has no yaml tag for are errors. check, which may be nil, says what is wrong
// with values that are well written. All errors are reported at once.
func Read[T any](s *Set, section string, check func(T) error) (*Section[T], error) {
	found := &Section[T]{}
	var problems []error
	for _, f := range s.files {
		node, has := f.sections[section]
		if !has {
			continue
		}
		e := Entry[T]{File: f.name, selector: f.selector, override: f.override}
		err := decode(over(s.usual(section), node), &e.Policy)
		if err == nil && check != nil {
			err = check(e.Policy)
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %s: %w", f.name, section, err))
			continue
		}
		for _, o := range found.entries {
			if o.override == e.override && o.same(e.selector) {
				problems = append(problems, fmt.Errorf("%s: %s: %s has it too, for the same branch and position", f.name, section, o.File))
			}
		}
		found.entries = append(found.entries, e)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("reading policies: %w", err)
	}
	return found, nil
}

// usual is the section of the embedded file that is for everybody, nil if
// there is none.
func (s *Set) usual(section string) ast.Node {
	for _, f := range s.files {
		if node, has := f.sections[section]; has && !f.override && f.branch == "" && len(f.positions) == 0 {
			return node
		}
	}
	return nil
}

// over is a section with the keys that it leaves out as they usually are.
func over(usual, section ast.Node) ast.Node {
	base, ok := usual.(ast.MapNode)
	given, both := section.(ast.MapNode)
	if !ok || !both {
		return section
	}
	var entries []*ast.MappingValueNode
	keys := map[string]bool{}
	for all := given.MapRange(); all.Next(); {
		entries = append(entries, all.KeyValue())
		keys[all.Key().String()] = true
	}
	for all := base.MapRange(); all.Next(); {
		if !keys[all.Key().String()] {
			entries = append(entries, all.KeyValue())
		}
	}
	return ast.Mapping(section.GetToken(), false, entries...)
}

// Entries are what all files say, in their order.
func (s *Section[T]) Entries() []Entry[T] { return slices.Clone(s.entries) }

// Convert is a section with every policy in other terms, converted once.
func Convert[T, U any](s *Section[T], convert func(T) U) *Section[U] {
	out := &Section[U]{make([]Entry[U], len(s.entries))}
	for i, e := range s.entries {
		out.entries[i] = Entry[U]{e.File, convert(e.Policy), e.selector, e.override}
	}
	return out
}

// For returns what holds for a branch and a position, given by what it is
// called: its id, its title. It is false if no file says anything.
func (s *Section[T]) For(branch string, position ...string) (policy T, ok bool) {
	var best *Entry[T]
	var near nearness
	for i := range s.entries {
		e := &s.entries[i]
		n, fits := e.nearness(branch, position, e.override)
		if fits && (best == nil || n.compare(near) > 0) {
			best, near = e, n
		}
	}
	if best == nil {
		return policy, false
	}
	return best.Policy, true
}

// selector says whom a file is for.
type selector struct {
	branch    string
	positions []string
}

func (s selector) same(o selector) bool {
	return s.branch == o.branch && slices.Equal(slices.Sorted(slices.Values(s.positions)), slices.Sorted(slices.Values(o.positions)))
}

// nearness is how closely a file fits; the greater the closer.
type nearness struct{ position, branch, override int }

func (n nearness) compare(o nearness) int {
	return cmp.Or(cmp.Compare(n.position, o.position), cmp.Compare(n.branch, o.branch), cmp.Compare(n.override, o.override))
}

func (s selector) nearness(branch string, position []string, override bool) (n nearness, fits bool) {
	if s.branch != "" && s.branch != branch && !strings.HasPrefix(branch, s.branch+"/") {
		return n, false
	}
	n.branch = len(s.branch)
	if override {
		n.override = 1
	}
	if len(s.positions) == 0 {
		return n, true
	}
	for _, pattern := range s.positions {
		for _, name := range position {
			n.position = max(n.position, closeness(pattern, name))
		}
	}
	return n, n.position > 0
}

// exact is closer than any pattern.
const exact = 1 << 20

// closeness says how closely a pattern fits a name, 0 if it does not.
func closeness(pattern, name string) int {
	switch {
	case name == "":
		return 0
	case pattern == name:
		return exact
	case Matches(pattern, name):
		return len(pattern)
	}
	return 0
}

// Matches says whether the whole name fits a pattern, in which * stands for
// anything.
func Matches(pattern, name string) bool {
	first, rest, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == name
	}
	name, ok := strings.CutPrefix(name, first)
	if !ok {
		return false
	}
	parts := strings.Split(rest, "*")
	for _, part := range parts[:len(parts)-1] {
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name = name[at+len(part):]
	}
	return strings.HasSuffix(name, parts[len(parts)-1])
}
