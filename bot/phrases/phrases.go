// Package phrases puts keys into words: what the bot says to candidates and
// what HR reads, in every locale, by go-i18n's message files.
//
// A message is text with arguments in the form {{.name}}, and nothing else: no
// conditions and no functions, so that translators cannot break it and every
// argument of a key is known at the start. Arguments are values, and each
// locale writes them its own way: dates with their weekday, times, lists,
// numbers. An argument may be a phrase itself ([conversations.Say]), and
// several become lines.
//
// A message that counts has the argument count, or n, and the plural forms of
// its language. Who counts further than a limit may say "999+".
//
// The package may import conversations, go-i18n, a YAML parser and the
// standard library. It reads no file that it is not handed as an fs.FS.
package phrases

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"jiebao/conversations"
)

// Phrases is an immutable set of messages, safe for concurrent use.
type Phrases struct {
	localizers map[conversations.Locale]*i18n.Localizer
	args       map[string][]string                          // the arguments of each key, sorted
	counts     map[string]string                            // the argument that decides on the plural form of a key
	uniform    map[conversations.Locale]map[string]*message // of keys that have no plural forms
}

// Locales are the languages that every key has words in.
func Locales() []conversations.Locale {
	return []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English}
}

// New reads the files named SUBJECT.LOCALE.yaml at the root of embedded, and
// then those of override, whose messages take the place of the embedded ones;
// override may be nil. Every problem is in the one error: files that cannot be
// read, keys or arguments that a locale lacks, plural forms that its language
// needs, and words in override for keys that nobody asks for.
func New(embedded, override fs.FS) (*Phrases, error) {
	c := newCatalogue()
	c.read(embedded)
	c.complete()
	if override != nil {
		c.replace(override)
	}
	p := &Phrases{localizers: map[conversations.Locale]*i18n.Localizer{}, args: c.args, counts: c.counts(), uniform: map[conversations.Locale]map[string]*message{}}
	if err := c.problems.err(); err != nil {
		return nil, err
	}
	bundle := i18n.NewBundle(language.SimplifiedChinese)
	for _, l := range Locales() {
		if err := bundle.AddMessages(language.Make(string(l)), c.messages(l)...); err != nil {
			return nil, fmt.Errorf("adding the messages of %s: %w", l, err)
		}
	}
	for _, l := range Locales() {
		p.localizers[l] = i18n.NewLocalizer(bundle, string(l))
	}
	if err := p.rehearse(c); err != nil {
		return nil, err
	}
	return p, nil
}

// Words renders one key in one locale. A locale that Jiebao has no words in is
// spoken to in the nearest one. An unknown key, and an argument that is missing,
// not asked for, or of a type that no locale can write, is an error.
func (p *Phrases) Words(l conversations.Locale, key string, args map[string]any) (string, error) {
	if m, ok := p.uniform[Nearest(l)][key]; ok && len(m.names) == 0 && len(args) == 0 {
		return m.literals[0], nil
	}
	text, err := p.append(make([]byte, 0, 256), Nearest(l), key, args)
	return string(text), err
}

// append appends a key in words.
func (p *Phrases) append(b []byte, l conversations.Locale, key string, args map[string]any) ([]byte, error) {
	want, ok := p.args[key]
	if !ok {
		return b, fmt.Errorf("no locale has words for %q", key)
	}
	err := sameArgs(want, args)
	if err == nil {
		b, err = p.fillIn(b, rendering{p, l, args}, key)
	}
	if err != nil {
		return b, fmt.Errorf("putting %q into words: %w", key, err)
	}
	return b, nil
}

// fillIn fills in a message, in the plural form that it has to have if there
// are several.
func (p *Phrases) fillIn(b []byte, r rendering, key string) ([]byte, error) {
	if m, ok := p.uniform[r.locale][key]; ok {
		return m.fillIn(b, r)
	}
	text, err := p.localizers[r.locale].Localize(&i18n.LocalizeConfig{
		MessageID:      key,
		TemplateData:   r,
		PluralCount:    plurality(r.args[p.counts[key]]),
		TemplateParser: compiler{},
	})
	return append(b, text...), err
}

// plurality is what decides on a plural form; nil, which means many, for what
// is no whole number.
func plurality(count any) any {
	if text, ok := count.(string); ok {
		if _, err := strconv.Atoi(text); err != nil {
			return nil
		}
	}
	return count
}

// Args returns the arguments that a key asks for, sorted, and whether there is
// such a key.
func (p *Phrases) Args(key string) ([]string, bool) {
	args, ok := p.args[key]
	return slices.Clone(args), ok
}

// Keys returns every key, sorted.
func (p *Phrases) Keys() []string {
	keys := make([]string, 0, len(p.args))
	for key := range p.args {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Nearest returns the locale whose words a speaker of l is given.
func Nearest(l conversations.Locale) conversations.Locale {
	switch l {
	case conversations.Chinese, conversations.Traditional, conversations.English:
		return l
	}
	s := strings.ToLower(string(l))
	if strings.HasPrefix(s, "en") {
		return conversations.English
	}
	for _, part := range []string{"hant", "hk", "tw", "mo", "yue"} {
		if strings.Contains(s, part) {
			return conversations.Traditional
		}
	}
	return conversations.Chinese
}

func sameArgs(want []string, got map[string]any) error {
	for _, name := range want {
		if _, ok := got[name]; !ok {
			return fmt.Errorf("argument %q is missing", name)
		}
	}
	if len(got) == len(want) {
		return nil
	}
	for name := range got {
		if !slices.Contains(want, name) {
			return fmt.Errorf("argument %q is not one of its own (%s)", name, strings.Join(want, ", "))
		}
	}
	return nil
}
