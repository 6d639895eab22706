package bot

import "jiebao/conversations"

// topic is something candidates ask about and the offer answers.
type topic struct {
	words []string // simplified, traditional and English, as plain leaves them
	tell  fact
	place bool // where to work, and not where to have a document made
}

// topics are matched in order; the answer takes the first two.
func topics() []topic {
	return []topic{
		{[]string{
			"进度", "進度", "进展", "進展", "状态", "狀態", "批了", "批准", "同意了", "审批", "審批", "申请怎么", "申請怎", "哪天为准", "几号为准", "邊日為準", "幾號為準", "哪天算", "到底哪天", "到底几号", "whichdatecounts", "改期怎么", "处理得", "處理得",
			"status", "approved", "myrequest",
		}, factStatus, false},
		{[]string{
			"有结果", "有結果", "有消息", "有回复", "有回覆", "有答复", "没回复", "沒回覆", "没答复", "没批", "沒批", "未覆", "未批", "好了吗", "好了没", "好未",
			"anynews", "anyupdate", "heardback", "anyanswer", "anyprogress",
		}, factPending, false},
		{[]string{"通过了", "通過了", "面试结果", "面試結果", "过了吗", "過了嗎", "didipass", "interviewresult", "passed"}, factPassed, false},
		{[]string{
			"地址", "地点", "地點", "在哪", "哪里", "哪裡", "哪裏", "哪儿", "哪个网点", "哪間分行", "去哪", "边度", "邊度", "怎么去", "怎麼去", "点去", "點去", "位置",
			"address", "where", "thelocation", "worklocation", "officelocation", "whatlocation", "workplace", "office",
		}, factWorkplace, true},
		{[]string{
			"联系人", "聯絡人", "聯繫人", "联系谁", "联系哪", "聯絡邊", "找谁", "找誰", "搵邊個", "搵边个", "电话", "電話", "联系方式", "聯絡方法", "手机号", "联系电话",
			"contact", "phone", "whodoi", "whoshouldi", "whomshould",
		}, factContact, false},
		{[]string{
			"收到没", "收到沒", "收到未", "收到了吗", "收到吗", "收到嗎", "我发过了", "我發過了", "已经发了", "已經發咗", "我发了呀", "我都发了", "didyouget", "didyoureceive", "havereceived",
		}, factMissing, false},
		{[]string{
			"发到哪", "發到邊", "寄到哪", "交到哪", "不会传", "不会发", "不会上传", "唔識傳", "唔識上載", "材料", "证件", "證件", "资料", "資料", "文件", "带什么", "帶什麼", "带啥", "带哪些", "带咩", "帶咩", "帶甚麼", "准备什么", "準備什麼", "準備甚麼", "准备啥", "交什么", "怎么发", "怎么传", "怎麼傳", "点交", "點交",
			"还差什么", "还差啥", "還差什麼", "還差甚麼", "还缺什么", "还缺啥", "還缺什麼", "還欠什麼", "還欠甚麼", "还要交", "還要交", "还要补", "還要補", "还要准备", "还有什么要准备", "还需要准备", "還要準備",
			"仲差啲", "仲差咩", "仲欠", "仲要交", "仲要準備", "仲有冇嘢要", "仲有咩要",
			"document", "paperwork", "bring", "upload", "prepare", "stillneed", "stillmissing", "whatelsedoi",
		}, factPapers, false},
		{[]string{
			"什么时候入职", "什麼時候入職", "何时入职", "几时入职", "幾時入職", "几时返工", "幾時返工", "几号入职", "幾號入職", "哪天入职", "哪天入職", "边日", "邊日", "哪天报到", "几号报到", "幾號報到", "什么时候报到", "何时报到", "报到时间", "報到時間", "入职时间", "入職時間", "入职日期", "入職日期", "哪天上班", "几号上班", "什么时候上班",
			"startdate", "whendoistart", "whatdaydoi", "whichday", "whenshouldistart", "whencanistart", "firstday",
		}, factStatus, false},
		{[]string{
			"截止", "最晚回", "最晚答", "最迟回", "最迟答", "最遲回", "最遲答", "时候回复", "时候答复", "哪天回复", "哪天答复", "几号回复", "几号答复", "幾時回覆", "幾時答覆", "幾時覆", "几时回复", "回复期限", "回覆期限", "什么时候之前", "多久之内回复", "之前回复",
			"deadline", "replyby", "whendoyouneed",
		}, factReplyBy, false},
		{[]string{"什么岗位", "哪个岗位", "什麼職位", "甚麼職位", "哪个职位", "什么职位", "咩职位", "咩職位", "whichposition", "whatposition", "whichjob"}, factPosition, false},
	}
}

