package console

import (
	"context"
	"errors"
	"io"
	"slices"

	"jiebao/conversations/audit"
)

// Entries returns what was recorded, as a store does.
func (f *fake) Entries(_ context.Context, q audit.Query) (page audit.Page, _ error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, e := range slices.Backward(f.logged) {
		switch {
		case !audit.Sees(q.Scope, e.Branch), q.Actor != "" && q.Actor != e.Actor, q.Subject != "" && q.Subject != e.Subject,
			len(q.Actions) > 0 && !slices.Contains(q.Actions, e.Action), !q.From.IsZero() && e.At.Before(q.From), !q.To.IsZero() && !e.At.Before(q.To):
			continue
		}
		page.Entries = append(page.Entries, audit.Numbered{N: int64(i + 1), Entry: e})
	}
	return page, nil
}

// State is what f.state says.
func (f *fake) State(context.Context) audit.State { return f.state }

// Verify finds the log whole.
func (f *fake) Verify(context.Context) (audit.State, error) {
	f.state = audit.State{At: f.now(), Head: audit.Head{Last: audit.Mark{N: int64(len(f.logged))}}}
	return f.state, nil
}

// Export writes one line.
func (f *fake) Export(_ context.Context, to io.Writer, x audit.Export) (int, error) {
	if x.By == "" || len(x.Scope) == 0 {
		return 0, errors.New("nobody may read it")
	}
	_, err := io.WriteString(to, `{"from":"`+x.From.Format("2006-01-02")+`","to":"`+x.To.Format("2006-01-02")+`"}`+"\n")
	return 1, err
}
