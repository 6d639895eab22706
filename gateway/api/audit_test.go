package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"jiebao/conversations/audit"
	"jiebao/gateway/api"
)

// Every operation that does something says what it is in the audit log.
func TestEveryOperationHasAnAction(t *testing.T) {
	t.Parallel()
	deeds, known := api.Deeds(), map[string]bool{}
	for _, item := range openAPI(t)["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			fields, ok := op.(map[string]any)
			if !ok {
				continue
			}
			id, _ := fields["operationId"].(string)
			known[id] = true
			if _, said := deeds[id]; !said && method != "get" && method != "head" {
				t.Errorf("audit.go does not say what %s is in the audit log", id)
			}
		}
	}
	for id, action := range deeds {
		if !known[id] {
			t.Errorf("audit.go has %s, which is no operation", id)
		}
		if action != "" && !slices.Contains(audit.Actions(), action) {
			t.Errorf("%s is %q, which is no action", id, action)
		}
	}
}

// What systems do is in the log, by whom; what came to nothing is not, and no
// secret is.
func TestSystemsAreLogged(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if got := s.preflight("", mixed(t)); got.code != http.StatusOK {
		t.Fatalf("%d %s", got.code, got.body)
	}
	got := s.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {"ehr"}, "client_secret": {headKey}})
	if got.code != http.StatusOK {
		t.Fatalf("%d %s", got.code, got.body)
	}
	s.preflight("", "not json")
	s.token(url.Values{"grant_type": {"client_credentials"}, "client_id": {"ehr"}, "client_secret": {"wrong"}})
	want := []audit.Action{audit.PreflightMade, audit.TokenIssued}
	if len(s.store.logged) != len(want) {
		t.Fatalf("logged is %+v", s.store.logged)
	}
	for i, e := range s.store.logged {
		if e.Action != want[i] || e.Actor != "api:ehr" || e.Role != audit.RoleSystem || e.Branch != "head" || strings.Contains(e.Text(), got.json(t)["access_token"].(string)) {
			t.Errorf("entry %d is %+v", i, e)
		}
	}
}
