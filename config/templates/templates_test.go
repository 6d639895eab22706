package templates

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func load(t *testing.T, override fstest.MapFS) *Set {
	t.Helper()
	set, err := Load(Embedded(), override)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func folder(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i, text := range files {
		fsys["bank/"+string(rune('a'+i))+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestEmbeddedTemplatesSpeakThreeLanguages(t *testing.T) {
	t.Parallel()
	set := load(t, nil)
	tests := []struct{ locale, chosen, date, text string }{
		{"zh-CN", "zh-CN", "2026年7月6日", "李四，恭喜您通过示例银行“柜员”岗位的面试！\n入职日期：2026年7月6日 周一\n工作地点：建国路1号\n请于2026年7月3日 周五 18:00前回复，确认能否按时入职。\n联系人：王五，010-12345678"},
		{"zh-HK", "zh-HK", "2026年7月6日", "李四，恭喜您通過示例银行「柜员」職位的面試！\n到職日期：2026年7月6日 星期一\n工作地點：建国路1号\n請於2026年7月3日 星期五 18:00前回覆，確認能否如期到職。\n聯絡人：王五，010-12345678"},
		{"en", "en", "2026-07-06", "Congratulations, 李四! You have passed the interview for 柜员 at 示例银行.\nStart date: Mon, 6 Jul 2026\nWorkplace: 建国路1号\nPlease reply by Fri, 3 Jul 2026 18:00 to confirm that you can start on that day.\nContact: 王五, 010-12345678"},
	}
	for _, test := range tests {
		r, err := set.Render(Query{Purpose: "result_passed", Channel: "wechat", Locale: test.locale}, sample())
		if err != nil {
			t.Fatal(err)
		}
		if r.Locale != test.chosen || r.Text != test.text {
			t.Errorf("%s: locale %s, text\n%s\nwant %s\n%s", test.locale, r.Locale, r.Text, test.chosen, test.text)
		}
		if r.Template != "result_passed" || r.URL != "https://example.com/my" {
			t.Errorf("%s: template %q, address %q", test.locale, r.Template, r.URL)
		}
		if len(r.Fields) != 5 || r.Fields[0] != (Field{"thing1", "李四"}) || r.Fields[3] != (Field{"date4", test.date}) {
			t.Errorf("%s: fields %v", test.locale, r.Fields)
		}
	}
}

func TestOptionalVariablesMayBeEmpty(t *testing.T) {
	t.Parallel()
	vars := sample()
	vars.Bank, vars.ReplyBy, vars.ContactName, vars.Link, vars.Code = "", time.Time{}, "", "", ""
	r, err := load(t, nil).Render(Query{Purpose: "result_passed", Channel: "wechat"}, vars)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(r.Text, "工作地点：建国路1号\n请回复确认能否按时入职。") || r.URL != "" {
		t.Errorf("text %q, address %q", r.Text, r.URL)
	}
}

func TestTheMostSpecificTemplateWins(t *testing.T) {
	t.Parallel()
	file := func(name, rest string) string {
		return "{purpose: p, template: " + name + ", text: " + name + ", " + rest + "}"
	}
	set := load(t, folder(
		file("any", "locale: zh-CN"),
		file("wechat", "channel: wechat, locale: zh-CN"),
		file("beijing", "channel: wechat, locale: zh-CN, branch: head/beijing"),
		file("chaoyang", "channel: wechat, locale: zh-CN, branch: head/beijing/chaoyang"),
		file("teller", "channel: wechat, locale: zh-CN, position: Teller"),
		file("english", "channel: wechat, locale: en"),
		file("traditional", "channel: wechat, locale: zh-HK, branch: head/beijing"),
	))
	tests := []struct {
		query Query
		want  string
	}{
		{Query{Channel: "sms"}, "any"},
		{Query{Channel: "sms", Locale: "en"}, "any"},
		{Query{Channel: "wechat"}, "wechat"},
		{Query{Channel: "wechat", Locale: "nonsense!"}, "wechat"},
		{Query{Channel: "wechat", Locale: "fr"}, "wechat"},
		{Query{Channel: "wechat", Branch: "head/beijingxi"}, "wechat"},
		{Query{Channel: "wechat", Branch: "head/beijing/haidian"}, "beijing"},
		{Query{Channel: "wechat", Branch: "head/beijing/chaoyang/gulou"}, "chaoyang"},
		{Query{Channel: "wechat", Branch: "head/beijing/chaoyang", Position: " teller"}, "teller"},
		{Query{Channel: "wechat", Branch: "head/beijing/chaoyang", Locale: "en-GB"}, "english"},
		{Query{Channel: "wechat", Branch: "head/beijing/chaoyang", Locale: "zh-TW"}, "traditional"},
		{Query{Channel: "wechat", Branch: "head/shanghai", Locale: "zh-HK"}, "wechat"},
	}
	for _, test := range tests {
		test.query.Purpose = "p"
		r, err := set.Render(test.query, Vars{})
		if err != nil || r.Template != test.want {
			t.Errorf("%+v chose %q (%v), want %q", test.query, r.Template, err, test.want)
		}
	}
}

func TestNoTemplateFits(t *testing.T) {
	t.Parallel()
	_, err := load(t, nil).Render(Query{Purpose: "unheard_of", Channel: "wechat"}, sample())
	if !errors.Is(err, ErrNoTemplate) {
		t.Errorf("err = %v, want ErrNoTemplate", err)
	}
}

func TestTheFolderReplacesAndAdds(t *testing.T) {
	t.Parallel()
	set := load(t, folder(
		"{purpose: result_passed, channel: wechat, locale: zh-CN, text: ours}",
		"{purpose: result_passed, channel: wechat, locale: zh-CN, branch: head/x, text: branch}",
	))
	for branch, want := range map[string]string{"head": "ours", "head/x": "branch"} {
		r, err := set.Render(Query{Purpose: "result_passed", Channel: "wechat", Branch: branch}, sample())
		if err != nil || r.Text != want {
			t.Errorf("branch %s: text %q (%v), want %q", branch, r.Text, err, want)
		}
	}
}

func TestBadFilesAreAllReported(t *testing.T) {
	t.Parallel()
	const head = "purpose: p\nchannel: wechat\nlocale: zh-CN\n"
	tests := map[string]string{
		head + "text: x\nfeilds: []":                             "unknown field",
		head + "text: '{{.Candidate}}'":                          "there is no variable .Candidate; there are .CandidateName",
		head + "text: '{{.StartDate.Year}}'":                     "has no form .Year",
		head + "text: '{{.CandidateName.X}}'":                    "has no form .X",
		head + "text: '{{if .Bank}}{{.Bnak}}{{end}}'":            "there is no variable .Bnak",
		head + "text: '{{with .Bank}}{{.}}{{end}}'":              "nothing else",
		head + "text: '{{$x := .Bank}}'":                         "declares no variables",
		head + "text: '{{.}}'":                                   "is not a variable",
		head + "text: '{{nothing .Bank}}'":                       "not defined",
		head + "text: '{{.Bank'":                                 "unclosed action",
		head:                                                     "text is missing",
		"text: x":                                                "purpose is missing",
		"purpose: p\ntext: x":                                    "locale is missing",
		"purpose: p\nlocale: '?'\ntext: x":                       "no language tag",
		head + "text: x\nfields: [{name: first, value: x}]":      `field "first" is not what the channel takes`,
		head + "text: x\nfields: [{name: phrase1, value: pass}]": "up to 5 Chinese characters",
		head + "text: x\nfields: [{name: thing1, value: 一二三四五六七八九十一二三四五六七八九十一}]": "gives 21 characters, the platform takes 20",
		head + "text: x\nfields: [{name: date1, value: '{{.StartDate}}'}]":       "a date like",
		head + "text: x\nurl: 'javascript:alert(1)'":                             "an http or https address",
		"purpose: p\nlocale: en\ntext: x\nfields: [{name: thing1, value: x}]":    "only templates of the channels wechat, sms, voice",
	}
	var all []string
	for text, want := range tests {
		_, err := Load(folder(text), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\nerr = %v, want %q", text, err, want)
		}
		all = append(all, text)
	}
	_, err := Load(Embedded(), folder(all...))
	if err == nil {
		t.Fatal("bad files loaded")
	}
	for _, want := range tests {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the errors of all files lack %q", want)
		}
	}
}

func TestTwoFilesForTheSameAreRefused(t *testing.T) {
	t.Parallel()
	file := "{purpose: p, locale: en, text: x}"
	if _, err := Load(folder(file, file), nil); err == nil || !strings.Contains(err.Error(), "same purpose") {
		t.Errorf("err = %v, want a refusal", err)
	}
}

func TestFieldErrorsNameTheFieldsOfTheResult(t *testing.T) {
	t.Parallel()
	const canary = "机密"
	vars := sample()
	vars.CandidateName = canary + "\n"
	vars.PositionTitle = canary + "🎉"
	vars.Workplace = strings.Repeat(canary, 13)
	vars.StartDate = time.Time{}
	_, err := load(t, nil).Render(Query{Purpose: "result_passed", Channel: "wechat"}, vars)
	var bad *FieldErrors
	if !errors.As(err, &bad) {
		t.Fatalf("err = %v, want *FieldErrors", err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("the error shows personal data: %v", err)
	}
	want := map[string]string{
		"position.title":   "has an emoji or pictograph",
		"offer.start_date": "is empty, and is needed",
		"offer.workplace":  "gives 26 characters, the platform takes 20",
	}
	got := map[string]string{}
	for _, s := range bad.BySource() {
		got[s.Source] += s.Problem
	}
	for source, problem := range want {
		if !strings.Contains(got[source], problem) {
			t.Errorf("%s: %q, want %q", source, got[source], problem)
		}
	}
	if got["candidate.name"] != "" {
		t.Errorf("a line break at the end is trimmed, got %q", got["candidate.name"])
	}
}

func TestErrorsWithoutASourceBlameNoField(t *testing.T) {
	t.Parallel()
	set := load(t, folder("{purpose: p, channel: wechat, locale: en, text: x, fields: [{name: thing1, value: '{{.Bank}}'}]}"))
	_, err := set.Render(Query{Purpose: "p", Channel: "wechat"}, Vars{Bank: strings.Repeat("银", 21)})
	var bad *FieldErrors
	if !errors.As(err, &bad) || len(bad.BySource()) != 1 || bad.BySource()[0].Source != "" {
		t.Errorf("err = %v, want one error without a source", err)
	}
}

func TestKindsOfFields(t *testing.T) {
	t.Parallel()
	tests := []struct {
		field, value string
		want         Reason // 0: accepted
	}{
		{"thing1", strings.Repeat("汉", 20), 0},
		{"thing1", strings.Repeat("汉", 21), TooLong},
		{"thing1", "", Empty},
		{"thing1", "一\n二", Newline},
		{"thing1", "一\t二", Newline},
		{"thing1", "好👍", Emoji},
		{"thing1", "❤", Emoji},
		{"thing1", "1️⃣", Emoji},
		{"thing1", "𠮷野家", 0}, // a rare character, not an emoji
		{"thing1", "阿卜杜热合曼·买买提", 0},
		{"phrase1", "面试通过了", 0},
		{"phrase1", "面试通过了吧", TooLong},
		{"phrase1", "pass", BadCharacters},
		{"phrase1", "通过1", BadCharacters},
		{"character_string1", "AB-2026/07#1", 0},
		{"character_string1", strings.Repeat("1", 33), TooLong},
		{"character_string1", "编号1", BadCharacters},
		{"name1", "一二三四五六七八九十", 0},
		{"name1", "一二三四五六七八九十一", BadCharacters},
		{"name1", "Elizabeth Windsor-M.", 0},
		{"name1", "Elizabeth Windsor-Mtn", TooLong},
		{"phone_number1", "+86-010-12345678", 0},
		{"phone_number1", "call me", BadCharacters},
		{"phone_number1", "123456789012345678", TooLong},
		{"date1", "2026年7月6日", 0},
		{"date1", "2026年7月6日 18:00", 0},
		{"date1", "2026-07-06", 0},
		{"date1", "2026年7月6日 周一", BadFormat},
		{"date1", "tomorrow", BadFormat},
		{"time1", "18:00", 0},
		{"time1", "2026年7月6日 18:00", 0},
		{"time1", "09:00~18:00", 0},
		{"time1", "2026年7月6日 09:00~2026年7月6日 18:00", 0},
		{"time1", "25:00", BadFormat},
		{"number1", "92.5", 0},
		{"number1", "92分", BadFormat},
		{"letter1", "abcXYZ", 0},
		{"letter1", "abc1", BadCharacters},
		{"amount1", "¥100.50", 0},
		{"amount1", "100元", 0},
		{"amount1", "much", BadFormat},
		{"symbol1", "***", 0},
		{"symbol1", "a", BadCharacters},
		{"car_number1", "京A12345", 0},
		{"const1", "已通过", 0},
		{"url", "http://127.0.0.1:8080/x", 0},
		{"url", "", 0},
		{"url", "ftp://x", BadFormat},
		{"text", "多\n行🎉", 0},
	}
	for _, test := range tests {
		problem, bad := checkValue("wechat", test.field, test.value)
		if bad != (test.want != 0) || bad && problem.Reason != test.want {
			t.Errorf("%s %q: reason %d, want %d", test.field, test.value, problem.Reason, test.want)
		}
	}
}

func TestViewHasEveryVariable(t *testing.T) {
	t.Parallel()
	for _, name := range variableNames() {
		if err := known([]string{strings.TrimPrefix(name, ".")}); err != nil {
			t.Error(err)
		}
	}
}

func TestNeedsNamesTheFieldsOfABranch(t *testing.T) {
	t.Parallel()
	set := load(t, folder(
		"{purpose: p, channel: wechat, locale: en, text: x, fields: [{name: thing1, value: x}]}",
		"{purpose: p, channel: wechat, locale: en, branch: head/a, text: x, fields: [{name: thing2, value: x}]}",
		"{purpose: p, channel: wechat, locale: en, branch: head/b, text: x, template: q, fields: [{name: thing3, value: x}]}",
	))
	for branch, want := range map[string]string{"head/a": "[thing1 thing2] []", "head/b/c": "[thing1] [thing3]", "head": "[thing1 thing2] [thing3]"} {
		needs := set.Needs("wechat", branch)
		slices.Sort(needs["p"])
		if got := fmt.Sprint(needs["p"], " ", needs["q"]); got != want {
			t.Errorf("%s: %s, want %s", branch, got, want)
		}
	}
}
