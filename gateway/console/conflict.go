package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"jiebao/conversations"
)

// settle is HR's decision about what another system and Jiebao do not agree
// on. If it was settled meanwhile, nothing happens and the page says so.
func (c *Console) settle(g *gin.Context, v *view) {
	cmd := conversations.Settle{
		Agent: v.agent.ID, Conflict: g.PostForm("conflict"), Choice: conversations.Choosing(g.PostForm("choice")), Note: strings.TrimSpace(g.PostForm("note")),
	}
	if !slices.Contains(choices(), cmd.Choice) {
		c.problem(g, v, http.StatusUnprocessableEntity, "problem.invalid")
		return
	}
	if cmd.Choice == conversations.ChooseOther && cmd.Note == "" {
		c.refuse(g, v, http.StatusUnprocessableEntity, v.T("conflict.need_note"), "", "")
		return
	}
	c.acted(g, v, c.o.Settle(g.Request.Context(), v.agent.In(conversations.MayWork), g.Param("id"), cmd))
}

// choices are how HR settles a conflict.
func choices() []conversations.Choosing {
	return []conversations.Choosing{conversations.ChooseTheirs, conversations.ChooseOurs, conversations.ChooseOther}
}

// system names who does not agree: an endpoint's id, or the API's key.
func system(name string) string { return strings.ToUpper(strings.TrimPrefix(name, "api:")) }

// side is what one side of a conflict says of a part.
func (v *view) side(x *conversations.Conflict, part string) (theirs, ours string) {
	switch part {
	case conversations.PartStartDate:
		theirs, ours = v.T("conflict.nothing"), v.day(x.Ours.StartDate())
		if x.Theirs.StartDate != nil {
			theirs = v.day(*x.Theirs.StartDate)
		}
	case conversations.PartAnswer:
		theirs, ours = v.T("conflict.nothing"), v.T("answer."+x.Ours.Answer.String())
		if x.Theirs.Answer != nil {
			theirs = v.T("answer." + x.Theirs.Answer.String())
		}
	default:
		theirs, ours = v.T("conflict.files", "n", len(x.Theirs.Documents)), v.T("conflict.files", "n", len(x.Ours.Documents))
	}
	return theirs, ours
}
