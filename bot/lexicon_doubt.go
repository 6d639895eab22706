package bot

import (
	"strings"
	"time"
	"unicode"

	"jiebao/bot/nlu"
)

// Words of those who are in two minds, as plain leaves them.

// wonders says whether s only asks back.
func (l *lexicon) wonders(s string) bool {
	return madeOf(s, l.wondering) && !madeOf(s, l.musing)
}

// verifies says whether s names a date to be told that it is right, or its day
// of the week, and nothing else.
func (l *lexicon) verifies(s string) bool {
	return madeOf(s, l.verifying)
}

// lastThird says whether s speaks of the last third of a month, and not of its
// end.
func (l *lexicon) lastThird(s string) bool { return mentions(s, []string{"下旬", "late"}) }

// disputes says whether a message tells that something is wrong with the
// particulars, or has changed.
func disputes(r reading) bool { return r.about(particulars) && r.about(wrong) }

// mixesUp says whether s names a day of the week, and not that one.
func (l *lexicon) mixesUp(s string, day time.Weekday) bool {
	named := func(d time.Weekday) bool {
		return mentions(s, [][]string{
			{"周日", "周天", "週日", "星期日", "星期天", "礼拜日", "礼拜天", "禮拜日", "禮拜天", "sunday"},
			{"周一", "週一", "星期一", "礼拜一", "禮拜一", "monday"},
			{"周二", "週二", "星期二", "礼拜二", "禮拜二", "tuesday"},
			{"周三", "週三", "星期三", "礼拜三", "禮拜三", "wednesday"},
			{"周四", "週四", "星期四", "礼拜四", "禮拜四", "thursday"},
			{"周五", "週五", "星期五", "礼拜五", "禮拜五", "friday"},
			{"周六", "週六", "星期六", "礼拜六", "禮拜六", "saturday"},
		}[d])
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if named(d) {
			return !named(day)
		}
	}
	return false
}

// still says whether s asks for more on top of what was asked for, or for the
// day after it.
func (l *lexicon) still(s string) bool {
	return mentions(s, []string{"再", "多", "又", "仲", "还要", "還要", "第二天", "第二日", "隔天", "次日", "翌日", "后一天", "後一日", "another", "more", "further", "nextday", "dayafter", "followingday"})
}

// asksWeekday says whether s asks which day of the week a date is, or which date
// a day of the week is, or whether it is that one.
func (l *lexicon) asksWeekday(s string, queried bool) bool {
	const short = 16 // more may be about something else
	switch {
	case mentions(s, []string{"周几", "週幾", "星期几", "星期幾", "礼拜几", "禮拜幾", "拜几", "weekday", "dayoftheweek", "whatdayis", "whichdayis"}):
		return true
	case len([]rune(s)) <= short && mentions(s, []string{"是几号", "係幾號", "係几号", "是幾號", "幾多號", "几多号"}), mentions(s, []string{"whatdateis", "whichdateis", "whatsthedate"}):
		return true
	}
	if strings.HasPrefix(s, "is") {
		return strings.HasSuffix(s, "day") && strings.ContainsAny(s, "0123456789")
	}
	for _, is := range []string{"是不是", "係唔係", "係咪", "是", "係"} {
		for _, week := range []string{"周", "週", "星期", "礼拜", "禮拜"} {
			date, day, ok := strings.Cut(s, is+week)
			asks := queried || strings.HasSuffix(is, "不是") || is == "係唔係" || is == "係咪" || mentions(day, []string{"吗", "嗎", "么", "吧", "咩"})
			if ok && asks && len([]rune(s)) <= short && mentions(date, []string{"号", "號", "日"}) {
				return true
			}
		}
	}
	return false
}

// abandons says whether s gives something up, whatever it is.
func (l *lexicon) abandons(s string) bool {
	if strings.HasSuffix(s, "不来") || strings.HasSuffix(s, "不去") {
		return true
	}
	return mentions(s, []string{
		"算了", "算啦", "不太想去", "不太想来", "不太想來", "不怎么想", "不大想", "有点不想", "有點不想", "唔係好想", "唔多想", "放弃吧", "放棄吧", "放弃算", "放棄算", "算数", "算數", "取消", "退了", "不去了", "不来了", "不來了", "唔去", "唔嚟", "不改", "不换", "不換", "唔改", "nevermind", "forgetit", "cancel",
	})
}

