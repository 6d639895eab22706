package console

import (
	"net/http"
	"testing"
	"time"
)

// The numbers are of the agent's own branches, drawn and in tables.
func TestNumbersPage(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.get("/inbox/numbers?days=7")
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "<svg", "<desc", "录用通知进展", "60", "北京朝阳支行", "上海浦东支行", "公众号", "短信", "逾期未答复", "4 分钟", "25 分钟", `href="/inbox/zhang"`, `aria-current="page">近 7 天`)
	bj := as(t, "ag-bj")
	bj.wantNoText(bj.get("/inbox/numbers"), "上海浦东支行")
}

// Numbers are not counted again within ten seconds, however many ask.
func TestNumbersHaveAPace(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	for range 5 {
		d.get("/inbox/numbers")
	}
	if d.f.counted != 1 {
		t.Errorf("they were counted %d times", d.f.counted)
	}
	now := d.c.o.Now
	d.c.o.Now = func() time.Time { return now().Add(numbersPace) }
	d.get("/inbox/numbers")
	if d.f.counted != 2 {
		t.Errorf("later they were counted %d times", d.f.counted)
	}
}
