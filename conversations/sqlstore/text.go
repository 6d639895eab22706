package sqlstore

import (
	"encoding/json"
	"reflect"
	"sync"
	"unicode/utf8"
)

// inJSON is v as a JSON document: to the byte what json.Marshal makes of it, at
// less cost if v's type has a form.
func inJSON(v any) (string, error) { return forms.inJSON(v) }

func (s formSet) inJSON(v any) (string, error) {
	d := documents.Get().(*document)
	defer documents.Put(d)
	d.text, d.err = d.text[:0], nil
	if write := s[reflect.TypeOf(v)]; write != nil {
		write(d, reflect.ValueOf(v))
	} else {
		d.other(v)
	}
	if d.err != nil {
		return "", d.err
	}
	return string(d.text), nil
}

// document is one that is being written.
type document struct {
	text   []byte
	err    error         // the first
	others *json.Encoder // writes to the text
}

// documents are those that nobody writes now. Their memory is what the next
// are written in.
var documents = sync.Pool{New: func() any {
	d := &document{}
	d.others = json.NewEncoder(d)
	return d
}}

// Write appends to the text.
func (d *document) Write(b []byte) (int, error) {
	d.text = append(d.text, b...)
	return len(b), nil
}

// other leaves v to encoding/json.
func (d *document) other(v any) {
	if err := d.others.Encode(v); err != nil {
		d.fail(err)
		return
	}
	d.text = d.text[:len(d.text)-1] // the end of the line
}

func (d *document) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// escapes are how encoding/json writes the characters of ASCII that do not
// stand for themselves.
var escapes = func() (of [utf8.RuneSelf]string) {
	for c := range of {
		if s := quoted(string(rune(c))); len(s) > 1 {
			of[c] = s
		}
	}
	return of
}()

// quoted is s as encoding/json writes it between quotes.
func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can be written
	}
	return string(b[1 : len(b)-1])
}

// string writes a string.
func (d *document) string(s string) {
	text := append(d.text, '"')
	written := 0
	for i := 0; i < len(s); {
		size, escape := 1, ""
		if c := s[i]; c < utf8.RuneSelf {
			escape = escapes[c]
		} else {
			var r rune
			if r, size = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
				escape = quoted(s[i : i+size])
			}
		}
		if escape != "" {
			text = append(append(text, s[written:i]...), escape...)
			written = i + size
		}
		i += size
	}
	d.text = append(append(text, s[written:]...), '"')
}
