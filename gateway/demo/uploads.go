package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// headerDocument says what a file is that is put into the EHR's storage, in
// JSON. It is signed in the place of the body, whose hash it holds.
const headerDocument = "Jiebao-Document"

// maxDocument is the largest file that the EHR takes, in bytes.
const maxDocument = 64 << 20

// upload is a file as it is announced.
type upload struct {
	ID        string `json:"id"`
	Candidate string `json:"candidate_id"`
	Result    string `json:"result_id"`
	Item      string `json:"item,omitempty"`
	MIME      string `json:"mime"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
	Scan      string `json:"scan"`
}

// Why a document is refused, beside its signature.
var (
	errStatement = errors.New("bad_statement")
	errContent   = errors.New("bad_content")
)

// storeDocument is the EHR's storage of documents: it takes the file that was
// announced and no other. The demonstration remembers what the file was, and
// forgets the file.
func (d *Demo) storeDocument(w http.ResponseWriter, r *http.Request) {
	up, err := d.announced(r)
	if err == nil {
		err = up.matches(http.MaxBytesReader(w, r.Body, maxDocument))
	}
	status := http.StatusNoContent
	switch {
	case err == nil:
		if d.ledger.store(up, d.now()) == Conflict {
			status = http.StatusConflict
		}
	case errors.Is(err, errStatement), errors.Is(err, errContent):
		status = http.StatusUnprocessableEntity
	default:
		status = http.StatusUnauthorized
	}
	if err != nil {
		d.opts.Log.Warn("the demo EHR refused a document", "problem", err)
		d.ledger.refuse(r.PathValue("document"), err.Error(), d.now())
	}
	w.WriteHeader(status)
}

// announced is the signed word of what comes at this address.
func (d *Demo) announced(r *http.Request) (up upload, err error) {
	text := []byte(r.Header.Get(headerDocument))
	if err := d.verify.check(r.Header, text); err != nil {
		return upload{}, err
	}
	if json.Unmarshal(text, &up) != nil || up.ID != r.PathValue("document") || up.Candidate == "" {
		return upload{}, errStatement
	}
	return up, nil
}

// matches reads the content, and says whether it is what was announced.
func (up upload) matches(content io.Reader) error {
	sum := sha256.New()
	n, err := io.Copy(sum, content)
	if err != nil || n != up.Size || hex.EncodeToString(sum.Sum(nil)) != up.SHA256 {
		return errContent
	}
	return nil
}

// store books a document and says what it was: the same may be put there again.
func (l *ledger) store(up upload, now time.Time) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := Accepted
	if before, known := l.documents[up.ID]; known && before == up.SHA256 {
		v = Duplicate
	} else if known {
		v = Conflict
	} else {
		l.documents[up.ID] = up.SHA256
	}
	body, _ := json.Marshal(map[string]any{"data": map[string]any{"document": up}}) // always marshals
	l.add(Entry{At: now, Source: verified, Verdict: v, ID: up.ID, Type: "ehr.document_stored", Candidate: up.Candidate, Body: body})
	return v
}
