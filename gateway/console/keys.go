package console

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// shortcut is what a key does, in the words keys.WORDS. The palette offers what
// can be asked for without being in the middle of something.
type shortcut struct {
	keys    string // as scripts bind it: "j", "g i", "ctrl k"
	words   string
	offered bool // in the palette
}

// shortcuts are the keys that mean something on every page, and those of the
// inbox. Queues of work show theirs beside what they do.
type shortcuts struct {
	title string
	keys  []shortcut
}

func keyboard() []shortcuts {
	return []shortcuts{
		{"keys.everywhere", []shortcut{
			{"ctrl k", "palette", false}, {"/", "search", true}, {"?", "help", true},
		}},
		{"keys.list", []shortcut{
			{"j", "next", false}, {"k", "previous", false}, {"x", "select", false}, {"1–9", "view", false},
		}},
		{"keys.thread", []shortcut{
			{"r", "reply", true}, {"c", "canned", true}, {"a", "take", true}, {"e", "close_thread", true}, {"z", "undo", true}, {"i", "panel", true}, {"ctrl enter", "send", false},
		}},
	}
}

// caps are the key tops of a shortcut, as they are printed on keyboards.
func (s shortcut) caps() []string {
	caps := strings.Fields(s.keys)
	for i, c := range caps {
		switch c {
		case "ctrl":
			caps[i] = "Ctrl"
		case "enter":
			caps[i] = "↵"
		default:
			caps[i] = strings.ToUpper(c)
		}
	}
	return caps
}

// offers are the shortcuts that the palette lists.
func offers() (all []shortcut) {
	for _, group := range keyboard() {
		for _, s := range group.keys {
			if s.offered {
				all = append(all, s)
			}
		}
	}
	return all
}

// mostFound is how many candidates the palette names.
const mostFound = 6

// mountPalette adds what the palette finds.
func (c *Console) mountPalette(r gin.IRouter) {
	r.POST("/inbox/palette", c.may(conversations.MayRead, (*Console).palette))
}

// palette finds candidates by what is typed. Words come in a form's body, never
// in an address.
func (c *Console) palette(g *gin.Context, v *view) {
	words := strings.TrimSpace(g.PostForm("q"))
	if words == "" {
		c.show(g, http.StatusOK, paletteFound(v, nil))
		return
	}
	page, err := c.o.Store.Inbox(g.Request.Context(), conversations.InboxQuery{
		Scope: v.agent.In(conversations.MayRead), Agent: v.agent.ID, Search: words, Limit: mostFound,
	})
	if err != nil {
		c.fail(g, v, fmt.Errorf("finding candidates: %w", err))
		return
	}
	c.show(g, http.StatusOK, paletteFound(v, page.Rows))
}
