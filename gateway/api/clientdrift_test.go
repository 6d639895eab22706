package api_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// drift finds where the Go client's types are not those of the document.
type drift struct {
	schemas map[string]any
	answers map[string]map[string]any // of operations: what a success is written as
	bodies  map[string]map[string]any
}

func newDrift(t *testing.T, text []byte) *drift {
	t.Helper()
	type media struct {
		Content map[string]map[string]any `json:"content"`
	}
	var doc struct {
		Paths map[string]map[string]struct {
			ID        string           `json:"operationId"`
			Body      media            `json:"requestBody"`
			Responses map[string]media `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	d := &drift{schemas: doc.Components.Schemas, answers: map[string]map[string]any{}, bodies: map[string]map[string]any{}}
	for _, methods := range doc.Paths {
		for _, op := range methods {
			d.bodies[op.ID] = op.Body.Content[jsonMedia]
			for status, r := range op.Responses {
				if strings.HasPrefix(status, "2") {
					d.answers[op.ID] = r.Content[jsonMedia]
				}
			}
		}
	}
	return d
}

// check holds what the client writes and reads for an operation to its schemas,
// and to the documented example of the answer.
func (d *drift) check(t *testing.T, op *operation, call clientCall, in, out reflect.Type) {
	t.Helper()
	if body := d.bodies[op.id]; body != nil && in == nil {
		t.Errorf("the client sends no body, and %s takes one", op.id)
	} else if in != nil {
		d.hold(t, "the body", body["schema"], in)
	}
	answer := d.answers[op.id]
	if (answer == nil) != (out == nil) {
		t.Fatalf("the client reads %v, of an answer that is written as %v", out, answer)
	}
	if answer == nil {
		return
	}
	schema, sample := answer["schema"], answer["example"]
	if list := call.list; list != "" {
		fields := d.resolve(schema)["properties"].(map[string]any)
		schema = fields[list]
		for name := range fields {
			if !slices.Contains(append([]string{list, "next", "more"}, call.passed...), name) {
				t.Errorf("the client passes over %s of the list", name)
			}
		}
		if page, ok := sample.(map[string]any); ok {
			sample = page[list]
		}
	}
	d.hold(t, "the answer", schema, out)
	if sample != nil {
		text, err := json.Marshal(sample)
		if err != nil {
			t.Fatal(err)
		}
		strictly(t, text, reflect.New(out).Interface())
	}
}

func (d *drift) resolve(schema any) map[string]any {
	s, _ := schema.(map[string]any)
	if ref, ok := s["$ref"].(string); ok {
		return d.resolve(d.schemas[strings.TrimPrefix(ref, "#/components/schemas/")])
	}
	return s
}

// hold walks through a schema and the client's type for it.
func (d *drift) hold(t *testing.T, at string, schema any, typ reflect.Type) {
	t.Helper()
	s := d.resolve(schema)
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if reads := reflect.PointerTo(typ); typ != reflect.TypeFor[time.Time]() && reads.Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return // it reads whatever comes
	}
	if every, ok := s["oneOf"].([]any); ok {
		for _, one := range every {
			d.hold(t, at, one, typ)
		}
		return
	}
	if kind := kindOf(s); !slices.Contains(kindsIn(typ), kind) {
		t.Errorf("%s is %q by the document and %s in the client", at, kind, typ)
		return
	}
	switch {
	case typ.Kind() == reflect.Slice:
		d.hold(t, at+"[]", s["items"], typ.Elem())
	case typ.Kind() == reflect.Map:
		d.hold(t, at+"{}", s["additionalProperties"], typ.Elem())
	case typ.Kind() == reflect.Struct && typ != reflect.TypeFor[time.Time]():
		d.holdFields(t, at, s, typ)
	}
}

func (d *drift) holdFields(t *testing.T, at string, s map[string]any, typ reflect.Type) {
	t.Helper()
	documented, _ := s["properties"].(map[string]any)
	fields := jsonFields(typ)
	for name, schema := range documented {
		field, ok := fields[name]
		delete(fields, name)
		if !ok {
			t.Errorf("%s.%s is documented, and %s of gateway/client does not have it", at, name, typ)
			continue
		}
		d.hold(t, at+"."+name, schema, field)
	}
	for name := range fields {
		t.Errorf("%s.%s of %s in gateway/client is not documented", at, name, typ)
	}
}

func jsonFields(typ reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(typ) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = f.Type
		}
	}
	return fields
}

// kindOf is what a schema's values are: date-time, or a type of JSON.
func kindOf(s map[string]any) string {
	kind, _ := s["type"].(string)
	if several, ok := s["type"].([]any); ok { // one, or null
		several = slices.DeleteFunc(slices.Clone(several), func(v any) bool { return v == "null" })
		kind, _ = first(several).(string)
	}
	if s["format"] == "date-time" {
		return "date-time"
	}
	return kind
}

func kindsIn(typ reflect.Type) []string {
	switch typ.Kind() {
	case reflect.String:
		return []string{"string"}
	case reflect.Bool:
		return []string{"boolean"}
	case reflect.Int, reflect.Int64:
		return []string{"integer"}
	case reflect.Float64:
		return []string{"number"}
	case reflect.Slice:
		return []string{"array"}
	case reflect.Struct:
		if typ == reflect.TypeFor[time.Time]() {
			return []string{"date-time"}
		}
	}
	return []string{"object"}
}