// stays says whether s is for the date as it stands.
func (l *lexicon) stays(s string) bool {
	return mentions(s, []string{
		"不改", "不用改", "别改", "別改", "唔改", "唔使改", "不换了", "不換了", "不用换", "不用換", "不变", "不變", "照旧", "照舊", "按原", "原定", "不推迟", "不推遲", "不延", "别申请", "不申请", "不用申请",
		"dontchange", "donotchange", "nochange", "keepit", "keepthe", "asplanned", "asitis", "originaldate",
	})
}

// half says whether s is a yes with a doubt at its end, or no more than the
// opposite of a no.
func (l *lexicon) half(s string) bool {
	yes, ok := strings.CutSuffix(s, "吧")
	return ok && l.agrees(yes) || l.deniesNo(s) && madeOf(strings.TrimLeft(s, "也倒"), l.noes)
}

// eitherDay says whether any of several days would do: "6号或者7号都行".
func (l *lexicon) eitherDay(r reading) bool {
	return r.Date.Kind == nlu.Range && r.wants(negativeAck) && mentions(r.plain, []string{"都行", "都可以", "都得", "都ok", "都成", "either", "bothwork", "botharefine"})
}

// deniesNo says whether s turns a no around: "不是不行".
func (l *lexicon) deniesNo(s string) bool {
	return mentions(s, []string{"不是不", "唔係唔", "並非不", "并非不"})
}

// setsOut says whether s is about the way to work's first day, which may take
// longer than until its morning.
func (l *lexicon) setsOut(s string) bool {
	return mentions(s, []string{"出发", "出發", "动身", "動身", "启程", "啟程", "起飞", "起飛", "晚上到", "夜里到", "夜裡到", "凌晨到", "半夜到", "夜晚到", "夜晚先到", "leaveon", "flyon", "setoff", "intheevening", "atnight"})
}

// repeatsYes says whether s only tells that a yes was said before.
func (l *lexicon) repeatsYes(s string) bool {
	const short = 16 // more may be about something else
	return len([]rune(s)) <= short+8 && !strings.HasSuffix(s, "no") && mentions(s, []string{"isaidyes", "isaidok", "alreadysaidyes", "alreadyconfirmed", "toldu", "alreadytoldyou", "saidyesalready", "toldyouyes"}) ||
		len([]rune(s)) <= short && mentions(s, []string{"说了可以", "說了可以", "说可以了", "我说好", "我說好", "说了好", "都说行", "都说好", "确认过了", "確認過了", "已经确认", "已經確認", "讲咗得", "講咗得", "講咗ok", "都話得", "都話ok"}) && !mentions(s, []string{"他", "她", "佢", "没", "沒", "冇", "未", "吗", "嗎"})
}

// leaves says whether s leaves the decision to the bank.
func (l *lexicon) leaves(s string) bool {
	return madeOf(s, l.deferring) && mentions(s, l.deferrals)
}

// asksIfWeekday says whether s asks if the date spoken of is a day of the week:
// "是周三对吧".
func (l *lexicon) asksIfWeekday(s string, queried bool) bool {
	for _, lead := range []string{"那天是", "嗰日係", "那是", "就是", "就係", "是", "係", "its", "isita", "isit", "thatsa", "thats"} {
		day, leads := strings.CutPrefix(s, lead)
		if !leads {
			continue
		}
		asks := queried
		for _, tail := range []string{"对吧", "對吧", "对吗", "對嗎", "没错吧", "係咪", "吗", "嗎", "吧", "right"} {
			if bare, ends := strings.CutSuffix(day, tail); ends {
				day, asks = bare, true
				break
			}
		}
		if asks && madeOf(day, l.weekdays) {
			return true
		}
	}
	return false
}

// onlyThen says whether s tells of a day before which something is not possible.
func (l *lexicon) onlyThen(s string) bool {
	return mentions(s, []string{"才", "先可以", "先走", "先離", "先得", "only", "until", "notbefore", "earliest"})
}

// slips says whether s tells of a slip of the finger.
func (l *lexicon) slips(s string) bool {
	return mentions(s, []string{"没确认", "沒確認", "冇確認", "没点确认", "不是我点", "不是我點", "唔係我撳", "唔係我㩒", "乱按", "亂按", "乱点", "亂點", "看错", "看錯", "睇錯", "didntconfirm", "didnotconfirm", "点错", "點錯", "手滑", "按错", "按錯", "撳錯", "㩒錯", "误点", "誤點", "发错了", "發錯咗", "bymistake", "byaccident"})
}

