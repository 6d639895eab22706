package knowledge

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// An article's file ends in .md and begins with what is known about it:
//
//	---
//	id: medical
//	branch: head/beijing          (for the branch and all below it; left out: for everybody)
//	positions:                    (left out: for all)
//	  - 综合柜员
//	locale: zh-CN                 (left out: for every language)
//	title: 入职体检须知
//	source: 总行                  (who says so, as it is cited; left out: the branch)
//	updated: 2026-06-01
//	questions:                    (how candidates ask)
//	  - 体检去哪家医院？
//	---
//	The text.

// FileError is one thing that is wrong with a file.
type FileError struct {
	File    string
	Line    int
	Problem string
}

func (e *FileError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem) }

// Files reads every article of a folder and those below it. All that is wrong
// is in the one error.
func Files(files fs.FS) ([]conversations.Article, error) {
	var out []conversations.Article
	var problems []error
	from := map[[3]string]string{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" || strings.EqualFold(path.Base(name), "README.md") {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a, err := Parse(name, string(text))
		key := [3]string{a.ID, a.Branch, string(a.Locale)}
		switch {
		case err != nil:
			problems = append(problems, err)
		case from[key] != "":
			problems = append(problems, &FileError{name, 1, fmt.Sprintf("article %s is in %s already, for the same branch and language", a.ID, from[key])})
		default:
			from[key] = name
			out = append(out, a)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the knowledge: %w", err)
	}
	return out, errors.Join(problems...)
}

// Parse reads one article. Its errors are *FileError, joined.
func Parse(name, text string) (conversations.Article, error) {
	p := &parser{file: name, seen: map[string]int{}}
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\n")
	end := p.head(lines)
	if end > 0 {
		p.a.Text = strings.TrimSpace(strings.Join(lines[end:], "\n"))
	}
	p.check(end)
	if len(p.problems) > 0 {
		return p.a, errors.Join(p.problems...)
	}
	return p.a, nil
}

// parser reads one file.
type parser struct {
	file     string
	a        conversations.Article
	seen     map[string]int // line of a key
	list     *[]string      // that "- item" adds to
	problems []error
}

func (p *parser) wrong(line int, problem string, args ...any) {
	p.problems = append(p.problems, &FileError{p.file, line, fmt.Sprintf(problem, args...)})
}

// head reads what stands between the two lines of dashes and returns where
// the text begins, 0 if there is no head.
func (p *parser) head(lines []string) int {
	if strings.TrimSpace(lines[0]) != "---" {
		p.wrong(1, "must begin with a line ---")
		return 0
	}
	for i, line := range lines[1:] {
		n := i + 2
		trimmed := strings.TrimSpace(line)
		switch item, isItem := strings.CutPrefix(trimmed, "- "); {
		case trimmed == "---":
			return n
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case isItem && p.list == nil:
			p.wrong(n, "this item belongs to no list")
		case isItem:
			*p.list = append(*p.list, unquoted(item))
		default:
			p.field(n, trimmed)
		}
	}
	p.wrong(len(lines), "the head has no end: a line --- is missing")
	return 0
}

func (p *parser) field(n int, line string) {
	key, value, ok := strings.Cut(line, ":")
	if !ok {
		p.wrong(n, "must be a key with a colon, or - and an item")
		return
	}
	if before := p.seen[key]; before > 0 {
		p.wrong(n, "%s stands in line %d already", key, before)
	}
	p.seen[key], p.list = n, nil
	value = unquoted(strings.TrimSpace(value))
	switch key {
	case "id":
		p.a.ID = value
	case "branch":
		p.a.Branch = value
	case "locale":
		p.a.Locale = conversations.Locale(value)
	case "title":
		p.a.Title = value
	case "source":
		p.a.Source = value
	case "updated":
		d, err := conversations.ParseDate(value)
		if err != nil {
			p.wrong(n, "updated must be a date like 2026-06-01")
		}
		p.a.Updated = d
	case "positions":
		p.listOf(n, value, &p.a.Positions)
	case "questions":
		p.listOf(n, value, &p.a.Questions)
	default:
		p.wrong(n, "there is no key %q; known are id, branch, positions, locale, title, source, updated, questions", key)
	}
}

// listOf reads a list in brackets, or begins one of items.
func (p *parser) listOf(n int, value string, into *[]string) {
	inner, open := strings.CutPrefix(value, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	switch {
	case value == "":
		p.list = into
	case open && closed:
		for item := range strings.SplitSeq(inner, ",") {
			if item = unquoted(strings.TrimSpace(item)); item != "" {
				*into = append(*into, item)
			}
		}
	default:
		p.wrong(n, "must be a list: [one, two], or an item a line after - ")
	}
}

func unquoted(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// check finds what is missing or too long. end is the line that the text
// follows.
func (p *parser) check(end int) {
	if p.seen["updated"] == 0 {
		p.wrong(1, "updated is missing: say since when the text holds, like 2026-06-01")
	}
	at := func(key string) int { return max(p.seen[key], 1) }
	for _, problem := range Problems(p.a) {
		line := at(problem.Path)
		if problem.Path == "text" {
			line = max(end, 1)
		}
		p.wrong(line, "%s %s", problem.Path, problem.Problem)
	}
}

// Problems names what keeps an article from being told, by field.
func Problems(a conversations.Article) []conversations.FieldError {
	var out []conversations.FieldError
	must := func(holds bool, path, problem string, args ...any) {
		if !holds {
			out = append(out, conversations.FieldError{Path: path, Problem: fmt.Sprintf(problem, args...)})
		}
	}
	must(validID(a.ID), "id", "must be 1 to 64 lower-case letters, digits and -")
	must(a.Branch == "" || conversations.ValidBranch(a.Branch), "branch", "must be a branch path like head/beijing")
	must(slices.Contains([]conversations.Locale{"", conversations.Chinese, conversations.Traditional, conversations.English}, a.Locale),
		"locale", "must be zh-CN, zh-HK or en")
	must(a.Title != "", "title", "is missing")
	must(utf8.RuneCountInString(a.Title) <= conversations.MaxArticleTitle, "title", "must not have more than %d characters", conversations.MaxArticleTitle)
	must(utf8.RuneCountInString(a.Source) <= 20, "source", "must not have more than 20 characters")
	must(a.Text != "", "text", "is missing")
	n := utf8.RuneCountInString(a.Text)
	must(n <= conversations.MaxArticle, "text", "must not have more than %d characters, and has %d: with its source it has to fit into one message", conversations.MaxArticle, n)
	must(utf8.ValidString(a.Text) && utf8.ValidString(a.Title), "text", "is not UTF-8")
	must(len(a.Questions) > 0, "questions", "are missing: say how candidates ask, at least once")
	for _, q := range a.Questions {
		must(utf8.RuneCountInString(q) <= 200, "questions", "must not have more than 200 characters each")
	}
	return out
}

func validID(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
