package voicesim_test

import (
	"go/build"
	"strings"
	"testing"
)

// The simulator would prove nothing if it used the code, or the libraries,
// that it is there to test.
func TestSharesNoCodeWithTheAdapter(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "../../carrier/carriersim"} {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range pkg.Imports {
			if strings.Contains(path, ".") || strings.HasPrefix(path, "jiebao/") && path != "jiebao/channels/carrier/carriersim" {
				t.Errorf("%s imports %s", pkg.Name, path)
			}
		}
	}
}
