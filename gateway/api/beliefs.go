package api

import (
	"time"

	"jiebao/conversations"
)

// Beliefs is what a system believes of candidates.
type Beliefs struct {
	Candidates []BelievedCandidate `json:"candidates" nullable:"false" maxItems:"5000" doc:"What you believe, once for each candidate. Of more candidates than one call takes, post ranges of their ids, each complete, with after and through."`
	Endpoints  []reference         `json:"endpoints,omitempty" nullable:"false" maxItems:"20" doc:"The endpoints to which what you lack is told again. Without them, the endpoint that has the name of the API key, or else the only one there is; if there is neither, nothing is told again." example:"[\"ehr\"]"`
	Complete   bool                `json:"complete,omitempty" doc:"You know no other candidates with an id above after and up to through: those that we have besides are named as missing, and told from their first event." example:"true"`
	After      reference           `json:"after,omitempty" doc:"With complete: above this id, by the bytes; without, from the beginning." example:"C-2026-000800"`
	Through    reference           `json:"through,omitempty" doc:"With complete: up to this id; without, to the end." example:"C-2026-000999"`
}

// BelievedCandidate is what a system believes of one candidate.
type BelievedCandidate struct {
	CandidateID reference           `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Sequence    int64               `json:"sequence" minimum:"0" doc:"The sequence of the last event that you took; 0 for none." example:"37"`
	StartDate   *string             `json:"start_date,omitempty" nullable:"false" maxLength:"10" doc:"The first working day that holds: the agreed one, or else the offered one. Empty if you know of none. Without it, it is not compared." example:"2026-07-13"`
	Answer      *string             `json:"answer,omitempty" nullable:"false" enum:"open,confirmed,requested,countered,declined,withdrawn" doc:"Where the candidate stands on the offer. Without it, it is not compared." example:"confirmed"`
	Documents   *[]BelievedDocument `json:"documents,omitempty" nullable:"false" maxItems:"200" doc:"All documents that you have of the candidate's present result. Without it, they are not compared."`
}

// BelievedDocument is a document as a system has it.
type BelievedDocument struct {
	ID     reference `json:"id" doc:"Jiebao's id of the document." example:"cnv_8sKq2VnT4x-d1"`
	SHA256 string    `json:"sha256,omitempty" pattern:"^[0-9A-Fa-f]{64}$" patternDescription:"64 hexadecimal digits" doc:"Of its bytes, in hexadecimal digits. Without it, it is not compared." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Item   reference `json:"item,omitempty" doc:"The line of the checklist that it is filed under. Without it, it is not compared." example:"id_card"`
	State  string    `json:"state,omitempty" enum:"received,accepted,rejected" doc:"What HR made of it. Without it, it is not compared." example:"received"`
}

// ReconciliationOutcome is a report and a page of its differences.
type ReconciliationOutcome struct {
	Report
	Differences []DifferenceRecord `json:"differences" nullable:"false" doc:"What does not agree, with what was done about it, or would be."`
	Next        string             `json:"next,omitempty" doc:"Where the next page begins; missing at the end." example:"eyJvZiI6ImRpZmZlcmVuY2VzIn0"`
}

// Report is what a comparison came to.
type Report struct {
	ID         string     `json:"id" doc:"The report's id." example:"nightly-2026-06-22"`
	Kind       string     `json:"kind" enum:"nightly,posted,asked" doc:"Nightly: of all with everybody. Posted: of what a system posted. Asked: as nightly, because somebody asked." example:"nightly"`
	System     string     `json:"system,omitempty" doc:"Who posted: api: and the name of the key." example:"api:ehr"`
	DryRun     bool       `json:"dry_run" doc:"Nothing was repaired." example:"false"`
	Asked      time.Time  `json:"asked" doc:"When it was asked for." example:"2026-06-22T02:30:00+08:00"`
	Finished   *time.Time `json:"finished,omitempty" doc:"When it was done; missing as long as it is not." example:"2026-06-22T02:30:09+08:00"`
	Agrees     bool       `json:"agrees" doc:"All candidates agree, and everybody could be asked." example:"true"`
	Candidates int        `json:"candidates" doc:"How many candidates there are to compare." example:"815"`
	Done       int        `json:"done" doc:"How many were compared so far." example:"815"`
	Agree      int        `json:"agree" doc:"How many agree." example:"815"`
	Hash       string     `json:"hash,omitempty" doc:"Over the digest of all candidates, of nightly and asked ones." example:"3f0a2c9be1d7455f8b6a9c0d1e2f3a4b"`
	Failed     []string   `json:"failed" nullable:"false" doc:"Who could not be asked, and why, for engineers."`
}

