package demo

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func tallyOf(t *testing.T, w *world, candidate string) Tally {
	t.Helper()
	n, _, _ := w.ledger.since(-1)
	for _, one := range n.Tallies {
		if one.Candidate == candidate {
			return one
		}
	}
	t.Fatalf("no tally of %s", candidate)
	return Tally{}
}

func entries(w *world) []Entry {
	n, _, _ := w.ledger.since(-1)
	return n.Entries
}

func TestReceiverRefuses(t *testing.T) {
	t.Parallel()
	const id, other = "evt_1", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	body := eventBody("C-1", 1, "你好")
	now := strconv.FormatInt(testStart().Unix(), 10)
	good := signed(testSecret, id, now, body)
	at := func(d time.Duration) (stamp, signature string) {
		stamp = strconv.FormatInt(testStart().Add(d).Unix(), 10)
		return stamp, signed(testSecret, id, stamp, body)
	}
	past, pastSigned := at(-tolerance - time.Second)
	future, futureSigned := at(tolerance + time.Second)
	for name, tt := range map[string]struct {
		id, stamp, signature, body string
		want                       int
		problem                    string
	}{
		"nothing signed":       {id, now, "", body, http.StatusUnauthorized, "unsigned"},
		"no id":                {"", now, good, body, http.StatusUnauthorized, "unsigned"},
		"no timestamp":         {id, "", good, body, http.StatusUnauthorized, "unsigned"},
		"another secret":       {id, now, signed(other, id, now, body), body, http.StatusUnauthorized, "bad_signature"},
		"another body":         {id, now, good, eventBody("C-1", 1, "你坏"), http.StatusUnauthorized, "bad_signature"},
		"another id":           {"evt_2", now, good, body, http.StatusUnauthorized, "bad_signature"},
		"another timestamp":    {id, past, good, body, http.StatusUnauthorized, "bad_signature"},
		"another version":      {id, now, strings.Replace(good, "v1,", "v2,", 1), body, http.StatusUnauthorized, "bad_signature"},
		"no version":           {id, now, strings.TrimPrefix(good, "v1,"), body, http.StatusUnauthorized, "bad_signature"},
		"a cut signature":      {id, now, good[:20], body, http.StatusUnauthorized, "bad_signature"},
		"too old":              {id, past, pastSigned, body, http.StatusUnauthorized, "old_timestamp"},
		"from the future":      {id, future, futureSigned, body, http.StatusUnauthorized, "old_timestamp"},
		"a time that is none":  {id, "soon", signed(testSecret, id, "soon", body), body, http.StatusUnauthorized, "old_timestamp"},
		"not JSON":             {id, now, signed(testSecret, id, now, "hello"), "hello", http.StatusBadRequest, "unreadable"},
		"an event of nobody":   {id, now, signed(testSecret, id, now, `{"type":"x","data":{}}`), `{"type":"x","data":{}}`, http.StatusBadRequest, "unreadable"},
		"a sequence below one": {id, now, signed(testSecret, id, now, eventBody("C-1", 0, "")), eventBody("C-1", 0, ""), http.StatusBadRequest, "unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			got := w.do("POST", "/ehr/webhooks", tt.body, headerID, tt.id, headerTimestamp, tt.stamp, headerSignature, tt.signature).Code
			if got != tt.want {
				t.Errorf("answered %d, want %d", got, tt.want)
			}
			list := entries(w)
			if len(list) != 1 || list[0].Verdict != Refused || list[0].Problem != tt.problem || list[0].Body != nil {
				t.Errorf("the page shows %+v, want one refusal for %s without its content", list, tt.problem)
			}
			if n, _, _ := w.ledger.since(-1); len(n.Tallies) != 0 {
				t.Errorf("a refused webhook was counted: %+v", n.Tallies)
			}
		})
	}
}

