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
	// Seen is when the conversation was last updated as far as the sender knows;
	// zero for whenever it was. If it was again since, the turn ends with
	// ErrStale and changes nothing.
	Seen time.Time
	// Once names the command: what was done under it before is not done again,
	// and the turn is a Duplicate. It is remembered with the conversation, so
	// that it holds however the program ended.
	Once string
	// Epoch is the owner's epoch that the sender saw; nil for whichever it is.
	// If the conversation changed hands since, the turn ends with *HandsError
	// and changes nothing.
	Epoch *int64
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

// HandsError says that the conversation changed hands since the sender of a
// command looked, and who has it now. It is an ErrStale.
type HandsError struct{ Owner Owner }

func (e *HandsError) Error() string {
	return "the conversation changed hands meanwhile; look again and repeat"
}

// Is makes it an ErrStale.
func (e *HandsError) Is(target error) bool { return target == ErrStale }

// done says whether the condition's command was done before.
func (c Condition) done(conv *Conversation) bool { return c.Once != "" && conv.Did(c.Once) }

// Did says whether a command of that name was done lately.
func (c *Conversation) Did(once string) bool {
	return slices.ContainsFunc(c.Done, func(d Done) bool { return d.Once == once })
}

// met returns *VersionError, *HandsError or ErrStale if the conversation is not as the
// sender knows it.
func (c Condition) met(conv *Conversation) error {
	if c.Epoch != nil && *c.Epoch != conv.Owner.Epoch {
		return &HandsError{conv.Owner}
	}
	if c.Version != nil && (*c.Version < conv.Moved || *c.Version > conv.Events) {
		return &VersionError{conv.Events}
	}
	if !c.Seen.IsZero() && !c.Seen.Equal(conv.Updated) {
		return ErrStale
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
