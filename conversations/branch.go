package conversations

import (
	"slices"
	"strings"
)

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

// Concerns says whether what is written for branch is told to candidates of
// the scope: what is for a branch of it, for one above, or for everybody.
func (s Scope) Concerns(branch string) bool {
	if branch == "" {
		return len(s) > 0
	}
	return s.Allows(branch) || slices.ContainsFunc(s, Scope{branch}.Allows)
}

// Writes says whether the scope may write for branch. What is for everybody
// is the head office's to write, whose path has one segment.
func (s Scope) Writes(branch string) bool {
	if branch != "" {
		return s.Allows(branch)
	}
	return slices.ContainsFunc(s, func(root string) bool { return !strings.Contains(root, "/") })
}
