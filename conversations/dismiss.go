package conversations

// Dismiss takes a failure off the list of what failed: somebody has looked at
// it, and nothing is to be done.
type Dismiss struct {
	Agent   string
	Message string // that failed; another one by now is ErrStale
}

func (t *turn) dismiss(c Dismiss) error {
	if t.c.Failed == nil || t.c.Failed.Message != c.Message {
		return ErrStale
	}
	t.c.Failed = nil
	t.note("failure_dismissed", c.Agent)
	return nil
}
