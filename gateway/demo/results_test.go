package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestResultsGoThroughTheDemo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sample := w.samples()[0].Document
	body, err := json.Marshal(sample)
	if err != nil {
		t.Fatal(err)
	}
	if rec := w.do("POST", "/ehr/results", string(body)); rec.Code != http.StatusCreated {
		t.Fatalf("answered %d %s", rec.Code, rec.Body)
	}
	if list := w.do("GET", "/ehr/results", "").Body.String(); !strings.Contains(list, sample.ID) || !strings.Contains(list, sample.Candidate.Name) {
		t.Errorf("the result is not listed: %s", list)
	}
	var invitations []open
	if err := json.Unmarshal(w.do("GET", "/phone/invitations", "").Body.Bytes(), &invitations); err != nil {
		t.Fatal(err)
	}
	if len(invitations) != 1 || invitations[0].Code != "ABCD2345" || invitations[0].QR != "/cgi-bin/showqrcode?ticket=gQ" || invitations[0].Link == "" {
		t.Errorf("invitations: %+v", invitations)
	}
}

func TestRefusedResultsAreShownAsTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	samples := w.samples()
	body, err := json.Marshal(samples[len(samples)-1].Document)
	if err != nil {
		t.Fatal(err)
	}
	rec := w.do("POST", "/ehr/results", string(body))
	if rec.Code != http.StatusUnprocessableEntity || rec.Header().Get("Content-Type") != "application/problem+json" || !strings.Contains(rec.Body.String(), "interview.passed") {
		t.Errorf("answered %d %s %s", rec.Code, rec.Header().Get("Content-Type"), rec.Body)
	}
	if list := w.results.all(); len(list) != 0 {
		t.Errorf("a refused result is listed: %+v", list)
	}
}

func TestAGatewayThatIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.results.add(posted{ID: "R-1", Name: "王小明"})
	w.gateway.server.Close()
	if rec := w.do("POST", "/ehr/results", `{}`); rec.Code != http.StatusBadGateway || !strings.Contains(rec.Body.String(), "gave no answer") {
		t.Errorf("posting: answered %d %s", rec.Code, rec.Body)
	}
	if list := w.do("GET", "/ehr/results", "").Body.String(); !strings.Contains(list, `"error":true`) {
		t.Errorf("listing: %s", list)
	}
	if len(w.results.all()) != 1 {
		t.Error("a result was forgotten because the gateway did not answer")
	}
}

func TestAResultTheGatewayLostIsForgotten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.results.add(posted{ID: "R-1"})
	if list := w.do("GET", "/ehr/results", "").Body.String(); strings.TrimSpace(list) != "[]" || len(w.results.all()) != 0 {
		t.Errorf("still listed: %s", list)
	}
}

func TestSamplesDiffer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	for range 3 {
		for _, s := range w.samples() {
			ids = append(ids, s.Document.ID)
			if !strings.HasPrefix(s.Document.Branch, "head/") {
				t.Errorf("%s: the branch is %s", s.Key, s.Document.Branch)
			}
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 12 {
		t.Errorf("ids repeat: %v", ids)
	}
}

// TestAPlanIsShownAndCalledOff: the phone's page knows it by its owner, the
// EHR's by the result.
func TestAPlanIsShownAndCalledOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stranger := newPerson("夜雨")
	if err := w.join(stranger); err != nil {
		t.Fatal(err)
	}
	if rec := w.do("GET", "/phone/people/"+stranger.ID+"/plan", ""); rec.Code != http.StatusOK || strings.TrimSpace(rec.Body.String()) != "null" {
		t.Errorf("of a stranger: answered %d %s", rec.Code, rec.Body)
	}
	doc := w.samples()[0].Document
	body, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	w.do("POST", "/ehr/results", string(body))
	p, _ := w.people.find(func(p Person) bool { return p.Candidate == doc.Candidate.ID })
	if rec := w.do("POST", "/ehr/results/"+doc.ID+"/cancel", ""); rec.Code != http.StatusOK {
		t.Errorf("calling off: answered %d %s", rec.Code, rec.Body)
	}
	if rec := w.do("GET", "/phone/people/"+p.ID+"/plan", ""); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"state":"cancelled"`) {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
	w.gateway.server.Close()
	if rec := w.do("GET", "/phone/people/"+p.ID+"/plan", ""); rec.Code != http.StatusBadGateway {
		t.Errorf("of a gateway that is down: answered %d", rec.Code)
	}
}

func TestAResultIsLookedAtBeforeItIsPosted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.whose(document{Candidate: documentPerson{ID: "C-1"}})
	if rec := w.do("POST", "/ehr/preflight", `{"id":"R-1","candidate":{"id":"C-1","name":"王小明"}}`); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), `"result_id":"R-1"`) {
		t.Errorf("answered %d %s", rec.Code, rec.Body)
	}
	if len(w.results.all()) != 0 || len(w.people.all()) != 0 {
		t.Error("looking posted something")
	}
	if again := w.whose(document{Candidate: documentPerson{ID: "C-1"}}); again.ID != first.ID {
		t.Error("whoever a result would be about is somebody else when it is posted")
	}
	if _, err := w.sim.Phone(testApp, first.ID); err != nil {
		t.Errorf("the apps do not know whom it would be about: %v", err)
	}
}
