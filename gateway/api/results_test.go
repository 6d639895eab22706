package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/api"
)

func TestPostOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	first := s.post(aResult(t))
	if first.code != http.StatusCreated || first.header.Get("Location") != "/v1/results/R1" {
		t.Fatalf("%d %s %s", first.code, first.header.Get("Location"), first.body)
	}
	// The same content, written in another way.
	again := strings.Replace(aResult(t), `"score":86.5`, `"score": 8.65e1 `, 1)
	again = strings.Replace(again, `"王小明"`, `"\u738b\u5c0f\u660e"`, 1)
	again = `{"offer":` + again[strings.Index(again, `"offer":`)+len(`"offer":`):len(again)-1] + "," + "\n" + again[1:strings.Index(again, `,"offer":`)] + "}"
	for _, body := range []string{aResult(t), again, aResult(t, "candidate.locale", "zh-CN")} {
		second := s.post(body)
		if second.code != http.StatusOK || string(second.body) != string(first.body) {
			t.Errorf("a repeat of %s: %d %s", body, second.code, second.body)
		}
	}
	if got := s.get("/v1/results/R1"); got.code != http.StatusOK || string(got.body) != string(first.body) {
		t.Errorf("reading it: %d %s", got.code, got.body)
	}
	for _, body := range []string{aResult(t, "offer.start_date", "2026-07-07"), aResult(t, "candidate.id", "C2")} {
		other := s.post(body)
		if other.code != http.StatusConflict || other.json(t)["type"] != "urn:jiebao:problem:conflict" {
			t.Errorf("another document: %d %s", other.code, other.body)
		}
	}
	if len(s.store.conversations) != 1 || len(s.store.posted) != 1 {
		t.Errorf("%d conversations and %d results are stored", len(s.store.conversations), len(s.store.posted))
	}
}

// TestARepeatMayComeLate: after the reply was due, and after the first day.
func TestARepeatMayComeLate(t *testing.T) {
	t.Parallel()
	at := now()
	s := newServer(t, func(d *api.Deps) { d.Now = func() time.Time { return at } })
	s.store.now = func() time.Time { return at }
	if got := s.post(aResult(t)); got.code != http.StatusCreated {
		t.Fatalf("%d %s", got.code, got.body)
	}
	at = at.AddDate(0, 1, 0)
	if got := s.post(aResult(t)); got.code != http.StatusOK {
		t.Errorf("the same document: %d %s", got.code, got.body)
	}
	if got := s.post(aResult(t, "id", "R2")); got.code != http.StatusUnprocessableEntity || !slices.Equal(got.fields(t), []string{"offer.reply_by", "offer.start_date"}) {
		t.Errorf("another one: %d %s", got.code, got.body)
	}
}

func TestWhatIsStored(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t, "candidate.email", "wang@example.com", "candidate.locale", "en", "interview.highlights", []any{"表达清晰"}))
	got := s.store.posted["R1"].result
	if got.Candidate.ID != "C1" || got.Candidate.Name != "王小明" || got.Candidate.Phone != "13800138000" ||
		got.Candidate.Email != "wang@example.com" || got.Candidate.Locale != conversations.English {
		t.Errorf("the candidate is %+v", got.Candidate)
	}
	if got.Branch != "head/beijing/chaoyang" || got.Position.Title != "综合柜员" || got.Interview.Score != 86.5 || !got.Interview.Passed ||
		!slices.Equal(got.Interview.Highlights, []string{"表达清晰"}) {
		t.Errorf("the result is %+v", got)
	}
	o := got.Offer
	if o.StartDate.String() != "2026-07-06" || !o.ReplyBy.Equal(time.Date(2026, 6, 30, 10, 0, 0, 0, time.UTC)) ||
		o.Workplace != "北京市朝阳区建国路1号" || o.ContactName != "李娜" || o.ContactPhone != "010-12345678" ||
		len(o.Documents) != 1 || o.Documents[0].ID != "id_card" || o.Documents[0].Name != "身份证" {
		t.Errorf("the offer is %+v", o)
	}
}

