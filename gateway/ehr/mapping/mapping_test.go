package mapping_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"jiebao/gateway/ehr/catalogue"
	"jiebao/gateway/ehr/mapping"
)

const confirmed = `{"type":"start_date.confirmed","timestamp":"2026-06-22T02:12:44Z","data":{
	"candidate_id":"C-1","sequence":9007199254740993,"result_id":"R-1","score":0.5,
	"message":{"id":"m-8","author":"candidate","kind":"text","text":"好的 <9号>"},
	"start_date":{"date":"2026-07-09","offered":"2026-07-06","by":"hr"}}}`

func apply(t *testing.T, source, event string) (string, error) {
	t.Helper()
	m, err := mapping.Compile(source)
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	got, err := m.Apply(t.Context(), []byte(event))
	return string(got), err
}

func TestMappingMakesJSON(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`event.type`: `"start_date.confirmed"`,
		`{"z": 1, "a": [true, null, 2u, 1.5, "x"]}`:                             `{"a":[true,null,2,1.5,"x"],"z":1}`,
		`event.data.sequence`:                                                   `9007199254740993`,
		`event.data.score`:                                                      `0.5`,
		`event.data.message.text`:                                               `"好的 <9号>"`,
		`{"none": event.data.?decline.?reason}`:                                 `{"none":null}`,
		`{?"none": event.data.?decline.?reason}`:                                `{}`,
		`event.data.?decline.?reason.orValue("-")`:                              `"-"`,
		`local(event.timestamp, "Asia/Shanghai")`:                               `"2026-06-22 10:12:44"`,
		`timestamp(event.timestamp)`:                                            `"2026-06-22T02:12:44Z"`,
		`int(timestamp(event.timestamp)) * 1000`:                                `1782094364000`,
		`base64.encode(b"ab")`:                                                  `"YWI="`,
		`event.data.start_date.transformMap(k, v, k != "by", v)`:                `{"date":"2026-07-09","offered":"2026-07-06"}`,
		`{"b": 1, "a": 2, "c": 3}.transformMap(k, v, v).transformList(k, v, k)`: `["a","b","c"]`,
		`event.data.start_date.map(k, k)`:                                       `["by","date","offered"]`,
		`{"b": 1, "a": 2, "d": 3, "c": 4}.filter(k, k != "d")`:                  `["a","b","c"]`,
		`google.protobuf.Struct{fields: {"b": google.protobuf.Value{}, "a": google.protobuf.Value{}}}.map(k, k)`: `["a","b"]`,
		`b"ab"`: `"YWI="`,
	} {
		got, err := apply(t, source, confirmed)
		if err != nil || got != want {
			t.Errorf("%s gives %s, %v, want %s", source, got, err, want)
		}
	}
}

// tenfold names lists that each hold ten times the one before.
func tenfold(end string) string {
	source := "cel.bind(l0, [1], "
	for i := range 7 {
		before := fmt.Sprintf("l%d", i)
		source += fmt.Sprintf("cel.bind(l%d, [%s], ", i+1, strings.TrimSuffix(strings.Repeat(before+",", 10), ","))
	}
	return source + end + strings.Repeat(")", 8)
}

func TestMappingThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`event.data.decline.reason`: `the event has no "decline" here; write .?decline`,
		`null`:                      "use the filter",
		`{1: 2}`:                    "key of type int",
		`1.0 / 0.0`:                 "a number that JSON cannot say",
		`event.data.message.text + event.data.sequence`: "does not fit",
		`cel.bind(a, [1,1,1,1,1,1,1,1,1,1], cel.bind(b, [a,a,a,a,a,a,a,a,a,a], cel.bind(c, [b,b,b,b,b,b,b,b,b,b], cel.bind(d, [c,c,c,c,c,c,c,c,c,c], cel.bind(e, [d,d,d,d,d,d,d,d,d,d], cel.bind(f, [e,e,e,e,e,e,e,e,e,e], [f,f,f,f,f,f,f,f,f,f]))))))`: "a value holds too much",
		`[1,2,3,4,5,6,7,8,9,10].map(x, "` + strings.Repeat("a", 12000) + `").map(x, x).size()`: "a value holds too much",
		tenfold(`l7 == l7`):            "a value holds too much",
		tenfold(`"%s".format([l7])`):   "a value holds too much",
		`type(1)`:                      "which JSON cannot say",
		`local("gestern", "UTC")`:      "fails on what this event holds",
		`int(event.data.message.text)`: "fails on what this event holds",
		`[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, f > 0))))))`: "too many steps",
	} {
		got, err := apply(t, source, confirmed)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %s, %v, want %q", source, got, err, want)
			continue
		}
		if strings.Contains(err.Error(), "好的") || strings.Contains(err.Error(), "gestern") {
			t.Errorf("%s: the error quotes the event: %v", source, err)
		}
	}
}

