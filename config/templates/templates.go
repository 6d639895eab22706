// Package templates puts notifications into words: it chooses a template file
// by purpose, channel, locale, position and branch, fills it in with strict
// variables, and holds the result to the platform's field limits before
// anything is sent.
//
// The files are embedded; a folder on disk adds to them, and replaces those
// with the same purpose, channel, locale, position and branch. The package
// knows neither candidates nor platforms' APIs; it imports a YAML parser,
// golang.org/x/text and the standard library.
//
// # A template file
//
//	purpose: result_passed    # required
//	channel: wechat           # wechat, wecom, kf, push, sms, email or voice; empty: any, without fields
//	locale: zh-CN             # required
//	position: 柜员            # empty: any position
//	branch: head/beijing      # this branch and all below it; empty: any branch
//	template: result_passed   # key into the account's templates; empty: the purpose
//	fields:                   # of a platform template, in order
//	  - {name: thing1, value: "{{.CandidateName}}"}
//	title: 面试结果            # the subject, for email and push
//	url: "{{.Link}}"
//	text: |                   # what people read in its place; required
//	  {{.CandidateName}}，恭喜您！
//
// Values are Go templates of text, variables ([Vars]) and {{if}}. A variable
// outside an {{if}} that tests it must not be empty. Fields are named as the
// platform names them, kind and number, and the kind brings its limits.
package templates

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/language"
)

//go:embed wechat email push sms voice wecom kf
var embedded embed.FS

// Embedded are the templates that Jiebao comes with.
func Embedded() fs.FS { return embedded }

// fielded are the channels whose platforms keep templates with fields.
var fielded = []string{"wechat", "sms", "voice"}

// ErrNoTemplate says that no template fits a query.
var ErrNoTemplate = errors.New("no template fits")

// Set is an immutable set of templates, safe for concurrent use.
type Set struct{ templates []*message }

// Query asks for a template. Purpose and Channel are required.
type Query struct {
	Purpose, Channel, Position, Branch, Locale string
}

// Rendered is a notification ready to be sent.
type Rendered struct {
	Name     string // the file, for the log
	Template string // key into the account's templates
	Locale   string // of the words, which may not be the one asked for
	Fields   []Field
	Text     string
	URL      string
	Title    string
}

// Field is one value of a platform template.
type Field struct{ Name, Value string }

// definition is a template file as it is written.
type definition struct {
	Purpose  string `yaml:"purpose"`
	Channel  string `yaml:"channel"`
	Locale   string `yaml:"locale"`
	Position string `yaml:"position"`
	Branch   string `yaml:"branch"`
	Template string `yaml:"template"`
	Fields   []struct {
		Name  string `yaml:"name"`
		Value string `yaml:"value"`
	} `yaml:"fields"`
	Title string `yaml:"title"`
	URL   string `yaml:"url"`
	Text  string `yaml:"text"`
}

// selector is what makes a template the one to choose; no two templates of
// one folder have the same.
type selector struct{ purpose, channel, locale, position, branch string }

// message is a parsed template file.
type message struct {
	selector
	name     string // the file
	tag      language.Tag
	template string
	fields   []part
	title    part
	url      part
	text     part
}

