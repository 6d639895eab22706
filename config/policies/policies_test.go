package policies_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"jiebao/config/policies"
)

type limits struct {
	Days  int      `yaml:"days"`
	Names []string `yaml:"names"`
}

func folder(files ...string) fstest.MapFS {
	fs := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fs[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fs
}

func read(t *testing.T, base, override fstest.MapFS) (*policies.Section[limits], error) {
	t.Helper()
	set, err := policies.Load(base, override, "limits", "other")
	if err != nil {
		return nil, err
	}
	return policies.Read(set, "limits", func(l limits) error {
		if l.Days < 0 {
			return errors.New("days: must not be negative")
		}
		return nil
	})
}

func TestNearestWins(t *testing.T) {
	t.Parallel()
	base := folder("default.yaml", "limits: {days: 1}")
	override := folder(
		"head.yaml", "branch: head\nlimits: {days: 2}",
		"beijing.yaml", "branch: head/beijing\nlimits: {days: 3}",
		"tellers.yaml", "positions: [柜员, T-1]\nlimits: {days: 4}",
		"trainees.yaml", "positions: [\"管培*\"]\nlimits: {days: 5}",
		"trainees-it.yaml", "positions: [\"管培*科技*\"]\nlimits: {days: 6}",
		"beijing-tellers.yaml", "branch: head/beijing\npositions: [柜员]\nlimits: {days: 7}",
		"other.yaml", "branch: head/beijing/haidian\nother: {}",
	)
	limits, err := read(t, base, override)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		branch, id, title string
		want              int
	}{
		{"elsewhere", "", "经理", 1},
		{"head", "", "经理", 2},
		{"headquarters", "", "经理", 1},
		{"head/shanghai", "", "经理", 2},
		{"head/beijing", "", "经理", 3},
		{"head/beijing/haidian", "", "经理", 3}, // its file has another section
		{"elsewhere", "", "柜员", 4},
		{"head/shanghai", "T-1", "综合柜员", 4},
		{"head/beijing/haidian", "", "柜员", 7},
		{"head/beijing", "", "管培生", 5}, // the position before the branch
		{"head/beijing", "", "管培生（科技）", 6},
		{"head/beijing", "", "", 3},
	} {
		if got, ok := limits.For(c.branch, c.id, c.title); !ok || got.Days != c.want {
			t.Errorf("%s %s %s: policy %d, %v; want %d", c.branch, c.id, c.title, got.Days, ok, c.want)
		}
	}
}

func TestFolderBeforeEmbedded(t *testing.T) {
	t.Parallel()
	limits, err := read(t, folder("a.yaml", "limits: {days: 1}"), folder("b.yaml", "limits: {days: 2}"))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := limits.For("head"); got.Days != 2 {
		t.Errorf("the embedded file holds: %+v", got)
	}
	if limits, err = read(t, folder(), nil); err != nil {
		t.Fatal(err)
	}
	if _, ok := limits.For("head"); ok {
		t.Error("a policy was found where there is none")
	}
}

func TestKeysLeftOutAreTheUsualOnes(t *testing.T) {
	t.Parallel()
	base := folder("default.yaml", "limits: {days: 1, names: [a, b]}", "branch.yaml", "branch: head\nlimits: {days: 2}")
	for name, c := range map[string]struct {
		file string
		want limits
	}{
		"one key":  {"limits: {days: 3}", limits{3, []string{"a", "b"}}},
		"a list":   {"limits:\n  names: [c]", limits{1, []string{"c"}}},
		"no list":  {"limits:\n  names: []\n  days: 0", limits{0, []string{}}},
		"no entry": {"limits: {}", limits{1, []string{"a", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, err := read(t, base, folder("mine.yaml", "branch: head/beijing\n"+c.file))
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := all.For("head/beijing"); got.Days != c.want.Days || !slices.Equal(got.Names, c.want.Names) {
				t.Errorf("read %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"unknown section":         {"limit: {days: 1}", []string{"a.yaml: line 1: limit is unknown; known here: branch, positions, limits, other"}},
		"unknown key":             {"limits:\n  day: 1", []string{"a.yaml: limits: line 2", `"day"`}},
		"wrong type":              {"limits:\n  days: soon", []string{"a.yaml: limits: line 2"}},
		"bad value":               {"limits: {days: -1}", []string{"a.yaml: limits: days: must not be negative"}},
		"bad branch":              {"branch: Head/\nlimits: {days: 1}", []string{"branch: \"Head/\" is not a path"}},
		"branch of another type":  {"branch: [head]", []string{"branch: line 1"}},
		"empty position":          {"positions: [\"\"]", []string{"positions: one is empty"}},
		"key twice":               {"limits: {days: 1}\nlimits: {days: 2}", []string{"a.yaml: line 2", "limits"}},
		"no mapping":              {"- limits", []string{"not a section of keys"}},
		"two documents":           {"limits: {days: 1}\n---\nlimits: {days: 2}", []string{"more than one YAML document"}},
		"not YAML":                {"limits: {days: 1", []string{"a.yaml: line 1"}},
		"same selector elsewhere": {"limits: {days: 1}", []string{"b.yaml: limits: a.yaml has it too"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := folder("a.yaml", c.file)
			if strings.HasPrefix(name, "same") {
				files = folder("a.yaml", c.file, "b.yaml", c.file)
			}
			_, err := read(t, files, nil)
			if err == nil {
				t.Fatal("it was read")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error %q does not say %q", err, want)
				}
			}
		})
	}
}

func TestEmptyFiles(t *testing.T) {
	t.Parallel()
	if _, err := read(t, folder("a.yaml", "", "b.yaml", "# nothing\n", "c.yaml", "limits:\n", "notes.txt", "no policy"), nil); err != nil {
		t.Error(err)
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"柜员", "柜员", true}, {"柜员", "综合柜员", false}, {"*柜员", "综合柜员", true}, {"*", "", true},
		{"管培*", "管培生", true}, {"管培*生", "管培生", true}, {"管培*生", "管培", false}, {"a*b*c", "aXbYc", true},
		{"a*b*c", "acb", false}, {"a*a", "a", false}, {"**", "x", true}, {"柜员/*", "柜员/客户经理", true},
	} {
		if got := policies.Matches(c.pattern, c.name); got != c.want {
			t.Errorf("%s fits %s: %v", c.pattern, c.name, got)
		}
	}
}

// FuzzLoad: whatever stands in a file, it is read or refused with an error
// that names the file, and a repeated read finds the same.
func FuzzLoad(f *testing.F) {
	for _, seed := range []string{"", "limits: {days: 1}", "branch: head\npositions: [\"*\"]\nlimits:\n  names: [a]", "limits: &a\n  days: 1\nother: *a", "? [a]\n: b", "limits: !!str x", "- a", "\"", "a: b: c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = text[:min(len(text), 1<<10)] // the YAML parser takes the square of the depth of nesting
		limits, err := read(t, folder("a.yaml", text), nil)
		again, errAgain := read(t, folder("a.yaml", text), nil)
		if (err == nil) != (errAgain == nil) {
			t.Fatalf("once %v, once %v", err, errAgain)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "a.yaml: ") {
				t.Errorf("the error %q does not name the file", err)
			}
			return
		}
		got, ok := limits.For("head", "x")
		same, okAgain := again.For("head", "x")
		if ok != okAgain || got.Days != same.Days {
			t.Errorf("once %+v, once %+v", got, same)
		}
	})
}
