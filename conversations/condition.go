package conversations

import (
	"fmt"
	"slices"
	"time"
)

// Condition is what a system that sends a command by itself knows and wants
// of the turn. The zero Condition asks for nothing.
type Condition struct {
	// Version is the sequence of the candidate's last event that the sender
	// knows; nil for whatever it is. If an event that moves something came
	// since, or there is no such event, the turn ends with *VersionError and
	// changes nothing.
	Version *int64
	// Once names the command: what was done under it before is not done again,
	// and the turn is a Duplicate. It is remembered with the conversation, so
	// that it holds however the program ended.
	Once string
}

// OnceFor is how long the names of commands are remembered, and onceMost how
// many of them: the oldest go first.
const (
	OnceFor  = 72 * time.Hour
	onceMost = 100
)

// Done is a command that was done.
type Done struct {
	Once string    `json:"once"`
	At   time.Time `json:"at"`
}

// VersionError says that things have moved since the event that the sender of
// a command knew, and names the candidate's last event. It is an ErrStale.
type VersionError struct{ Version int64 }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the candidate's last event has the sequence %d by now; look again and repeat", e.Version)
}

// Is makes it an ErrStale.
func (e *VersionError) Is(target error) bool { return target == ErrStale }

// done says whether the condition's command was done before.
func (c Condition) done(conv *Conversation) bool {
	return c.Once != "" && slices.ContainsFunc(conv.Done, func(d Done) bool { return d.Once == c.Once })
}

// met returns *VersionError if the conversation is not as the sender knows it.
func (c Condition) met(conv *Conversation) error {
	if c.Version != nil && (*c.Version < conv.Moved || *c.Version > conv.Events) {
		return &VersionError{conv.Events}
	}
	return nil
}

// remember keeps the name of the command that the turn did.
func (t *turn) remember() {
	once := t.s.Condition.Once
	if once == "" {
		return
	}
	kept := make([]Done, 0, len(t.c.Done)+1)
	for _, d := range t.c.Done {
		if t.now.Sub(d.At) < OnceFor {
			kept = append(kept, d)
		}
	}
	kept = append(kept, Done{Once: once, At: t.now})
	t.c.Done = slices.Clone(kept[max(len(kept)-onceMost, 0):])
}
