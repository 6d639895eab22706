package console

import (
	"jiebao/conversations"
	"jiebao/gateway/bulk"
)

// listWords are the keys that the list and what is done to many make of a
// prefix and a name.
func listWords() map[string][]string {
	var kinds, views, empty, skips, outcomes, heads []string
	for _, k := range bulk.Kinds() {
		kinds = append(kinds, string(k))
	}
	for _, w := range conversations.InboxViews() {
		views, empty = append(views, viewID(w)), append(empty, viewID(w))
	}
	for _, s := range bulk.Skips() {
		skips = append(skips, string(s))
	}
	for _, o := range bulk.Outcomes() {
		outcomes = append(outcomes, string(o))
	}
	for _, k := range columns() {
		heads = append(heads, k.name)
	}
	return map[string][]string{
		"view.": views, "view.empty_": empty, "filter.": {"branch", "position", "intake", "channel", "answer", "owner"},
		"platform.":    {"wechat", "wecom", "kf", "push", "sms", "email", "voice", "h5"},
		"list.group_":  {ofPeople, ofMessages},
		"list.failed_": {conversations.Failed.String(), conversations.Unknown.String()},
		"bulk.":        append(kinds, exporting), "bulk.title_": kinds, "bulk.do_": kinds, "bulk.sum_": kinds, "bulk.undo_": kinds,
		"bulk.skip_": skips, "bulk.is_": append(outcomes, "waiting"), "bulk.state_": {string(bulk.Ended), string(bulk.Undone)},
		"export.": heads,
	}
}