// Names are the keys, sorted, under which an account of the channel may have
// templates of its platform's.
func (s *Set) Names(channel string) []string {
	var names []string
	for _, m := range s.templates {
		if m.channel == channel && len(m.fields) > 0 {
			names = append(names, m.template)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Needs are the fields that the files of a channel fill in for a branch, by
// the key into the account's templates; those of several files are joined.
func (s *Set) Needs(channel, branch string) map[string][]string {
	needs := map[string][]string{}
	for _, m := range s.templates {
		related := m.branch == "" || m.branch == branch || strings.HasPrefix(m.branch, branch+"/") || strings.HasPrefix(branch, m.branch+"/")
		if m.channel != channel || len(m.fields) == 0 || !related {
			continue
		}
		for _, f := range m.fields {
			if !slices.Contains(needs[m.template], f.name) {
				needs[m.template] = append(needs[m.template], f.name)
			}
		}
	}
	return needs
}

// Load parses and lints every .yaml file below the folders. The override may
// be nil. All errors are reported at once.
func Load(base, override fs.FS) (*Set, error) {
	chosen, err := loadFolder(base)
	if override != nil {
		more, moreErr := loadFolder(override)
		err = errors.Join(err, moreErr)
		for key, m := range more {
			chosen[key] = m
		}
	}
	if err != nil {
		return nil, fmt.Errorf("loading message templates: %w", err)
	}
	set := &Set{}
	for _, m := range chosen {
		set.templates = append(set.templates, m)
	}
	slices.SortFunc(set.templates, func(a, b *message) int { return strings.Compare(a.id(), b.id()) })
	return set, nil
}

func loadFolder(folder fs.FS) (map[selector]*message, error) {
	found := map[selector]*message{}
	var problems []error
	walkErr := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		m, err := parseFile(name, text)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
			return nil
		}
		if other, ok := found[m.selector]; ok {
			problems = append(problems, fmt.Errorf("%s: is for the same purpose, channel, locale, position and branch as %s", name, other.name))
		}
		found[m.selector] = m
		return nil
	})
	return found, errors.Join(append(problems, walkErr)...)
}

func parseFile(name string, text []byte) (*message, error) {
	var d definition
	if err := yaml.UnmarshalWithOptions(text, &d, yaml.Strict()); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, false))
	}
	tag, tagErr := language.Parse(d.Locale)
	m := &message{
		selector: selector{d.Purpose, d.Channel, d.Locale, d.Position, d.Branch},
		name:     name, tag: tag, template: d.Template,
	}
	if m.template == "" {
		m.template = d.Purpose
	}
	var problems []error
	require := func(holds bool, problem string) {
		if !holds {
			problems = append(problems, errors.New(problem))
		}
	}
	require(d.Purpose != "", "purpose is missing")
	require(tagErr == nil && d.Locale != "", "locale is missing or no language tag")
	require(d.Text != "", "text is missing")
	require(len(d.Fields) == 0 || slices.Contains(fielded, d.Channel), "only templates of the channels "+strings.Join(fielded, ", ")+" have fields")
	for _, f := range d.Fields {
		_, known := kindOf(d.Channel, f.Name)
		require(known, fmt.Sprintf("field %q is not what the channel takes: a kind and a number for wechat (%s), a name in lower case for others", f.Name, kindNames()))
		p, err := newPart(f.Name, f.Value)
		problems = append(problems, err)
		m.fields = append(m.fields, p)
	}
	var titleErr, urlErr, textErr error
	m.title, titleErr = newPart("title", d.Title)
	m.url, urlErr = newPart("url", d.URL)
	m.text, textErr = newPart("text", strings.TrimSpace(d.Text))
	if err := errors.Join(append(problems, titleErr, urlErr, textErr)...); err != nil {
		return nil, err
	}
	return m, m.lint()
}

// lint fills the template in with ordinary values, once with all variables
// and once with only those it needs, and holds the result to the limits.
func (m *message) lint() error {
	all := sample()
	if _, err := m.render(&all); err != nil {
		return err
	}
	needed := all.only(m.required())
	_, err := m.render(&needed)
	return err
}

// required are the variables that must not be empty.
func (m *message) required() []string {
	names := slices.Concat(m.title.required, m.url.required, m.text.required)
	for _, f := range m.fields {
		names = append(names, f.required...)
	}
	return names
}

func (m *message) id() string {
	return strings.Join([]string{m.purpose, m.channel, m.locale, m.position, m.branch}, "\x00")
}

func sample() Vars {
	return Vars{
		CandidateName: "李四", PositionTitle: "柜员", Bank: "示例银行", BranchName: "北京分行",
		StartDate: time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC), ReplyBy: time.Date(2026, 7, 3, 18, 0, 0, 0, time.UTC),
		Workplace: "建国路1号", ContactName: "王五", ContactPhone: "010-12345678", Link: "https://example.com/my", Code: "ABCD-EFGH-JKMN-PQRS",
	}
}
