package console

import (
	"strings"

	"jiebao/conversations"
)

// panelWords are the keys of the panel that are put together from a name.
func panelWords() map[string][]string {
	var types, reasons []string
	for t := range tellings() {
		types = append(types, strings.ReplaceAll(string(t), ".", "_"))
	}
	for _, code := range conversations.DateCodes() {
		if code != conversations.DateNeedsApproval {
			reasons = append(reasons, string(code))
		}
	}
	var tabs []string
	for _, q := range queues() {
		tabs = append(tabs, q.id)
	}
	return map[string][]string{
		"work.":          tabs,
		"timeline.":      types,
		"timeline.call_": {string(conversations.CallReached), string(conversations.CallNoAnswer), string(conversations.CallWrongNumber)},
		"dates.":         {"offered", "asked", "changed", "agreed", string(conversations.Approve), string(conversations.Refuse), string(conversations.Counter), string(conversations.Superseded)},
		"dates.why_":     reasons,
		"dates.by_":      {string(conversations.AgreedByOffer), string(conversations.AgreedByHR), string(conversations.AgreedByPolicy)},
	}
}
