package conversations

import (
	"strconv"
	"strings"
)

// fetch books a candidate's file and asks for its download, which has to
// happen before the platform forgets it. It returns nil for messages without
// a file, and for followers, whose files belong to no application. One too
// many is not booked: what it returns then has no id and says so.
func (t *turn) fetch(in Inbound, m *Message) *Document {
	app := t.c.Application()
	if in.Media == "" || app == nil || in.Kind == Voice {
		return nil
	}
	if app.Full(t.e.MaxDocuments) {
		d := Document{Message: m.ID, State: DocumentRejected, Reason: TooMany, At: t.now}
		t.documentCame(d, m)
		return &d
	}
	t.c.Documents++
	d := Document{ID: t.c.ID + "-d" + strconv.FormatInt(t.c.Documents, 10), Message: m.ID, State: DocumentFetching, At: t.now}
	m.Document = d.ID
	app.add(d)
	t.task(TaskFetch, "fetch_"+d.ID, Fetch{Conversation: t.c.ID, Document: d.ID, From: in.Address, Ref: in.Media})
	return &d
}

// ConversationOfDocument returns the conversation that a document of that id
// belongs to.
func ConversationOfDocument(id string) (string, bool) {
	i := strings.LastIndexByte(id, '-')
	return id[:max(i, 0)], i > 0 && i+1 < len(id) && (id[i+1] == 'd' || id[i+1] == 'u')
}

// add keeps a document that is not filed under any item yet.
func (a *Application) add(d Document) {
	for i := range a.Checklist {
		if a.Checklist[i].ID == d.Item {
			a.Checklist[i].Documents = append(a.Checklist[i].Documents, d)
			return
		}
	}
	a.Checklist = append(a.Checklist, ChecklistItem{ID: d.Item, Documents: []Document{d}})
}

// Document returns the document of that id, or nil.
func (a *Application) Document(id string) *Document {
	for i := range a.Checklist {
		for j := range a.Checklist[i].Documents {
			if a.Checklist[i].Documents[j].ID == id {
				return &a.Checklist[i].Documents[j]
			}
		}
	}
	return nil
}

// file moves a document under an item of the checklist, and says whether it
// was not there.
func (a *Application) file(document, item string) bool {
	if a == nil || !a.has(item) {
		return false
	}
	d := a.Document(document)
	if d == nil || d.Item == item {
		return false
	}
	moved := *d
	moved.Item = item
	for i := range a.Checklist {
		kept := a.Checklist[i].Documents[:0:0]
		for _, d := range a.Checklist[i].Documents {
			if d.ID != document {
				kept = append(kept, d)
			}
		}
		a.Checklist[i].Documents = kept
	}
	a.add(moved)
	return true
}

// file moves a document and tells the EHR, of one that is stored: where others
// are filed is told when they are.
func (t *turn) file(app *Application, document, item, agent string) {
	if !app.file(document, item) {
		return
	}
	if d := app.Document(document); d.State == DocumentReceived || d.State == DocumentAccepted {
		detail := d.detail()
		detail.Agent = agent
		t.event(EventDocumentFiled, EventData{Document: detail})
	}
}

// detail is what the EHR is told of the document.
func (d Document) detail() *DocumentDetail {
	scan := d.Scan
	if d.Reason == Infected {
		scan = Infected
	}
	return &DocumentDetail{
		ID: d.ID, Item: d.Item, MIME: d.MIME, Size: d.Size, SHA256: d.SHA256, Scan: scan, State: d.State, Reason: d.Reason,
	}
}

// Kept says whether the document's bytes are there. One that HR rejected still
// is; one that a check refused never was.
func (d Document) Kept() bool {
	return d.SHA256 != "" && d.State != DocumentFetching && d.Reason != Duplicate
}

// Full says whether no further file is taken; most 0 means 60. Refused files
// count a third, so that nobody grows the record without an end.
func (a *Application) Full(most int) bool {
	if most <= 0 {
		most = 60
	}
	kept, all := 0, 0
	for _, it := range a.Checklist {
		for _, d := range it.Documents {
			all++
			if d.State != DocumentRejected {
				kept++
			}
		}
	}
	return kept >= most || all >= 3*most
}

func (a *Application) has(item string) bool {
	for _, it := range a.Checklist {
		if it.ID == item {
			return true
		}
	}
	return false
}

// filed reports what became of a download. The candidate is told unless a
// person owns the conversation; the EHR is told in any case.
func (t *turn) filed(c Filed) error {
	app, d := t.findDocument(c.Document)
	if d == nil || d.State != DocumentFetching {
		t.unchanged()
		return nil
	}
	d.MIME, d.Size, d.SHA256, d.Scan = c.MIME, c.Size, c.SHA256, c.Scan
	switch {
	case c.Refused != "":
		d.State, d.Reason = DocumentRejected, c.Refused
	case app.Duplicate(d.ID, d.SHA256):
		d.State, d.Reason = DocumentRejected, Duplicate
	default:
		d.State = DocumentReceived
		t.push(d)
	}
	t.documentCame(*d, &Message{ID: d.Message, Author: ByCandidate, Kind: Image, At: d.At})
	t.answering = true
	t.converse(Heard{Cue: CueFiled, Filed: []Document{*d}})
	return nil
}

// documentCame tells the EHR of a document that was stored or refused.
func (t *turn) documentCame(d Document, m *Message) {
	what := EventDocumentReceived
	if d.State == DocumentRejected {
		what = EventDocumentRefused
	}
	t.event(what, EventData{Message: m.told(), Document: d.detail()})
}

func (t *turn) findDocument(id string) (*Application, *Document) {
	for i := range t.c.Applications {
		if d := t.c.Applications[i].Document(id); d != nil {
			return &t.c.Applications[i], d
		}
	}
	return nil, nil
}

// Duplicate says whether another document than id holds the same bytes and
// was not refused.
func (a *Application) Duplicate(id, sha256 string) bool {
	for _, it := range a.Checklist {
		for _, d := range it.Documents {
			if d.ID != id && d.SHA256 == sha256 && d.State != DocumentRejected && d.State != DocumentFetching {
				return true
			}
		}
	}
	return false
}

// review is HR's look at a document. The candidate hears of a rejection.
func (t *turn) review(c Review) error {
	app, d := t.findDocument(c.Document)
	if d == nil || d.State == DocumentFetching {
		return ErrStale
	}
	if c.Item != "" && !app.has(c.Item) {
		return &InvalidError{[]FieldError{{"item", "is not on the checklist"}}}
	}
	switch c.State {
	case "":
	case DocumentAccepted:
		d.State, d.Reason = DocumentAccepted, ""
	case DocumentRejected:
		d.State, d.Reason = DocumentRejected, c.Reason
	default:
		return &InvalidError{[]FieldError{{"state", "must be accepted or rejected"}}}
	}
	t.note("reviewed:"+string(d.State), d.ID)
	doc := *d
	if c.Item != "" {
		t.file(app, c.Document, c.Item, c.Agent)
	}
	if c.State != "" {
		detail := app.Document(c.Document).detail()
		detail.Agent = c.Agent
		t.event(EventDocumentReviewed, EventData{Document: detail})
	}
	if c.State == DocumentRejected {
		t.move(ByAgent(c.Agent), Heard{Cue: CueFiled, Filed: []Document{doc}})
	}
	return nil
}
