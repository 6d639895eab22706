package conversations

import "strings"

// A branch is a path from the head office down, like head/beijing/chaoyang.
// Every conversation, account, API key and agent belongs to one.

// Scope is the set of branches somebody may see: each entry stands for
// itself and everything below it. The empty scope sees nothing.
type Scope []string

// Everything is the scope of the program itself, which sees every branch.
// It is never given to a person or an API key.
var Everything = Scope{""}

// Allows says whether branch lies in the scope.
func (s Scope) Allows(branch string) bool {
	for _, root := range s {
		if root == "" || branch == root || strings.HasPrefix(branch, root+"/") {
			return true
		}
	}
	return false
}

// ValidBranch says whether s is a branch path: segments of lower-case
// letters, digits, - and _, joined by single slashes.
func ValidBranch(s string) bool {
	for seg := range strings.SplitSeq(s, "/") {
		if seg == "" || strings.Trim(seg, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}
