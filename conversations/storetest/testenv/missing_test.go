package testenv

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recorder is a test that records how it ended instead of ending.
type recorder struct {
	testing.TB
	skipped, failed string
	errors          []string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

func (r *recorder) Error(args ...any) { r.errors = append(r.errors, fmt.Sprint(args...)) }
func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

func TestWhatIsMissingSkipsOrFails(t *testing.T) {
	for ci, fails := range map[string]bool{"": false, "false": false, "true": true} {
		t.Setenv("CI", ci)
		r := &recorder{TB: t}
		missing(r, "PostgreSQL", "apt-get install postgresql")
		if (r.failed != "") != fails || (r.skipped != "") == fails {
			t.Errorf("CI=%s: skipped %q, failed %q", ci, r.skipped, r.failed)
		}
		said := r.skipped + r.failed
		if strings.Contains(said, "\n") || !strings.Contains(said, "PostgreSQL is missing") || !strings.Contains(said, "apt-get install postgresql") {
			t.Errorf("CI=%s: it must say in one line what is missing and what to do, said %q", ci, said)
		}
	}
}

func TestNodeWantsThePackages(t *testing.T) {
	t.Setenv("CI", "")
	r := &recorder{TB: t}
	Node(r, t.TempDir())
	if !strings.Contains(r.skipped, "make setup") {
		t.Errorf("a folder without packages gave %q", r.skipped)
	}
}

func TestPeersHaveToPassTheirChecks(t *testing.T) {
	t.Parallel()
	Node(t)
	folder := t.TempDir()
	script := `process.stdin.on('data', (given) => { console.log('ok ' + JSON.parse(given).word); console.log('not ok second: why'); process.exitCode = 1; });`
	for path, content := range map[string]string{"node_modules/x": "", "good.mjs": "console.log('ok one')", "bad.mjs": script} {
		path = filepath.Join(folder, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tt := range map[string]struct {
		script string
		checks int
		want   []string
	}{
		"all":      {"good.mjs", 1, nil},
		"too few":  {"good.mjs", 2, []string{"1 checks passed, want 2; <nil>"}},
		"one less": {"bad.mjs", 1, []string{"not ok second: why", "1 checks passed, want 1; exit status 1"}},
	} {
		r := &recorder{TB: t}
		Peer(r, folder, tt.script, map[string]string{"word": "first"}, tt.checks)
		if !slices.Equal(r.errors, tt.want) {
			t.Errorf("%s: %q, want %q", name, r.errors, tt.want)
		}
	}
}