// TestEveryWrongFieldIsNamed posts documents with many mistakes at once.
func TestEveryWrongFieldIsNamed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 21)
	for name, c := range map[string]struct {
		body string
		want []string
	}{
		"nothing given": {`{}`, []string{"branch", "candidate", "id", "interview", "offer", "position"}},
		"no object":     {`[]`, []string{"(document)"}},
		"no boolean":    {aResult(t, "interview.passed", "yes"), []string{"interview.passed"}},
		"wrong types": {aResult(t, "id", 5, "candidate", "王小明", "interview.score", "high", "offer.documents", "none"),
			[]string{"candidate", "id", "interview.score", "offer.documents"}},
		"missing": {aResult(t, "candidate.name", nil, "position.title", nil, "offer.contact_phone", nil, "interview.score", nil),
			[]string{"candidate.name", "interview.score", "offer.contact_phone", "position.title"}},
		"empty": {aResult(t, "candidate.name", "  　", "offer.contact_name", "", "id", ""), []string{"candidate.name", "id", "offer.contact_name"}},
		"invisible": {aResult(t, "candidate.name", "\u200b\u2060", "position.title", "综合\u2028柜员", "offer.workplace", "北京\u200b市"),
			[]string{"candidate.name", "position.title"}},
		"null": {aResult(t, "candidate.name", []any(nil)), []string{"candidate.name"}},
		"unknown": {aResult(t, "score", 1, "candidate.openid", "o1", "offer.salary", 20000),
			[]string{"candidate.openid", "offer.salary", "score"}},
		"values": {aResult(t, "id", "R 1", "branch", "Head//beijing", "candidate.phone", "12345", "candidate.email", "wang",
			"candidate.locale", "fr", "interview.score", 101, "interview.passed", false,
			"offer.start_date", "2026-02-30", "offer.reply_by", "2026-06-30T18:00:00", "offer.contact_phone", "call me"),
			[]string{"branch", "candidate.email", "candidate.locale", "candidate.phone", "id", "interview.passed", "interview.score",
				"offer.contact_phone", "offer.reply_by", "offer.start_date"}},
		"lists": {aResult(t, "interview.highlights", []any{"好", "两\n行", 3}, "offer.documents", []any{
			map[string]any{"id": "a", "name": "甲"}, map[string]any{"id": "a", "name": "乙"}, map[string]any{"id": "b"}}),
			[]string{"interview.highlights[1]", "interview.highlights[2]", "offer.documents[1].id", "offer.documents[2].name"}},
		"rules between fields, beside a wrong type": {aResult(t, "candidate.name", 5, "offer.reply_by", "2026-06-22T09:29:59+08:00",
			"candidate.addresses", []any{map[string]any{"account": "beijing", "id": "o1"}, map[string]any{"account": "beijing", "id": "o1"}}),
			[]string{"candidate.addresses[1]", "candidate.name", "offer.reply_by"}},
		"named by the turn": {aResult(t, "offer.workplace", long), []string{"offer.workplace"}},
		"by the turn and by the schema": {aResult(t, "offer.workplace", long, "position.title", long, "candidate.phone", "1", "offer.contact_name", nil,
			"candidate.addresses", []any{map[string]any{"account": "shanghai", "id": "o1"}}),
			[]string{"candidate.addresses[0].account", "candidate.phone", "offer.contact_name", "offer.workplace", "position.title"}},
		"a whole number as many languages write it": {aResult(t, "offer.notice_days", json.RawMessage("30.0")), []string{"offer.notice_days"}},
		"a name for humans":                         {aResult(t, "candidate.email", "Wang <wang@example.com>"), []string{"candidate.email"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			got := s.post(c.body)
			if got.code != http.StatusUnprocessableEntity || got.header.Get("Content-Type") != "application/problem+json" {
				t.Fatalf("%d %s %s", got.code, got.header.Get("Content-Type"), got.body)
			}
			if fields := got.fields(t); !slices.Equal(fields, c.want) {
				t.Errorf("it names %q, want %q", fields, c.want)
			}
			if len(s.store.conversations)+len(s.store.posted) > 0 {
				t.Error("something was stored")
			}
		})
	}
}

func TestProblemsDoNotRepeatValues(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, body := range []string{
		aResult(t, "candidate.name", []any{"张三丰"}, "candidate.phone", "张三丰", "candidate.email", "张三丰@", "offer.start_date", "张三丰"),
		`{"candidate": 张三丰}`, `{"candidate": "张三丰", "candidate": "张三丰"}`, `"张三丰`,
	} {
		got := s.post(body)
		if got.code < 400 || strings.Contains(string(got.body), "张三丰") {
			t.Errorf("%s: %d %s", body, got.code, got.body)
		}
	}
}

