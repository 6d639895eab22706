// Package catalogueconform holds events to the catalogue, for tests: with an
// independent implementation of JSON Schema, and more strictly than receivers
// should, because nothing may be told that the catalogue does not explain.
//
// Imports: catalogue, the JSON Schema library and the standard library.
package catalogueconform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"jiebao/gateway/ehr/catalogue"
)

// New returns a check of an event's bytes. It may be used concurrently.
func New(t testing.TB) func(body []byte) error {
	t.Helper()
	schemas := map[string]*jsonschema.Schema{}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, e := range catalogue.Entries() {
		raw, err := json.Marshal(e.EventSchema())
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		closed(doc)
		name := "urn:test:" + string(e.Type())
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		if schemas[string(e.Type())], err = c.Compile(name); err != nil {
			t.Fatalf("compiling the schema of %s: %v", e.Type(), err)
		}
	}
	return func(body []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("reading the event: %w", err)
		}
		event, _ := doc.(map[string]any)
		typ, _ := event["type"].(string)
		if schemas[typ] == nil {
			return fmt.Errorf("the catalogue has no %q", typ)
		}
		return schemas[typ].Validate(doc)
	}
}

// closed lets no object have fields that its schema does not name.
func closed(v any) {
	s, ok := v.(map[string]any)
	if !ok {
		return
	}
	properties, _ := s["properties"].(map[string]any)
	if properties != nil {
		s["additionalProperties"] = false
	}
	for _, p := range properties {
		closed(p)
	}
	closed(s["items"])
}
