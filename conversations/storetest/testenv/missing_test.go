package testenv

import (
	"fmt"
	"strings"
	"testing"
)

// recorder is a test that records how it ended instead of ending.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Skipf(format string, args ...any)  { r.skipped = fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.failed = fmt.Sprintf(format, args...) }

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