func TestManyWrongFieldsAreCutShort(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	edits := []any{}
	for i := range 300 {
		edits = append(edits, strings.Repeat("x", 200)+string(rune('a'+i%26))+strings.Repeat("y", i/26), 1)
	}
	got := s.post(aResult(t, edits...))
	if fields := got.fields(t); len(fields) != 100 || len([]rune(fields[0])) > 101 || !strings.Contains(string(got.body), "300 fields") {
		t.Errorf("it names %d fields: %s", len(fields), got.body)
	}
}

func TestUnreadableBodies(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for name, c := range map[string]struct {
		body, contentType string
		want              int
	}{
		"nothing":          {"", "application/json", 400},
		"no JSON":          {"name=王小明", "application/json", 400},
		"cut off":          {aResult(t)[:50], "application/json", 400},
		"two documents":    {aResult(t) + aResult(t), "application/json", 400},
		"GBK":              {"{\"id\":\"\xcd\xf5\"}", "application/json", 400},
		"a name twice":     {`{"id":"R1","id":"R2"}`, "application/json", 400},
		"in another case":  {`{"id":"R1","ID":"R2"}`, "application/json", 400},
		"under a disguise": {`{"phone":1,"phoNE":2}`, "application/json", 400},
		"half of 😀":        {`{"id":"\ud83d"}`, "application/json", 400},
		"its other half":   {`{"id":"\ude00\ud83d"}`, "application/json", 400},
		"too deep":         {strings.Repeat("[", 100000), "application/json", 400},
		"too large":        {`{"id":"` + strings.Repeat("R", 1<<20) + `"}`, "application/json", 413},
		"a form":           {"id=R1", "application/x-www-form-urlencoded", 415},
		"text":             {aResult(t), "text/plain", 415},
		"another charset":  {aResult(t), "application/json; charset=gbk", 415},
		"no type at all":   {"x", "/", 415},
	} {
		got := s.post(c.body, "Content-Type", c.contentType)
		if got.code != c.want || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s, want %d: %s", name, got.code, got.header.Get("Content-Type"), c.want, got.body)
		}
	}
	for _, contentType := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", ""} {
		if got := s.post(aResult(t), "Content-Type", contentType); got.code >= 300 {
			t.Errorf("%q: %d %s", contentType, got.code, got.body)
		}
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for phone, good := range map[string]bool{
		"13800138000": true, "138 0013 8000": true, "138-0013-8000": true, "+8613800138000": true, "86 13800138000": true,
		"+86 138 0013 8000": true, "91234567": true, "+852 9123 4567": true, "+1 (415) 555-2671": true, "+447911123456": true, "+6591234567": true,
		"12800138000": false, "1380013800": false, "138001380000": false, "+86138001380": false, "+8521234567": false, "01234567": false,
		"1234567": false, "+1": false, "+0123456789": false, "1380013800a": false, "１３８００１３８０００": false, "4155552671": false,
		"138+0013800": false, "+1234567890123456": false,
	} {
		got := s.post(aResult(t, "candidate.phone", phone, "id", "R"+regexp.MustCompile(`[^0-9]`).ReplaceAllString(phone, "")+"p", "candidate.id", "C9"))
		if ok := got.code == http.StatusCreated || got.code == http.StatusConflict; ok != good {
			t.Errorf("%q: %d %s", phone, got.code, got.body)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t))
	for name, c := range map[string]struct {
		header []string
		want   int
	}{
		"bearer":          {nil, 200},
		"lower case":      {[]string{"Authorization", "bearer " + headKey}, 200},
		"the other way":   {[]string{"Authorization", "", "X-API-Key", beijingKey}, 200},
		"none":            {[]string{"Authorization", ""}, 401},
		"empty":           {[]string{"Authorization", "Bearer "}, 401},
		"wrong":           {[]string{"Authorization", "Bearer " + headKey + "x"}, 401},
		"another scheme":  {[]string{"Authorization", "Basic " + headKey}, 401},
		"wrong other way": {[]string{"Authorization", "", "X-API-Key", "x"}, 401},
	} {
		got := s.get("/v1/results/R1", c.header...)
		if got.code != c.want {
			t.Errorf("%s: %d, want %d", name, got.code, c.want)
		}
		if got.code == 401 && (got.header.Get("WWW-Authenticate") == "" || got.json(t)["type"] != "urn:jiebao:problem:unauthorized") {
			t.Errorf("%s: %v %s", name, got.header, got.body)
		}
	}
	if got := s.post("not even JSON", "Authorization", ""); got.code != 401 {
		t.Errorf("the body is looked at before the key: %d", got.code)
	}
	if strings.Contains(s.log.String(), headKey) {
		t.Error("the log has a key")
	}
}

