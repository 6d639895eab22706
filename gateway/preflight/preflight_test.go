package preflight_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/preflight"
)

var noon = time.Date(2026, 6, 22, 12, 0, 0, 0, time.FixedZone("", 8*3600))

// bank is the accounts of a bank.
type bank []conversations.Description

func (b bank) Describe(account string) (conversations.Description, bool) {
	i := slices.IndexFunc(b, func(d conversations.Description) bool { return d.Account == account })
	if i < 0 {
		return conversations.Description{}, false
	}
	return b[i], true
}

func (b bank) Serving(string) []conversations.Description { return b }

var everywhere = bank{
	{Platform: "wechat", Account: "oa", Medium: conversations.Chat, Templates: true, Invites: true},
	{Platform: "sms", Account: "sms", Medium: conversations.SMS, Contact: conversations.ByPhone, Templates: true},
	{Platform: "email", Account: "mail", Medium: conversations.Email, Contact: conversations.ByEmail, Free: true, Templates: true},
}

type silent struct{}

func (silent) Decide(conversations.Turn) conversations.Decision {
	return conversations.Decision{Memory: json.RawMessage(`{}`)}
}

type words struct{}

func (words) Words(_ conversations.Locale, key string, _ map[string]any) (string, error) {
	return key, nil
}

// templates take ten characters of a workplace, and of a title in reminders.
type templates struct{}

func (templates) Render(q conversations.TemplateQuery) (conversations.Rendered, error) {
	path, value := "offer.workplace", q.Application.Offer.Workplace
	if q.Purpose != conversations.PurposeResult {
		path, value = "position.title", q.Application.Position.Title
	}
	if n := len([]rune(value)); n > 10 && q.Channel == "wechat" {
		problem := fmt.Sprintf("gives %d characters, the platform takes 10 (field thing5 of message template wechat/%s.yaml)", n, q.Purpose)
		return conversations.Rendered{}, &conversations.UnfitError{
			InvalidError: &conversations.InvalidError{Fields: []conversations.FieldError{{Path: path, Problem: problem}}},
			Values:       []conversations.UnfitValue{{Path: path, Template: "wechat/" + q.Purpose + ".yaml", Field: "thing5", Length: n, Limit: 10}},
		}
	}
	return conversations.Rendered{Text: "您已通过面试", Template: &conversations.TemplateContent{Purpose: q.Purpose}}, nil
}

type routes struct{ conversations.RoutePolicy }

func (r routes) For(string, conversations.Position) conversations.RoutePolicy { return r.RoutePolicy }
func (routes) Zone(string) *time.Location                                     { return nil }

// store knows conversations by candidate, and what was posted.
type store struct {
	known  map[string]conversations.Conversation
	posted map[string]string
	err    error
}

func (s store) Look(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Snapshot, error) {
	known, ok := s.known[to.Candidate]
	if !ok {
		known = conversations.Conversation{ID: "c-" + to.Candidate, Branch: to.Branch}
	}
	if ok && !to.Scope.Allows(known.Branch) {
		return conversations.Snapshot{}, conversations.ErrNotFound
	}
	return conversations.Snapshot{Now: noon, Conversation: known, New: !ok, PostedDigest: s.posted[c.(conversations.Notify).Result.ID]}, s.err
}

func newPreflight(quiet conversations.Quiet) *preflight.Preflight {
	return &preflight.Preflight{
		Store: store{posted: map[string]string{"r-posted": "d-r-posted", "r-conflict": "another"}, known: map[string]conversations.Conversation{
			"other": {ID: "c-other", Branch: "far", Candidate: conversations.Candidate{ID: "other"}},
			"out":   {ID: "c-out", Branch: "head", OptOut: noon, Candidate: conversations.Candidate{ID: "out"}},
		}},
		Engine: &conversations.Engine{
			Dialogue: silent{}, Phrases: words{}, Templates: templates{}, Channels: everywhere, Zone: time.UTC,
			Routes: routes{conversations.RoutePolicy{Quiet: quiet, Normal: []conversations.Step{
				{By: conversations.Chat}, {By: conversations.SMS, After: 24 * time.Hour, Unless: conversations.GotRead},
				{By: conversations.Email, After: 48 * time.Hour, Unless: conversations.GotRead},
			}}},
		},
		Rehearse: func(d conversations.Delivery) (int, error) {
			switch {
			case d.To.Account == "sms":
				return 2, nil
			case strings.HasSuffix(d.To.ID, "@refused.example"):
				return 0, &conversations.SendError{Reason: conversations.BadRecipient, Detail: "the address is none"}
			}
			return 0, nil
		},
		Price: func(string) int64 { return 45 },
	}
}

func item(id, candidate string, change func(*conversations.Result)) preflight.Item {
	r := conversations.Result{
		ID: id, Branch: "head", Position: conversations.Position{Title: "柜员"}, Interview: conversations.Interview{Passed: true},
		Candidate: conversations.Candidate{ID: candidate, Name: "王小明"}, Offer: conversations.Offer{StartDate: conversations.DateOf(noon), Workplace: "总行"},
	}
	if change != nil {
		change(&r)
	}
	return preflight.Item{Result: r, Digest: "d-" + id}
}

