package demo

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// put puts a file into the EHR's storage, of which a statement is signed.
func (w *world) put(id, statement, content string, at time.Time) int {
	stamp := strconv.FormatInt(at.Unix(), 10)
	return w.do("PUT", "/ehr/documents/"+id, content, headerDocument, statement,
		headerID, id, headerTimestamp, stamp, headerSignature, signed(testSecret, id, stamp, statement)).Code
}

func statement(id, content string, size int) string {
	return fmt.Sprintf(`{"id":%q,"candidate_id":"C-1","result_id":"R-1","item":"id_card","mime":"image/jpeg","size":%d,"sha256":"%x","scan":"clean"}`,
		id, size, sha256.Sum256([]byte(content)))
}

// TestStorage: the EHR stores the file that was announced, once, and no other.
func TestStorage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const id, file = "cv1-d1", "a photo"
	good := statement(id, file, len(file))
	for _, step := range []struct {
		what                   string
		id, statement, content string
		age                    time.Duration
		status                 int
		verdict                Verdict
		problem                string
	}{
		{"another address", "cv1-d2", good, file, 0, http.StatusUnprocessableEntity, Refused, "bad_statement"},
		{"no statement", id, "{}", file, 0, http.StatusUnprocessableEntity, Refused, "bad_statement"},
		{"another content", id, good, "a phot0", 0, http.StatusUnprocessableEntity, Refused, "bad_content"},
		{"another size", id, statement(id, file, 8), file, 0, http.StatusUnprocessableEntity, Refused, "bad_content"},
		{"long ago", id, good, file, tolerance + time.Second, http.StatusUnauthorized, Refused, "old_timestamp"},
		{"as announced", id, good, file, 0, http.StatusNoContent, Accepted, ""},
		{"again", id, good, file, 0, http.StatusNoContent, Duplicate, ""},
		{"another file", id, statement(id, "other", 5), "other", 0, http.StatusConflict, Conflict, ""},
	} {
		if got := w.put(step.id, step.statement, step.content, testStart().Add(-step.age)); got != step.status {
			t.Errorf("%s: answered %d, want %d", step.what, got, step.status)
		}
		list := entries(w)
		if e := list[len(list)-1]; e.Verdict != step.verdict || e.Problem != step.problem || e.ID != step.id || (e.Body != nil) != (step.verdict != Refused) {
			t.Errorf("%s: the page shows %+v", step.what, e)
		}
	}
	unsigned := w.do("PUT", "/ehr/documents/"+id, file, headerDocument, good).Code
	if unsigned != http.StatusUnauthorized {
		t.Errorf("unsigned: answered %d", unsigned)
	}
	after := newWorld(t)
	after.ledger.load(w.ledger.save())
	if got := after.put(id, good, file, testStart()); got != http.StatusNoContent || entries(after)[len(entries(after))-1].Verdict != Duplicate {
		t.Errorf("after a restart it is answered %d, as if it were new", got)
	}
	if n, _, _ := w.ledger.since(-1); len(n.Tallies) != 0 {
		t.Errorf("a document counts as an event: %+v", n.Tallies)
	}
}
