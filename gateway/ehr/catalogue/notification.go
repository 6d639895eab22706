package catalogue

import "jiebao/conversations"

func (s *story) notification() []Entry {
	fate := func(t conversations.EventType, second int, text, reason string) conversations.Event {
		return s.event(t, at(9, 30, second), func(d *data) {
			d.Message = message(2, at(9, 30, 0), conversations.BySystem, conversations.Template, text)
			d.Notification = &conversations.NotificationDetail{Account: account, Medium: conversations.Chat, PlatformID: "3215678904", Reason: reason}
		})
	}
	fields := func(reason ...string) []string {
		return append([]string{"message", "message.account", "message.text?", "notification", "notification.account", "notification.medium", "notification.platform_id?"}, reason...)
	}
	return []Entry{
		{Words{"通知已发出", "The notification was sent"},
			Words{"平台已接受录用通知，附通知原文；还不能证明候选人收到。", "The platform accepted the notification of the result, whose words are given. That is not yet proof that it arrived."},
			fields(), fate(conversations.EventNotificationSent, 1, "王小明，恭喜您通过综合柜员岗位的 AI 面试。", "")},
		{Words{"通知已送达", "The notification was delivered"},
			Words{"平台确认通知已送达。", "The platform confirmed that the notification arrived."},
			fields(), fate(conversations.EventNotificationDelivered, 2, "", "")},
		{Words{"通知已读", "The notification was read"},
			Words{"候选人打开了通知或自己的页面。只有会回报的平台才有；微信公众号没有。", "The candidate opened the notification, or their own page. Only platforms that say so cause this event; WeChat official accounts do not."},
			fields(), fate(conversations.EventNotificationRead, 9, "", "")},
		{Words{"通知失败", "The notification failed"},
			Words{"平台不会送达该通知。触达计划接着走下一步。之后若确认送达，仍会有 notification.delivered。", "The platform will not deliver the notification. The plan goes on with its next step. A delivery confirmed later still causes notification.delivered."},
			fields("notification.reason"), fate(conversations.EventNotificationFailed, 9, "", "unsubscribed:43004")},
		{Words{"通知结果未知", "Nobody knows whether the notification left"},
			Words{"请求已发出而平台没有可读的回答；只在平台会去重时重发。", "The request left and no readable answer came. It is sent again only where the platform takes two for one."},
			fields("notification.reason?"), fate(conversations.EventNotificationUnknown, 9, "", "outcome_unsure")},
		{Words{"通知已取消", "The notification was called off"},
			Words{"EHR 或 HR 终止了触达计划：不再走下一步，未发出的不再发。", "The EHR or HR ended the plan: no further step is taken, and what had not left stays."},
			[]string{"notification", "notification.agent"},
			s.event(conversations.EventNotificationCancelled, at(9, 35, 0), func(d *data) {
				d.Notification = &conversations.NotificationDetail{Agent: agent}
			})},
		{Words{"请 HR 打电话", "HR is to telephone the candidate"},
			Words{"触达计划走到人工一步：发出的都没有回音。候选人在收件箱的电话名单上。", "The plan came to its step for a person: nothing that was sent was answered. The candidate stands on the call list in the inbox."},
			[]string{"call"},
			s.event(conversations.EventCallRequested, at(9, 36, 0), func(d *data) {
				d.Call = &conversations.CallDetail{Reason: conversations.CallUnanswered}
			})},
		{Words{"HR 打过电话", "HR telephoned the candidate"},
			Words{"reached 之后计划结束；no_answer 之后 HR 会再打；wrong_number 之后请 EHR 用正确号码重新提交结果。", "After reached the plan is over; after no_answer HR calls again; after wrong_number the EHR should post the result with the right number."},
			[]string{"call", "call.agent", "call.outcome", "call.note?", "call.next?"},
			s.event(conversations.EventCallMade, at(9, 40, 0), func(d *data) {
				d.Call = &conversations.CallDetail{Reason: conversations.CallUnanswered, Agent: agent, Outcome: conversations.CallNoAnswer, Note: "占线", Next: at(14, 0, 0)}
			})},
		{Words{"不必再打电话", "The call is not needed any more"},
			Words{"候选人自己答复了，或计划已终止；从电话名单移除。", "The candidate answered by themselves, or the plan ended. They leave the call list."},
			[]string{"call"},
			s.event(conversations.EventCallCancelled, at(9, 41, 7), func(d *data) {
				d.Call = &conversations.CallDetail{Reason: conversations.OverAnswered}
			})},
	}
}

func (s *story) channels() []Entry {
	address := func(by, reason string) func(*data) {
		return func(d *data) {
			d.Channel = &conversations.ChannelDetail{Account: account, ID: openID, Medium: conversations.Chat, By: by, Reason: reason}
		}
	}
	fields := func(own ...string) []string { return append([]string{"channel", "channel.medium?"}, own...) }
	return []Entry{
		{Words{"渠道已绑定", "An address was bound"},
			Words{"已证明该地址属于候选人；等待的通知随即发出。EHR 自己提交的地址不在此列。", "The address was proven to be the candidate's; what waited for it leaves. Not told of addresses that the EHR posted."},
			fields("channel.by"), s.event(conversations.EventChannelBound, at(9, 41, 8), address("scene", ""))},
		{Words{"渠道已失联", "An address was lost"},
			Words{"候选人取消关注，或平台说没有这个地址：暂时无法经此联系。", "The candidate left the account, or the platform knows no such address: nothing reaches them there for now."},
			fields("channel.reason"), s.event(conversations.EventChannelLost, at(9, 41, 20), address("", "unfollowed"))},
		{Words{"渠道已恢复", "An address was regained"},
			Words{"候选人重新关注，或从该地址写来消息。", "The candidate follows the account again, or wrote from the address."},
			fields(), s.event(conversations.EventChannelRegained, at(9, 41, 40), address("", ""))},
		{Words{"联系偏好已改", "A preference changed"},
			Words{"候选人或 HR 改了渠道或语言。", "The candidate, or HR, chose another channel or language."},
			[]string{"preference", "preference.channel?", "preference.locale?"},
			s.event(conversations.EventPreferenceChanged, at(9, 41, 50), func(d *data) {
				d.Preference = &conversations.PreferenceDetail{Channel: "sms", By: string(conversations.ByCandidate)}
			})},
		{Words{"候选人页面已锁定", "The candidate's pages were locked"},
			Words{"手机号后四位输错次数过多：可能有人拿到了链接。", "Too many wrong tries at the last digits of the phone number: somebody else may have the link."},
			[]string{"page"},
			s.event(conversations.EventPageLocked, at(9, 41, 55), func(d *data) {
				d.Page = &conversations.PageDetail{Wrong: 5, Until: at(10, 41, 55)}
			})},
	}
}
