package nlu

import "strings"

type cue Intent

func newCues() phrases[cue] {
	p := phrases[cue]{}
	for i, words := range map[Intent]string{
		Confirm: "好的 没问题 可以 确认 ok yes 好",
		Decline: "不去了 放弃 拒绝 不来了 decline withdraw",
		Thanks:  "谢谢 thanks thank_you", Greeting: "你好 您好 hello hi",
		Human: "人工 真人 human", OptOut: "退订 td unsubscribe", Reschedule: "改到 推迟 延后 postpone reschedule 能不能晚",
		Question: "请问 吗 ? 多少 什么 怎么", UploadDocument: "发你 已上传 已发",
	} {
		for w := range strings.FieldsSeq(words) {
			p.add(strings.ReplaceAll(w, "_", " "), cue(i))
		}
	}
	return p
}

func (u *Understander) intents(text []rune, date DateExpr) Reading {
	r := Reading{Date: date}
	for i := 0; i < len(text); i++ {
		if c, n := u.cues.longest(text[i:]); n > 0 && !r.Has(Intent(c)) {
			r.Intents = append(r.Intents, Intent(c))
		}
	}
	if len(r.Intents) != 1 {
		r.Intents = []Intent{ChitchatOther}
	}
	return r
}