func TestCompileSaysWhere(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"{\n  \"a\": evnt.type,\n}":      "line 2, column 8: undeclared reference to 'evnt'",
		"{\"a\": 1,,}":                   "line 1, column 9",
		"":                               "there is no expression",
		"size(1)":                        "found no matching overload for 'size'",
		strings.Repeat("1+", 9000) + "1": "line 1, column 1",
		strings.Repeat("[", 500):         "line 1",
	} {
		_, err := mapping.Compile(source)
		var where *mapping.SourceError
		if !errors.As(err, &where) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", source, err, want)
		}
	}
}

func TestFilterPicksEvents(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		`event.type.startsWith("start_date")`:                                        true,
		`event.type.startsWith("start_date") && event.data.start_date.by == "offer"`: false,
		`event.data.?decline.hasValue()`:                                             false,
		`event.data.start_date.date > "2026-07-01"`:                                  true,
	} {
		f, err := mapping.CompileFilter(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Match(t.Context(), []byte(confirmed)); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", source, got, err, want)
		}
	}
	if _, err := mapping.CompileFilter(`"yes"`); err == nil || !strings.Contains(err.Error(), "must be of type bool") {
		t.Errorf("a filter that gives text: %v", err)
	}
	f, err := mapping.CompileFilter(`event.type`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Match(t.Context(), []byte(confirmed)); err == nil {
		t.Error("a filter whose result is text lets events through")
	}
}

func TestEndedContextEndsMapping(t *testing.T) {
	t.Parallel()
	m, err := mapping.Compile(`[1,2,3].map(x, x + 1)`)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Apply(ctx, []byte(confirmed)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the end of the context", err)
	}
}

// TestSamplesMapTheCatalogue holds every sample to every event there is: it
// makes an object that names the candidate and can be told apart from all
// others, and the same one each time.
func TestSamplesMapTheCatalogue(t *testing.T) {
	t.Parallel()
	samples, err := mapping.Samples()
	if err != nil || len(samples) != 4 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, s := range samples {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			if !strings.HasPrefix(s.Mapping, "// SAMPLE.") {
				t.Error("it does not say that it is a sample")
			}
			m, err := mapping.Compile(s.Mapping)
			if err != nil {
				t.Fatal(err)
			}
			f, err := mapping.CompileFilter(s.Filter)
			if err != nil {
				t.Fatal(err)
			}
			wanted, seen := 0, map[string]bool{}
			for _, entry := range catalogue.Entries() {
				event, err := json.Marshal(entry.Example)
				if err != nil {
					t.Fatal(err)
				}
				first := checkPayload(t, m, event, entry.Example.Data.Candidate)
				if seen[first] {
					t.Errorf("%s: two events have the same payload", entry.Type())
				}
				seen[first] = true
				if yes, err := f.Match(t.Context(), event); err != nil {
					t.Errorf("%s: %v", entry.Type(), err)
				} else if yes {
					wanted++
				}
			}
			if wanted == 0 {
				t.Error("its filter lets no event through")
			}
		})
	}
}

func checkPayload(t *testing.T, m *mapping.Mapping, event []byte, candidate string) string {
	t.Helper()
	first, err := m.Apply(t.Context(), event)
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	again, err := m.Apply(t.Context(), event)
	if err != nil || string(first) != string(again) {
		t.Errorf("the same event gives %s and %s, %v", first, again, err)
	}
	var object map[string]any
	if err := json.Unmarshal(first, &object); err != nil || !strings.Contains(string(first), candidate) {
		t.Errorf("the payload is %s, %v", first, err)
	}
	return string(first)
}