// numberAlone returns the number that s, or what follows its last comma, consists
// of, but for words that propose a day; bare says that there are none.
func (l *lexicon) numberAlone(s string) (number string, bare bool) {
	spaced := strings.ContainsFunc(s, ideograph) // by spaces that people type for commas
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return spaced && unicode.IsSpace(r) || strings.ContainsRune(",，。!！?？;；、\n", r)
	})
	if len(parts) == 0 {
		return "", false
	}
	whole := plain(parts[len(parts)-1])
	for _, other := range parts[:len(parts)-1] { // two choices, a price, a list
		if isDay(plain(other)) {
			return "", false
		}
	}
	number = whole
	for lead := l.dayLeads.leading(number); lead != ""; lead = l.dayLeads.leading(number) {
		number = number[len(lead):]
	}
	for _, tail := range l.dayTails {
		if rest, ok := strings.CutSuffix(number, tail); ok {
			number = rest
			break
		}
	}
	return number, number == whole
}

// cannotCome says whether s tells that somebody will hardly come at all.
func (l *lexicon) cannotCome(s string) bool {
	return !mentions(s, []string{"怎么可能", "怎麼可能", "不可能", "点会", "點會"}) && mentions(s, []string{
		"去不了了", "来不了了", "來不了了", "去不成", "来不成", "來不成", "可能去不了", "可能来不了", "可能來不了", "恐怕去不了", "恐怕来不了", "不一定能去", "不一定能来", "不一定能來", "不一定去", "不一定来", "未必去到", "未必嚟到", "可能不去", "可能不来", "可能不來", "去唔到喇", "嚟唔到喇", "可能去唔到", "可能嚟唔到", "可能唔嚟", "可能唔去",
		"要违约", "要違約", "选择违约", "毁约", "毀約", "maynotcome", "mightnotcome", "maynotjoin", "mightnotjoin", "maynotbeabletojoin", "mightnotbeabletojoin", "maynotbeabletocome", "mightnotbeabletocome", "cantcomeanymore", "cantjoinanymore", "nolongercome", "nolongerjoin",
	})
}

// waitsNoMore says whether s tells that somebody will not wait for HR's answer.
func (l *lexicon) waitsNoMore(s string) bool {
	return mentions(s, []string{"不等了", "不等你", "不再等", "等不了了", "唔等", "notwaiting", "cantwaitanylonger", "wontwait"})
}

// ifRefused says whether s is about the case that a date is refused.
func (l *lexicon) ifRefused(s string) bool {
	return mentions(s, []string{
		"不批的话", "不批的話", "要是不批", "如果不批", "万一不批", "萬一不批", "要是没批", "如果没批", "批不了的话", "要是批不了", "如果批不了", "批不下来的话", "要是批不下来", "不同意的话", "不同意的話", "要是不同意", "如果不同意", "万一不同意", "不通过的话", "要是不通过", "如果不通过", "唔批嘅話", "如果唔批", "如果唔得",
		"ifitsrefused", "ifitisrefused", "ifitsrejected", "ifitisrejected", "ifitsnotapproved", "ifitisnotapproved", "ifnotapproved", "iftheyrefuse", "iftheysayno", "iftheydontagree",
	})
}

// asksWhy says whether s asks for a reason, and little else.
func (l *lexicon) asksWhy(s string) bool {
	const short = 12 // more may be about something else
	return len([]rune(s)) <= short && mentions(s, []string{"为什么", "為什麼", "為甚麼", "为啥", "为何", "凭什么", "憑什麼", "憑咩", "咋不行", "怎么不行", "怎么就不行", "點解", "点解", "why", "howcome"})
}

// movesDeadline says whether s asks for more time until the answer is due.
func (l *lexicon) movesDeadline(s string) bool {
	return mentions(s, []string{"答复时间", "答复期限", "回复时间", "回复期限", "答覆時間", "答覆期限", "回覆時間", "回覆期限", "截止", "最后期限", "最後期限", "deadline"}) &&
		mentions(s, []string{"延", "宽限", "寬限", "往后", "往後", "晚点", "晚點", "晚几", "晚一", "晚两", "遲啲", "遲幾", "遲一", "遲兩", "extend", "extension", "later", "moretime", "pushback", "postpone"})
}

