package endpoints

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebao/conversations"
	"jiebao/conversations/relay"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/mapping"
	"jiebao/gateway/ehr/wire"
)

// maxName is how long a name may be, in characters, and maxTypes how many
// types may be listed.
const (
	maxName  = 64
	maxTypes = 100
)

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// problems are the wrong fields, by their paths in the API's documents: those
// of settings are below webhook, but for the filter, which feeds have as well.
type problems []conversations.FieldError

func invalid(path, problem string) error {
	return &conversations.InvalidError{Fields: []conversations.FieldError{{Path: path, Problem: problem}}}
}

func (p problems) err() error {
	if p == nil {
		return nil
	}
	return &conversations.InvalidError{Fields: p}
}

func (p *problems) must(ok bool, path, format string, args ...any) {
	if !ok {
		*p = append(*p, conversations.FieldError{Path: path, Problem: fmt.Sprintf(format, args...)})
	}
}

// identity checks what never changes of an endpoint.
func (p *problems) identity(n New) {
	p.must(idForm.MatchString(n.ID), "id", "must be 1 to 64 lower-case letters, digits, - and _")
	p.must(n.Kind == relay.Webhook || n.Kind == relay.Feed, "kind", "must be webhook or feed")
	p.must(n.From == relay.FromNow || n.From == relay.FromBeginning, "from", "must be now or beginning")
	p.must(n.Kind == relay.Webhook || n.Secret.IsZero(), "secret", "is for webhooks; a feed is fetched with an API key")
}

func (p *problems) draft(d *Desk, kind relay.Kind, to Draft) {
	p.must(named(to.Name), "name", "must be words on one line, at most %d characters", maxName)
	p.must(to.Branch == "" || conversations.ValidBranch(to.Branch), "branch", "must be a branch path like head/beijing, in lower case")
	p.types(to.Types)
	if kind == relay.Webhook {
		p.wire(to.Settings.Check(d.Reach, d.Now()))
		return
	}
	p.must(filterOnly(to.Settings), "webhook", "is for webhooks; a feed is fetched, and nothing is posted to it")
	if to.Settings.Filter != "" {
		_, err := mapping.CompileFilter(to.Settings.Filter)
		p.must(err == nil, "filter", "cannot be read: %v", err)
	}
}

func filterOnly(s wire.Settings) bool {
	s.Filter = ""
	return reflect.ValueOf(s).IsZero()
}

func named(s string) bool {
	return strings.TrimSpace(s) != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxName && !strings.ContainsFunc(s, unicode.IsControl)
}

// types are those of the catalogue, or several of them by their beginning.
func (p *problems) types(types []string) {
	p.must(len(types) <= maxTypes, "types", "must be at most %d", maxTypes)
	for i, t := range types {
		p.must(catalogue.Knows(t), fmt.Sprintf("types[%d]", i), "is no type of event, and no beginning of one with a star, like start_date.*")
	}
}

// wire names what is wrong with settings.
func (p *problems) wire(err error) {
	var found wire.Problems
	if errors.As(err, &found) {
		for _, f := range found {
			p.must(false, fieldOf(f), "%s", f.Text)
		}
	} else if err != nil {
		p.must(false, "webhook", "cannot be used: %v", err)
	}
}

func fieldOf(p wire.Problem) string {
	switch p.Field {
	case "filter":
		return p.Field
	case "secrets[0].value":
		return "secret" // of a new endpoint the only one
	}
	return "webhook." + p.Field
}

// secrets checks only those that sign: a secret that became known can be
// changed also if the address is none that would be taken today.
func (p *problems) secrets(d *Desk, s wire.Settings, given wire.Hidden) {
	var found wire.Problems
	if !errors.As(s.Check(d.Reach, d.Now()), &found) {
		return
	}
	last := fmt.Sprintf("secrets[%d].", len(s.Secrets)-1)
	for _, f := range found {
		switch {
		case strings.HasPrefix(f.Field, last) && !given.IsZero():
			p.must(false, "secret", "%s", f.Text)
		case f.Field == "secrets":
			p.must(false, "overlap", "leaves too many secrets live at once: %s", f.Text)
		}
	}
}
