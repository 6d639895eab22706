package phrases

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n/template"

	"jiebao/conversations"
)

// countArgs are the arguments that may choose the plural form; the first of
// them that a message has does.
func countArgs() []string { return []string{"count", "n"} }

var argPattern = regexp.MustCompile(`^\.([a-z][a-z0-9_]*)$`)

// compiler is the template language of messages. go-i18n keeps what it
// compiled, so each message is parsed once.
type compiler struct{}

// Cacheable says that what Parse returns may be kept.
func (compiler) Cacheable() bool { return true }

// Parse compiles the text of a message. The delimiters are always {{ and }}.
func (compiler) Parse(src, _, _ string) (template.ParsedTemplate, error) { return compile(src) }

// message is compiled text: literals, each but the last followed by an argument.
type message struct {
	literals []string
	names    []string
}

func compile(src string) (*message, error) {
	m := &message{}
	for rest := src; ; {
		literal, tail, found := strings.Cut(rest, "{{")
		if strings.Contains(literal, "}}") {
			return nil, fmt.Errorf("%q has }} without {{", src)
		}
		m.literals = append(m.literals, literal)
		if !found {
			return m, nil
		}
		inner, after, closed := strings.Cut(tail, "}}")
		name := argPattern.FindStringSubmatch(strings.TrimSpace(inner))
		if !closed || name == nil {
			return nil, fmt.Errorf("%q: arguments look like {{.name}}, small letters, digits and _", src)
		}
		m.names = append(m.names, name[1])
		rest = after
	}
}

// args returns the names of the arguments, sorted, each once.
func (m *message) args() []string {
	return slices.Compact(slices.Sorted(slices.Values(m.names)))
}

// rendering is one phrase being put into words.
type rendering struct {
	phrases *Phrases
	locale  conversations.Locale
	args    map[string]any
}

// Execute fills in a message; data is a rendering.
func (m *message) Execute(data any) (string, error) {
	r, ok := data.(rendering)
	if !ok {
		return "", fmt.Errorf("data of type %T instead of a rendering", data)
	}
	text, err := m.fillIn(nil, r)
	return string(text), err
}

// fillIn appends the message with its arguments.
func (m *message) fillIn(b []byte, r rendering) ([]byte, error) {
	for i, name := range m.names {
		b = append(b, m.literals[i]...)
		var err error
		if b, err = r.write(b, r.args[name]); err != nil {
			return b, fmt.Errorf("argument %q: %w", name, err)
		}
	}
	return append(b, m.literals[len(m.names)]...), nil
}
