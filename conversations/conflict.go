package conversations

import (
	"slices"
	"strconv"
	"time"
)

// Belief is what another system holds for true of a candidate. What it does
// not say is nil.
type Belief struct {
	Candidate string           `json:"candidate_id"` // the EHR's id
	Sequence  int64            `json:"sequence"`     // of the last event it knows; 0 for none
	StartDate *Date            `json:"start_date,omitempty"`
	Answer    *Answer          `json:"answer,omitempty"`
	Documents []DigestDocument `json:"documents,omitzero"`
}

// Equal says whether two beliefs say the same, whatever the sequence.
func (b Belief) Equal(o Belief) bool {
	same := func(a, b DigestDocument) bool { return a == b }
	return equalTo(b.StartDate, o.StartDate) && equalTo(b.Answer, o.Answer) &&
		(b.Documents == nil) == (o.Documents == nil) && slices.EqualFunc(b.Documents, o.Documents, same)
}

func equalTo[T comparable](a, b *T) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Conflict is a disagreement with another system that neither side may settle
// by itself: both changed the same thing, and HR decides. Of each system a
// conversation keeps the last.
type Conflict struct {
	ID      string    `json:"id"`
	System  string    `json:"system"`
	At      time.Time `json:"at"`
	Differs []string  `json:"differs"` // PartStartDate, PartAnswer, PartDocuments
	Theirs  Belief    `json:"theirs"`
	Ours    Stand     `json:"ours"`

	Choice    Choosing  `json:"choice,omitempty"` // "" as long as it is open
	Agent     string    `json:"agent,omitempty"`
	Note      string    `json:"note,omitempty"` // HR's, for the file
	DecidedAt time.Time `json:"decided_at,omitzero"`
	// Settled is the sequence of the event that told of the decision: a system
	// that has not taken it cannot know better.
	Settled int64 `json:"settled,omitempty"`
}

// PartAnswer is the candidate's answer, beside the parts of an offer.
const PartAnswer = "answer"

// Choosing is how a conflict was settled.
type Choosing string

// How conflicts are settled.
const (
	ChooseTheirs Choosing = "theirs"  // the other system is right: the offer is changed and the candidate told
	ChooseOurs   Choosing = "ours"    // Jiebao is right: the other system is told again
	ChooseOther  Choosing = "handled" // people settled it otherwise
	ChosenAgreed Choosing = "agreed"  // the other system came to agree by itself
)

// Open says whether HR has still to decide.
func (c *Conflict) Open() bool { return c.Choice == "" }

// Adoptable says whether ChooseTheirs can be put into effect: what the other
// system says is another start date, or that the offer is withdrawn.
func (c *Conflict) Adoptable() bool {
	return c.withdrawn() || slices.Contains(c.Differs, PartStartDate) && c.Theirs.StartDate != nil && !c.Theirs.StartDate.IsZero()
}

func (c *Conflict) withdrawn() bool {
	return slices.Contains(c.Differs, PartAnswer) && c.Theirs.Answer != nil && *c.Theirs.Answer == Withdrawn
}

// ConflictWith returns the last conflict with a system, or nil.
func (c *Conversation) ConflictWith(system string) *Conflict { return conflictOf(c.Conflicts, system) }

// ConflictWith returns the last conflict with a system, or nil.
func (d *Digest) ConflictWith(system string) *Conflict { return conflictOf(d.Conflicts, system) }