func TestReceiverAcceptsWhatTheLibrarySigns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signer, err := standardwebhooks.NewWebhook(testSecret)
	if err != nil {
		t.Fatal(err)
	}
	body := eventBody("C-1", 1, "你好")
	signature, err := signer.Sign("evt_1", testStart(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	// While a secret is replaced there are several signatures.
	stamp := strconv.FormatInt(testStart().Unix(), 10)
	rec := w.do("POST", "/ehr/webhooks", body, headerID, "evt_1", headerTimestamp, stamp, headerSignature, "v1,AAAA v1a,xyz "+signature)
	if rec.Code != http.StatusNoContent {
		t.Errorf("answered %d %s, want 204", rec.Code, rec.Body)
	}
}

func TestReceiverReconciles(t *testing.T) {
	t.Parallel()
	type told struct {
		id   string
		seq  int
		text string
		want int
	}
	for name, tt := range map[string]struct {
		told []told
		want Tally
	}{
		"in order": {
			[]told{{"a", 1, "一", 204}, {"b", 2, "二", 204}},
			Tally{Highest: 2, Received: 2, Missing: []span{}},
		},
		"gaps": {
			[]told{{"a", 1, "一", 204}, {"c", 3, "三", 204}, {"f", 6, "六", 204}},
			Tally{Highest: 6, Received: 3, Missing: []span{{2, 2}, {4, 5}}},
		},
		"the beginning is missing": {
			[]told{{"c", 3, "三", 204}},
			Tally{Highest: 3, Received: 1, Missing: []span{{1, 2}}},
		},
		"late, which closes the gap": {
			[]told{{"a", 1, "一", 204}, {"c", 3, "三", 204}, {"b", 2, "二", 204}},
			Tally{Highest: 3, Received: 3, Late: 1, Missing: []span{}},
		},
		"duplicates": {
			[]told{{"a", 1, "一", 204}, {"a", 1, "一", 204}, {"a", 1, "一", 204}},
			Tally{Highest: 1, Received: 1, Duplicates: 2, Missing: []span{}},
		},
		"the same id with another content": {
			[]told{{"a", 1, "一", 204}, {"a", 1, "壹", 409}},
			Tally{Highest: 1, Received: 1, Conflicts: 1, Missing: []span{}},
		},
		"the same number under another id": {
			[]told{{"a", 1, "一", 204}, {"b", 1, "一", 409}},
			Tally{Highest: 1, Received: 1, Conflicts: 1, Missing: []span{}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, e := range tt.told {
				if got := w.deliver(e.id, eventBody("C-1", e.seq, e.text), testStart()); got != e.want {
					t.Errorf("event %s #%d: answered %d, want %d", e.id, e.seq, got, e.want)
				}
			}
			tt.want.Candidate = "C-1"
			if got := tallyOf(t, w, "C-1"); !sameTally(got, tt.want) {
				t.Errorf("tally %+v, want %+v", got, tt.want)
			}
			if got := len(entries(w)); got != len(tt.told) {
				t.Errorf("%d arrivals are listed, want %d", got, len(tt.told))
			}
		})
	}
}

func sameTally(a, b Tally) bool {
	if len(a.Missing) != len(b.Missing) {
		return false
	}
	for i := range a.Missing {
		if a.Missing[i] != b.Missing[i] {
			return false
		}
	}
	a.Missing, b.Missing = nil, nil
	return a.Candidate == b.Candidate && a.Highest == b.Highest && a.Received == b.Received &&
		a.Duplicates == b.Duplicates && a.Late == b.Late && a.Conflicts == b.Conflicts
}

func TestReconcileFillsTheGap(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	record := func(id string, seq int) string {
		return strings.Replace(eventBody("C-1", seq, "话"), "{", `{"id":"`+id+`",`, 1)
	}
	w.gateway.events["C-1"] = []string{record("a", 1), record("b", 2), record("c", 3)}
	w.deliver("a", eventBody("C-1", 1, "话"), testStart())
	w.deliver("c", eventBody("C-1", 3, "话"), testStart())

	rec := w.do("POST", "/ehr/candidates/C-1/reconcile", "")
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"filled":1`) {
		t.Fatalf("answered %d %s, want one event filled in", rec.Code, rec.Body)
	}
	if got := tallyOf(t, w, "C-1"); len(got.Missing) != 0 || got.Received != 3 || got.Late != 0 {
		t.Errorf("tally %+v, want three events without a gap", got)
	}
	// The webhook that comes after all is a repeat.
	if got := w.deliver("b", eventBody("C-1", 2, "话"), testStart()); got != http.StatusNoContent {
		t.Errorf("answered %d, want 204", got)
	}
	if got := tallyOf(t, w, "C-1"); got.Duplicates != 1 || got.Conflicts != 0 {
		t.Errorf("tally %+v, want one repeat", got)
	}
}

func TestAFarNumberCostsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deliver("z", eventBody("C-1", 1<<50, "远"), testStart())
	got := tallyOf(t, w, "C-1")
	if len(got.Missing) != 1 || got.Missing[0] != (span{1, 1<<50 - 1}) {
		t.Errorf("missing %v", got.Missing)
	}
}
