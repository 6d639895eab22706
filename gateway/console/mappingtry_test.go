package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestMappingsAreTried: what an expression makes of events is seen before any
// event is told by it.
func TestMappingsAreTried(t *testing.T) {
	t.Parallel()
	d := as(t, "ag-head")
	w := d.htmx(mappingPath, url.Values{"filter": {`event.type == "start_date.confirmed"`}, "mapping": {`{"person": event.subject}`}})
	d.wantCode(w, http.StatusOK)
	d.wantText(w, "1 种事件会发出或出错", "start_date.confirmed", "&#34;person&#34;")
	w = d.htmx(mappingPath, url.Values{"mapping": {`{"person": event.nothing}`}})
	d.wantText(w, "mapping-event failed")
	w = d.htmx(mappingPath, url.Values{"mapping": {`{"person": `}})
	d.wantText(w, `role="alert"`)
	for _, sample := range []string{"beisen", "yonyou", "kingdee", "workday"} {
		w := d.post(mappingPath, url.Values{"sample": {sample}})
		d.wantCode(w, http.StatusOK)
		if body := w.Body.String(); strings.Contains(body, "mapping-event failed") || !strings.Contains(body, "mapping-event") {
			t.Errorf("the sample %s fails on the examples that it is made for", sample)
		}
	}
}
