package conversations

// Foretell returns what the candidate would be told by a command, in order,
// without anything coming of it. Errors are the turn's.
func (e *Engine) Foretell(s Snapshot, c Command) ([]Message, error) {
	ch, err := e.Turn(s, c)
	if err != nil {
		return nil, err
	}
	var told []Message
	for _, m := range ch.Messages {
		if m.Author != ByCandidate && m.Kind != Note && m.Kind != Remark && m.Status == Queued {
			told = append(told, m)
		}
	}
	return told, nil
}
