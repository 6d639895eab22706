package sqlstore

import (
	"encoding/json"
	"strings"
)

// inJSON is v as a JSON document. It is made where it stays: json.Marshal and
// string() would copy it twice.
func inJSON(v any) (string, error) {
	var b strings.Builder
	err := json.NewEncoder(&b).Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}
