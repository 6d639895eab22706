package channels_test

import (
	"go/build"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestSimulatorsShareNoCodeWithAdapters: a simulator that used the adapter that
// it is there to test, the core, or a platform's SDK would agree with their
// mistakes. So do its tests.
func TestSimulatorsShareNoCodeWithAdapters(t *testing.T) {
	t.Parallel()
	simulators, err := filepath.Glob("*/*sim")
	if err != nil || len(simulators) != 7 {
		t.Fatalf("simulators %q, %v; want 7", simulators, err)
	}
	simulators = append(simulators, "simclock", "simorder", "wechat/simseal")
	libraries := map[string]string{"email/emailsim": "golang.org/x/net/html"}
	for _, dir := range simulators {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range slices.Concat(pkg.Imports, pkg.TestImports, pkg.XTestImports) {
			first, _, _ := strings.Cut(path, "/")
			own, inside := strings.CutPrefix(path, "jiebao/channels/")
			switch {
			case inside && slices.Contains(simulators, own), path == libraries[dir]:
			case path == "jiebao/conversations/storetest/testenv" && !slices.Contains(pkg.Imports, path):
			case first == "jiebao", strings.Contains(first, "."):
				t.Errorf("%s imports %s", dir, path)
			}
		}
	}
}
