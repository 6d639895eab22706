package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/preflight"
)

// ahead knows what becomes of candidates by their names.
type ahead struct{}

func (ahead) Read(list []byte) ([]preflight.Item, error) {
	var posted []struct{ Candidate struct{ Name, Phone string } }
	if err := json.Unmarshal(list, &posted); err != nil || len(posted) == 0 {
		return nil, errors.New("must hold 1 to 500 results")
	}
	var items []preflight.Item
	for _, p := range posted {
		items = append(items, preflight.Item{Result: conversations.Result{Candidate: conversations.Candidate{Name: p.Candidate.Name, Phone: p.Candidate.Phone}}})
	}
	return items, nil
}

func (ahead) Look(_ context.Context, scope conversations.Scope, items []preflight.Item) (preflight.Report, error) {
	r := preflight.Report{Summary: preflight.Summary{Verdicts: map[preflight.Verdict]int{}, Cost: 90, FirstCost: 45, Parts: 2}}
	for _, it := range items {
		row := preflight.Row{Verdict: preflight.Waits, Why: conversations.WaitingUnbound}
		switch {
		case !scope.Allows("head/beijing"):
			row.Verdict, row.Why = preflight.Forbidden, ""
		case it.Result.Candidate.Phone != "":
			row.Steps = []preflight.Step{
				{By: conversations.Chat, Skipped: conversations.SkippedNoAddress},
				{By: conversations.SMS, Account: "sms", At: time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC), Sends: true, Cost: 45, Parts: 1},
			}
			row.First, row.Verdict, row.Why, row.Cost = &row.Steps[1], preflight.Told, "", 45
			row.Problems = []preflight.Problem{{Field: "offer.workplace", Detail: "gives 23 characters", Suggestion: "shorten it by 3 characters", Later: true}}
		}
		r.Rows = append(r.Rows, row)
		r.Summary.Verdicts[row.Verdict]++
	}
	return r, nil
}

func TestLookingAhead(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-bj")
	d.wantText(d.get("/inbox"), `href="/inbox/preflight"`)
	d.wantText(d.get("/inbox/preflight"), "发送前预检", "候选人编号")
	sheet := "姓名\t手机\n王小明\t13800138000\n李娜\t\n"
	w := d.post("/inbox/preflight", url.Values{"results": {sheet}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "王小明", "马上通知", "短信", "¥0.045", "李娜", "联系不上", "等待绑定", "offer.workplace", "shorten it by 3 characters", "聊天：没有候选人的联系方式", "¥0.09")
	w = d.post("/inbox/preflight", url.Values{"results": {`[{"candidate":{"name":"赵敏"}}]`}})
	d.wantText(w, "赵敏", "联系不上")
	for _, bad := range []string{"", "手机\n138", "[]", strings.Repeat("x", 70<<10)} {
		w := d.post("/inbox/preflight", url.Values{"results": {bad}})
		d.wantCode(w, http.StatusUnprocessableEntity)
		d.wantText(w, "读不懂")
	}
	d.wantCode(d.post("/inbox/preflight", url.Values{"results": {strings.Repeat("x", mostListed)}}), http.StatusRequestEntityTooLarge)
}