// beyondWords are those that only a person may answer: pay, permits, the terms
// of employment, what follows from an answer, and other people's results; and
// those that want a promise.
func (l *lexicon) beyondWords() {
	l.listenFor(beyondUs,
		"工资", "工資", "薪", "人工几", "人工幾", "待遇", "福利", "奖金", "獎金", "年终", "花红", "花紅", "补贴", "補貼", "津贴", "津貼", "提成", "绩效", "績效", "多少钱", "多少錢", "几多钱", "幾多錢",
		"社保", "公积金", "五险", "六险", "强积金", "強積金", "mpf", "保险", "保險", "户口", "戶口", "落户", "签证", "簽證", "工签", "合同", "合约", "合約", "试用", "試用", "转正", "轉正", "编制", "編制", "劳务", "派遣",
		"加班", "宿舍", "住房", "年假", "放假", "假期", "影响", "影響", "取消", "录用", "錄用", "录取", "錄取", "违约", "違約", "背调", "背景调查", "怀孕", "懷孕", "结婚", "結婚",
		"我朋友", "我同学", "我同學", "我室友", "我男朋友", "我女朋友", "myfriend", "myclassmate", "myroommate",
		"salary", "wage", "pay", "bonus", "commission", "allowance", "benefit", "insurance", "visa", "workpermit", "contract", "probation", "leave", "overtime", "housing", "dorm", "accommodation", "affect", "cancel", "withdraw", "pregnan", "latestpossible", "lateststart",
	)
	l.listenFor(promises, "保证", "保證", "承诺", "承諾", "担保", "擔保", "guarantee", "promise")
}

// papers are the names of each kind of document, whatever the bank's list calls
// it and in whatever language the candidate does.
func papers() [][]string {
	return [][]string{
		{"身份证", "身份證", "idcard", "identitycard"},
		{"学历证", "毕业证", "學歷證", "畢業證", "diploma", "graduationcert"},
		{"学位证", "學位證", "degree"},
		{"体检", "體檢", "身體檢查", "健康證明", "medical", "healthreport", "healthcheck"},
		{"离职证", "離職證", "leavingcert", "resignation"},
		{"银行卡", "銀行卡", "bankcard"},
	}
}

// factPapers is what has to be sent, and how.
func factPapers(t *talk) (conversations.Say, bool) {
	missing := t.checklist(true)
	switch {
	case len(missing) > 0:
		return phrase("documents.first", args{"items": items(missing), "item": t.itemName(missing[0].ID)}), true
	case len(t.checklist(false)) > 0:
		return phrase("documents.extra_hint", nil), true
	}
	return phrase("fact.no_documents", nil), true
}

// known returns the lines that answer r, at most two, and none when the
// question touches what only a person may answer.
func (t *talk) known(r reading) []conversations.Say {
	if r.about(beyondUs) {
		return nil
	}
	var known []conversations.Say
	for i, tp := range t.lex.topics {
		if !r.about(firstTopic<<i) || tp.place && t.itemNamed(r.text) != "" {
			continue
		}
		if line, ok := tp.tell(t); ok && !told(known, line) && len(known) < 2 {
			known = append(known, line)
		}
	}
	return known
}

func told(known []conversations.Say, line conversations.Say) bool {
	for _, l := range known {
		if l.Key == line.Key {
			return true
		}
	}
	return false
}

// knows says whether r, although it is no sentence, asks what the offer or an
// approved text answers: "地址？", "停车".
func (t *talk) knows(r reading) bool {
	if r.wants(thanks) {
		return false
	}
	return len(t.known(r)) > 0 || t.namesSubject(r)
}

// answer answers what a message asks, each of its questions from the offer or
// from approved text. What neither answers goes to a person, and is told to be.
// Nothing is promised that the offer does not say.
func (t *talk) answer(r reading) {
	var left, unsure []reply
	for _, p := range t.replies(r) {
		switch {
		case len(p.facts) > 0:
			t.tell(lines(p.facts[0], p.facts[1:]...))
		case p.article != nil:
			t.tellArticle(*p.article, p.asked, p.score < plainly)
		case len(p.perhaps) > 0:
			unsure = append(unsure, p)
		default:
			left = append(left, p)
		}
	}
	answered := len(t.says) > 0
	switch {
	case len(left) > 0:
		t.leave(append(left, unsure...), answered)
	case len(unsure) > 0:
		t.didYouMean(unsure[0])
		t.leaveBehind(unsure[1:])
	default:
		t.goOn()
	}
}

// alsoAsked answers the question that came with a confirmation, in place of
// asking for documents.
func (t *talk) alsoAsked(r reading) {
	if !r.wants(question) {
		return
	}
	confirmed := t.says[:1]
	t.says = nil
	t.memory.Choices = nil
	t.answer(r)
	t.says = append(confirmed, t.says...)
}
