package api

import "jiebao/conversations/audit"

// Deeds are what operations are in the audit log, by their ids; "" for those
// that have no entry of their own.
func Deeds() map[string]audit.Action {
	out := map[string]audit.Action{}
	for id, d := range deeds {
		if out[id] = d.Action; d.Action == byTurn || d.Action == byHand || d.Action == unlogged {
			out[id] = ""
		}
	}
	return out
}