// TestBranches holds a branch's key to its branch, in every operation.
func TestBranches(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	asBeijing := []string{"Authorization", "Bearer " + beijingKey}
	if got := s.post(aResult(t, "branch", "head/shanghai"), asBeijing...); got.code != http.StatusForbidden {
		t.Errorf("posting for another branch: %d %s", got.code, got.body)
	}
	if got := s.post(aResult(t, "branch", "head/beijing2"), asBeijing...); got.code != http.StatusForbidden {
		t.Errorf("posting for a branch of a similar name: %d %s", got.code, got.body)
	}
	if len(s.store.posted) > 0 {
		t.Error("something was stored")
	}
	s.post(aResult(t, "branch", "head/shanghai"))
	if got := s.post(aResult(t, "id", "R2"), asBeijing...); got.code != http.StatusForbidden {
		t.Errorf("posting for a candidate of another branch: %d %s", got.code, got.body)
	}
	for _, path := range []string{"/v1/results/R1", "/v1/candidates/C1/events"} {
		if got := s.get(path, asBeijing...); got.code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
		if got := s.get(path); got.code != http.StatusOK {
			t.Errorf("%s from above: %d %s", path, got.code, got.body)
		}
	}
	if got := s.do(http.MethodPost, "/v1/results/R1/invitation", "", asBeijing...); got.code != http.StatusNotFound {
		t.Errorf("inviting: %d %s", got.code, got.body)
	}
	asBeijing = append(asBeijing, "X-Request-ID", "the-same")
	known, unknown := s.get("/v1/results/R1", asBeijing...), s.get("/v1/results/R9", asBeijing...)
	if string(known.body) != string(unknown.body) {
		t.Errorf("what exists elsewhere answers %s, what does not %s", known.body, unknown.body)
	}
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	at := now().Add(time.Minute)
	for want, edit := range map[string]func(*conversations.Application){
		"waiting":   func(*conversations.Application) {},
		"queued":    func(a *conversations.Application) { a.Waiting, a.Status = "", conversations.Queued },
		"sent":      func(a *conversations.Application) { a.Waiting, a.Status = "", conversations.Sent },
		"delivered": func(a *conversations.Application) { a.Waiting, a.Status = "", conversations.Delivered },
		"read":      func(a *conversations.Application) { a.Waiting, a.Status = "", conversations.Read },
		"failed": func(a *conversations.Application) {
			a.Waiting, a.Status, a.Reason = "", conversations.Failed, "unsubscribed:43004"
		},
		"unknown": func(a *conversations.Application) { a.Waiting, a.Status = "", conversations.Unknown },
	} {
		s := newServer(t)
		s.post(aResult(t))
		s.store.change("C1", func(c *conversations.Conversation) { edit(c.Application()); c.Application().StatusAt = at })
		got := s.get("/v1/results/R1").json(t)
		if got["status"] != want || (got["waiting_for"] != nil) != (want == "waiting") || (got["reason"] == "unsubscribed:43004") != (want == "failed") {
			t.Errorf("want %s: %v", want, got)
		}
		if got["status_at"] != at.Format(time.RFC3339) || got["posted_at"] != now().Format(time.RFC3339) {
			t.Errorf("%s: posted at %v, changed at %v", want, got["posted_at"], got["status_at"])
		}
	}
}

