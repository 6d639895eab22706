package phrases

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"jiebao/config/locales"
	"jiebao/conversations"
)

func TestEmbeddedWordsAreInOrder(t *testing.T) {
	t.Parallel()
	p, err := New(locales.Embedded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d keys in %d locales", len(p.Keys()), len(Locales()))
}

// files makes message files out of names and texts in turn; a name without a
// locale stands for one file in each.
func files(namesAndTexts ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		name, text := namesAndTexts[i], namesAndTexts[i+1]
		if strings.Contains(name, ".") {
			m[name] = &fstest.MapFile{Data: []byte(text)}
			continue
		}
		for _, l := range Locales() {
			m[fmt.Sprintf("%s.%s.yaml", name, l)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return m
}

func newPhrases(t testing.TB, embedded, override fstest.MapFS) *Phrases {
	t.Helper()
	if override == nil {
		override = fstest.MapFS{}
	}
	p, err := New(embedded, override)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var (
	monday = conversations.Date{Year: 2026, Month: time.July, Day: 6}
	friday = time.Date(2026, time.July, 3, 18, 0, 0, 0, time.FixedZone("CST", 8*3600))
)

func TestEachLocaleWritesInItsOwnWay(t *testing.T) {
	t.Parallel()
	p := newPhrases(t, files("a", "say: '{{.it}}'\npart: ‹{{.it}}›"), nil)
	part := func(it any) conversations.Say {
		return conversations.Say{Key: "part", Args: map[string]any{"it": it}}
	}
	for _, tt := range []struct {
		it             any
		zhCN, zhHK, en string
	}{
		{monday, "2026年7月6日（星期一）", "2026年7月6日（星期一）", "Monday, 6 July 2026"},
		{friday, "2026年7月3日（星期五）18:00", "2026年7月3日（星期五）18:00", "Friday, 3 July 2026, 18:00"},
		{[]string{"a", "b", "c"}, "a、b、c", "a、b、c", "a, b and c"},
		{[]string{"a", "b"}, "a、b", "a、b", "a and b"},
		{[]string{"a"}, "a", "a", "a"},
		{[]string(nil), "", "", ""},
		{1234, "1234", "1234", "1234"},
		{int64(-5), "-5", "-5", "-5"},
		{"{{.it}}", "{{.it}}", "{{.it}}", "{{.it}}"},
		{part(monday), "‹2026年7月6日（星期一）›", "‹2026年7月6日（星期一）›", "‹Monday, 6 July 2026›"},
		{[]conversations.Say{part("a"), part("b")}, "‹a›\n‹b›", "‹a›\n‹b›", "‹a›\n‹b›"},
	} {
		for l, want := range map[conversations.Locale]string{conversations.Chinese: tt.zhCN, conversations.Traditional: tt.zhHK, conversations.English: tt.en} {
			got, err := p.Words(l, "say", map[string]any{"it": tt.it})
			if err != nil || got != want {
				t.Errorf("%v in %s = %q, %v; want %q", tt.it, l, got, err, want)
			}
		}
	}
}

func TestSunday(t *testing.T) {
	t.Parallel()
	p := newPhrases(t, files("a", "say: '{{.it}}'"), nil)
	for day, want := range map[int]string{5: "日", 6: "一", 7: "二", 8: "三", 9: "四", 10: "五", 11: "六"} {
		got, err := p.Words(conversations.Chinese, "say", map[string]any{"it": conversations.Date{Year: 2026, Month: time.July, Day: day}})
		if err != nil || !strings.Contains(got, "（星期"+want+"）") {
			t.Errorf("July %d = %q, %v", day, got, err)
		}
	}
}

func TestWordsRefusesWhatItCannotSay(t *testing.T) {
	t.Parallel()
	p := newPhrases(t, files("a", "say: '{{.it}}'\nplain: x"), nil)
	for name, tt := range map[string]struct {
		key  string
		args map[string]any
		want string
	}{
		"unknown key":         {"nothing", nil, `no locale has words for "nothing"`},
		"missing argument":    {"say", nil, `"it" is missing`},
		"other argument":      {"say", map[string]any{"that": "x"}, `"it" is missing`},
		"superfluous":         {"plain", map[string]any{"it": "x"}, `"it" is not one of its own`},
		"no date":             {"say", map[string]any{"it": conversations.Date{}}, "there is no date"},
		"no time":             {"say", map[string]any{"it": time.Time{}}, "there is no time"},
		"type":                {"say", map[string]any{"it": 1.5}, "float64"},
		"nil":                 {"say", map[string]any{"it": nil}, "<nil>"},
		"phrase within":       {"say", map[string]any{"it": conversations.Say{Key: "nothing"}}, "nothing"},
		"line within":         {"say", map[string]any{"it": []conversations.Say{{Key: "say"}}}, `"it" is missing`},
		"argument it holds":   {"say", map[string]any{"it": "x", "that": "y"}, `"that" is not one of its own`},
		"choice of no locale": {"choices", nil, "choices"},
	} {
		for _, l := range Locales() {
			got, err := p.Words(l, tt.key, tt.args)
			if err == nil || !strings.Contains(err.Error(), tt.want) || got != "" {
				t.Errorf("%s in %s: %q, %v; want an error with %q", name, l, got, err, tt.want)
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	words := files("a.zh-CN.yaml", "n: '{{.count}}份'", "a.zh-HK.yaml", "n: '{{.count}}份'",
		"a.en.yaml", "n:\n  one: one document\n  other: '{{.count}} documents'")
	p := newPhrases(t, words, nil)
	for n, want := range map[int]string{0: "0 documents", 1: "one document", 2: "2 documents"} {
		if got, err := p.Words(conversations.English, "n", map[string]any{"count": n}); err != nil || got != want {
			t.Errorf("%d = %q, %v", n, got, err)
		}
	}
	capped := files("a.zh-CN.yaml", "n: '{{.n}}份'", "a.zh-HK.yaml", "n: '{{.n}}份'", "a.en.yaml", "n:\n  one: one document\n  other: '{{.n}} documents'")
	if p, err := New(capped, nil); err != nil {
		t.Error(err)
	} else {
		for n, want := range map[any]string{1: "one document", "1": "one document", "999+": "999+ documents", 0: "0 documents"} {
			if got, err := p.Words(conversations.English, "n", map[string]any{"n": n}); err != nil || got != want {
				t.Errorf("%v: %q, %v", n, got, err)
			}
		}
	}
	if got, err := p.Words(conversations.Chinese, "n", map[string]any{"count": 1}); err != nil || got != "1份" {
		t.Errorf("Chinese = %q, %v", got, err)
	}
}

func TestOverride(t *testing.T) {
	t.Parallel()
	p := newPhrases(t, files("a", "hello: 'hello {{.name}}'\nbye: bye"), files("mine.en.yaml", "hello: Welcome!"))
	args := map[string]any{"name": "Wei"}
	for l, want := range map[conversations.Locale]string{conversations.English: "Welcome!", conversations.Chinese: "hello Wei"} {
		if got, err := p.Words(l, "hello", args); err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", l, got, err, want)
		}
	}
}

func TestNewNamesEveryProblem(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		embedded, override fstest.MapFS
		want               []string
	}{
		"lacking key":      {files("a.zh-CN.yaml", "k: x", "a.en.yaml", "k: x"), nil, []string{"zh-HK lacks k"}},
		"other arguments":  {files("a.zh-CN.yaml", "k: x", "a.zh-HK.yaml", "k: x", "a.en.yaml", "k: '{{.n}}'"), nil, []string{"in another locale"}},
		"twice":            {files("a", "k: x", "b", "k: y"), nil, []string{"k stands in a.en.yaml already", "k stands in a.zh-CN.yaml already"}},
		"conditions":       {files("a", "k: '{{if .x}}y{{end}}'"), nil, []string{"arguments look like {{.name}}"}},
		"open braces":      {files("a", "k: '{{.x'"), nil, []string{"arguments look like"}},
		"closing braces":   {files("a", "k: 'x}}'"), nil, []string{"}} without {{"}},
		"yaml":             {files("a", "k: [x"), nil, []string{"a.en.yaml"}},
		"unknown locale":   {files("a", "k: x", "a.fr.yaml", "k: x"), nil, []string{"a.fr.yaml: the name has to end in"}},
		"plural form":      {files("a", "k:\n  one: '{{.count}}'"), nil, []string{"for the number 0"}},
		"plural no count":  {files("a", "k:\n  one: x\n  other: y"), nil, []string{"plural forms and no {{.count}} or {{.n}}"}},
		"override key":     {files("a", "k: x"), files("b.en.yaml", "kk: x"), []string{"nobody asks for kk"}},
		"override args":    {files("a", "k: x"), files("b.en.yaml", "k: '{{.n}}'"), []string{"k has no argument {{.n}}"}},
		"several problems": {files("a.zh-CN.yaml", "k: x", "a.en.yaml", "k: '{{'"), nil, []string{"zh-HK lacks k", "arguments look like"}},
	} {
		var err error
		if tt.override == nil {
			_, err = New(tt.embedded, nil)
		} else {
			_, err = New(tt.embedded, tt.override)
		}
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v does not say %q", name, err, want)
			}
		}
	}
}

func TestOverrideFromAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/bot.zh-CN.yaml", []byte("k: 我们的话"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := New(files("a", "k: x"), os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := p.Words(conversations.Chinese, "k", nil); got != "我们的话" {
		t.Errorf("k = %q", got)
	}
	if _, err := New(files("a", "k: x"), os.DirFS(dir+"/nowhere")); err == nil {
		t.Error("a folder that does not exist was taken for one without words")
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	for l, want := range map[conversations.Locale]conversations.Locale{
		"": "zh-CN", "zh": "zh-CN", "zh-Hans": "zh-CN", "fr": "zh-CN", "zh-CN": "zh-CN",
		"zh-TW": "zh-HK", "zh-Hant": "zh-HK", "zh-MO": "zh-HK", "yue": "zh-HK",
		"en": "en", "en-US": "en", "EN": "en",
	} {
		if got := Nearest(l); got != want {
			t.Errorf("Nearest(%q) = %s, want %s", l, got, want)
		}
	}
}

// BenchmarkWords is to stay under 5 µs a phrase.
func BenchmarkWords(b *testing.B) {
	p := newPhrases(b, files("a", "ask: 您能在{{.date}}入职吗？\nwith: '{{.body}}{{.question}}'"), nil)
	ask := conversations.Say{Key: "ask", Args: map[string]any{"date": monday}}
	b.Run("date", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.Words(conversations.Traditional, ask.Key, ask.Args); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("phrases within", func(b *testing.B) {
		b.ReportAllocs()
		args := map[string]any{"body": []conversations.Say{ask, ask, ask}, "question": ask}
		for b.Loop() {
			if _, err := p.Words(conversations.English, "with", args); err != nil {
				b.Fatal(err)
			}
		}
	})
}
