package phrases

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/nicksnyder/go-i18n/v2/i18n"

	"jiebao/conversations"
)

// catalogue is the message files being read and compared.
type catalogue struct {
	locales  map[conversations.Locale]map[string]entry
	args     map[string][]string
	problems problems
}

// entry is one message and the file it stands in.
type entry struct {
	*i18n.Message
	file  string
	args  []string
	other *message // its form for any number
}

func newCatalogue() *catalogue {
	c := &catalogue{locales: map[conversations.Locale]map[string]entry{}, args: map[string][]string{}}
	for _, l := range Locales() {
		c.locales[l] = map[string]entry{}
	}
	return c
}

func (c *catalogue) messages(l conversations.Locale) []*i18n.Message {
	var all []*i18n.Message
	for _, e := range c.locales[l] {
		all = append(all, e.Message)
	}
	return all
}

// read takes in the files of one folder, in which a key stands once per locale.
func (c *catalogue) read(fsys fs.FS) {
	c.each(fsys, func(l conversations.Locale, e entry) {
		if prev, twice := c.locales[l][e.ID]; twice {
			c.problems.add("%s: %s stands in %s already", e.file, e.ID, prev.file)
			return
		}
		c.locales[l][e.ID] = e
	})
}

// replace takes in words that somebody prefers. They may leave out arguments.
func (c *catalogue) replace(fsys fs.FS) {
	c.each(fsys, func(l conversations.Locale, e entry) {
		known, ok := c.args[e.ID]
		if !ok {
			c.problems.add("%s: nobody asks for %s; take it out or correct its name", e.file, e.ID)
			return
		}
		for _, name := range e.args {
			if !slices.Contains(known, name) {
				c.problems.add("%s: %s has no argument {{.%s}}, only: %s", e.file, e.ID, name, strings.Join(known, ", "))
			}
		}
		c.locales[l][e.ID] = e
	})
}

// each reads the folder's files and hands out their messages.
func (c *catalogue) each(fsys fs.FS, take func(conversations.Locale, entry)) {
	folder, err := fs.ReadDir(fsys, ".")
	if err != nil {
		c.problems.add("listing message files: %v", err)
	}
	for _, file := range folder {
		name := file.Name()
		if !strings.HasSuffix(name, ".yaml") {
			continue
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			c.problems.add("%v", err)
			continue
		}
		file, err := i18n.ParseMessageFileBytes(text, name, map[string]i18n.UnmarshalFunc{"yaml": unmarshal})
		if err != nil {
			c.problems.add("%s: %v", name, err)
			continue
		}
		l := conversations.Locale(file.Tag.String())
		if !slices.Contains(Locales(), l) {
			c.problems.add("%s: the name has to end in .LOCALE.yaml, with one of the locales %v", name, Locales())
			continue
		}
		for _, m := range file.Messages {
			take(l, c.entry(name, m))
		}
	}
}

func unmarshal(text []byte, into any) error { return yaml.Unmarshal(text, into) }

// entry compiles a message's forms to see what arguments it asks for.
func (c *catalogue) entry(file string, m *i18n.Message) entry {
	e := entry{Message: m, file: file}
	for _, form := range []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} {
		compiled, err := compile(form)
		if err != nil {
			c.problems.add("%s: %s: %v", file, m.ID, err)
			continue
		}
		e.args, e.other = append(e.args, compiled.args()...), compiled
	}
	e.args = slices.Compact(slices.Sorted(slices.Values(e.args)))
	if m.One != "" && counting(e.args) == "" {
		c.problems.add("%s: %s has plural forms and no {{.%s}}", file, m.ID, strings.Join(countArgs(), "}} or {{."))
	}
	return e
}

// counting is the argument that decides on a plural form, "" if there is none.
func counting(args []string) string {
	for _, name := range countArgs() {
		if slices.Contains(args, name) {
			return name
		}
	}
	return ""
}

// counts are the keys that have plural forms in any locale, and those with
// {{.count}}, which have to have them where the language does; and the argument
// that decides.
func (c *catalogue) counts() map[string]string {
	counts := map[string]string{}
	for _, l := range Locales() {
		for key, e := range c.locales[l] {
			if e.One != "" || counting(c.args[key]) == countArgs()[0] {
				counts[key] = counting(c.args[key])
			}
		}
	}
	return counts
}

// complete holds the locales against each other: the same keys with the same
// arguments. A form may leave out an argument that another form of it names.
func (c *catalogue) complete() {
	for _, l := range Locales() {
		for key, e := range c.locales[l] {
			if _, seen := c.args[key]; !seen {
				c.args[key] = e.args
			}
			if !slices.Equal(c.args[key], e.args) {
				c.problems.add("%s: %s has the arguments %v, and %v in another locale", e.file, key, e.args, c.args[key])
			}
		}
	}
	for key := range maps.Keys(c.args) {
		for _, l := range Locales() {
			if _, ok := c.locales[l][key]; !ok {
				c.problems.add("%s lacks %s", l, key)
			}
		}
	}
}

// rehearse renders every message, those with plural forms for several counts, so
// that a form that a language needs cannot be missing later.
func (p *Phrases) rehearse(c *catalogue) error {
	var bad problems
	for _, l := range Locales() {
		p.uniform[l] = map[string]*message{}
		for key, e := range c.locales[l] {
			args := map[string]any{}
			for _, name := range c.args[key] {
				args[name] = ""
			}
			count, counts := p.counts[key]
			if !counts {
				if _, err := p.Words(l, key, args); err != nil {
					bad.add("%s: %v", e.file, err)
				}
				p.uniform[l][key] = e.other
				continue
			}
			for _, n := range []int{0, 1, 2, 5, 11} {
				args[count] = n
				if _, err := p.Words(l, key, args); err != nil {
					bad.add("%s: for the number %d: %v", e.file, n, err)
					break
				}
			}
		}
	}
	return bad.err()
}

// problems collects what is wrong, to be told at once.
type problems []string

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Sprintf(format, args...)) }

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	slices.Sort(p)
	return errors.New("the words are not in order:\n\t" + strings.Join(p, "\n\t"))
}
