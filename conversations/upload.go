package conversations

import (
	"crypto/subtle"
	"strings"
	"time"
)

// upload takes in files from the candidate's upload page. They are filed under
// the item that the candidate chose there, whoever owns the conversation.
func (t *turn) upload(c Upload) error {
	app := t.c.Application()
	if app == nil || app.Answer.Over() {
		return ErrStale
	}
	if !app.has(c.Item) {
		c.Item = ""
	}
	var filed []Document
	refused := 0
	for _, f := range c.Files {
		if app.Document(f.Document) != nil || f.Refused == "" && app.Duplicate(f.Document, f.SHA256) || app.Full(t.e.MaxDocuments) {
			continue
		}
		if d := t.takeIn(app, c.Item, f); d.State == DocumentReceived {
			filed = append(filed, d)
		} else {
			refused++
		}
	}
	if len(filed) == 0 {
		if refused == 0 {
			t.unchanged()
		}
		return nil
	}
	t.rouse()
	t.noticed(OverAnswered)
	if !c.More && t.mayMention() {
		t.converse(Heard{Cue: CueFiled, Filed: filed})
	}
	return nil
}

// takeIn books one uploaded file like one that came by the chat.
func (t *turn) takeIn(app *Application, item string, f Uploaded) Document {
	kind := File
	if strings.HasPrefix(f.MIME, "image/") {
		kind = Image
	}
	m := t.record(Message{Author: ByCandidate, Kind: kind, Address: Address{Account: PageAccount}, Text: f.Name, Document: f.Document})
	t.c.Unread++
	t.event(EventMessageReceived, EventData{Message: m.told()})
	d := Document{
		ID: f.Document, Item: item, Message: m.ID, State: DocumentReceived,
		MIME: f.MIME, Size: f.Size, SHA256: f.SHA256, Scan: f.Scan, At: t.now,
	}
	if f.Refused != "" {
		d.State, d.Reason = DocumentRejected, f.Refused
	} else {
		t.push(&d)
	}
	app.add(d)
	t.documentCame(d, m)
	return d
}

// mayMention says whether the chat has room for words that the page has told
// already: they never cost a person's turn to speak, nor a template.
func (t *turn) mayMention() bool {
	const kept = 2
	r := t.reach()
	if r == nil {
		return false
	}
	d := t.describe(r)
	return d.Medium == Chat && t.room(r, d) > kept
}

// hasPages says whether the candidate can open a page of their own: it asks
// for the last digits of a phone number that somebody knows.
func (t *turn) hasPages() bool {
	return t.e.Links != nil && t.c.Application() != nil && lastDigits(t.c.Candidate.Phone) != ""
}

// page is the address of the candidate's own page, "" if they have none.
func (t *turn) page() string { return t.pageOf(t.c.Candidate) }

func (t *turn) pageOf(c Candidate) string {
	if t.e.Links == nil || lastDigits(c.Phone) == "" {
		return ""
	}
	return t.e.Links.Page(t.c.ID, t.now)
}

func (t *turn) uploadPage(l UploadLink) string {
	if t.e.Links == nil {
		return ""
	}
	return t.e.Links.Upload(t.c.ID, l.Item, t.now)
}

// Entry counts wrong tries to open the candidate's pages since the last right
// one. It belongs to the candidate, so that more links give no more tries, and
// waiting gives none back: nobody gets through the ten thousand possible
// digits while a link lives.
type Entry struct {
	Wrong int       `json:"wrong"`
	Since time.Time `json:"since"` // the latest of them
}

const (
	maxEntries = 5 // wrong tries before each lock
	firstLock  = time.Hour
	laterLocks = 24 * time.Hour
)

// TriesLeft is how many wrong tries remain before the pages are locked.
func (e *Entry) TriesLeft() int {
	if e == nil {
		return maxEntries
	}
	return maxEntries - e.Wrong%maxEntries
}

// Locked says whether no further try is looked at now.
func (e *Entry) Locked(now time.Time) bool {
	return e != nil && e.Wrong > 0 && e.Wrong%maxEntries == 0 && now.Before(e.until())
}

// until is when the lock that the latest wrong try caused ends.
func (e *Entry) until() time.Time {
	if e.Wrong == maxEntries {
		return e.Since.Add(firstLock)
	}
	return e.Since.Add(laterLocks)
}

// enter compares the digits. A right try leaves no Entry behind; a wrong one
// is counted in the same transaction that tells it was wrong.
func (t *turn) enter(c Enter) error {
	digits := lastDigits(t.c.Candidate.Phone)
	if digits == "" {
		return ErrNotFound
	}
	switch {
	case t.c.Entry.Locked(t.now):
		return ErrLocked
	case subtle.ConstantTimeCompare([]byte(digits), []byte(c.Digits)) != 1:
		wrong := Entry{Wrong: 1, Since: t.now}
		if t.c.Entry != nil {
			wrong.Wrong += t.c.Entry.Wrong
		}
		t.c.Entry = &wrong
		if wrong.Locked(t.now) {
			t.note("page_locked", "")
			t.event(EventPageLocked, EventData{Page: &PageDetail{Wrong: wrong.Wrong, Until: wrong.until()}})
		}
	default:
		if news := t.opened(); t.c.Entry == nil && !news {
			t.unchanged()
		}
		t.c.Entry = nil
	}
	return nil
}

// lastDigits are the last four of a phone number, "" if it has not as many.
func lastDigits(phone string) string {
	n := NormalPhone(phone)
	if len(n) < 4 {
		return ""
	}
	return n[len(n)-4:]
}
