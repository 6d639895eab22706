package ehr

import (
	"encoding/json"
	"slices"
	"strings"
)

// wantsType says whether an event is of the types: names, or beginnings of
// names with a star. None are all.
func wantsType(types []string, event []byte) bool {
	if len(types) == 0 {
		return true
	}
	var e struct{ Type string }
	if err := json.Unmarshal(event, &e); err != nil {
		return true // it is the receiver's to say what is wrong with it
	}
	return slices.ContainsFunc(types, func(t string) bool {
		prefix, starred := strings.CutSuffix(t, "*")
		return t == e.Type || starred && strings.HasPrefix(e.Type, prefix)
	})
}
