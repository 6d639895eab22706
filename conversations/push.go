package conversations

import (
	"strconv"
	"time"
)

// PushAccount is the account of alarms about the EHR's own storage, which are
// about the work TaskPush.
const PushAccount = "ehr.documents"

// DocumentPush is how a document gets to the EHR's own storage.
type DocumentPush struct {
	Asked   int       `json:"asked"`             // how often somebody asked for it, from 1
	Open    bool      `json:"open,omitempty"`    // it is under way
	Done    time.Time `json:"done,omitzero"`     // when it was last put there
	Failed  time.Time `json:"failed,omitzero"`   // when it was given up
	Problem string    `json:"problem,omitempty"` // why it was given up, for engineers
}

// PushState is how far a document has got.
type PushState string

// The states of a document on its way to the EHR's own storage.
const (
	PushWaiting PushState = "waiting" // to be put there, or to be tried again
	PushDone    PushState = "pushed"
	PushFailed  PushState = "failed" // given up until somebody asks again
)

// State is how far the latest request has got.
func (p DocumentPush) State() PushState {
	switch {
	case !p.Failed.IsZero():
		return PushFailed
	case p.Open:
		return PushWaiting
	}
	return PushDone
}

// PushPick picks documents to be put into the EHR's own storage, of those that
// are kept and not on their way there. Zero fields pick all.
type PushPick struct {
	Candidate string    // the EHR's id
	From, To  time.Time // when they came in: from, and before
	GivenUp   bool      // those alone that were given up
}

func (p PushPick) picks(d *Document) bool {
	switch {
	case !d.Kept(), d.Push != nil && d.Push.State() == PushWaiting:
		return false
	case p.GivenUp && !d.unpushed(), !p.To.IsZero() && !d.At.Before(p.To):
		return false
	}
	return !d.At.Before(p.From)
}

// picked are those of the candidate's documents that are picked.
func (c *Conversation) picked(picks func(*Document) bool) (ds []*Document) {
	for i := range c.Applications {
		for j := range c.Applications[i].Checklist {
			each := c.Applications[i].Checklist[j].Documents
			for k := range each {
				if picks(&each[k]) {
					ds = append(ds, &each[k])
				}
			}
		}
	}
	return ds
}

// Pushable counts the candidate's documents that are picked.
func (c *Conversation) Pushable(p PushPick) int { return len(c.picked(p.picks)) }

// unpushed says whether it was given up to put the document into the EHR's own
// storage. Nobody misses one there that HR rejected.
func (d *Document) unpushed() bool {
	return d.Kept() && d.State != DocumentRejected && d.Push != nil && d.Push.State() == PushFailed
}

// Unpushed returns how the candidate's documents fared that were given up.
func (c *Conversation) Unpushed() (fared []DocumentPush) {
	for _, d := range c.picked((*Document).unpushed) {
		fared = append(fared, *d.Push)
	}
	return fared
}

// PushRequest asks for a document to be put into the EHR's own storage.
type PushRequest struct {
	Conversation string `json:"conversation"`
	Document     string `json:"document"`
	Asked        int    `json:"asked"` // of two requests the later counts
}

// push asks for a stored document to be put into the EHR's storage, if it has
// one. Each document has a lane of its own, so that none waits for another.
func (t *turn) push(d *Document) {
	if !t.e.PushDocuments {
		return
	}
	asked := DocumentPush{Asked: 1, Open: true}
	if d.Push != nil {
		asked.Asked, asked.Done = d.Push.Asked+1, d.Push.Done
	}
	d.Push = &asked
	n := d.ID + "." + strconv.Itoa(asked.Asked)
	t.out.Tasks = append(t.out.Tasks, Task{
		ID: "push_" + n, Kind: TaskPush, Lane: Lane(TaskPush, n), Due: t.now,
		Body: PushRequest{Conversation: t.c.ID, Document: d.ID, Asked: asked.Asked},
	})
}

// pushAgain asks once more. A request that is still under way comes to nothing
// then.
func (t *turn) pushAgain(c PushAgain) error {
	_, d := t.findDocument(c.Document)
	switch {
	case d == nil || !d.Kept():
		return ErrNotFound
	case !t.e.PushDocuments:
		return ErrNoPush
	}
	t.push(d)
	return nil
}

// pushEach asks once more for all that are picked.
func (t *turn) pushEach(c PushEach) error {
	if !t.e.PushDocuments {
		return ErrNoPush
	}
	ds := t.c.picked(c.Pick.picks)
	for _, d := range ds {
		t.push(d)
	}
	if len(ds) == 0 {
		t.unchanged()
	}
	return nil
}

// pushed notes what became of the latest request.
func (t *turn) pushed(c Pushed) error {
	_, d := t.findDocument(c.Document)
	if d == nil || d.Push == nil || d.Push.Asked != c.Asked {
		t.unchanged()
		return nil
	}
	if c.Problem != "" {
		d.Push = &DocumentPush{Asked: c.Asked, Done: d.Push.Done, Failed: t.now, Problem: c.Problem}
		return nil
	}
	d.Push = &DocumentPush{Asked: c.Asked, Done: t.now}
	return nil
}
