package nlu

// signal is what a phrase says about the intent of a clause.
type signal uint8

const (
	sNone        signal = iota
	sAssent             // 没问题, 确认, I'll be there: agrees wherever it stands
	sAssentFinal        // 可以, 行: agrees at the end of a clause
	sAssentWhole        // 好, 嗯, yes: agrees when the clause says nothing else
	sAck                // 收到, 知道了: has read it, no more
	sPermission         // 可以吗, 能不能, could I: asks leave
	sWh                 // 什么, 几点, how: asks for a fact
	sMark               // 吗, ?: makes a question
	sAsk                // 请问, 想问: announces a question
	sConsequence        // 会影响, 有没有影响: asks what follows
	sChange             // 推迟, 改期: speaks of another date
	sKeep               // 不用改, 按原定: speaks for the offered date
	sUnable             // 来不了, 没空: cannot come
	sBusy               // 有考试, 在外地: cannot come on the day it is said of
	sLater              // 晚点: later, of an answer or of the start
	sWhether            // 是否, 要不要: asks for a yes or no
	sRefuse             // 不去了, 放弃
	sRefuseSoft         // 算了, 不用了: may be a refusal
	sNotRefuse          // 没说不去, 不会放弃
	sOther              // 别家, 另一家: another employer
	sUnsure             // 不确定, 再考虑
	sReplyLater         // 晚点答复
	sHedge              // 应该, 可能
	sCond               // 如果, 的话
	sBut                // 但是, 不过
	sNot                // 不, 没, not
	sThird              // 我朋友, 他: speaks of somebody else
	sReported           // 谁说, 没说: speaks of what was said
	sJoke               // 开玩笑
	sDoc                // 体检报告, 身份证
	sSend               // 发你了, 上传了
	sSendSoon           // 马上发, 明天补交
	sSendHow            // 怎么上传, 发到哪
	sHuman              // 人工, HR
	sNoHuman            // 不用人工, 人工智能
	sAnger              // 投诉, 太差
	sOptOut             // 退订
	sThanks
	sGreet
	sReport   // 报到, 入职, 上班: the start itself
	sThatDay  // 那天, 这个日期: the offered date
	sBenign   // says nothing for or against
	sContact  // HR, 负责人: people of the employer
	sTalk     // 联系我, 沟通: speaking with people
	sMessages // 推送, 短信: what an opt-out is about
	sStop     // 别再, 停止
	sJob      // offer, 这个机会: what a refusal is about
	sHand     // 这是, 给您: hands something over, when a document is named
	sNotYet   // 还没: not ready
	sAskMaybe // 问一下: asks, at the head of a clause
	sCannot   // 没法, 不能
	sOnlyThen // 才能, 再去: only on the date it is said of
	sPast     // 本来, 之前: what was so once
	sAside    // 体检, 聚餐: something else to go to than the job
	sParticle
	sTopic  // 工资, 地点: something else than the date
	sSettle // 那就, 见: settles for the date it stands with
	sWant   // 想, 希望, 麻烦
	sWait   // 等, 先: not yet
	sReason // 太远, 工资太低: why somebody may refuse, but no refusal
)

func newSignals() phrases[signal] {
	p := newPhrases[signal]()
	for s := sAssent; s <= sReason; s++ {
		for _, w := range fields(chineseSignals[s] + " " + englishSignals[s]) {
			p.add(string(w), s)
		}
	}
	return p
}
