package conversations

// What the inbox and the API read. Every query carries a Scope, and what
// lies outside it does not exist.

// MessageView is a message with the history of its statuses.
type MessageView struct {
	Message
	History []StatusChange
}

// ResultView is a posted result as the EHR sees it.
type ResultView struct {
	Result       Result
	Conversation Conversation
	Current      bool // false once a later result of the same candidate took its place
	Application  Application
}

// View returns how the result stands in the conversation it belongs to.
func (r Result) View(c Conversation) ResultView {
	v := ResultView{Result: r, Conversation: c}
	for i, app := range c.Applications {
		if app.ResultID == r.ID {
			v.Application, v.Current = app, i == len(c.Applications)-1
		}
	}
	return v
}
