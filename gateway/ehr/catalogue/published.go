package catalogue

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// published are the schemas of all versions that were ever told.
//
//go:embed schemas
var published embed.FS

// Published is the schema of a type's data in one version, as it stands in
// the folder schemas.
type Published struct {
	Type    string
	Version int
	Body    []byte
}

// URN is what events of that version have as dataschema.
func (p Published) URN() string { return fmt.Sprintf("urn:jiebao:event:%s:%d", p.Type, p.Version) }

// AllPublished returns every version's schema, by type and version.
func AllPublished() ([]Published, error) {
	var out []Published
	err := fs.WalkDir(published, "schemas", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		version, err := strconv.Atoi(strings.TrimSuffix(d.Name(), ".json"))
		if err != nil {
			return fmt.Errorf("%s is not named by a version", name)
		}
		body, err := published.ReadFile(name)
		out = append(out, Published{Type: path.Base(path.Dir(name)), Version: version, Body: body})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the published schemas: %w", err)
	}
	slices.SortFunc(out, func(a, b Published) int {
		if a.Type != b.Type {
			return strings.Compare(a.Type, b.Type)
		}
		return a.Version - b.Version
	})
	return out, nil
}

// Breaks says what a receiver that was written for before could stumble over
// in events of after; nothing, if the version may stay the same.
func Breaks(before, after *Schema) []string { return breaks("data", before, after) }

func breaks(at string, before, after *Schema) (out []string) {
	say := func(what string) { out = append(out, at+" "+what) }
	switch {
	case after == nil:
		say("is gone")
		return out
	case before == nil:
		return nil
	case before.Type != after.Type:
		say("is " + after.Type + " and was " + before.Type)
	case before.Format != after.Format || before.Pattern != after.Pattern:
		say("has another format")
	case !slices.Equal(before.Enum, after.Enum):
		say(fmt.Sprintf("is one of %q and was one of %q", after.Enum, before.Enum))
	}
	for _, name := range before.Required {
		if !slices.Contains(after.Required, name) {
			say("may lack " + name)
		}
	}
	for name, was := range before.Properties {
		out = append(out, breaks(at+"."+name, was, after.Properties[name])...)
	}
	if before.Items != nil {
		out = append(out, breaks(at+"[]", before.Items, after.Items)...)
	}
	slices.Sort(out)
	return out
}
