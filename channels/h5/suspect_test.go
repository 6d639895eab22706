package h5_test

import (
	"net/http"
	"strings"
	"testing"

	"jiebao/conversations"
)

// TestReportsGoToAPerson: what a candidate reports stands in their conversation,
// which waits for HR.
func TestReportsGoToAPerson(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	shows(t, v.get(""), "收到可疑信息？告诉我们")
	page := v.get("/suspect")
	answer := v.press(page, "/suspect", "text", "自称人事的人要我交培训费 <b>500</b>")
	if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != v.path+"/chat#end" {
		t.Fatalf("reporting: %d %s", answer.Code, answer.Body)
	}
	c := v.conversation("c1")
	if c.Owner.Kind != conversations.OwnedByQueue || !strings.HasPrefix(v.messages["c1"][0].Text, "举报可疑信息：自称人事的人") {
		t.Errorf("the owner is %+v of %+v", c.Owner, v.messages["c1"][0])
	}
	before := len(v.messages["c1"])
	if v.press(page, "/suspect", "text", "又一次"); len(v.messages["c1"]) != before {
		t.Error("a form that is sent twice counts twice")
	}
	for name, tt := range map[string]struct {
		fields []string
		words  string
	}{
		"nothing":  {[]string{"text", " "}, "请写下可疑信息的内容"},
		"too much": {[]string{"text", strings.Repeat("长", 1001)}, "太长了"},
		"no key":   {[]string{"text", "x", "key", ""}, "页面放得太久了"},
	} {
		if bad := v.press(page, "/suspect", tt.fields...); bad.Code != http.StatusUnprocessableEntity || !strings.Contains(bad.Body.String(), tt.words) {
			t.Errorf("%s: %d %s", name, bad.Code, bad.Body)
		}
	}
}
