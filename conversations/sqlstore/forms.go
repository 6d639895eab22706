package sqlstore

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// What every turn stores is made of a few types, and those of a few kinds of
// parts: strings, whole numbers, times, dates, and lists and structs of them.
// How each is written is settled once, when the program starts. encoding/json
// spends most of its time on what is never different here: it has a time write
// itself, checks that this is JSON, and copies it. The 3.6 kB that a candidate's
// message comes to were measured to take 7.7 µs instead of 15, and 19
// allocations instead of 74; those of a posted result are as much cheaper.
//
// Whatever is not of those kinds is left to encoding/json, so that a new field
// is written whatever its type. FuzzInJSON holds all of it to the same bytes,
// and TestForms says if what every turn stores is left to encoding/json.

// form writes values of one type.
type form func(d *document, v reflect.Value)

// forms are those of the types that every turn stores, and of their parts.
var forms = formsOf(
	reflect.TypeFor[*conversations.Conversation](),
	reflect.TypeFor[conversations.Message](),
	reflect.TypeFor[historyLine](),
	reflect.TypeFor[*conversations.Result](),

	// Bodies of tasks.
	reflect.TypeFor[conversations.Event](),
	reflect.TypeFor[conversations.Delivery](),
	reflect.TypeFor[conversations.TickAt](),
)

type formSet map[reflect.Type]form

func formsOf(types ...reflect.Type) formSet {
	s := formSet{
		reflect.TypeFor[time.Time]():          writesItself[time.Time],
		reflect.TypeFor[conversations.Date](): writesItself[conversations.Date],
	}
	for _, t := range types {
		s.of(t)
	}
	return s
}

// of is the form of a type. Within itself a type has none.
func (s formSet) of(t reflect.Type) form {
	if s[t] == nil {
		s[t] = isOther
		s[t] = s.settle(t)
	}
	return s[t]
}

func (s formSet) settle(t reflect.Type) form {
	if t.Kind() == reflect.Pointer {
		return orNull(pointerTo(s.of(t.Elem())))
	}
	if implements[json.Marshaler](t) || implements[encoding.TextMarshaler](t) || t == reflect.TypeFor[json.Number]() {
		return isOther
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(d *document, v reflect.Value) { d.text = strconv.AppendBool(d.text, v.Bool()) }
	case reflect.Int, reflect.Int64:
		return func(d *document, v reflect.Value) { d.text = strconv.AppendInt(d.text, v.Int(), 10) }
	case reflect.String:
		return func(d *document, v reflect.Value) { d.string(v.String()) }
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return orNull(listOf(s.of(t.Elem())))
		}
	case reflect.Struct:
		if fields, ok := s.fields(t); ok {
			return fields.write
		}
	}
	return isOther
}

// implements says whether values of a type, or at least pointers to them, have
// the methods of an interface.
func implements[Interface any](t reflect.Type) bool {
	i := reflect.TypeFor[Interface]()
	return t.Implements(i) || reflect.PointerTo(t).Implements(i)
}

func isOther(d *document, v reflect.Value) {
	if v.CanAddr() {
		v = v.Addr() // the same in JSON, and no copy
	}
	d.other(v.Interface())
}

// writesItself is the form of a type whose text has nothing to escape.
func writesItself[T encoding.TextAppender](d *document, v reflect.Value) {
	t, _ := reflect.TypeAssert[T](v)
	text, err := t.AppendText(append(d.text, '"'))
	if err != nil {
		d.fail(err)
		return
	}
	d.text = append(text, '"')
}

func orNull(of form) form {
	return func(d *document, v reflect.Value) {
		if v.IsNil() {
			d.text = append(d.text, "null"...)
			return
		}
		of(d, v)
	}
}

func pointerTo(elem form) form {
	return func(d *document, v reflect.Value) { elem(d, v.Elem()) }
}

func listOf(elem form) form {
	return func(d *document, v reflect.Value) {
		d.text = append(d.text, '[')
		for i := range v.Len() {
			if i > 0 {
				d.text = append(d.text, ',')
			}
			elem(d, v.Index(i))
		}
		d.text = append(d.text, ']')
	}
}

type fields []field

// field is one of a struct's.
type field struct {
	index int
	key   string                   // with a comma before it
	omit  func(reflect.Value) bool // nil: never
	write form
}

// fields are a struct's. Not ok is a struct with a field that has no name in its
// tag, or an option that is unknown here.
func (s formSet) fields(t reflect.Type) (fs fields, ok bool) {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, option, _ := strings.Cut(sf.Tag.Get("json"), ",")
		omit, ok := omits(sf.Type, option)
		if name == "" || name == "-" || !sf.IsExported() || !ok {
			return nil, false
		}
		fs = append(fs, field{i, `,"` + quoted(name) + `":`, omit, s.of(sf.Type)})
	}
	return fs, true
}

func (fs fields) write(d *document, v reflect.Value) {
	start := len(d.text)
	for i := range fs {
		f := &fs[i]
		v := v.Field(f.index)
		if f.omit != nil && f.omit(v) {
			continue
		}
		d.text = append(d.text, f.key...)
		f.write(d, v)
	}
	if len(d.text) == start {
		d.text = append(d.text, ',')
	}
	d.text[start] = '{' // in place of the first comma
	d.text = append(d.text, '}')
}

// omits says which values of a type a field's option leaves out, and whether
// that is known here.
func omits(t reflect.Type, option string) (which func(reflect.Value) bool, ok bool) {
	switch option {
	case "":
		return nil, true
	case "omitempty":
		switch t.Kind() {
		case reflect.Struct:
			return nil, true
		case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
			return func(v reflect.Value) bool { return v.Len() == 0 }, true
		}
		return reflect.Value.IsZero, true
	case "omitzero":
		switch t {
		case reflect.TypeFor[time.Time]():
			return isZero[time.Time], true
		case reflect.TypeFor[conversations.Date]():
			return isZero[conversations.Date], true
		case reflect.TypeFor[conversations.Address]():
			return isZero[conversations.Address], true
		}
		return reflect.Value.IsZero, !implements[zeroer](t)
	}
	return nil, false
}

type zeroer interface{ IsZero() bool }

func isZero[T zeroer](v reflect.Value) bool {
	t, _ := reflect.TypeAssert[T](v)
	return t.IsZero()
}
