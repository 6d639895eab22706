package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiebao/conversations"
)

// plain strips a message to what short answers are recognised by: letters and
// digits, lower case, half width.
func plain(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if ideograph(r) {
			b.WriteRune(r)
		} else if unicode.IsLetter(r) || unicode.IsNumber(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// ideograph says whether r is one of the frequent Chinese characters: a letter
// without case.
func ideograph(r rune) bool { return '一' <= r && r <= '\u9fff' }

// mentions says whether s holds one of the words.
func mentions(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// lexicon holds the words that the bot listens for besides bot/nlu: short
// answers, which mean what the question before makes of them, and the subjects
// of messages. All are as plain leaves them, simplified, traditional and English.
type lexicon struct {
	acks      Words    // only say that a message was seen
	farewells []string // end a talk
	partings  Words    // all that those who end it say
	yeses     Words    // agree to what was just asked
	firmYeses Words    // agree even to what cannot be taken back
	noes      Words    // turn down what was just asked
	fillers   Words    // stand beside a short answer and are none
	greetings Words
	topics    []topic
	papers    [][]string // what documents of one kind are called
	subjects  map[rune][]subject
	scripts   map[rune]conversations.Locale // of the characters that only one has

	// What those say who are in two minds; see lexicon_doubt.go.
	wondering, musing, verifying, deferring, weekdays, unneeded Words
	submitting, dayLeads                                        Words
	deferrals, submissions, dayTails                            []string
}

func newLexicon() *lexicon {
	acks := []string{
		"好", "好的", "好滴", "好嘞", "好呀", "好啊", "嗯", "哦", "噢", "喔", "行", "ok", "okay", "okey", "k",
		"收到", "已阅", "已閱", "已读", "已讀", "已收到", "看到了", "明白", "明白了", "知道了", "知道", "了解", "了", "谢谢", "多谢", "謝謝", "多謝", "唔該", "唔该", "您", "你",
		"我等着", "那我等着", "等消息", "等通知", "等你消息", "等您消息", "等你们消息", "等你们通知", "等回复", "我等你们", "我等你哋", "等你哋", "等你覆", "那好吧", "那行吧", "那好", "那行", "好吧", "行吧", "哦哦", "咁好啦", "咁", "thanks", "thankyou", "thx", "noted", "gotit", "alright", "allright", "isee", "good", "great", "fine", "得", "收到啦", "啦", "老师", "老師",
	}
	farewells := []string{
		"不好意思", "唔好意思", "抱歉", "对不起", "對不起", "對唔住", "sorry", "再见", "再見", "拜拜", "回见", "回聊", "下次聊", "不客气", "不客氣", "不谢", "不用谢", "不用謝", "唔使客氣", "唔使唔該", "唔緊要", "没事", "沒事", "没事了", "冇嘢", "没别的了", "没有了", "祝好", "祝您", "祝你", "祝", "大家", "工作", "生活", "周末", "天天", "一切", "愉快", "顺利", "順利", "开心", "開心", "辛苦了", "辛苦啦", "辛苦晒", "早点休息", "早點休息", "早啲休息",
		"bye", "byebye", "goodbye", "cya", "seeyou", "seeya", "takecare", "cheers", "youtoo", "haveaniceday", "haveagoodday", "haveagoodone", "haveaniceweekend", "haveagoodweekend", "yourewelcome", "youarewelcome", "noworries", "thatsall", "thatisall", "nothingelse",
	}
	firmYeses := []string{
		"是", "是的", "是啊", "是呀", "对", "对的", "对啊", "對", "對的", "没错", "沒錯", "冇错", "冇錯", "正确", "正確", "确定", "確定", "确定了", "我确定", "我確定", "我很确定", "肯定",
		"係", "系", "係呀", "係的", "啱", "yes", "yeah", "yep", "yup", "sure", "imsure", "iamsure", "correct", "right", "thatsright", "thatscorrect", "definitely",
	}
	yeses := []string{
		"好", "好的", "好滴", "好呀", "好啊", "嗯", "行", "可以", "可以的", "没问题", "沒問題", "无问题", "冇問題", "得", "ok", "okay", "fine", "ican", "icando", "icandoit", "icandothat",
		"确认", "確認", "confirm", "confirmed",
	}
	noes := []string{
		"不", "不是", "不对", "不對", "不行", "不可以", "不能", "不要", "不用", "不好", "不太行", "不方便", "否", "错了", "错", "錯", "錯了",
		"唔係", "唔得", "唔啱", "唔好", "唔要", "cantmakeit", "icantmakeit", "cannotmakeit", "idontthinkso", "dontthinkso", "notreally", "no", "nope", "nah", "icant", "icannot", "wrong", "thatswrong", "thatsnotright", "incorrect",
	}
	fillers := []string{
		"的", "了", "哦", "啊", "呀", "啦", "哈", "谢谢", "謝謝", "多謝", "唔該", "thanks", "thankyou", "thx", "ty", "please", "老师", "老師",
	}
	greetings := []string{
		"你好", "您好", "哈喽", "哈囉", "嗨", "在", "在吗", "在嗎", "在么", "在不", "在不在", "在嘛", "有人吗", "有人嗎", "早", "早上好", "早晨", "早安", "上午好", "下午好", "午安", "晚上好", "晚安",
		"hi", "hello", "hey", "hithere", "hellothere", "goodmorning", "goodafternoon", "goodevening", "老师", "老師", "啊", "呀",
	}
	l := &lexicon{
		acks: NewWords(acks), farewells: farewells, partings: NewWords(farewells, acks, fillers),
		yeses: NewWords(yeses, firmYeses, fillers), firmYeses: NewWords(firmYeses), noes: NewWords(noes, fillers),
		fillers: NewWords(fillers), greetings: NewWords(greetings), topics: topics(), papers: papers(), subjects: map[rune][]subject{}, scripts: scripts(),
	}
	for i, tp := range l.topics {
		l.listenFor(firstTopic<<i, tp.words...)
	}
	l.listenFor(pay, "工资", "工資", "薪", "人工", "待遇", "salary", "wage")
	l.beyondWords()
	l.consentWords()
	l.pageWords()
	l.elsewhereWords()
	l.doubtWords()
	return l
}

// agrees says whether s is a mere yes.
func (l *lexicon) agrees(s string) bool { return madeOf(s, l.yeses) && !madeOf(s, l.fillers) }

// insists says whether s is a yes that nobody says in passing.
func (l *lexicon) insists(s string) bool { return madeOf(s, l.firmYeses) }

// refuses says whether s is a mere no.
func (l *lexicon) refuses(s string) bool {
	return madeOf(s, l.noes) && !madeOf(s, l.fillers) && !l.deniesNo(s)
}

// acknowledges says whether s only says that a message was seen.
func (l *lexicon) acknowledges(s string) bool { return madeOf(s, l.acks) }

// parts says whether s only ends a talk: "好的，拜拜".
func (l *lexicon) parts(s string) bool {
	return madeOf(s, l.partings) && mentions(s, l.farewells)
}

// greets says whether s is a mere greeting.
func (l *lexicon) greets(s string) bool { return madeOf(s, l.greetings) }

// afterNo returns what follows a mere no at the beginning of s: the date in
// "no, 17 July".
func (l *lexicon) afterNo(s string) (rest string, ok bool) {
	head, rest, ok := cutAny(s, "，,。.！!；;、 　\n")
	return strings.TrimSpace(rest), ok && l.refuses(plain(head)) && plain(rest) != ""
}

// cutAny cuts s at the first of the characters.
func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		return s[:i], s[i+size:], true
	}
	return s, "", false
}
