package voice

import (
	"time"

	"jiebao/channels/carrier"
	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// codes are the codes of SingleCallByTts (语音服务, "API 错误码").
func codes() aliyun.Codes {
	credentials := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.Credentials, Advice: advice}
	}
	content := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.BadContent, Advice: advice}
	}
	nobody := carrier.Refusal{Reason: conversations.BadRecipient, Advice: "the platform does not call the number"}
	return aliyun.Common().With(aliyun.Codes{
		"isv.BUSINESS_LIMIT_CONTROL": {Reason: conversations.Throttled, After: time.Hour,
			Advice: "this number was called as often as the platform allows: once a minute, 5 times an hour, 20 times in 24 hours, failed calls included"},
		"isv.MOBILE_NUMBER_ILLEGAL":       nobody,
		"isv.MOBILE_COUNT_OVER_LIMIT":     nobody,
		"isv.TTS_TEMPLATE_ILLEGAL":        content("the text is unknown or not approved: 文本转语音模板"),
		"isv.TEMPLATE_MISSING_PARAMETERS": content("the filed text has variables that Jiebao does not give; see the note in its template file"),
		"isv.PARAM_LENGTH_LIMIT":          content("a variable is too long"),
		"isv.BLACK_KEY_CONTROL_LIMIT":     content("a variable holds a word that the platform does not allow"),
		"isv.INVALID_JSON_PARAM":          content("the variables are no JSON"),
		"isv.INVALID_PARAMETERS":          content("a parameter is not in its form"),
		"isv.DISPLAY_NUMBER_ILLEGAL":      credentials("check voice.show_number: it must be one of the account's (真实号管理), and none for 公共模式"),
	})
}

// outcome is what a call's status_code means (语音服务, "运营商回执错误码"): how far
// the words came, and why not further.
func outcome(code string) (conversations.Status, conversations.Reason) {
	switch code {
	case "200000", // 用户听完语音
		"200008": // 获取按键超时: heard, and no key pressed
		return conversations.Read, ""
	case "200001": // 用户提前挂机未完整收听
		return conversations.Delivered, ""
	case "200004", // 用户号码不合法
		"200011", // 停机
		"200116": // 被叫号码不合法
		return conversations.Failed, conversations.BadRecipient
	case "200006": // 语音播放失败
		return conversations.Failed, conversations.BadContent
	case "200104", "200117": // 主叫号码受限, 来电显示号码不合法
		return conversations.Failed, conversations.Credentials
	case "200121": // 呼叫超并发
		return conversations.Failed, conversations.Throttled
	}
	// 200002 用户占线, 200003 未接听, 200005 无法接通或拒接, 200007 不在服务区,
	// 200010 关机, 200118 该时间段限呼, and what else a carrier may say: nobody
	// heard it this time.
	return conversations.Failed, conversations.Temporary
}