// TestSamplesHaveTheirShape shows what each receiver gets of one event.
func TestSamplesHaveTheirShape(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"beisen":  `{"bizId":"C-1-9007199254740993","datas":[{"customProperties":{"extEventTime":"2026-06-22 10:12:44","extEventType":"start_date.confirmed","extMessage":"好的 <9号>","extSequence":9007199254740993},"entryDate":"2026-07-09T00:00:00","offerId":"R-1","offerStatus":"Accepted","originalId":"C-1"}]}`,
		"yonyou":  `{"biz_id":"C-1-9007199254740993","person":{"cdefine1":"start_date.confirmed","cdefine2":"2026-06-22 10:12:44","cmemo":"好的 <9号>","code":"C-1","cresultcode":"R-1","dentrydate":"2026-07-09","istatus":1}}`,
		"kingdee": `{"data":{"IsDeleteEntry":"false","Model":{"FNumber":"C-1","F_PAEZ_EntryDate":"2026-07-09 00:00:00","F_PAEZ_EventTime":"2026-06-22 10:12:44","F_PAEZ_Memo":"好的 <9号>","F_PAEZ_Sequence":9007199254740993,"F_PAEZ_Status":{"FNumber":"start_date.confirmed"}},"NeedReturnFields":["FNumber"],"NeedUpDateFields":["F_PAEZ_Status","F_PAEZ_EventTime","F_PAEZ_Sequence","F_PAEZ_Memo","F_PAEZ_EntryDate"],"NumberSearch":"true","ValidateFlag":"true"},"formid":"PAEZ_Candidate"}`,
		"workday": `{"candidate":{"descriptor":"Candidate C-1","id":"C-1"},"effectiveMoment":"2026-06-22T02:12:44Z","externalEventId":"C-1-9007199254740993","hireDate":"2026-07-09","jobApplication":{"descriptor":"Result R-1","id":"R-1"},"sequence":9007199254740993,"status":{"descriptor":"Offer accepted","id":"OFFER_ACCEPTED"},"statusReason":""}`,
	}
	samples, err := mapping.Samples()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if got, err := apply(t, s.Mapping, confirmed); err != nil || got != want[s.Name] {
			t.Errorf("%s gives %s, %v", s.Name, got, err)
		}
	}
}

func TestTryShowsWhatIsPosted(t *testing.T) {
	t.Parallel()
	const other = `{"type":"x","data":{}}`
	for _, c := range []struct {
		filter, source string
		want           []mapping.Preview
	}{
		{"", "", []mapping.Preview{{Wanted: true, Payload: []byte(confirmed)}, {Wanted: true, Payload: []byte(other)}}},
		{"", "event.type", []mapping.Preview{{Wanted: true, Payload: []byte(`"start_date.confirmed"`)}, {Wanted: true, Payload: []byte(`"x"`)}}},
		{`event.type == "x"`, "1", []mapping.Preview{{}, {Wanted: true, Payload: []byte(`1`)}}},
		{"", "event.data.result_id", []mapping.Preview{
			{Wanted: true, Payload: []byte(`"R-1"`)},
			{Wanted: true, Problem: `mapping the event: the event has no "result_id" here; write .?result_id and .orValue(…) for what may be missing`},
		}},
	} {
		got, err := mapping.Try(t.Context(), c.filter, c.source, []byte(confirmed), []byte(other))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q, %q: %+v, %v", c.filter, c.source, got, err)
		}
	}
	for want, c := range map[string][2]string{
		"the filter: line 1, column 1":   {"tru", ""},
		"the mapping: line 1, column 7:": {"", "event."},
	} {
		if _, err := mapping.Try(t.Context(), c[0], c[1]); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", c, err, want)
		}
	}
}

// FuzzMapping holds expressions and events from outside to three promises:
// nothing panics, a result is JSON, and it is the same when asked again.
func FuzzMapping(f *testing.F) {
	f.Add(`event.type`, confirmed)
	f.Add(`{"a": event.data.?x.orValue([1, 2.5, null])}`, `{"data":{}}`)
	f.Add(`event.map(k, k)`, `{"a":1e999,"b":[{}]}`)
	f.Add(`"%s".format([event])`, `{}`)
	f.Fuzz(func(t *testing.T, source, event string) {
		m, err := mapping.Compile(source)
		if err != nil {
			return
		}
		first, err := m.Apply(t.Context(), []byte(event))
		if err != nil {
			return
		}
		again, err := m.Apply(t.Context(), []byte(event))
		if !json.Valid(first) || err != nil || string(again) != string(first) {
			t.Errorf("%s of %s gives %s, then %s, %v", source, event, first, again, err)
		}
	})
}
