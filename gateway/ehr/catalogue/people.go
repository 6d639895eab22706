package catalogue

import "jiebao/conversations"

func (s *story) people() []Entry {
	question := conversations.QuestionDetail{ID: conversation + "-19.1", Asked: "附近有健身房吗？", AskedAt: at(11, 5, 51)}
	answered := question
	answered.Answer, answered.Agent, answered.Article = "行里没有健身房，员工可以凭工牌享受合作场馆的折扣。", agent, "gym"
	hands := func(d conversations.HandoffDetail) func(*data) { return func(e *data) { e.Handoff = &d } }
	return []Entry{
		{Words{"转人工", "A person was asked for"}, Words{"机器人不再说话：候选人要求、机器人无法继续，或坐席接手。epoch 是易手次数。", "The bot fell silent: the candidate asked for a person, the bot could not go on, or an agent took over. The epoch counts the changes of hands."},
			wish("handoff", "handoff.reason", "handoff.agent?", "handoff.by?", "handoff.summary?"),
			s.event(conversations.EventHandoffStarted, at(11, 5, 51), func(d *data) {
				d.Message = said(19, at(11, 5, 51), conversations.Text, "我想和人工客服说话")
				d.Handoff = &conversations.HandoffDetail{Reason: conversations.HandoffAsked, Epoch: 1, Summary: &conversations.Summary{
					At: at(11, 5, 51), Reason: conversations.HandoffAsked, Locale: conversations.Chinese, Position: "综合柜员",
					Answer: conversations.Declined, Offered: date(6), Missing: []string{"学历证书"}, Understood: []string{"human"},
				}}
			})},
		{Words{"坐席已接手", "An agent took it"}, Words{"排队中的会话有人接手，或改由同事负责。", "An agent took the conversation from the queue, or from a colleague."},
			[]string{"handoff", "handoff.reason?", "handoff.agent", "handoff.by?", "handoff.from?"},
			s.event(conversations.EventHandoffAssigned, at(11, 8, 0), hands(conversations.HandoffDetail{Reason: conversations.HandoffAsked, Agent: agent, Epoch: 2}))},
		{Words{"有问题待 HR 回答", "A question waits for HR"}, Words{"没有现成答案的问题；HR 回答一次，问过的人都会收到。", "No approved text answers the question. HR answers it once for all who asked."},
			wish("question"),
			s.event(conversations.EventQuestionAsked, at(11, 5, 51), func(d *data) {
				d.Message, d.Question = said(19, at(11, 5, 51), conversations.Text, "附近有健身房吗？"), &question
			})},
		{Words{"问题已答复", "A question was answered"}, Words{"HR 答复了没有现成答案的问题，问过的人都得到同样的话；成为知识条目时给出条目。", "HR answered a question that no approved text had an answer to; everybody who had asked it got the same words. The article is the text that answers it from now on, if the answer became one."},
			[]string{"question", "question.answer", "question.agent", "question.article?"},
			s.event(conversations.EventQuestionAnswered, at(11, 20, 0), func(d *data) { d.Question = &answered })},
		{Words{"交还机器人", "The conversation went back to the bot"}, Words{"坐席交还，机器人继续回答。", "The agent handed back; the bot answers again."},
			[]string{"handoff", "handoff.agent"},
			s.event(conversations.EventHandoffEnded, at(11, 30, 0), hands(conversations.HandoffDetail{Agent: agent, Epoch: 3}))},
		{Words{"会话已结束", "HR closed the conversation"}, Words{"HR 认为已无待办；机器人照常回答。候选人再来信、有新的结果或 HR 再写信时恢复。", "HR has nothing more to do in it; the bot answers as ever. The candidate's next words, a new result or HR's own open it again."},
			[]string{"conversation", "conversation.agent"},
			s.event(conversations.EventConversationClosed, at(11, 32, 0), func(d *data) { d.Conversation = &conversations.ConversationDetail{Agent: agent} })},
		{Words{"会话已恢复", "The conversation was opened again"}, Words{"候选人来信（附其消息）、新的结果或坐席使已结束的会话恢复。", "The candidate wrote (then with that message), a new result came, or an agent took it up."},
			wish("conversation", "conversation.agent?"),
			s.event(conversations.EventConversationReopened, at(11, 38, 2), func(d *data) {
				d.Message, d.Conversation = said(23, at(11, 38, 2), conversations.Text, "还想问一下报到地点"), &conversations.ConversationDetail{}
			})},
	}
}

func (s *story) consent() []Entry {
	return []Entry{
		{Words{"退订消息", "The candidate wants no more messages"}, Words{"此后捷报不在任何渠道主动发消息：无通知，无提醒。这不是对录用的答复。之后提交的结果以 opted_out 等待。", "From now on Jiebao writes nothing that the candidate did not ask for, on any channel: no result, no reminder. It is no answer on the offer. Results posted later wait with the reason opted_out."},
			wish(),
			s.event(conversations.EventConsentWithdrawn, at(11, 40, 12), func(d *data) {
				d.Message = said(24, at(11, 40, 12), conversations.Text, "退订")
			})},
		{Words{"恢复订阅", "The candidate wants messages again"}, Words{"候选人明确要求恢复；等待的随即发出。", "The candidate asked for messages again in so many words. What waited for it leaves."},
			wish(),
			s.event(conversations.EventConsentGiven, at(15, 8, 30), func(d *data) {
				d.Message = said(26, at(15, 8, 30), conversations.Text, "恢复订阅")
			})},
	}
}
