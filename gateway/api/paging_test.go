package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations"
)

func TestListsAreReadPageByPage(t *testing.T) {
	t.Parallel()
	s := withDocuments(t)
	s.post(aResult(t))
	for i := range 7 {
		s.store.alarms = append(s.store.alarms, conversations.AlarmView{Alarm: conversations.Alarm{ID: fmt.Sprint("a", i)}, Branch: "head"})
		s.store.events = append(s.store.events, conversations.Event{ID: fmt.Sprint("e", i), Data: conversations.EventData{Candidate: "C1", Sequence: int64(i + 1)}})
	}
	for i := range 3 { // to the four that there are
		files := &s.store.conversations["C-9"].Applications[0].Checklist[0].Documents
		*files = append(*files, conversations.Document{ID: fmt.Sprint("cnv9-x", i), State: conversations.DocumentFetching})
	}
	for path, field := range map[string]string{"/v1/alarms": "alarms", "/v1/candidates/C1/events": "events", "/v1/candidates/C-9/documents": "documents"} {
		var ids []string
		cursor, pages := "", 0
		for more := true; more; pages++ {
			got := s.get(path + "?limit=3&cursor=" + url.QueryEscape(cursor))
			if got.code != http.StatusOK || pages > 3 {
				t.Fatalf("%s: %d %s", path, got.code, got.body)
			}
			for _, entry := range got.json(t)[field].([]any) {
				ids = append(ids, entry.(map[string]any)["id"].(string))
			}
			cursor, more = got.json(t)["next"].(string)
		}
		var whole []string
		for _, entry := range s.get(path).json(t)[field].([]any) {
			whole = append(whole, entry.(map[string]any)["id"].(string))
		}
		if len(ids) != 7 || pages != 3 || !slices.Equal(ids, whole) {
			t.Errorf("%s has %v on %d pages, and %v at once", path, ids, pages, whole)
		}
	}
	foreign := s.get("/v1/alarms?limit=3").json(t)["next"].(string)
	for _, cursor := range []string{foreign, "x", "e30", foreign[1:]} {
		if got := s.get("/v1/candidates/C1/events?cursor=" + url.QueryEscape(cursor)); got.code != http.StatusUnprocessableEntity || got.fields(t)[0] != "query.cursor" {
			t.Errorf("the cursor %q: %d %s", cursor, got.code, got.body)
		}
	}
}

// TestListsComeInPages: whoever reads one list can read them all.
func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	doc := openAPI(t)
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	for path, item := range doc["paths"].(map[string]any) {
		get, ok := item.(map[string]any)["get"].(map[string]any)
		if id, _ := get["operationId"].(string); !ok || !strings.HasPrefix(id, "list-") {
			continue
		}
		has := map[string]bool{}
		for _, p := range get["parameters"].([]any) {
			has[p.(map[string]any)["name"].(string)] = true
		}
		media := get["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)
		name := strings.TrimPrefix(media["schema"].(map[string]any)["$ref"].(string), "#/components/schemas/")
		if next := schemas[name].(map[string]any)["properties"].(map[string]any)["next"]; !has["cursor"] || !has["limit"] || next == nil {
			t.Errorf("GET %s is a list without cursor, limit or next; see paging.go", path)
		}
	}
}
