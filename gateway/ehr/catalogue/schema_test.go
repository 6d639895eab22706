package catalogue_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/catalogue/catalogueconform"
)

var update = flag.Bool("update", false, "write the schemas of new types and versions, and compatible changes")

// TestSchemasStay holds the schemas to their versions: what a receiver could
// stumble over has to raise conversations.EventType.Version.
func TestSchemasStay(t *testing.T) {
	t.Parallel()
	for _, e := range catalogue.Entries() {
		file := filepath.Join("schemas", string(e.Type()), strconv.Itoa(e.Type().Version())+".json")
		want := encoded(t, e.DataSchema())
		got, err := os.ReadFile(file)
		switch {
		case err == nil && bytes.Equal(got, want):
			continue
		case err == nil:
			var before catalogue.Schema
			if err := json.Unmarshal(got, &before); err != nil {
				t.Fatal(err)
			}
			if broken := catalogue.Breaks(&before, e.DataSchema()); len(broken) > 0 {
				t.Errorf("%s changed in a way that takes a new version: raise conversations.EventType.Version\n%s", e.Type(), strings.Join(broken, "\n"))
				continue
			}
		}
		if !*update {
			t.Errorf("%s is not what is published: run go test ./gateway/ehr/catalogue -update and look at the difference", file)
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func encoded(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEveryVersionIsThere: what was told once stays explained.
func TestEveryVersionIsThere(t *testing.T) {
	t.Parallel()
	all, err := catalogue.AllPublished()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, p := range all {
		var s catalogue.Schema
		if err := json.Unmarshal(p.Body, &s); err != nil || s.ID != p.URN() {
			t.Errorf("%s %d says that it is %q (%v)", p.Type, p.Version, s.ID, err)
		}
		found[p.URN()] = true
	}
	for _, e := range catalogue.Entries() {
		for v := range e.Type().Version() {
			if p := (catalogue.Published{Type: string(e.Type()), Version: v + 1}); !found[p.URN()] {
				t.Errorf("%s is not published", p.URN())
			}
		}
	}
}

func TestBreaks(t *testing.T) {
	t.Parallel()
	schema := func() *catalogue.Schema {
		return &catalogue.Schema{Type: "object", Required: []string{"a"}, Properties: map[string]*catalogue.Schema{
			"a": {Type: "string", Enum: []string{"x", "y"}}, "b": {Type: "array", Items: &catalogue.Schema{Type: "string", Format: "date"}},
		}}
	}
	for name, tc := range map[string]struct {
		change func(*catalogue.Schema)
		breaks bool
	}{
		"nothing":              {func(*catalogue.Schema) {}, false},
		"another field":        {func(s *catalogue.Schema) { s.Properties["c"] = &catalogue.Schema{Type: "string"} }, false},
		"always there now":     {func(s *catalogue.Schema) { s.Required = append(s.Required, "b") }, false},
		"better words":         {func(s *catalogue.Schema) { s.Properties["a"].Description = "…" }, false},
		"a field less":         {func(s *catalogue.Schema) { delete(s.Properties, "b") }, true},
		"not always there now": {func(s *catalogue.Schema) { s.Required = nil }, true},
		"another type":         {func(s *catalogue.Schema) { s.Properties["a"].Type = "integer" }, true},
		"another value":        {func(s *catalogue.Schema) { s.Properties["a"].Enum = []string{"x", "y", "z"} }, true},
		"another format":       {func(s *catalogue.Schema) { s.Properties["b"].Items.Format = "date-time" }, true},
	} {
		after := schema()
		tc.change(after)
		if got := catalogue.Breaks(schema(), after); len(got) > 0 != tc.breaks {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestExamplesFit holds the examples to the schemas, and the check to noticing
// what does not fit.
func TestExamplesFit(t *testing.T) {
	t.Parallel()
	check := catalogueconform.New(t)
	for _, e := range catalogue.Entries() {
		body, err := json.Marshal(e.Example)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(body); err != nil {
			t.Errorf("the example of %s: %v", e.Type(), err)
		}
		if err := check(bytes.Replace(body, []byte(`"candidate_id"`), []byte(`"candidate"`), 1)); err == nil {
			t.Errorf("%s fits without a candidate", e.Type())
		}
	}
	wrong := catalogue.Entries()[0].Example
	wrong.Type = conversations.EventConsentGiven
	body, _ := json.Marshal(wrong)
	if check(body) == nil {
		t.Error("an event fits with the schema of another type")
	}
}
