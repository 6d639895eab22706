package console

import (
	"net/http"
	"strings"
)

// The panel's sections fold, and each agent's browser remembers which.

// foldCookie holds the names of the sections that the agent opened, and with a
// dot before them of those that were closed, apart by hyphens, as panel.js
// writes it.
const foldCookie = "jiebao_panel"

// foldsOf are the sections that the agent opened or closed.
func foldsOf(r *http.Request) map[string]bool {
	k, err := r.Cookie(foldCookie)
	if err != nil || len(k.Value) > 1000 {
		return nil
	}
	folds := map[string]bool{}
	for name := range strings.SplitSeq(k.Value, "-") {
		bare, closed := strings.CutPrefix(name, ".")
		folds[bare] = !closed
	}
	return folds
}

// unfolded says whether a section is open: as the agent left it, or else as
// it is at first.
func (v *view) unfolded(section string, atFirst bool) bool {
	if open, chosen := v.folds[section]; chosen {
		return open
	}
	return atFirst
}