func conflictOf(all []Conflict, system string) *Conflict {
	i := slices.IndexFunc(all, func(x Conflict) bool { return x.System == system })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// OpenConflict returns the oldest conflict that HR has still to decide, or nil.
func (c *Conversation) OpenConflict() *Conflict {
	var oldest *Conflict
	for i := range c.Conflicts {
		if x := &c.Conflicts[i]; x.Open() && (oldest == nil || x.At.Before(oldest.At)) {
			oldest = x
		}
	}
	return oldest
}

// SettledWith says whether HR has decided about what a system believes, so that
// there is nothing to decide now: people settled it by other ways, or the
// system has not taken the event that tells of the decision.
func (d *Digest) SettledWith(system string, b Belief) bool {
	x := d.ConflictWith(system)
	if x == nil || x.Open() || !x.Theirs.Equal(b) {
		return false
	}
	return b.Sequence < x.Settled || d.HandledWith(system, b)
}

// HandledWith says whether people settled by other ways what a system believes,
// and nothing is otherwise than it was then.
func (d *Digest) HandledWith(system string, b Belief) bool {
	x := d.ConflictWith(system)
	return x != nil && x.Choice == ChooseOther && x.Theirs.Equal(b) && x.Ours.Equal(d.Stand)
}

// Disagree is another system's belief that contradicts what Jiebao knows.
type Disagree struct {
	System  string
	Belief  Belief
	Differs []string
}

// Settle is the end of a conflict.
type Settle struct {
	Agent    string
	Conflict string // its id
	Choice   Choosing
	Note     string
}

// ConflictDetail is a disagreement as other systems are told of it.
type ConflictDetail struct {
	ID      string       `json:"id"`
	System  string       `json:"system"`
	Differs []string     `json:"differs"`
	Theirs  ConflictSide `json:"theirs"`
	Ours    ConflictSide `json:"ours"`
	Choice  Choosing     `json:"choice,omitempty"` // once it is settled
	Agent   string       `json:"agent,omitempty"`
}

// ConflictSide is what one side says.
type ConflictSide struct {
	StartDate Date     `json:"start_date,omitzero"`
	Answer    string   `json:"answer,omitempty"`    // "" if it does not say
	Documents []string `json:"documents,omitempty"` // their ids
}

func (Disagree) command() {}
func (Settle) command()   {}

// disagree keeps a conflict for HR. The same belief is one conflict, also when
// HR has settled it otherwise than by either side.
func (t *turn) disagree(c Disagree) error {
	was := t.c.ConflictWith(c.System)
	d := t.c.Digest()
	if was != nil && was.Theirs.Equal(c.Belief) && (was.Open() || d.SettledWith(c.System, c.Belief)) {
		t.unchanged()
		return nil
	}
	// The last event of the conversation is always a newer one: no id comes twice.
	id := t.c.ID + "-x" + strconv.FormatInt(t.c.Events+1, 10)
	x := Conflict{ID: id, System: c.System, At: t.now, Differs: c.Differs, Theirs: c.Belief, Ours: d.Stand}
	t.c.Conflicts = slices.Clone(t.c.Conflicts)
	if was := t.c.ConflictWith(c.System); was != nil {
		*was = x
	} else {
		t.c.Conflicts = append(t.c.Conflicts, x)
	}
	t.note("conflict_found", "")
	t.event(EventConflictFound, EventData{Conflict: x.detail()})
	return nil
}

// settle ends a conflict, once.
func (t *turn) settle(c Settle) error {
	i := slices.IndexFunc(t.c.Conflicts, func(x Conflict) bool { return x.ID == c.Conflict })
	if i < 0 || !t.c.Conflicts[i].Open() {
		return ErrStale
	}
	t.c.Conflicts = slices.Clone(t.c.Conflicts)
	x := &t.c.Conflicts[i]
	switch c.Choice {
	case ChooseTheirs:
		if !x.Adoptable() {
			return &InvalidError{[]FieldError{{"choice", "cannot be put into effect by itself; do what is to be done and choose handled"}}}
		}
	case ChooseOther:
		if c.Note == "" {
			return &InvalidError{[]FieldError{{"note", "is needed: say how it was settled"}}}
		}
	case ChooseOurs, ChosenAgreed:
	default:
		return &InvalidError{[]FieldError{{"choice", "must be theirs, ours or handled"}}}
	}
	x.Choice, x.Agent, x.Note, x.DecidedAt = c.Choice, c.Agent, c.Note, t.now
	t.note("conflict_settled", c.Agent)
	t.event(EventConflictSettled, EventData{Conflict: x.detail()})
	x.Settled = t.c.Events
	if c.Choice == ChooseTheirs {
		return t.concede(x)
	}
	return nil
}

// concede makes the other system's word ours, and tells the candidate.
func (t *turn) concede(x *Conflict) error {
	if x.withdrawn() {
		return t.withdraw(Withdraw{Agent: x.Agent})
	}
	app, err := t.standingOffer("")
	if err != nil {
		return err
	}
	was := app.standing()
	if was == *x.Theirs.StartDate {
		return nil // it is so by now
	}
	app.Offer.StartDate = was // what was agreed on is what is changed
	return t.changeOffer(ChangeOffer{Agent: x.Agent, Change: OfferChange{StartDate: x.Theirs.StartDate}})
}

func (x *Conflict) detail() *ConflictDetail {
	theirs := ConflictSide{Documents: documentIDs(x.Theirs.Documents)}
	if x.Theirs.StartDate != nil {
		theirs.StartDate = *x.Theirs.StartDate
	}
	if x.Theirs.Answer != nil {
		theirs.Answer = x.Theirs.Answer.String()
	}
	return &ConflictDetail{
		ID: x.ID, System: x.System, Differs: x.Differs, Choice: x.Choice, Agent: x.Agent, Theirs: theirs,
		Ours: ConflictSide{x.Ours.StartDate(), x.Ours.Answer.String(), documentIDs(x.Ours.Documents)},
	}
}

func documentIDs(all []DigestDocument) (ids []string) {
	for _, d := range all {
		ids = append(ids, d.ID)
	}
	return ids
}
