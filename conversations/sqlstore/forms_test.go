package sqlstore

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"jiebao/conversations"
)

// FuzzInJSON has documents of all types that have a form, of any shape and with
// any words in them, be what encoding/json makes of the same value.
func FuzzInJSON(f *testing.F) {
	for seed, words := range []string{
		"", "请问需要带什么材料？", "1. 确认入职\n2. 换个日期", `"quoted" \ and <b>bold</b> & so on`, "\x00\x1f\x7f\t\r\b\f",
		"a\xff\xc0z", "\u2028 \u2029 \ufffd \U0001f600", "\xe2\x80", "e\u0301", " ", "\xed\xa0\x80",
	} {
		for n := range uint64(8) {
			f.Add(uint64(seed)<<8|n, words, `{"b": "<&>", "a":[1.50, null]}`)
		}
	}
	f.Add(uint64(1), "", "")
	f.Add(uint64(2), "", "{")
	f.Add(uint64(3), "", "\"\u2028\xff\"")
	f.Fuzz(func(t *testing.T, seed uint64, words, raw string) {
		m := maker{rand.New(rand.NewPCG(seed, 0)), words, raw, seed % 5}
		for of := range forms {
			v := m.value(of)
			want, wrong := json.Marshal(v.Interface())
			got, err := inJSON(v.Interface())
			if got != string(want) || (err == nil) != (wrong == nil) {
				t.Errorf("%s is written as\n%s (%v), want\n%s (%v)", of, got, err, want, wrong)
			}
		}
	})
}

// A document that cannot be written leaves nothing to the next one.
func TestADocumentThatFails(t *testing.T) {
	t.Parallel()
	bad := &conversations.Conversation{ID: "c", Memory: conversations.Memory(`{`), Created: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for range 10 {
		if s, err := inJSON(bad); err == nil || s != "" {
			t.Fatalf("written as %q", s)
		}
		if s, err := inJSON(historyLine{Status: conversations.Sent, At: 1}); err != nil || s != `{"s":30,"t":1}` {
			t.Fatalf("after a failure a line is %q, %v", s, err)
		}
	}
	if s, err := inJSON((*conversations.Conversation)(nil)); err != nil || s != "null" {
		t.Errorf("nothing is %q, %v", s, err)
	}
	if s, err := inJSON(nil); err != nil || s != "null" {
		t.Errorf("nil is %q, %v", s, err)
	}
}

// What no type that is stored has so far is left to encoding/json.
func TestOtherForms(t *testing.T) {
	t.Parallel()
	type part struct {
		Any    any            `json:"any,omitempty"`
		Map    map[string]any `json:"map,omitempty"`
		Number json.Number    `json:"number"`
		Bytes  []byte         `json:"bytes"`
		Array  [2]int         `json:"array,omitempty"`
		Small  uint8          `json:"small<,omitempty"`
		Parts  []part         `json:"parts,omitempty"`
	}
	type Within struct {
		A int `json:"a"`
	}
	type embeds struct {
		Within
		B string
		C string              `json:"-"`
		D int                 `json:"d,string"`
		E *conversations.Date `json:"e,omitzero"`
	}
	for _, v := range []any{
		part{}, embeds{},
		part{1.5, map[string]any{"<": 1, "": nil}, "1.50", []byte("b"), [2]int{1}, 1, []part{{}, {Number: "2"}}},
		&embeds{Within{1}, "b", "c", 2, &conversations.Date{}},
	} {
		of := reflect.TypeOf(v)
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := formsOf(of).inJSON(v); err != nil || got != string(want) {
			t.Errorf("%s is written as\n%s (%v), want\n%s", of, got, err, want)
		}
	}
}

// Everything that turns store so far has a form of its own: none is left to
// encoding/json but a dialogue's memory and the score of an interview.
func TestForms(t *testing.T) {
	t.Parallel()
	for of, f := range forms {
		if reflect.ValueOf(f).Pointer() != reflect.ValueOf(isOther).Pointer() {
			continue
		}
		if of != reflect.TypeFor[conversations.Memory]() && of.Kind() != reflect.Float64 {
			t.Errorf("%s is left to encoding/json", of)
		}
	}
}

// maker makes values of any type.
type maker struct {
	*rand.Rand
	words, raw string
	full       uint64 // 0 for values with everything in them
}

// some is whether there is to be something.
func (m maker) some() bool { return m.full == 0 || m.IntN(3) > 0 }

func (m maker) value(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	m.fill(v, 6)
	return v
}

func (m maker) fill(v reflect.Value, depth int) {
	if !m.some() {
		return
	}
	switch t := v.Type(); {
	case t == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(m.time()))
	case t == reflect.TypeFor[conversations.Date]():
		v.Set(reflect.ValueOf(conversations.DateOf(m.time())))
	case t == reflect.TypeFor[conversations.Memory]():
		v.SetBytes([]byte(m.raw))
	case t.Kind() == reflect.Struct:
		for i := range v.NumField() {
			m.fill(v.Field(i), depth)
		}
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		m.fill(v.Elem(), depth)
	case t.Kind() == reflect.Slice:
		if depth == 0 {
			return
		}
		n := m.IntN(3)
		if m.full == 0 {
			n = 1
		}
		v.Set(reflect.MakeSlice(t, n, n))
		for i := range n {
			m.fill(v.Index(i), depth-1)
		}
	case v.CanInt():
		v.SetInt(m.Int64() >> m.IntN(64) * int64(1-2*m.IntN(2)))
	case v.CanFloat():
		v.SetFloat([]float64{86.5, 0, math.Copysign(0, -1), 1e-7, 1e21, -math.MaxFloat64, math.SmallestNonzeroFloat64}[m.IntN(7)])
	case t.Kind() == reflect.Bool:
		v.SetBool(true)
	case t.Kind() == reflect.String:
		v.SetString(m.words)
	default:
		panic("no value of " + t.String())
	}
}

// time is one of any zone, with or without parts of a second; seldom one that
// JSON does not have.
func (m maker) time() time.Time {
	at := time.Unix(m.Int64N(1<<34), []int64{0, 120_000_000, 123_456_789}[m.IntN(3)])
	switch m.IntN(2000) {
	case 0:
		return at.AddDate(9000, 0, 0)
	case 1:
		return at.In(time.FixedZone("", 24*3600))
	}
	return at.In([]*time.Location{time.UTC, time.Local, time.FixedZone("CST", 8*3600), time.FixedZone("", -(5*3600 + 1800))}[m.IntN(4)])
}
