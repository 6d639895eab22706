package conversations

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Digest is what Jiebao and another system have to agree on about a candidate.
type Digest struct {
	Candidate string // the EHR's id
	Branch    string
	Sequence  int64 // of the last event
	Result    string
	Stand
	// Former are documents of earlier results, which others may still have.
	Former []DigestDocument
	// Conflicts are the disagreements that HR has to settle, or has settled.
	Conflicts []Conflict
}

// Stand is how an offer stands.
type Stand struct {
	Offered   Date             `json:"offered_date,omitzero"`
	Agreed    Date             `json:"agreed_date,omitzero"` // zero until there is one
	Answer    Answer           `json:"answer"`
	Documents []DigestDocument `json:"documents"` // that are stored, by id
}

// StartDate is the day that holds: the agreed one, or else the offered one.
func (s Stand) StartDate() Date {
	if s.Agreed.IsZero() {
		return s.Offered
	}
	return s.Agreed
}

// Equal says whether offers stand alike.
func (s Stand) Equal(o Stand) bool {
	return s.Offered == o.Offered && s.Agreed == o.Agreed && s.Answer == o.Answer && slices.Equal(s.Documents, o.Documents)
}

// DigestDocument is a stored document.
type DigestDocument struct {
	ID     string        `json:"id"`
	SHA256 string        `json:"sha256"` // of its bytes, in hexadecimal digits
	Item   string        `json:"item,omitempty"`
	State  DocumentState `json:"state,omitempty"`
}

// Digest is what there is to agree on.
func (c *Conversation) Digest() Digest {
	d := Digest{Candidate: c.Candidate.ID, Branch: c.Branch, Sequence: c.Events, Conflicts: c.Conflicts}
	for i := range c.Applications {
		app, stored := &c.Applications[i], []DigestDocument{}
		for _, it := range app.Checklist {
			for _, doc := range it.Documents {
				if doc.SHA256 != "" {
					stored = append(stored, DigestDocument{doc.ID, doc.SHA256, doc.Item, doc.State})
				}
			}
		}
		if i < len(c.Applications)-1 {
			d.Former = append(d.Former, stored...)
			continue
		}
		slices.SortFunc(stored, func(a, b DigestDocument) int { return cmp.Compare(a.ID, b.ID) })
		d.Result, d.Stand = app.ResultID, Stand{app.Offer.StartDate, app.StartDate, app.Answer, stored}
	}
	return d
}

// Belief is the digest as a system that took every event believes it.
func (d Digest) Belief() Belief {
	date, answer := d.StartDate(), d.Answer
	return Belief{Candidate: d.Candidate, Sequence: d.Sequence, StartDate: &date, Answer: &answer, Documents: append([]DigestDocument{}, d.Documents...)}
}

// AnswerOpen is how an open answer is called outside.
const AnswerOpen = "open"

// String is the answer's name outside.
func (a Answer) String() string { return cmp.Or(string(a), AnswerOpen) }

// Hash is short and the same for equal digests: the first 16 bytes of the
// SHA-256 of a text with one line each for the candidate's id, the sequence,
// the result's id, offered date, agreed date, answer, and each document as id,
// hash, item and state with a blank between. It is in hexadecimal digits.
func (d Digest) Hash() string {
	var b strings.Builder
	for _, line := range []string{d.Candidate, strconv.FormatInt(d.Sequence, 10), d.Result, d.Offered.String(), d.Agreed.String(), d.Answer.String()} {
		b.WriteString(line + "\n")
	}
	for _, doc := range d.Documents {
		b.WriteString(doc.ID + " " + doc.SHA256 + " " + doc.Item + " " + string(doc.State) + "\n")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// ChainHash adds a digest's hash to that of all before it: the first 16 bytes
// of the SHA-256 of both texts, in hexadecimal digits. Of none it is "".
func ChainHash(before, hash string) string {
	sum := sha256.Sum256([]byte(before + hash))
	return hex.EncodeToString(sum[:16])
}
