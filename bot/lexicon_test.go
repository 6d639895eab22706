package bot

import (
	"testing"

	"jiebao/conversations"
)

func TestShortAnswers(t *testing.T) {
	t.Parallel()
	l := newLexicon()
	for text, want := range map[string]struct{ yes, firm, no, ack bool }{
		"好的":               {yes: true, ack: true},
		"好的，谢谢老师":          {yes: true, ack: true},
		"OK 👌":             {yes: true, ack: true},
		"收到，谢谢":            {ack: true},
		"谢谢":               {ack: true},
		"是的":               {yes: true, firm: true},
		"对！":               {yes: true, firm: true},
		"係呀":               {yes: true, firm: true},
		"Yes, I'm sure.":   {yes: true, firm: true},
		"Ｙｅｓ":              {yes: true, firm: true},
		"可以的":              {yes: true},
		"没问题":              {yes: true},
		"不":                {no: true},
		"不是的":              {no: true},
		"不行，谢谢":            {no: true},
		"唔得":               {no: true},
		"No, thanks":       {no: true},
		"":                 {},
		"👍":                {},
		"是不是":              {},
		"好像不行":             {},
		"可以吗":              {},
		"不对，是7月17日":        {},
		"对不起":              {},
		"好的，但是要晚两天":        {},
		"no problem":       {},
		"right after that": {},
	} {
		p := plain(text)
		if l.agrees(p) != want.yes || l.insists(p) != want.firm || l.refuses(p) != want.no || l.acknowledges(p) != want.ack {
			t.Errorf("%q: agrees %t, insists %t, refuses %t, acknowledges %t; want %+v",
				text, l.agrees(p), l.insists(p), l.refuses(p), l.acknowledges(p), want)
		}
	}
}

func TestAfterNo(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"不是，7月17日": "7月17日", "no, July 17": "July 17", "不对 7月17日": "7月17日",
		"不是": "", "不是，": "", "7月17日，不是16日": "", "好的，7月17日": "",
	} {
		got, ok := newLexicon().afterNo(text)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %t; want %q", text, got, ok, want)
		}
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"1": 1, "２": 2, "3.": 3, "①": 1, "选2": 2, "選 2": 2, "第1个": 1, "回复1": 1, "Option 3": 3,
		"1号": 0, "10": 0, "": 0, "7月1日": 0, "11": 0, "0": 0, "一": 0,
		"第一个": 1, "我选第二项": 2, "第三天": 0,
	} {
		if got := number(plain(text)); got != want {
			t.Errorf("%q = %d, want %d", text, got, want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	l := newLexicon()
	const zh, hk, en = conversations.Chinese, conversations.Traditional, conversations.English
	for _, tt := range []struct {
		text   string
		spoken conversations.Locale
		want   conversations.Locale
	}{
		{"Where is the office?", zh, en},
		{"ok thanks", zh, ""},
		{"hello", zh, ""},
		{"Li Ming 13800000000", zh, ""},
		{"請問喺邊度返工", zh, hk},
		{"请问在哪里上班", hk, zh},
		{"在哪里上班", en, zh},
		{"好的", zh, zh},
		{"好的", hk, hk},
		{"好的", en, ""},
		{"我的offer可以吗please thanks a lot", zh, zh},
		{"", zh, ""},
		{"12345", zh, ""},
	} {
		if got := l.languageOf(tt.text, tt.spoken); got != tt.want {
			t.Errorf("%q spoken to in %s = %q, want %q", tt.text, tt.spoken, got, tt.want)
		}
	}
}

func TestLanguageAsked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]conversations.Locale{
		"English please": "en", "Can you speak English?": "en", "请说英文": "en", "可以用英语吗": "en", "English": "en",
		"可以用繁體中文嗎": "zh-HK", "請講廣東話": "zh-HK", "请说中文": "zh-CN", "讲普通话": "zh-CN", "in Chinese please": "zh-CN",
		"我用英语六级证书可以吗": "", "我英语不好": "", "需要英语证书吗": "", "": "",
	} {
		if got := languageAsked(text); got != want {
			t.Errorf("%q = %q, want %q", text, got, want)
		}
	}
}

// Every topic has a bit of its own.
func TestTopicsAreSubjects(t *testing.T) {
	t.Parallel()
	if last := firstTopic << (len(topics()) - 1); last == 0 {
		t.Errorf("%d topics are more than subjects have bits for", len(topics()))
	}
}
