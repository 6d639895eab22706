package bot

import "jiebao/conversations"

// The entries of an account's menu.
const (
	menuInterview = "my_interview"
	menuDocuments = "documents"
	menuHuman     = "human"
)

// tapped is a tap on the account's menu. An entry the bot does not know shows
// the overview.
func (t *talk) tapped() {
	switch t.Heard.Text {
	case menuDocuments:
		t.sayDocuments()
		t.remind()
	case menuHuman:
		t.handoff("handoff.asked", conversations.HandoffAsked)
	default:
		t.memory.Greeted = true
		t.overview(phrase("fact.passed", nil))
	}
}
