package catalogue

import "jiebao/conversations"

func (s *story) messages() []Entry {
	answer := func(text string) *conversations.EventMessage {
		return message(4, at(9, 42, 8), conversations.ByBot, conversations.Text, text)
	}
	fate := func(t conversations.EventType, second int, reason string) conversations.Event {
		return s.event(t, at(9, 42, second), func(d *data) {
			d.Message = answer("")
			d.Delivery = &conversations.DeliveryDetail{Account: account, Medium: conversations.Chat, PlatformID: "3215678911", Reason: reason}
		})
	}
	fates := func(own ...string) []string {
		return append([]string{"message", "message.account?", "delivery", "delivery.account?", "delivery.medium?", "delivery.platform_id?"}, own...)
	}
	later := message(6, at(9, 43, 0), conversations.ByAgent(agent), conversations.Text, "明天上午十点给您回电。")
	taken := message(6, at(9, 44, 0), conversations.ByAgent(agent), conversations.Text, "")
	taken.Account = ""
	return []Entry{
		{Words{"收到候选人消息", "A message was received"},
			Words{"候选人的每一条消息，原文。文件的文字为空或是文件名，存好后另有 document.received。", "Every message of the candidate, verbatim. For a file the text is empty or its name, and document.received follows once the file is stored."},
			[]string{"message", "message.account", "message.text?", "message.author=candidate"},
			s.event(conversations.EventMessageReceived, at(9, 42, 7), func(d *data) {
				d.Message = said(3, at(9, 42, 7), conversations.Text, "可以晚一周入职吗？7月13号")
			})},
		{Words{"对候选人说了话", "Words left for the candidate"},
			Words{"机器人、HR 或系统写给候选人的每一条消息，原文，在交给平台发送时；录用通知另见 notification.*。此后只报告新情况：送达、已读、失败或不明。同一消息改道重发时会再来一次。",
				"Every message of the bot, HR or the program to the candidate, verbatim, as it is handed over for sending; for notifications of a result see notification.*. Afterwards only news is told: that it arrived, was read, failed, or that nobody knows. It comes again if the message is sent by another road."},
			[]string{"message", "message.account", "message.text", "delivery", "delivery.account", "delivery.medium?"},
			s.event(conversations.EventMessageDispatched, at(9, 42, 8), func(d *data) {
				d.Message = answer("您希望把入职日期改到 2026年7月13日（星期一），对吗？")
				d.Delivery = &conversations.DeliveryDetail{Account: account, Medium: conversations.Chat}
			})},
		{Words{"消息已送达", "A message was delivered"}, Words{"平台确认消息已送达。", "The platform confirmed that the message arrived."},
			fates(), fate(conversations.EventMessageDelivered, 9, "")},
		{Words{"消息已读", "A message was read"}, Words{"平台回报候选人已读。", "The platform says that the candidate read the message."},
			fates(), fate(conversations.EventMessageRead, 12, "")},
		{Words{"消息失败", "A message failed"}, Words{"消息不会送达候选人。", "The message will not reach the candidate."},
			fates("delivery.reason"), fate(conversations.EventMessageFailed, 14, "bad_content:87014")},
		{Words{"消息结果未知", "Nobody knows whether a message left"},
			Words{"请求已发出而平台没有可读的回答。", "The request left and no readable answer came."},
			fates("delivery.reason?"), fate(conversations.EventMessageUnknown, 15, "outcome_unsure")},
		{Words{"HR 定时发送", "HR chose a time for a message"}, Words{"HR 写好的话将在选定的时间发出，届时另有 message.dispatched。", "HR's words leave at a time of their choosing; message.dispatched follows then."},
			[]string{"message", "message.account", "message.text", "delivery", "delivery.account", "delivery.medium?", "delivery.agent", "delivery.at"},
			s.event(conversations.EventMessageScheduled, at(9, 43, 0), func(d *data) {
				d.Message = later
				d.Delivery = &conversations.DeliveryDetail{Account: account, Medium: conversations.Chat, Agent: agent, At: at(18, 0, 0)}
			})},
		{Words{"HR 撤回未发出的消息", "HR took a message back"}, Words{"定时、等待窗口或排队中的消息不再发出；正在发出的可能仍会送达。", "A message that waited for its time, for the candidate or for its turn does not leave. One that is being sent at that moment may arrive all the same."},
			[]string{"message", "message.account?", "delivery", "delivery.agent"},
			s.event(conversations.EventMessageCancelled, at(9, 44, 0), func(d *data) {
				d.Message, d.Delivery = taken, &conversations.DeliveryDetail{Agent: agent}
			})},
		{Words{"已提醒候选人", "The candidate was reminded"}, Words{"提醒候选人答复录用或补交材料；原文见 message.dispatched。", "The candidate was reminded to answer the offer or to hand in documents; the words are in message.dispatched."},
			[]string{"reminder", "reminder.agent?"},
			s.event(conversations.EventReminderSent, at(9, 45, 0), func(d *data) {
				d.Reminder = &conversations.ReminderDetail{Topic: conversations.TopicOffer, Times: 1}
			})},
	}
}
