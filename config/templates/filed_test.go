package templates

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

var (
	filedVariable = regexp.MustCompile(`\$\{(\w+)\}`)
	filedPlace    = regexp.MustCompile(`\{(\d)\}`)
)

// The words that a bank files with its providers stand in the notes of the
// template files: they have to take the very variables that are sent, and to
// tell nobody who looks at a locked phone, or picks up somebody else's, more
// than that there is news.
func TestNotesSayWhatToFile(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"sms", "voice"} {
		files, err := fs.Glob(Embedded(), channel+"/*.yaml")
		if err != nil || len(files) != 15 {
			t.Fatalf("%s has %d templates, want five purposes in three languages (%v)", channel, len(files), err)
		}
		for _, name := range files {
			text, err := fs.ReadFile(Embedded(), name)
			if err != nil {
				t.Fatal(err)
			}
			checkFiled(t, name, string(text))
		}
	}
}

func checkFiled(t *testing.T, name, text string) {
	t.Helper()
	var d definition
	if err := yaml.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	var sent []string
	for _, f := range d.Fields {
		sent = append(sent, f.Name)
	}
	if d.Channel == "sms" {
		sent = append(sent, "link")
	}
	var filed []string
	for _, m := range filedVariable.FindAllStringSubmatch(text, -1) {
		filed = append(filed, m[1])
	}
	if !slices.Equal(filed, sent) {
		t.Errorf("%s: the words to file have the variables %v, and %v are sent", name, filed, sent)
	}
	if d.Channel == "sms" && len(filedPlace.FindAllString(text, -1)) != len(sent) {
		t.Errorf("%s: the words to file at Tencent Cloud do not have %d variables", name, len(sent))
	}
	words := d.Text
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#   ") {
			words += line
		}
	}
	for _, told := range []string{"PositionTitle", "Workplace", "Contact", "BranchName", "恭喜", "通过", "通過", "录用", "錄用", "ongrat", "passed", "offer"} {
		if strings.Contains(words, told) {
			t.Errorf("%s tells %s", name, told)
		}
	}
}