// DifferenceRecord is a candidate about whom a system and Jiebao do not agree.
type DifferenceRecord struct {
	CandidateID string   `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	System      string   `json:"system" doc:"Who does not agree: an endpoint's id, or api: and the name of a key; ehr is also who is asked every night." example:"api:ehr"`
	Verdict     string   `json:"verdict" enum:"behind,ahead,unknown,missing,conflict,not_taken,dead_letters" doc:"Behind: it lacks events. Ahead: it knows an event that never was. Unknown: Jiebao has no such candidate in the branches of the key. Missing: it does not know the candidate. Conflict: both sides changed the same thing. Not_taken: an endpoint does not take what it is told. Dead_letters: an endpoint lacks what it did not take for too long." example:"behind"`
	Theirs      int64    `json:"theirs" doc:"The sequence of the last event that it has." example:"34"`
	Ours        int64    `json:"ours" doc:"The sequence of the last event that there is." example:"37"`
	Differs     []string `json:"differs,omitempty" nullable:"false" doc:"Of a conflict: start_date, answer, documents." example:"[\"start_date\"]"`
	ConflictID  string   `json:"conflict_id,omitempty" doc:"The conflict that HR settles." example:"cnv_8sKq2VnT4x-x38"`
	Repair      string   `json:"repair,omitempty" enum:"replay,hr" doc:"Replay: events are told again. Hr: HR decides. Left out: nothing is done by itself." example:"replay"`
	Events      int      `json:"events_told_again,omitempty" doc:"How many events are told again, over all endpoints." example:"3"`
	Detail      string   `json:"detail,omitempty" doc:"More, for engineers." example:"event 40 never was; the last is 37"`
}

// ReportList is a page of reports.
type ReportList struct {
	Reports []Report `json:"reports" nullable:"false" doc:"Newest first."`
	Next    string   `json:"next,omitempty" doc:"Where the next page begins; missing at the end." example:"eyJvZiI6InJlY29uY2lsaWF0aW9ucyJ9"`
}

// DigestPage is a page of the digest.
type DigestPage struct {
	Candidates []CandidateDigest `json:"candidates" nullable:"false" doc:"In the order of the bytes of their ids."`
	Hash       string            `json:"hash" doc:"Over all candidates up to the end of this page." example:"3f0a2c9be1d7455f8b6a9c0d1e2f3a4b"`
	Next       string            `json:"next,omitempty" doc:"Where the next page begins; missing at the end." example:"eyJvZiI6ImRpZ2VzdCJ9"`
}

// CandidateDigest is what there is to agree on about a candidate.
type CandidateDigest struct {
	CandidateID string           `json:"candidate_id" doc:"The EHR's id of the candidate." example:"C-2026-000815"`
	Sequence    int64            `json:"sequence" doc:"The sequence of the last event." example:"37"`
	ResultID    string           `json:"result_id,omitempty" doc:"The EHR's id of the present result." example:"R-2026-000815"`
	StartDate   string           `json:"start_date,omitempty" format:"date" doc:"The first working day that holds: the agreed one, or else the offered one." example:"2026-07-13"`
	Offered     string           `json:"offered_date,omitempty" format:"date" doc:"The offered one." example:"2026-07-06"`
	Agreed      string           `json:"agreed_date,omitempty" format:"date" doc:"The agreed one, once there is one." example:"2026-07-13"`
	Answer      string           `json:"answer" enum:"open,confirmed,requested,countered,declined,withdrawn" doc:"Where the candidate stands on the offer." example:"confirmed"`
	Documents   []DigestDocument `json:"documents" nullable:"false" doc:"The stored documents of the present result, by id."`
	Hash        string           `json:"hash" doc:"Over all of this." example:"b1946ac92492d2347c6235b4d2611184"`
}

// DigestDocument is a stored document.
type DigestDocument struct {
	ID     string `json:"id" doc:"Jiebao's id of the document." example:"cnv_8sKq2VnT4x-d1"`
	SHA256 string `json:"sha256" doc:"Of its bytes, in hexadecimal digits." example:"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"`
	Item   string `json:"item,omitempty" doc:"The line of the checklist that it is filed under." example:"id_card"`
	State  string `json:"state" enum:"received,accepted,rejected" doc:"What HR made of it." example:"received"`
}

func candidateDigest(d conversations.Digest) CandidateDigest {
	out := CandidateDigest{
		CandidateID: d.Candidate, Sequence: d.Sequence, ResultID: d.Result, StartDate: d.StartDate().String(), Offered: d.Offered.String(),
		Agreed: d.Agreed.String(), Answer: d.Answer.String(), Documents: []DigestDocument{}, Hash: d.Hash(),
	}
	for _, doc := range d.Documents {
		out.Documents = append(out.Documents, DigestDocument{doc.ID, doc.SHA256, doc.Item, string(doc.State)})
	}
	return out
}

func (a *API) reportOf(r conversations.Reconciliation) Report {
	zone := a.Now().Location()
	return Report{
		ID: r.ID, Kind: string(r.Kind), System: r.System, DryRun: r.Dry, Asked: r.Asked.In(zone), Finished: known(r.Finished, zone),
		Agrees: !r.Finished.IsZero() && r.Agrees(), Candidates: r.Candidates, Done: r.Done, Agree: r.Agree, Hash: r.Hash,
		Failed: append([]string{}, r.Failed...),
	}
}

func (a *API) outcomeOf(r conversations.Reconciliation, found []conversations.Difference, next string) ReconciliationOutcome {
	out := ReconciliationOutcome{Report: a.reportOf(r), Differences: []DifferenceRecord{}, Next: next}
	for _, d := range found {
		out.Differences = append(out.Differences, DifferenceRecord{
			CandidateID: d.Candidate, System: d.System, Verdict: string(d.Verdict), Theirs: d.Theirs, Ours: d.Ours, Differs: d.Differs,
			ConflictID: d.Conflict, Repair: string(d.Repair), Events: d.Events, Detail: d.Detail,
		})
	}
	return out
}

func exampleBeliefs() any {
	return map[string]any{"candidates": []any{
		map[string]any{"candidate_id": "C-2026-000815", "sequence": 0, "start_date": "2026-07-06", "answer": "open", "documents": []any{}},
	}}
}

// reconciliationExamples are the answers, by operation.
func reconciliationExamples() map[string]any {
	at := time.Date(2026, time.June, 22, 2, 30, 0, 0, time.FixedZone("", 8*60*60))
	done := at.Add(9 * time.Second)
	report := Report{
		ID: "nightly-2026-06-22", Kind: "nightly", Asked: at, Finished: &done, Candidates: 815, Done: 815, Agree: 814,
		Hash: "3f0a2c9be1d7455f8b6a9c0d1e2f3a4b", Failed: []string{},
	}
	outcome := ReconciliationOutcome{Report: report, Differences: []DifferenceRecord{
		{CandidateID: "C-2026-000815", System: "api:ehr", Verdict: "behind", Theirs: 34, Ours: 37, Repair: "replay", Events: 3},
	}}
	posted := outcome
	posted.ID, posted.Kind, posted.System, posted.Hash = "rec_k2vnt4x8skq2v", "posted", "api:ehr", ""
	return map[string]any{
		"list-reconciliations": ReportList{Reports: []Report{report}},
		"read-reconciliation":  outcome,
		"post-beliefs":         posted,
		"read-digest": DigestPage{Hash: "3f0a2c9be1d7455f8b6a9c0d1e2f3a4b", Candidates: []CandidateDigest{{
			CandidateID: "C-2026-000815", Sequence: 37, ResultID: "R-2026-000815", StartDate: "2026-07-13", Offered: "2026-07-06", Agreed: "2026-07-13",
			Answer: "confirmed", Documents: []DigestDocument{}, Hash: "b1946ac92492d2347c6235b4d2611184",
		}}},
	}
}