// wantsToThink says whether s asks for time to make up one's mind.
func (l *lexicon) wantsToThink(s string) bool {
	return mentions(s, []string{"考虑", "考慮", "想想", "想一想", "想一下", "想清楚", "商量", "諗", "think", "consider", "decide"}) &&
		mentions(s, []string{"给我", "給我", "俾我", "畀我", "容我", "giveme", "ineedtime", "needsometime", "moretime"}) &&
		!mentions(s, []string{"入职", "入職", "报到", "報到", "上班", "返工", "推迟", "推遲", "延后", "延期", "start", "join", "postpone"})
}

// conditions says whether s says in which case something holds.
func (l *lexicon) conditions(s string) bool {
	return mentions(s, []string{"如果", "要是", "的话", "的話", "嘅話", "假如", "万一", "萬一", "除非", "不然", "否则", "否則", "if", "unless", "otherwise", "唔係就"})
}

// withoutTag is s without the words at its end that ask whether it is right.
func (l *lexicon) withoutTag(s string) (rest string, ok bool) {
	for _, tag := range []string{"是吧", "对吧", "對吧", "是吗", "是嗎", "对吗", "對嗎", "没错吧", "係咪", "啱唔啱"} {
		if rest, ok = strings.CutSuffix(s, tag); ok && rest != "" {
			return rest, true
		}
	}
	return s, false
}

// pleads says whether s asks to try once more what was refused.
func (l *lexicon) pleads(s string) bool {
	return mentions(s, []string{"通融", "求求", "拜托", "拜託", "再问问", "再問問", "再问一下", "帮我问", "幫我問", "再争取", "再爭取", "帮我争取", "再商量", "再申请一次", "再申請一次", "考虑一下我", "askagain", "askthemagain", "tryagain", "pleasereconsider", "anyflexibility"})
}

// jests says whether s takes back what was said in jest.
func (l *lexicon) jests(s string) bool {
	return mentions(s, []string{"开玩笑", "開玩笑", "逗你", "闹着玩", "講笑", "讲笑", "說笑", "说笑", "justkidding", "kidding", "joking"})
}

// submits says whether s asks for what was read back to be passed on.
func (l *lexicon) submits(s string) bool {
	return madeOf(s, l.submitting) && mentions(s, l.submissions)
}

// rues says whether s takes back what was agreed, without saying what for.
func (l *lexicon) rues(s string) bool {
	return mentions(s, []string{"后悔", "後悔", "反悔", "改变主意", "改變主意", "改主意", "changedmymind", "changemymind", "changeofmind", "regret"})
}

// withoutLead is a sentence without the words that bring up something else.
func (l *lexicon) withoutLead(s string) string {
	s = strings.TrimSpace(s)
	for _, lead := range []string{"顺便", "順便", "另外", "对了", "對了", "还有", "還有", "请问", "請問", "再", "我", "想", "问一下", "問一下", "问下", "問下", "问问", "问", "by the way", "also"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, lead))
	}
	return s
}

// away says whether s tells of something that keeps one from starting.
func (l *lexicon) away(s string) bool {
	return mentions(s, []string{
		"在外地", "出差", "旅游", "旅遊", "旅行", "考试", "考試", "答辩", "答辯", "手术", "手術", "复诊", "覆診", "复查", "覆查", "看病", "看牙", "看医生", "睇醫生", "睇牙", "住院", "请假", "請假", "不在", "回老家", "回来", "回來", "有事", "没空", "沒空", "冇空", "唔得閒", "婚礼", "婚禮", "结婚", "結婚", "复试", "覆試", "考研", "典礼", "典禮", "开庭", "開庭", "搬家", "葬礼", "葬禮", "隔离", "隔離", "生病", "病了", "病咗", "骨折", "发烧", "發燒", "蜜月", "度假", "休假", "军训", "軍訓", "在国外", "在國外", "在老家", "不放人", "唔放人", "不批离职", "不批離職", "不让走", "不讓走", "买不到票", "買不到票", "没票", "沒票", "办婚", "出国", "出國", "体检出来", "坐月子",
		"away", "travel", "trip", "abroad", "exam", "surgery", "doctor", "wedding", "appointment", "dentist", "outoftown", "busy", "honeymoon", "vacation", "hospital", "imsick", "iamsick", "gotsick", "fellsick",
	})
}

