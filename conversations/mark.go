package conversations

import (
	"log/slog"
	"time"
)

// Mark shows on a message with choices which of them was tapped, for platforms
// that have to be told. It can be made until Until, and is of use once: made
// twice, the second does nothing.
type Mark struct {
	To     Address   `json:"to"`     // who tapped
	Handle string    `json:"handle"` // the platform's, which lets the message be changed
	Text   string    `json:"text"`   // what it shows in place of the choices
	Until  time.Time `json:"until"`
}

// LogValue names the account only; the handle is as good as a password.
func (m Mark) LogValue() slog.Value { return m.To.LogValue() }

// mark asks for the message to show what was tapped. It is no delivery: that it
// waits or fails holds up and fails nothing that is said. Of two taps in one
// message the later one is shown, since marks of one account keep their order.
func (t *turn) mark(in Inbound, tap *Message) {
	if in.Mark == nil {
		return
	}
	t.out.Tasks = append(t.out.Tasks, Task{
		ID: "mark_" + tap.ID, Kind: TaskMark, Lane: Lane(TaskMark, t.c.ID) + "/" + in.Address.Account, Due: t.now, Body: *in.Mark,
	})
}
