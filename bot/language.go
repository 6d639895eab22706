package bot

import (
	"strings"
	"unicode"

	"jiebao/conversations"
)

// locale is the language the candidate is spoken to in.
func (t *talk) locale() conversations.Locale {
	for _, a := range t.acts {
		if s, ok := a.(conversations.SpeakLocale); ok {
			return s.Locale
		}
	}
	if l := t.Conversation.Candidate.Locale; l != "" {
		return l
	}
	return conversations.Chinese
}

// follow switches to the candidate's language once they ask for it, or have
// clearly written in it twice in a row.
func (t *talk) follow(text string) {
	now := t.locale()
	t.tongue = languageAsked(text)
	to := t.tongue
	if to == "" {
		to = t.habit(text, now)
	}
	if to == "" {
		return
	}
	t.memory.Tongue = ""
	if to != now {
		t.do(conversations.SpeakLocale{Locale: to})
	}
}

// habit returns the language other than now that this message and the last
// clear one are written in, "" if there is none.
func (t *talk) habit(text string, now conversations.Locale) conversations.Locale {
	l := t.lex.languageOf(text, now)
	switch l {
	case "":
	case now:
		t.memory.Tongue = ""
	case t.memory.Tongue:
		return l
	default:
		t.memory.Tongue = l
	}
	return ""
}

// languageOnly deals with a message that asks for a language and nothing else.
func (t *talk) languageOnly(r reading) bool {
	if t.tongue == "" || r.dated() || r.wants(reschedule) || r.wants(decline) || r.wants(upload) {
		return false
	}
	t.say("chat.language", nil)
	t.remind()
	return true
}

// languageAsked returns the language that a message asks to speak, "" if it
// does not.
func languageAsked(text string) conversations.Locale {
	s := plain(text)
	if len([]rune(s)) > 40 || mentions(s, []string{"证", "證", "级", "級", "certificate"}) {
		return ""
	}
	switch {
	case asksForAny(s, "english", "英文", "英语", "英語"):
		return conversations.English
	case asksForAny(s, "繁体", "繁體", "粤语", "粵語", "广东话", "廣東話", "traditionalchinese", "cantonese"):
		return conversations.Traditional
	case asksForAny(s, "中文", "汉语", "简体", "簡體", "普通话", "普通話", "国语", "國語", "chinese", "mandarin"):
		return conversations.Chinese
	}
	return ""
}

// asksForAny says whether s is one of a language's names, or asks for it.
func asksForAny(s string, names ...string) bool {
	for _, name := range names {
		if s == name || asksFor(s, name) {
			return true
		}
	}
	return false
}

// asksFor says whether s holds a language's name where a wish does.
func asksFor(s, name string) bool {
	before, after, found := strings.Cut(s, name)
	if !found {
		return false
	}
	for _, verb := range []string{"说", "說", "讲", "講", "用", "换", "換", "转", "轉", "改", "成", "speak", "in", "use", "switchto", "changeto", "please"} {
		if strings.HasSuffix(before, verb) {
			return true
		}
	}
	return strings.HasPrefix(after, "please") || strings.HasPrefix(after, "回")
}

// Characters that only one of the scripts has, among the most frequent ones,
// and those that only Cantonese is written with.
const (
	traditionalOnly = "們個來時說對開會沒這裡裏麼樣還過後實點種進問間關長發見當無從動門書東車學國話電號認識請謝報職應該確證畫圖檔網頁聯絡絲處據專業業務務銀齊遲換選擇給經紹結約級線隊陽階際雖難題願類顧風飛飯館馬體壓嗎幾邊連達運遠違遞適過錯鐘鍾錢鐵變讓讀議護譯設許訪訊記訂計誤課談論調"
	simplifiedOnly  = "们个来时说对开会没这里么样还过后实点种进问间关长发见当无从动门书东车学国话电号认识请谢报职应该确证画图档网页联络丝处据专业务银齐迟换选择给经绍结约级线队阳阶际虽难题愿类顾风飞饭馆马体压吗几边连达运远违递适错钟钱铁变让读议护译设许访讯记订计误课谈论调"
	cantoneseOnly   = "係唔咗嘅喺啲冇佢哋嘢咁噉嚟啱畀俾咩乜嗰邊揾搵攞睇囉喎啫嘞"
)

// scripts are the characters that tell in which script a message is written.
func scripts() map[rune]conversations.Locale {
	of := map[rune]conversations.Locale{}
	for _, r := range simplifiedOnly + traditionalOnly {
		switch simplified, traditional := strings.ContainsRune(simplifiedOnly, r), strings.ContainsRune(traditionalOnly, r); {
		case simplified && !traditional:
			of[r] = conversations.Chinese
		case traditional && !simplified:
			of[r] = conversations.Traditional
		}
	}
	for _, r := range cantoneseOnly {
		of[r] = conversations.Traditional
	}
	return of
}

// languageOf returns the language that a message is clearly written in, or ""
// if it could be several. spoken is the one of the conversation, which shared
// characters are taken for.
func (l *lexicon) languageOf(text string, spoken conversations.Locale) conversations.Locale {
	var chinese, traditional, simplified, letters, words int
	inWord := false
	for _, r := range text {
		latin := r < unicode.MaxLatin1 && unicode.IsLetter(r)
		if latin && !inWord {
			words++
		}
		inWord = latin || inWord && r == '\''
		switch {
		case latin:
			letters++
		case han(r):
			chinese++
			switch l.scripts[r] {
			case conversations.Traditional:
				traditional++
			case conversations.Chinese:
				simplified++
			}
		}
	}
	switch {
	case chinese == 0 && words >= 3 && letters >= 8:
		return conversations.English
	case traditional > simplified:
		return conversations.Traditional
	case simplified > traditional:
		return conversations.Chinese
	case chinese > 0 && spoken != conversations.English:
		return spoken
	}
	return ""
}
