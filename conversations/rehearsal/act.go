package rehearsal

import (
	"fmt"

	"jiebao/conversations"
)

// ActText writes an act in one line, as transcripts do.
func ActText(a conversations.Act) string {
	switch a := a.(type) {
	case conversations.ConfirmStartDate:
		return "confirm " + a.Date.String()
	case conversations.RequestSchedule:
		return fmt.Sprintf("request %s %q", a.Date, a.Said)
	case conversations.DeclineOffer:
		return fmt.Sprintf("decline %q", a.Reason)
	case conversations.FileUnder:
		return "file " + ShortID(a.Document) + " under " + a.Item
	case conversations.SpeakLocale:
		return "speak " + string(a.Locale)
	case conversations.PreferChannel:
		return "prefer " + a.Channel
	case conversations.LeaveQuestion:
		return fmt.Sprintf("leave %q", a.Text)
	case conversations.RequestHandoff:
		return "handoff " + a.Reason
	case conversations.Acknowledge:
		return "acknowledge"
	case conversations.WithdrawConsent:
		return "opt out"
	case conversations.GiveConsent:
		return "opt in"
	case conversations.AskModel:
		return fmt.Sprintf("ask the model %q", a.Text)
	}
	return fmt.Sprintf("%T", a)
}
