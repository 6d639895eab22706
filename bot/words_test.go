package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryKeyHasWords holds the keys that the code names against those that
// the locales have, in both directions. That a key has the same arguments and
// its plural forms in every locale is what phrases.New insists on, and that the
// code passes those arguments shows wherever a test says the key.
func TestEveryKeyHasWords(t *testing.T) {
	t.Parallel()
	words := newWords(t)
	used := keysInSource(t)
	for key := range used {
		if _, ok := words.Args(key); !ok {
			t.Errorf("%s is said and has no words", key)
		}
	}
	for _, key := range words.Keys() {
		if !used[key] && !slices.Contains([]string{"choose", "answered", "first_day"}, key) { // which the core says
			t.Errorf("%s has words and is never said", key)
		}
	}
}

// keysInSource finds the keys in the package's code: literals that look like
// one, and the names of choices and of reasons that keys are made of.
func keysInSource(t *testing.T) map[string]bool {
	t.Helper()
	keyLike := regexp.MustCompile(`^(hello|fact|status|greet|start_date|schedule|decline|offer|documents|question|handoff|chat|channel|consent|remind|identity|topic)\.[a-z_.]+[a-z]$`)
	keys := map[string]bool{"with_question": true, "lines": true}
	for _, r := range []string{"too_large", "wrong_type", "unreadable", "encrypted", "too_many_pages", "infected", "expired", "duplicate"} {
		keys["documents.refused."+r] = true
	}
	eachFile(t, ".", func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && keyLike.MatchString(s) {
					keys[s] = true
				}
			case *ast.ValueSpec:
				if name := n.Names[0].Name; strings.HasPrefix(name, "choice") && len(n.Values) == 1 {
					s, _ := strconv.Unquote(n.Values[0].(*ast.BasicLit).Value)
					keys["choices."+s] = true
				}
			}
			return true
		})
	})
	return keys
}

func eachFile(t *testing.T, dir string, visit func(*ast.File)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		visit(f)
	}
}

// TestPure keeps everything that reaches outside away from the dialogue: no
// network and no database anywhere below it, no os in its own packages, and
// nobody asks for the time.
func TestPure(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{.Imports}}", ".", "./nlu", "./mask", "./startdates").CombinedOutput()
	if err != nil {
		t.Fatalf("listing imports: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "database/sql" || name == "net" || strings.HasPrefix(name, "net/") {
			t.Errorf("%s is below the dialogue", name)
		}
		if !strings.HasPrefix(name, "jiebao/") {
			continue
		}
		for _, banned := range []string{"os", "os/exec", "os/signal", "syscall", "io/ioutil"} {
			if slices.Contains(strings.Fields(strings.Trim(imports, "[]")), banned) {
				t.Errorf("%s imports %s", name, banned)
			}
		}
	}
	for _, dir := range []string{".", "nlu", "mask", "startdates"} {
		eachFile(t, dir, func(f *ast.File) {
			ast.Inspect(f, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && asksTime(s) {
					t.Errorf("package %s says time.%s", f.Name, s.Sel.Name)
				}
				return true
			})
		})
	}
}

func asksTime(s *ast.SelectorExpr) bool {
	pkg, ok := s.X.(*ast.Ident)
	return ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Sleep"}, s.Sel.Name)
}
