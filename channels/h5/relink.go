package h5

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"jiebao/conversations"
)

// relinkPath is where, below a link that has expired, a new one is asked for.
const relinkPath = "/link"

// expired answers a link that has had its time, and lets whoever holds it ask
// for a new one. That goes to where the candidate is known to be reached, and
// the page tells nothing of it.
func (v *visit) expired() {
	if v.r.Method != http.MethodPost || !strings.HasSuffix(v.r.URL.Path, relinkPath) {
		v.again = v.self() + relinkPath
		v.problem(http.StatusGone, "expired")
		return
	}
	_, err := v.o.Store.Apply(v.r.Context(), conversations.Target{Conversation: v.link.Conversation}, conversations.Relink{})
	if err != nil && !errors.Is(err, conversations.ErrNotFound) {
		v.failed(fmt.Errorf("sending a new link: %w", err))
		return
	}
	v.render(http.StatusOK, "relinked", nil)
}