// mustBe says whether s asks if it has to be that day: "非要6号吗".
func (l *lexicon) mustBe(s string) bool {
	const short = 26 // bytes; more may be about something else
	if len(s) > short {
		return false
	}
	for _, must := range []string{"一定要", "一定得", "必须", "必須", "非要", "非得", "係咪一定", "mustitbe", "doesithavetobe", "hastobe"} {
		_, what, ok := strings.Cut(s, must)
		if !ok {
			continue
		}
		for _, day := range []string{"在", "是", "the", "on"} {
			what = strings.TrimPrefix(what, day)
		}
		if what != "" && what[0] >= '0' && what[0] <= '9' {
			return true
		}
		for _, day := range []string{"去", "来", "來", "到", "这天", "這天", "那天", "这么早", "這麼早", "那么早", "那麼早", "咁早", "嗰日", "july", "thatday", "thatdate", "soearly"} {
			if strings.HasPrefix(what, day) {
				return true
			}
		}
	}
	return false
}

// otherwise says whether the day that s names is that of an answer, or of
// something to be had.
func (l *lexicon) otherwise(s string) bool {
	return mentions(s, []string{
		"回复", "回覆", "回你", "回您", "覆你", "覆您", "答复", "答覆", "告诉", "告訴", "话你知", "話你知", "才发", "才發", "先發", "拿到", "拿证", "攞到", "出来", "出來", "出报告", "体检", "體檢", "毕业证", "畢業證",
		"letyouknow", "getback", "tellyou", "results",
	})
}

// notYet says whether s says that something is still to come, or has to be had
// anew.
func (l *lexicon) notYet(s string) bool {
	return mentions(s, []string{
		"才能拿", "才拿", "才出", "才能出", "先攞到", "先出到", "还没", "還沒", "没出", "沒出", "没拿到", "沒拿到", "没发", "沒發", "没下来", "未出", "未攞", "仲未", "晚点交", "晚点发", "晚點交", "晚些", "迟点", "遲啲", "丢了", "不见了", "遗失", "补办", "唔見", "遺失", "補辦", "notyet", "havent", "notready", "isntready", "stillwaiting", "lost", "later",
	})
}

// handsIn says whether s is about handing in everything.
func (l *lexicon) handsIn(s string) bool {
	return mentions(s, []string{"交齐", "交齊", "补齐", "補齊", "发齐", "發齊", "交上", "补上", "補上", "补交", "補交"})
}

// speaksOfStarting says whether s is about the first day at work or another one.
func (l *lexicon) speaksOfStarting(s string) bool {
	return mentions(s, []string{"入职", "入職", "报到", "報到", "到岗", "到崗", "上班", "返工", "改", "推迟", "推遲", "延", "晚几天", "遲幾", "提前", "start", "join", "report", "move", "postpone"})
}

// needless says whether s turns down what was offered to be done.
func (l *lexicon) needless(s string) bool {
	return madeOf(s, l.unneeded) && !madeOf(s, l.fillers)
}

