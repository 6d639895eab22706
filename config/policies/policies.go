// Package policies reads the rules that a bank, a branch or a position sets
// for Jiebao: which start dates need no person, whom to remind and when, and
// whatever else the sections of its files are about.
//
// The files are embedded; a folder on disk adds to them. The package chooses
// among them and knows nothing of what the sections mean: whoever follows a
// section brings its type. It imports a YAML parser and the standard library.
//
// # A policy file
//
//	branch: head/beijing            # this branch and all below it; empty: any
//	positions: [综合柜员, "管培生*"]    # ids or titles, * stands for anything; empty: any
//
//	start_dates:                    # a section
//	  earliest: 7
//	reminders:                      # another
//	  ...
//
// Of several files the nearest one with the section holds; keys that it leaves
// out are as in the embedded file for everybody. The nearest is: first one that names the position, then one with a pattern for it
// (the longer the nearer), then one for any; among these the longest branch;
// among these the folder on disk before the embedded files.
package policies

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:embed *.yaml
var embedded embed.FS

// Embedded are the policies that hold where a bank sets none.
func Embedded() fs.FS { return embedded }

// Set is what the folders hold: files whose sections are still to be read,
// each by [Read].
type Set struct{ files []*file }

// file is one policy file.
type file struct {
	name     string
	override bool
	selector
	sections map[string]ast.Node
}

// Load reads every .yaml file below the folders, of which the override may be
// nil. Keys other than sections, branch and positions are errors. All errors
// are reported at once.
func Load(base, override fs.FS, sections ...string) (*Set, error) {
	set := &Set{}
	err := set.add(base, false, sections)
	if override != nil {
		err = errors.Join(err, set.add(override, true, sections))
	}
	if err != nil {
		return nil, fmt.Errorf("loading policies: %w", err)
	}
	return set, nil
}

func (s *Set) add(folder fs.FS, override bool, sections []string) error {
	var problems []error
	walkErr := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		f, err := parse(text, sections)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			return nil
		}
		f.name, f.override = name, override
		s.files = append(s.files, f)
		return nil
	})
	return errors.Join(append(problems, walkErr)...)
}

// parse reads the frame of a file and leaves its sections alone.
func parse(text []byte, sections []string) (f *file, err error) {
	defer recovered(&err)
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, explain(err)
	}
	f = &file{sections: map[string]ast.Node{}}
	if len(parsed.Docs) > 1 {
		return nil, errors.New("it holds more than one YAML document")
	}
	if len(parsed.Docs) == 0 || parsed.Docs[0].Body == nil || parsed.Docs[0].Body.Type() == ast.NullType {
		return f, nil
	}
	body, ok := parsed.Docs[0].Body.(ast.MapNode)
	if !ok {
		return nil, errors.New("it is not a section of keys")
	}
	var problems []error
	for entries := body.MapRange(); entries.Next(); {
		problems = append(problems, f.take(entries.KeyValue(), sections))
	}
	return f, errors.Join(append(problems, f.selector.check())...)
}

// take takes one key of a file.
func (f *file) take(entry *ast.MappingValueNode, sections []string) error {
	key := entry.Key.String()
	switch {
	case key == "branch":
		return within(key, decode(entry.Value, &f.branch))
	case key == "positions":
		return within(key, decode(entry.Value, &f.positions))
	case slices.Contains(sections, key):
		if entry.Value.Type() != ast.NullType {
			f.sections[key] = entry.Value
		}
		return nil
	}
	known := append([]string{"branch", "positions"}, sections...)
	slices.Sort(known[2:])
	return fmt.Errorf("line %d: %s is unknown; known here: %s", entry.Key.GetToken().Position.Line, key, strings.Join(known, ", "))
}

var branchPattern = regexp.MustCompile(`^[a-z0-9_-]+(/[a-z0-9_-]+)*$`)

func (s selector) check() error {
	if s.branch != "" && !branchPattern.MatchString(s.branch) {
		return fmt.Errorf("branch: %q is not a path like head/beijing", s.branch)
	}
	if slices.Contains(s.positions, "") {
		return errors.New("positions: one is empty; leave the key out for any position")
	}
	return nil
}

// decode reads a node strictly.
func decode(node ast.Node, into any) (err error) {
	defer recovered(&err)
	return explain(yaml.NodeToValue(node, into, yaml.Strict()))
}

// explain drops the excerpt of the file from an error and keeps its place.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var placed yaml.Error
	if !errors.As(err, &placed) || placed.GetToken() == nil {
		return err
	}
	return fmt.Errorf("line %d: %s", placed.GetToken().Position.Line, placed.GetMessage())
}

// recovered makes an error of what the parser panics on.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("it is no YAML that can be read: %v", p)
	}
}

func within(key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", key, err)
}