// look looks at one result.
func look(t *testing.T, p *preflight.Preflight, i preflight.Item) preflight.Row {
	t.Helper()
	report, err := p.Look(t.Context(), conversations.Scope{"head"}, []preflight.Item{i})
	if err != nil {
		t.Fatal(err)
	}
	return report.Rows[0]
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	phone := func(r *conversations.Result) { r.Candidate.Phone = "13800138000" }
	night := conversations.Quiet{From: 11 * 60, To: 14 * 60, Media: []conversations.Medium{conversations.SMS}}
	for name, tt := range map[string]struct {
		item  preflight.Item
		quiet conversations.Quiet
		alarm string
		want  string // verdict, why, first, parts and cost
	}{
		"by text message": {item: item("r", "c", phone), want: "told  sms 2 90"},
		"by both":         {item: item("r", "c", func(r *conversations.Result) { phone(r); r.Candidate.Email = "w@x.example" }), want: "told  sms 2 90"},
		"by mail":         {item: item("r", "c", func(r *conversations.Result) { r.Candidate.Email = "w@x.example" }), want: "told  email 0 0"},
		"in quiet hours":  {item: item("r", "c", phone), quiet: night, want: "later quiet_hours sms 2 90"},
		"paused":          {item: item("r", "c", phone), alarm: "sms", want: "later account_paused sms 2 90"},
		"one is paused":   {item: item("r", "c", func(r *conversations.Result) { phone(r); r.Candidate.Email = "w@x.example" }), alarm: "sms", want: "later account_paused email 2 90"},
		"no address":      {item: item("r", "c", nil), want: "waits unbound - 0 0"},
		"a bad address":   {item: item("r", "c", func(r *conversations.Result) { r.Candidate.Email = "w@refused.example" }), want: "waits step_refused - 0 0"},
		"opted out":       {item: item("r", "out", phone), want: "waits opted_out - 0 0"},
		"somebody else's": {item: item("r", "other", phone), want: "forbidden  - 0 0"},
		"another branch":  {item: item("r", "c", func(r *conversations.Result) { r.Branch = "far" }), want: "forbidden  - 0 0"},
		"posted":          {item: item("r-posted", "c", phone), want: "posted  - 0 0"},
		"a conflict":      {item: item("r-conflict", "c", phone), want: "conflict  - 0 0"},
		"too long":        {item: item("r", "c", func(r *conversations.Result) { r.Offer.Workplace = "北京市朝阳区建国路1号大厦" }), want: "refused  - 0 0"},
		"wrong before":    {item: preflight.Item{Problems: []preflight.Problem{{Field: "id", Detail: "is missing"}}}, want: "refused  - 0 0"},
	} {
		p := newPreflight(tt.quiet)
		if tt.alarm != "" {
			p.Alarms = func(context.Context) ([]conversations.Alarm, error) {
				return []conversations.Alarm{{Account: tt.alarm, Work: conversations.TaskDeliver}, {Account: "mail", Work: conversations.TaskPull}}, nil
			}
		}
		row := look(t, p, tt.item)
		first := "-"
		if row.First != nil {
			first = string(row.First.By)
		}
		if got := fmt.Sprint(row.Verdict, " ", row.Why, " ", first, " ", row.Parts, " ", row.Cost); got != tt.want {
			t.Errorf("%s: %q, want %q; %+v", name, got, tt.want, row)
		}
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	p := newPreflight(conversations.Quiet{})
	row := look(t, p, item("r", "c", func(r *conversations.Result) {
		r.Offer.Workplace = "北京市朝阳区国贸大厦（地铁A口）"
		r.Position.Title = "综合柜员（管理培训生方向）甲乙丙丁"
	}))
	if row.Verdict != preflight.Refused || len(row.Problems) != 1 {
		t.Fatalf("%+v", row)
	}
	got := row.Problems[0]
	if got.Field != "offer.workplace" || got.Length != 16 || got.Limit != 10 || got.Slot != "thing5" || got.Suggestion != "leave out what stands in brackets, 6 characters" || got.Detail == "" || got.Later {
		t.Errorf("%+v", got)
	}
	row = look(t, p, item("r", "c", func(r *conversations.Result) { r.Position.Title = "一二三四五六七八九十甲" }))
	if row.Verdict != preflight.Waits || len(row.Problems) == 0 {
		t.Fatalf("%+v", row)
	}
	for _, later := range row.Problems {
		if !later.Later || later.Field != "position.title" || later.Suggestion != "shorten it by 1 character" || strings.Contains(later.Detail, "甲") {
			t.Errorf("%+v", later)
		}
	}
}

func TestAListTogether(t *testing.T) {
	t.Parallel()
	phone := func(r *conversations.Result) { r.Candidate.Phone = "13800138000" }
	changed := item("r1", "a", phone)
	changed.Digest = "another"
	items := []preflight.Item{
		item("r1", "a", phone), item("r2", "b", phone), item("r1", "a", phone), changed, item("r3", "b", phone), item("r4", "d", nil),
	}
	p := newPreflight(conversations.Quiet{})
	report, err := p.Look(t.Context(), conversations.Scope{"head"}, items)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range report.Rows {
		got = append(got, fmt.Sprint(row.Result, " ", row.Verdict, " ", row.Supersedes))
	}
	want := []string{"r1 told false", "r2 told false", "r1 posted false", "r1 conflict false", "r3 told true", "r4 waits false"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s := report.Summary
	if s.Results != 6 || s.Verdicts[preflight.Told] != 3 || s.First[conversations.SMS] != 3 || s.Messages[conversations.SMS] != 3 ||
		s.Parts != 6 || s.Cost != 270 || s.FirstCost != 270 || s.Breaking != 2 {
		t.Errorf("%+v", s)
	}
	p.Store = store{err: errors.New("the disk is full")}
	if _, err := p.Look(t.Context(), conversations.Scope{"head"}, items); err == nil {
		t.Error("a store that fails is not told of")
	}
}
