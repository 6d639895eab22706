package api_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"jiebao/gateway/api"
)

func (s *server) preflight(query, body string, header ...string) answer {
	s.t.Helper()
	return s.do(http.MethodPost, "/v1/results/preflight"+query, body, append([]string{"Content-Type", "application/json"}, header...)...)
}

// list is a list of documents.
func list(documents ...string) string { return "[" + strings.Join(documents, ",") + "]" }

// mixed is a list of results that come to everything.
func mixed(t *testing.T) string {
	bound := []any{map[string]any{"account": "beijing", "id": "o1"}}
	return list(
		aResult(t, "id", "R-told", "candidate.id", "C-told", "candidate.addresses", bound),
		aResult(t, "id", "R-waits", "candidate.id", "C-waits"),
		aResult(t, "id", "R-long", "candidate.id", "C-long", "offer.workplace", "北京市朝阳区建国路1号示例银行大厦三层三零二室"),
		aResult(t, "id", "R-bad", "candidate.id", "C-bad", "candidate.phone", "123", "offer.start_date", "tomorrow"),
		aResult(t),
		aResult(t, "offer.workplace", "上海"),
		aResult(t, "id", "R-far", "candidate.id", "C-far", "branch", "far"),
		`{"id": 7}`,
		`"nothing"`,
	)
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	if got := s.post(aResult(t)); got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
	got := s.preflight("", mixed(t), "Accept-Language", "en")
	if got.code != http.StatusOK || got.header.Get("Content-Type") != "application/json" || got.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", got.code, got.body)
	}
	var report api.PreflightReport
	if err := json.Unmarshal(got.body, &report); err != nil {
		t.Fatal(err)
	}
	var verdicts []string
	for _, row := range report.Results {
		verdicts = append(verdicts, row.Verdict)
	}
	if want := []string{"told", "waits", "refused", "refused", "posted", "conflict", "forbidden", "refused", "refused"}; !slices.Equal(verdicts, want) {
		t.Errorf("%q, want %q", verdicts, want)
	}
	told, waits, long, bad := report.Results[0], report.Results[1], report.Results[2], report.Results[3]
	if told.First == nil || told.First.Account != "beijing" || !told.First.At.Equal(now()) || told.Why != "" || told.Invited {
		t.Errorf("told: %+v", told)
	}
	if waits.Why != "unbound" || !strings.Contains(waits.Advice, "QR code") || !waits.Invited || waits.Steps[0].Skipped != "no_address" {
		t.Errorf("waits: %+v", waits)
	}
	if len(long.Problems) != 1 || long.Problems[0].Field != "offer.workplace" || long.Problems[0].Later {
		t.Errorf("too long: %+v", long.Problems)
	}
	if len(bad.Problems) != 2 || bad.Problems[0].Detail == "" {
		t.Errorf("wrong: %+v", bad.Problems)
	}
	if report.Summary.Results != 9 || report.Summary.Verdicts["refused"] != 4 || report.Summary.First["chat"] != 1 || report.Summary.Breaking != 5 {
		t.Errorf("summary %+v", report.Summary)
	}
	if len(s.store.posted) != 1 || len(s.store.conversations) != 1 {
		t.Errorf("something was stored: %v", s.store.posted)
	}
	if strings.Contains(string(got.body), "王小明") || strings.Contains(string(got.body), "13800138000") || strings.Contains(s.log.String(), "R-told") {
		t.Error("personal data is told")
	}
}

func TestPreflightForSpreadsheets(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	got := s.preflight("?format=csv", mixed(t), "Accept-Language", "zh-HK")
	table, marked := strings.CutPrefix(string(got.body), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil || !marked || len(rows) != 10 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d rows (%v), %v", len(rows), err, got.header)
	}
	if rows[1][2] != "told" || rows[1][4] != "chat" || rows[2][3] != "unbound" || !strings.Contains(rows[2][11], "邀請") || !strings.Contains(rows[3][8], "offer.workplace") {
		t.Errorf("rows %q", rows)
	}
	lines := strings.Split(strings.TrimSpace(string(s.preflight("?format=ndjson", mixed(t)).body)), "\n")
	for _, line := range lines {
		var row api.PreflightRow
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.Verdict == "" {
			t.Errorf("%s: %v", line, err)
		}
	}
	if len(lines) != 9 {
		t.Errorf("%d lines", len(lines))
	}
}

// TestPreflightTellsNothingOfOthers: of a candidate of another branch no more
// is told than that.
func TestPreflightTellsNothingOfOthers(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t, "branch", "head/shanghai"))
	got := s.preflight("", list(aResult(t, "id", "R2"), aResult(t, "id", "R3", "branch", "head/shanghai")), "Authorization", "Bearer "+beijingKey)
	var report api.PreflightReport
	if err := json.Unmarshal(got.body, &report); err != nil || report.Summary.Verdicts["forbidden"] != 2 || len(report.Results[0].Steps) > 0 {
		t.Errorf("%s: %v", got.body, err)
	}
}

func TestPreflightRefusesWhatIsNoList(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	many := make([]string, 501)
	for i := range many {
		many[i] = fmt.Sprintf(`{"id":"R%d"}`, i)
	}
	for body, want := range map[string]int{
		aResult(t): http.StatusBadRequest, "[": http.StatusBadRequest, "[]": http.StatusUnprocessableEntity, list(many...): http.StatusUnprocessableEntity,
		`[{"id":"a","id":"b"}]`: http.StatusBadRequest,
	} {
		if got := s.preflight("", body); got.code != want || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%.40s: %d %s, want %d", body, got.code, got.body, want)
		}
	}
	if got := s.preflight("?format=pdf", list(aResult(t))); got.code != http.StatusUnprocessableEntity {
		t.Errorf("another format: %d", got.code)
	}
	if got := s.preflight("", list(aResult(t)), "Authorization", ""); got.code != http.StatusUnauthorized {
		t.Errorf("without a key: %d", got.code)
	}
	s.store.fail = errors.New("the disk is full")
	if got := s.preflight("", list(aResult(t))); got.code != http.StatusInternalServerError {
		t.Errorf("without a store: %d %s", got.code, got.body)
	}
}
