package bot

import (
	"strings"

	"jiebao/conversations"
)

// Wishes that only people grant: another branch or post than the offer's, and an
// answer from HR that is still to come.

// wantsElsewhere passes the wish for another workplace, department or post on to
// a person, unless an approved text answers it.
func (t *talk) wantsElsewhere(r reading) bool {
	if !t.lex.elsewhere(r) || r.wants(decline) || t.lex.abandons(r.plain) || t.findHere(r).Certainty == conversations.Certainly {
		return false
	}
	if r.wants(question) {
		t.leave([]reply{{asked: r.text, policy: true}}, false)
	} else {
		t.handoff("handoff.policy", conversations.HandoffPolicy)
	}
	return true
}

// asksForNews says that HR has not answered yet to somebody who waits for that:
// "那边怎么说". A second time in a row, or to be quick, a person is asked.
func (t *talk) asksForNews(r reading) bool {
	waits := t.app.Answer == conversations.Requested && !t.requested().IsZero() && (t.was.Asked == nothing || t.was.Asked == askedWhat)
	if !waits || !r.about(news|hurry) || r.about(beyondUs) || strings.Contains(r.plain, "怎么说呢") || r.dated() || r.wants(reschedule) || r.wants(decline) || r.wants(upload) || aboutPapers(t, r) {
		return false
	}
	if t.memory.Failures = t.was.Failures + 1; r.about(hurry) || t.memory.Failures >= t.o.HandoffAfter {
		t.handoff("handoff.policy", conversations.HandoffPolicy)
		return true
	}
	t.say("schedule.pending", args{"date": t.requested()})
	return true
}

// asksWhichHolds tells somebody who waits for HR's answer which date holds until
// then: "那6号我还要去吗".
func (t *talk) asksWhichHolds(r reading) bool {
	waits := t.app.Answer == conversations.Requested && !t.requested().IsZero() && !t.standing().IsZero() && t.standing() != t.requested() && t.was.Asked == nothing
	if !waits || r.wants(decline) || !t.lex.whichHolds(r.plain) || !r.names(t.standing()) {
		return false
	}
	t.say("schedule.requested", args{"date": t.requested(), "current": t.standing()})
	return true
}

// aboutPapers says whether a message speaks of documents.
func aboutPapers(t *talk, r reading) bool {
	return t.itemNamed(r.text) != "" || mentions(r.plain, []string{"材料", "资料", "資料", "文件", "document"})
}

// elsewhere says whether a message is about another workplace or post: a word of
// change stands close to one of what is changed, and no day between them.
func (l *lexicon) elsewhere(r reading) bool {
	if (strings.HasPrefix(r.plain, "不") || strings.HasPrefix(r.plain, "唔") || strings.HasPrefix(r.plain, "接受")) && !r.wants(question) {
		return false // 不考虑其他岗位
	}
	if r.about(removal) || r.about(distance) && !r.dated() && len([]rune(r.plain)) <= briefly {
		return true
	}
	if !r.about(places) {
		return false
	}
	const before, after = 6, 5 // characters
	for _, place := range placeWords {
		for i := 0; ; {
			k := strings.Index(r.plain[i:], place)
			if k < 0 {
				break
			}
			head, tail := []rune(r.plain[:i+k]), []rune(r.plain[i+k+len(place):])
			head, tail = head[max(0, len(head)-before):], tail[:min(len(tail), after)]
			if changes(string(head), changesBefore, true) || changes(string(tail), changesAfter, false) {
				return true
			}
			i += k + len(place)
		}
	}
	return false
}

// changes says whether s holds one of the words, and no day between that and its
// end or its beginning.
func changes(s string, words []string, toEnd bool) bool {
	for _, w := range words {
		between, rest, ok := strings.Cut(s, w)
		if toEnd {
			between = rest
		}
		if ok && !strings.ContainsAny(between, "0123456789号號日天周週") {
			return true
		}
	}
	return false
}

// placeWords are what the offer is for, besides its date.
var placeWords = []string{"支行", "分行", "网点", "網點", "部门", "部門", "岗位", "崗位", "职位", "職位", "地点", "地點", "地方", "城市"}

// changesBefore and changesAfter stand close to them: 换个支行, 支行太远.
var (
	changesBefore = []string{"换", "換", "调", "調", "转", "轉", "别的", "別的", "其他", "其它", "另一", "第二間", "第二间", "近点", "近點", "近一点", "近一點", "近啲", "近些", "离家近", "離家近", "屋企近"}
	changesAfter  = []string{"能换", "能換", "可以换", "可以換", "换一", "換一", "换个", "換個", "换下", "换吗", "換嗎", "调一", "調一", "能调", "能調", "可以调", "可以調", "太远", "太遠", "有点远", "有點遠", "好远", "好遠", "离家远", "離家遠"}
)

