package wecomsim_test

import (
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestImports keeps the package's promise: a simulator that shared code with
// the adapter, or with the SDK, would agree with their mistakes.
func TestImports(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source found: %v", err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			first, _, _ := strings.Cut(path, "/")
			own := path == "jiebao/channels/wechat/simseal" || strings.HasSuffix(name, "_test.go") && path == "jiebao/channels/wecom/wecomsim"
			if (strings.Contains(first, ".") || first == "jiebao") && !own {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
