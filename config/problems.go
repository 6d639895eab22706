package config

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed config.example.yaml
var exampleFile string

// Example is the text of config.example.yaml, which names every key.
func Example() string { return exampleFile }

// Problem is one bad value. It never holds the value of a secret.
type Problem struct {
	// Key is the path of the value, such as accounts[1].encoding_aes_key.
	Key string
	// Where tells what set it: a line of the file, or an environment variable.
	Where string
	// Problem reads on after the key: "must have 43 characters, has 42".
	Problem string
	// Example is a good value, as it would be written.
	Example string
}

func (p Problem) Error() string {
	text := p.Key + " " + p.Problem
	if p.Where != "" {
		text = p.Where + ": " + text
	}
	if p.Example != "" {
		text += fmt.Sprintf(" (example: %s)", p.Example)
	}
	return text
}

// Problems are all that was wrong, in the order of the keys.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	lines = append(lines, fmt.Sprintf("the configuration has %d problem(s):", len(p)))
	for _, problem := range p {
		lines = append(lines, "  "+problem.Error())
	}
	return strings.Join(lines, "\n")
}

// without leaves out the problems of keys that have one already.
func (p Problems) without(reported Problems) Problems {
	return slices.DeleteFunc(p, func(problem Problem) bool {
		return slices.ContainsFunc(reported, func(r Problem) bool { return r.Key == problem.Key })
	})
}

var indexes = regexp.MustCompile(`\[\d+\]`)

// exampleOf is what the annotated example says for a key, or empty. In lists
// the first entry that has the key speaks for all.
func exampleOf(key string) string {
	path, err := yaml.PathString("$." + indexes.ReplaceAllString(key, "[*]"))
	if err != nil {
		return ""
	}
	node, err := path.ReadNode(strings.NewReader(exampleFile))
	if err != nil {
		return ""
	}
	written := strings.TrimSpace(node.String())
	if strings.Contains(key, "[") { // a sequence of the entries' values
		written, _, _ = strings.Cut(strings.TrimPrefix(written, "- "), "\n")
	}
	if strings.Contains(written, "\n") {
		return ""
	}
	return written
}