// whichHolds says whether s asks which of two dates counts.
func (l *lexicon) whichHolds(s string) bool {
	return mentions(s, []string{"为准", "為準", "要去吗", "要去嗎", "用去吗", "还去吗", "還去嗎", "要来吗", "要不要去", "使唔使去", "使唔使返", "仲使唔使", "仲去唔去", "whichdate", "stillneedtocome", "stillhavetocome", "stillcomeon", "dostillcome", "doistill"})
}

// elsewhereWords are about what only people grant.
func (l *lexicon) elsewhereWords() {
	l.listenFor(places, placeWords...)
	l.listenFor(removal,
		"调岗", "調崗", "换岗", "換崗", "转岗", "轉崗", "离家太远", "離家太遠", "离我家太远", "離屋企太遠", "離屋企好遠", "离家有点远", "离家远", "離家遠",
		"anotherbranch", "differentbranch", "otherbranch", "changebranch", "changethebranch", "changemybranch", "switchbranch", "closerbranch", "nearerbranch", "branchcloser", "branchnearer", "closertohome", "closertomyhome", "closertomyhouse", "nearertohome", "nearerhome",
		"officeinstead", "branchinstead", "locationinstead", "anotherlocation", "differentlocation", "changelocation", "changethelocation", "changemylocation", "anotherworkplace", "differentworkplace", "changemyworkplace", "changetheworkplace", "anotheroffice", "differentoffice", "anothercity", "differentcity",
		"anotherposition", "differentposition", "anotherrole", "differentrole", "anotherdepartment", "differentdepartment", "branchistoofar", "branchtoofar", "workplaceistoofar",
	)
	l.listenFor(distance, "太远", "太遠", "好远", "好遠", "有点远", "有點遠", "很远", "很遠")
	l.listenFor(outcome, "会怎么样", "會怎麼樣", "会怎样", "會怎樣", "会咋样", "有什么后果", "有什麼後果", "有后果", "有後果", "會點樣", "whathappensif", "whatwouldhappen", "whatwillhappen", "consequence")
	l.listenFor(news,
		"怎么说", "怎麼說", "怎么讲", "咋说", "咋讲", "点讲", "點講", "点话", "點話", "啥说法", "有说法", "有消息", "没消息", "沒消息", "冇消息", "有信", "没信", "有结果", "有結果", "没结果", "沒結果", "冇結果", "出结果", "出結果", "结果呢", "結果呢", "消息呢",
		"有回复", "有回覆", "有答复", "有答覆", "没回复", "沒回覆", "冇回覆", "没答复", "沒答覆", "还没回", "還沒回", "仲未覆", "未覆", "未批", "没人回", "没人理", "回了吗", "回了没", "回复了吗", "覆咗未", "批了吗", "批了没", "批咗未", "批没批", "批下来", "批下來", "没批", "沒批", "通过了吗", "通过没", "同意了吗", "同意没", "同意未",
		"没戏", "沒戲", "冇戲", "有戏吗", "有戏没", "好了吗", "好了没", "好未", "搞掂未", "定了吗", "定了没", "定下来", "定咗未", "啥情况", "什么情况", "什麼情況", "咩情況", "咩料", "怎么样了", "怎么样啦", "怎麼樣了", "咋样了", "點樣啊", "点样啊", "進展", "进展", "时候给我答复", "时候有结果", "时候能回", "时候回复我", "时候答复我", "要等多久", "等多久", "要等幾耐", "要等几耐", "等咗好耐", "等很久", "等好久", "等了好久",
		"anynews", "anyupdate", "heardback", "anyanswer", "anyprogress", "anyword", "anyreply", "anydecision", "whatdidtheysay", "whatdidhrsay", "didtheyagree", "didhragree", "isitapproved", "beenapproved", "stillwaiting", "howlongwill", "howlongdoesittake", "whenwillihear", "whenwilliknow", "stillnoanswer", "stillnoreply", "stillnothing",
	)
	l.listenFor(hurry, "催一下", "催下", "催催", "催促", "加急", "快点批", "快啲批", "快点处理", "快点回", "快啲覆", "尽快批", "儘快批", "hurryup", "speeditup", "speedthisup", "chaseit", "chasethem", "expedite")
}
