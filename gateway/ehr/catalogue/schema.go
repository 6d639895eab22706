package catalogue

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"jiebao/conversations"
)

// Schema is the part of JSON Schema (draft 2020-12) that events need.
type Schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Const       string             `json:"const,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     *int               `json:"minimum,omitempty"`
	Items       *Schema            `json:"items,omitempty"`
	Properties  map[string]*Schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`

	Words Words    `json:"-"` // Description in both languages
	Order []string `json:"-"` // the properties as they come
}

const dialect = "https://json-schema.org/draft/2020-12/schema"

// DataSchema is the schema of the data of the entry's type, in its current
// version. More fields may come at any time: receivers ignore what they do not
// know.
func (e Entry) DataSchema() *Schema {
	s := objectOf(reflect.TypeFor[conversations.EventData](), e.fields(), "")
	s.Dialect, s.ID = dialect, e.Type().Schema()
	s.Title, s.Words = e.Title.Chinese+" · "+e.Title.English, e.Meaning
	s.Description = e.Meaning.both()
	return s
}

// EventSchema is the schema of a whole event of the entry's type.
func (e Entry) EventSchema() *Schema {
	s := objectOf(reflect.TypeFor[conversations.Event](), nil, "")
	s.Title, s.Words = e.Title.Chinese+" · "+e.Title.English, e.Meaning
	s.Description = e.Meaning.both()
	s.Properties["specversion"].Enum = []string{"1.0"}
	s.Properties["type"].Enum = []string{string(e.Type())}
	s.Properties["datacontenttype"].Enum = []string{"application/json"}
	s.Properties["dataschema"].Enum = []string{e.Type().Schema()}
	s.Properties["sequence"].Pattern = "^[0-9]{10}$"
	data := e.DataSchema()
	data.Dialect, data.ID, data.Title = "", "", ""
	words := fieldWords()["Event.data"]
	data.Words, data.Description = words, words.both()
	s.Properties["data"] = data
	return s
}

// field says how a type of event has a field of data.
type field struct {
	optional bool
	enum     []string
}

// fields reads Entry.Fields: names with dots, a question mark behind those
// that may be missing, and after an equals sign the only possible values.
func (e Entry) fields() map[string]field {
	out := map[string]field{"result_id": {}}
	for _, f := range e.Fields {
		name, values, closed := strings.Cut(f, "=")
		name, optional := strings.CutSuffix(name, "?")
		var enum []string
		if closed {
			enum = strings.Split(values, "|")
		}
		out[name] = field{optional, enum}
	}
	return out
}

// objectOf describes a struct. Fields that can be left out are there only as
// listed; of a struct that no list is about, all are, and may be missing.
func objectOf(t reflect.Type, listed map[string]field, path string) *Schema {
	s := &Schema{Type: "object", Properties: map[string]*Schema{}}
	for i := range t.NumField() {
		tag := t.Field(i).Tag.Get("json")
		name, _, optional := strings.Cut(tag, ",")
		f, named := listed[path+name]
		if listed != nil && optional && !named {
			continue
		}
		p := schemaOf(t.Field(i).Type, listed, path+name+".")
		p.Words = fieldWords()[t.Name()+"."+name]
		p.Description = p.Words.both()
		if f.enum != nil {
			p.Enum = f.enum
		}
		s.Properties[name] = p
		s.Order = append(s.Order, name)
		if named && !f.optional || !named && !optional {
			s.Required = append(s.Required, name)
		}
	}
	return s
}

func schemaOf(t reflect.Type, listed map[string]field, path string) *Schema {
	switch t {
	case reflect.TypeFor[time.Time]():
		return &Schema{Type: "string", Format: "date-time"}
	case reflect.TypeFor[conversations.Date]():
		return &Schema{Type: "string", Format: "date"}
	case reflect.TypeFor[conversations.Author]():
		return &Schema{Type: "string", Pattern: "^(candidate|bot|system|agent:.+)$"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), listed, path)
	case reflect.Struct:
		if strings.Count(path, ".") > 1 {
			listed = nil
		}
		return objectOf(t, listed, path)
	case reflect.Slice:
		return &Schema{Type: "array", Items: schemaOf(t.Elem(), nil, path)}
	case reflect.Bool:
		return &Schema{Type: "boolean"}
	case reflect.Int, reflect.Int64:
		least := 0
		return &Schema{Type: "integer", Minimum: &least}
	}
	return &Schema{Type: "string", Enum: enums()[t]}
}

// enums are the values of types that are closed: another value is another
// version. Reasons that may become more are plain strings.
var enums = sync.OnceValue(func() map[reflect.Type][]string {
	var codes []string
	for _, c := range conversations.DateCodes() {
		codes = append(codes, string(c))
	}
	return map[reflect.Type][]string{
		reflect.TypeFor[conversations.Kind]():        {"text", "image", "voice", "video", "file", "location", "menu", "template"},
		reflect.TypeFor[conversations.Medium]():      {"chat", "push", "sms", "email", "voice", "page"},
		reflect.TypeFor[conversations.Locale]():      {"zh-CN", "zh-HK", "en"},
		reflect.TypeFor[conversations.CallOutcome](): {"reached", "no_answer", "wrong_number"},
		reflect.TypeFor[conversations.AgreedBy]():    {"offer", "hr", "policy"},
		reflect.TypeFor[conversations.Verdict]():     {"approved", "refused", "countered", "superseded"},
		reflect.TypeFor[conversations.DateCode]():    codes,
		reflect.TypeFor[conversations.Topic]():       {"offer", "documents"},
		reflect.TypeFor[conversations.Answer]():      {"confirmed", "requested", "countered", "declined", "withdrawn"},
		reflect.TypeFor[conversations.ItemState]():   {"missing", "received", "accepted"},
	}
})
