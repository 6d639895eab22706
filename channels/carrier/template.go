package carrier

import "strings"

// Template is the filed template of a name. What is not filed in a candidate's
// language, as result_passed_en, is sent as the plain name's, result_passed:
// better in Chinese than not at all. Their variables are the same.
func Template(filed map[string]string, name string) (id string, ok bool) {
	for {
		if id, ok = filed[name]; ok {
			return id, true
		}
		i := strings.LastIndexByte(name, '_')
		if i < 0 {
			return "", false
		}
		name = name[:i]
	}
}
