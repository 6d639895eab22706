package mapping_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"jiebao/gateway/ehr/mapping"
)

// TestNoExpressionFillsTheMemory tries what comes to gigabytes, or takes hours,
// within one call, which nothing interrupts. It is not parallel, since it looks
// at what is allocated.
func TestNoExpressionFillsTheMemory(t *testing.T) {
	event := []byte(`{"data":{"a":"` + strings.Repeat("a", 20_000) + `"}}`)
	for name, source := range map[string]string{
		"replace":     `event.data.a.replace("a", event.data.a).size()`,
		"between":     `event.data.a.replace("", event.data.a).size()`,
		"some":        `event.data.a.replace("a", event.data.a, 10000).size()`,
		"join":        `event.data.a.split("").join(event.data.a).size()`,
		"twice":       `cel.bind(x, event.data.a + event.data.a, x.replace("a", x).size())`,
		"sums":        `(` + strings.Repeat(`event.data.a + `, 60) + `"").split("").size()`,
		"sets":        `sets.contains(event.data.a.split(""), event.data.a.replace("a", "b").split(""))`,
		"search":      `(event.data.a + "c").lastIndexOf(event.data.a + "b")`,
		"patterns":    `event.data.a.matches("(((a?){30}){30})*b")`,
		"over again":  `[1,2,3,4,5,6,7,8,9,10].map(x, [1,2,3,4,5,6,7,8,9,10].map(y, event.data.a.replace("a", "bbbbbbbbbb"))).size()`,
		"and nothing": `event.data.a.replace("a", "").size()`,
	} {
		m, err := mapping.Compile(source)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begun := time.Now()
		got, err := m.Apply(t.Context(), event)
		took := time.Since(begun)
		runtime.ReadMemStats(&after)
		if (err == nil) != (name == "and nothing") {
			t.Errorf("%s gives %s, %v", name, got, err)
		}
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 32 || took > 2*time.Second {
			t.Errorf("%s: %d MiB, %s", name, mib, took)
		}
	}
}

// TestBoundedFunctionsAreCELs holds ours to what CEL's own do.
func TestBoundedFunctionsAreCELs(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`"a.b.c".replace(".", "-")`:                                `"a-b-c"`,
		`"a.b.c".replace(".", "-", 1)`:                             `"a-b.c"`,
		`"a.b.c".replace(".", "-", -7)`:                            `"a-b-c"`,
		`"a.b".replace(".", "-", 0)`:                               `"a.b"`,
		`"张三".replace("", "·")`:                                    `"·张·三·"`,
		`["a", "b"].join()`:                                        `"ab"`,
		`["a", "b", "c"].join(", ")`:                               `"a, b, c"`,
		`[].join(",")`:                                             `""`,
		`event.data.s.split(",").map(x, x).join(";")`:              `"x;y"`,
		`sets.contains(["a", "b"], ["b"])`:                         `true`,
		`"tacocat".indexOf("c", 3) + 1`:                            `5`,
		`event.data.s.matches("^x") && event.data.s.contains("y")`: `true`,
		`event.data.n + 1`:                                         `8`,
	} {
		m, err := mapping.Compile(source)
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		got, err := m.Apply(t.Context(), []byte(`{"data":{"s":"x,y","n":7}}`))
		if err != nil || string(got) != want {
			t.Errorf("%s gives %s, %v, want %s", source, got, err, want)
		}
	}
	for _, source := range []string{`"a".replace(1, 2)`, `[1].join()`} {
		if _, err := mapping.Compile(source); err == nil || strings.Contains(err.Error(), "ed'") {
			t.Errorf("%s: %v", source, err)
		}
	}
	m, err := mapping.Compile(`[event.data.n].join()`)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := m.Apply(t.Context(), []byte(`{"data":{"n":7}}`)); err == nil {
		t.Errorf("a number is joined to %s", got)
	}
}