func TestWaitingIsExplained(t *testing.T) {
	t.Parallel()
	unbound := newServer(t)
	unbound.post(aResult(t))
	unfollowed := newServer(t)
	unfollowed.post(aResult(t))
	unfollowed.store.change("C1", func(c *conversations.Conversation) { c.Application().Waiting = conversations.WaitingUnfollowed })
	noTemplate := newServer(t)
	noTemplate.store.engine.Templates = none{}
	noTemplate.post(aResult(t, "candidate.addresses", []any{map[string]any{"account": "beijing", "id": "o1"}}))
	optedOut := newServer(t)
	optedOut.post(aResult(t))
	optedOut.store.change("C1", func(c *conversations.Conversation) { c.Application().Waiting = conversations.WaitingOptedOut })
	for _, c := range []struct {
		s        *server
		reason   string
		language string
		words    string
	}{
		{unbound, "unbound", "", "二维码"}, {unbound, "unbound", "zh-HK,zh;q=0.8", "二維碼"}, {unbound, "unbound", "en-GB", "QR code"},
		{unbound, "unbound", "fr", "二维码"}, {unbound, "unbound", "zh-TW", "二維碼"},
		{unfollowed, "unfollowed", "zh", "取消了关注"}, {unfollowed, "unfollowed", "zh-HK", "取消關注"}, {unfollowed, "unfollowed", "en", "unfollowed"},
		{noTemplate, "no_template", "", "模板"}, {noTemplate, "no_template", "zh-HK", "範本"}, {noTemplate, "no_template", "en", "template"},
		{optedOut, "opted_out", "", "退订"}, {optedOut, "opted_out", "zh-HK", "退訂"}, {optedOut, "opted_out", "en", "no more messages"},
	} {
		got := c.s.get("/v1/results/R1", "Accept-Language", c.language).json(t)
		waiting, _ := got["waiting_for"].(map[string]any)
		if waiting["reason"] != c.reason || !strings.Contains(waiting["advice"].(string), c.words) {
			t.Errorf("%s in %q: %v, want %q in it", c.reason, c.language, waiting, c.words)
		}
	}
}

func TestCandidateOfAKnownAddressIsTold(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	got := s.post(aResult(t, "candidate.addresses", []any{map[string]any{"account": "beijing", "id": "o1"}})).json(t)
	accounts := got["binding"].(map[string]any)["accounts"].([]any)
	if got["status"] != "queued" || len(accounts) != 1 || accounts[0].(map[string]any)["following"] != true {
		t.Errorf("%v", got)
	}
}

func TestAnswersAndDocuments(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t))
	day := conversations.Date{Year: 2026, Month: 7, Day: 13}
	s.store.change("C1", func(c *conversations.Conversation) {
		app := c.Application()
		app.Answer, app.StartDate = conversations.Confirmed, day
		app.Request = &conversations.ScheduleRequest{ID: "cnv1-r1", Date: day, Said: "7月13号", At: now(), Verdict: conversations.Approve, Agent: "li.na", DecidedAt: now()}
		app.Checklist[0].Documents = []conversations.Document{{ID: "cnv1-d1", State: conversations.DocumentReceived, MIME: "image/jpeg", Size: 5, SHA256: "ab", At: now()}}
		app.Checklist = append(app.Checklist, conversations.ChecklistItem{}) // where it was before it was filed
	})
	got := s.get("/v1/results/R1").json(t)
	if items := got["checklist"].([]any); len(items) != 1 {
		t.Errorf("the checklist names what nobody asked for: %v", items)
	}
	request := got["schedule_request"].(map[string]any)
	if got["answer"] != "confirmed" || got["start_date"] != "2026-07-13" || got["offered_start_date"] != "2026-07-06" ||
		request["verdict"] != "approved" || request["date"] != "2026-07-13" {
		t.Errorf("%v", got)
	}
	item := got["checklist"].([]any)[0].(map[string]any)
	file := item["files"].([]any)[0].(map[string]any)
	if item["missing"] != false || item["name"] != "身份证" || file["id"] != "cnv1-d1" || file["state"] != "received" || file["size"] != 5.0 {
		t.Errorf("%v", item)
	}
	// What nobody asked for is shown, and missing from nothing.
	s.store.change("C1", func(c *conversations.Conversation) {
		c.Application().Checklist[1].Documents = []conversations.Document{{ID: "cnv1-d2", State: conversations.DocumentRejected, Reason: "duplicate", At: now()}}
	})
	if items := s.get("/v1/results/R1").json(t)["checklist"].([]any); len(items) != 2 || items[1].(map[string]any)["missing"] != false {
		t.Errorf("%v", items)
	}
	// A later result of the same candidate takes its place.
	s.post(aResult(t, "id", "R2"))
	if got := s.get("/v1/results/R1").json(t); got["current"] != false || got["answer"] != "confirmed" {
		t.Errorf("the earlier result: %v", got)
	}
	if got := s.get("/v1/results/R2").json(t); got["current"] != true || got["answer"] != "open" || got["start_date"] != nil {
		t.Errorf("the later result: %v", got)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	invitation := func(a answer) map[string]any {
		t.Helper()
		return a.json(t)["binding"].(map[string]any)["invitation"].(map[string]any)
	}
	first := invitation(s.post(aResult(t)))
	code := regexp.MustCompile(`^[2-9A-HJKMNP-TV-Z]{8}$`)
	if first["state"] != "usable" || first["account"] != "beijing" || !code.MatchString(first["code"].(string)) {
		t.Fatalf("%v", first)
	}
	firstScene := s.store.conversations["C1"].Invitation.Scene
	s.store.change("C1", func(c *conversations.Conversation) { c.Invitation.QR, c.Invitation.Link = "https://qr", "https://link" })
	if got := invitation(s.get("/v1/results/R1")); got["qr_url"] != "https://qr" || got["link"] != "https://link" {
		t.Errorf("%v", got)
	}
	renewed := s.do(http.MethodPost, "/v1/results/R1/invitation", "")
	second := invitation(renewed)
	scene := s.store.conversations["C1"].Invitation.Scene
	if renewed.code != http.StatusAccepted || second["code"] == first["code"] || second["qr_url"] != nil || scene == firstScene || len(scene) < 22 || len(scene) > 64 {
		t.Errorf("%d %v, scene %s", renewed.code, second, scene)
	}
	s.store.change("C1", func(c *conversations.Conversation) { c.Invitation.UsedAt = now() })
	if got := invitation(s.get("/v1/results/R1")); got["state"] != "used" || got["code"] != nil {
		t.Errorf("a used one: %v", got)
	}
	s.store.change("C1", func(c *conversations.Conversation) { c.Invitation.UsedAt, c.Invitation.Expires = time.Time{}, now() })
	if got := invitation(s.get("/v1/results/R1")); got["state"] != "expired" || got["code"] != nil {
		t.Errorf("an expired one: %v", got)
	}
	if got := s.do(http.MethodPost, "/v1/results/R9/invitation", ""); got.code != http.StatusNotFound {
		t.Errorf("of no result: %d", got.code)
	}
}