// doubtWords are what this file listens for.
func (l *lexicon) doubtWords() {
	l.listenFor(particulars, "尾号", "尾號", "newnumber", "newphone", "名字", "姓名", "手机号", "手機號", "电话", "電話", "号码", "號碼", "邮箱", "郵箱", "岗位", "崗位", "职位", "職位", "支行", "分行", "网点", "網點", "地址", "地点", "地點", "myname", "mynumber", "myphone", "myemail", "position", "address", "branch")
	l.listenFor(wrong, "错了", "錯了", "写错", "寫錯", "不对", "不對", "唔啱", "唔对", "錯咗", "有误", "有誤", "号换了", "换手机", "换了手机", "换电话", "换了电话", "换了号", "換手機", "換咗電話", "換咗號", "電話換了", "newnumber", "newphone", "换号", "轉咗", "换了", "改了", "ismisspelled", "misspelt", "iswrong", "isnotright", "isincorrect", "haschanged", "waswrong")
	l.listenFor(strays,
		"发错人", "發錯人", "找错人", "搵錯人", "认错人", "認錯人", "搞错人", "搞錯人", "弄错人", "弄錯人", "打错电话", "打錯電話", "你们打错", "你哋打錯", "你们发错", "你們發錯", "你哋發錯",
		"我不是本人", "不是我本人", "我唔係本人", "唔係我本人", "没投过", "沒投過", "冇投過", "没投简历", "沒投簡歷", "没应聘", "沒應聘", "没面试过", "沒面試過", "冇面試過", "冇見過工", "没报名过", "没报过名",
		"wrongnumber", "wrongperson", "neverapplied", "didntapply", "didnotapply", "neverinterviewed",
	)
	l.listenFor(noRegret, "不后悔", "不後悔", "不会后悔", "不會後悔", "唔後悔", "noregret", "不想去", "不想来", "不想來", "唔想")
	l.listenFor(regret,
		"后悔", "後悔", "反悔", "还是去", "還是去", "还是来", "還是來", "还去", "还想去", "還想去", "还想来", "還想來", "还是想去", "还是想来", "還是想", "又想去", "又想来", "又想來", "想通了", "改变主意", "改變主意", "改主意",
		"恢复", "恢復", "给次机会", "给个机会", "給次機會", "給個機會", "再给我", "再給我", "点错", "點錯", "手滑", "按错", "按錯", "撳錯", "㩒錯", "误点", "誤點", "打错", "打錯", "发错", "没有要放弃", "没放弃", "没要放弃", "沒有要放棄", "不放弃", "不放棄", "唔係放棄", "唔放棄", "还来得及", "還來得及", "还能去", "还能来", "還能去", "还可以去", "还可以来",
		"没确认", "沒確認", "冇確認", "没点确认", "不是我点", "不是我點", "唔係我撳", "唔係我㩒", "乱按", "亂按", "乱点", "亂點", "看错", "看錯", "睇錯", "didntconfirm", "didnotconfirm",
		"仲想去", "仲想返", "仲可唔可以", "都係去", "regret", "stillwant", "changedmymind", "changemymind", "changeofmind", "bymistake", "byaccident", "reconsider", "ididntmean",
	)
	l.listenFor(whichDay, "周几", "星期几", "星期幾", "礼拜几", "禮拜幾", "几号", "幾號", "幾多號", "哪天", "哪一天", "whatday", "whichday", "dayoftheweek", "whatdate", "whichdate")
	l.listenFor(dayParts, "下午到", "下午才到", "下午才能到", "中午才到", "下午去", "下午来", "下午來", "下午再", "中午到", "中午去", "晚上到", "晏晝到", "下晝到", "下晝先到", "下晝先返", "晏晝返", "intheafternoon", "intheevening")
	l.wondering = NewWords([]string{
		"可以吗", "可以嗎", "可以么", "可以不", "行吗", "行嗎", "行么", "行不", "行不行", "可不可以", "能行吗", "好吗", "好嗎", "好不好", "对吗", "對嗎", "是吗", "是嗎", "是么", "真的吗", "真的嗎", "真的假的", "真的", "真嘅", "同意吗", "同意嗎", "确认吗", "確認嗎", "确认入职吗", "確認入職嗎", "怎么确认", "怎麼確認", "怎么确认入职", "如何确认", "如何確認", "点样确认", "點樣確認", "点确认", "點確認", "怎么回复", "点哪里确认", "在哪确认", "在哪里确认", "哪里确认", "howdoiconfirm", "howtoconfirm",
		"什么意思", "什麼意思", "甚麼意思", "啥意思", "咩意思", "没看懂", "沒看懂", "看不懂", "没明白", "沒明白", "不明白", "唔明", "得唔得", "得嗎", "係咪", "係嗎", "啊", "呀", "那", "你", "您", "我",
		"really", "pardon", "huh", "whatdoyoumean", "isthatok", "isthatokay", "isitok", "idontunderstand",
	})
	l.musing = NewWords([]string{"啊", "呀", "那", "你", "您", "我", "真的"})
	l.verifying = NewWords([]string{
		"是", "係", "系", "在", "就", "那", "所以", "请问", "請問", "我", "的", "确认一下", "確認一下", "确认下", "再确认下", "跟您确认一下", "入职", "入職", "报到", "報到", "上班", "返工", "日期", "时间", "時間",
		"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "年", "月", "日", "号", "號", "周", "星期", "礼拜", "禮拜", "几", "幾", "多", "来着", "嚟㗎", "話", "哪天", "哪一天", "那天", "嗰日", "当天",
		"吗", "嗎", "吧", "么", "呀", "啊", "咩", "对吗", "對嗎", "对吧", "對吧", "是吗", "是吧", "没错吧", "係咪", "係嗎", "啱唔啱", "对不对", "對不對", "是不是", "可以", "可以吗", "可以嗎", "行", "行吗", "行嗎", "ok", "得唔得",
		"下", "这", "這", "本", "then", "is", "it", "its", "so", "wait", "what", "whats", "day", "dayoftheweek", "that", "again", "which", "start", "starton", "on", "the", "date", "right", "correct", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "th", "st", "nd", "rd", "monday", "tuesday", "wednesday", "thursday", "friday",
	})
	l.deferrals = []string{
		"服从分配", "服從分配", "你们说了算", "您说了算", "你哋話事", "你看着办", "您看着办", "看着办", "你看哪天方便", "您看哪天方便", "你看边日方便", "都行", "都可以", "都得", "都ok", "随便", "隨便", "你们定", "你們定", "您定", "你定", "听你们的", "听您的", "聽你哋", "听安排", "听从安排", "服从安排", "服從安排", "看你们", "看您", "安排", "你们安排", "您安排", "你安排", "你哋安排",
		"无所谓", "無所謂", "冇所謂", "哪天都行", "哪天都可以", "哪一天", "哪天", "什么时候都行", "几时都得", "幾時都得", "随时", "隨時", "越快越好", "越早越好", "愈快愈好", "愈早愈好", "尽快", "盡快", "尽早", "盡早", "早啲", "anytime", "anyday", "whenever", "asap", "assoonaspossible", "soonaspossible", "earlyaspossible", "thesoonerthebetter", "uptoyou", "whatever", "eitherisfine", "itsuptoyou", "isfine", "works",
	}
	l.deferring = NewWords(l.deferrals, []string{"as", "please", "pls", "the", "我", "我这边", "的", "吧", "啦", "就", "好", "呗", "呀", "啊", "时间"})
	l.weekdays = NewWords([]string{"周一", "周二", "周三", "周四", "周五", "周六", "周日", "週一", "週二", "週三", "週四", "週五", "週六", "週日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日", "星期天", "礼拜一", "礼拜二", "礼拜三", "礼拜四", "礼拜五", "禮拜一", "禮拜二", "禮拜三", "禮拜四", "禮拜五", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
	l.submissions = []string{"提交", "申请", "申請", "报上去", "報上去", "麻烦您", "麻烦你", "麻烦帮", "麻煩您", "麻煩你", "麻煩幫", "就这个", "就這個", "就这天", "就這天", "就这样", "就這樣", "就呢日", "就咁", "submit", "goahead", "pleasedo", "sendit"}
	l.submitting = NewWords(l.submissions, []string{"嗯", "唔該", "唔该", "好", "好的", "的", "吧", "啦", "了", "您", "你", "那", "那就", "就", "帮", "幫", "我", "帮我", "幫我", "帮忙", "幫手", "一下", "请", "請", "给", "給", "这个", "谢谢", "謝謝", "可以", "对", "對", "是的", "行", "哈", "啊", "呀", "ok", "please", "pls", "yes", "then", "it", "the", "request", "thanks"})
	l.dayLeads = NewWords([]string{"要不", "要么", "不如", "那", "那就", "就", "还是", "還是", "或者", "改", "改到", "改成", "换", "換", "换到", "換到", "换成", "推到", "延到", "不对", "不對", "唔係", "不是", "我", "想", "要", "说", "說", "说的", "說的", "讲", "講", "是", "係", "最好", "不", "咁", "不如改", "hmm", "no", "then", "maybe", "the", "howabout", "whatabout", "imeant", "isaid"})
	l.dayTails = []string{"行不行", "可不可以", "得唔得", "可以吗", "可以嗎", "可以么", "可以不", "行吗", "行嗎", "行么", "行不", "好吗", "好嗎", "成吗", "成不", "也行", "也可以", "都行", "都成", "都可以", "怎么样", "怎麼樣", "如何", "咋样", "得嗎", "好了", "可以", "行", "成", "得", "吧", "啦", "呢", "叭", "呗", "哈", "ok", "then", "instead"}
	l.unneeded = NewWords([]string{"不用", "不必", "唔使", "唔駛", "noneed", "了", "啦", "谢谢", "謝謝", "thanks"})
}
