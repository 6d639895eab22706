package api

import (
	"golang.org/x/text/language"

	"jiebao/conversations"
)

// languages chooses the language of advice by an Accept-Language header.
type languages struct{ matcher language.Matcher }

func newLanguages() languages {
	return languages{language.NewMatcher([]language.Tag{
		language.SimplifiedChinese, language.English,
		language.TraditionalChinese, language.MustParse("zh-HK"), language.MustParse("zh-TW"), language.MustParse("zh-MO"),
	})}
}

func (l languages) locale(accept string) conversations.Locale {
	_, i := language.MatchStrings(l.matcher, accept)
	switch i {
	case 0:
		return conversations.Chinese
	case 1:
		return conversations.English
	}
	return conversations.Traditional
}

// advice says what HR can do about a notification that waits.
func advice(reason string, l conversations.Locale) string {
	words := map[string]map[conversations.Locale]string{
		conversations.WaitingUnbound: {
			conversations.Chinese:     "还不知道候选人的微信。请把邀请二维码或验证码（见 binding.invitation）发给本人；本人扫码，或在公众号里回复姓名、手机号和验证码后，通知会立即发出。",
			conversations.Traditional: "還不知道候選人的微信。請把邀請二維碼或驗證碼（見 binding.invitation）發給本人；本人掃碼，或在公眾號內回覆姓名、手機號碼和驗證碼後，通知會立即發出。",
			conversations.English:     "The candidate's WeChat is not known yet. Send them the invitation's QR code or code (see binding.invitation): the notification leaves the moment they scan it, or type name, phone number and code in the official account.",
		},
		conversations.WaitingUnfollowed: {
			conversations.Chinese:     "候选人取消了关注，公众号无法给本人发消息。请电话联系并请本人重新关注，关注后通知会立即发出。",
			conversations.Traditional: "候選人已取消關注，公眾號無法向其發送訊息。請致電請本人重新關注，關注後通知會立即發出。",
			conversations.English:     "The candidate unfollowed the official account, which cannot write to them any more. Call them and ask them to follow it again: the notification leaves the moment they do.",
		},
		conversations.WaitingNoTemplate: {
			conversations.Chinese:     "没有适用于该岗位、分行、语言和渠道的消息模板。请系统管理员在 words.templates_dir 中添加模板，并在 accounts.templates 中配置模板编号。",
			conversations.Traditional: "沒有適用於該職位、分行、語言和渠道的訊息範本。請系統管理員在 words.templates_dir 中加入範本，並在 accounts.templates 中設定範本編號。",
			conversations.English:     "No message template fits the position, branch, language and channel. Ask the administrator to add one in words.templates_dir and to configure its id in accounts.templates.",
		},
		conversations.WaitingOptedOut: {
			conversations.Chinese:     "候选人已退订，系统不会主动给本人发消息。请电话联系本人；本人回复“恢复订阅”后，通知会立即发出。",
			conversations.Traditional: "候選人已退訂，系統不會主動向其發送訊息。請致電聯絡；候選人回覆「恢復訂閱」後，通知會立即發出。",
			conversations.English:     "The candidate wants no more messages, so none is sent to them on our own. Call them: the notification leaves the moment they reply \"resubscribe\".",
		},
		conversations.WaitingQuiet: {
			conversations.Chinese:     "候选人所在地现在是休息时间，通知会在早上自动发出，无需处理。",
			conversations.Traditional: "候選人所在地現在是休息時間，通知會在早上自動發出，無需處理。",
			conversations.English:     "It is night where the candidate lives. The notification leaves by itself in the morning.",
		},
		conversations.WaitingCancelled: {
			conversations.Chinese:     "通知在发出前已被取消。如需通知候选人，请以新的编号重新提交结果。",
			conversations.Traditional: "通知在發出前已被取消。如需通知候選人，請以新的編號重新提交結果。",
			conversations.English:     "The notification was called off before it left. To tell the candidate after all, post the result again under a new id.",
		},
	}
	return words[reason][l]
}