func TestFailuresStayOurs(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.post(aResult(t))
	s.store.fail = errors.New("dial tcp 10.1.2.3:5432: password authentication failed")
	for _, got := range []answer{s.post(aResult(t)), s.post(aResult(t, "id", "R2"))} {
		if got.code != 500 || got.header.Get("Content-Type") != "application/problem+json" || strings.Contains(string(got.body), "10.1.2.3") {
			t.Errorf("%d %s", got.code, got.body)
		}
	}
	said := s.log.String()
	if !strings.Contains(said, "10.1.2.3") || !strings.Contains(said, "R2") || strings.Contains(said, "王小明") || strings.Contains(said, "13800138000") {
		t.Errorf("the log says %s", said)
	}
}

type exploding struct{ *memory }

func (exploding) Result(_ context.Context, _ conversations.Scope, _ string) (conversations.ResultView, error) {
	var c *conversations.Conversation
	return conversations.ResultView{Conversation: *c}, nil
}

func TestPanicsAreAnswered(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(d *api.Deps) { d.Store = exploding{d.Store.(*memory)} })
	got := s.get("/v1/results/R1")
	if got.code != 500 || got.header.Get("Content-Type") != "application/problem+json" || strings.Contains(string(got.body), "goroutine") {
		t.Errorf("%d %s", got.code, got.body)
	}
	if !strings.Contains(s.log.String(), "results_test.go") {
		t.Errorf("the log does not say where: %s", s.log)
	}
}

func TestUnknownOperations(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for _, path := range []string{"/v1/nothing", "/v1/results/R1/nothing"} {
		if got := s.get(path); got.code != 404 || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, got.code, got.body)
		}
	}
	if got := s.do(http.MethodDelete, "/v1/results/R1", ""); got.code != 405 || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("another method: %d %s", got.code, got.body)
	}
	if got := s.get("/elsewhere"); got.code != 404 || got.header.Get("Content-Type") == "application/problem+json" {
		t.Errorf("a page that is not the API's: %d %s", got.code, got.body)
	}
	if got := s.get("/v1/results/R1?verbose=1"); got.code != 422 || !slices.Equal(got.fields(t), []string{"query.verbose"}) {
		t.Errorf("an unknown parameter: %d %s", got.code, got.body)
	}
}
