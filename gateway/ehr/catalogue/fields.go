package catalogue

import "sync"

// Words is the same in both languages of the catalogue.
type Words struct{ Chinese, English string }

func (w Words) both() string {
	if w.Chinese == "" {
		return w.English
	}
	return w.Chinese + " / " + w.English
}

// fieldWords explains every field of an event, by its struct and name.
var fieldWords = sync.OnceValue(func() map[string]Words {
	return map[string]Words{
		"Event.specversion":     {"CloudEvents 规范版本。", "The version of CloudEvents."},
		"Event.id":              {"事件编号，也是 webhook-id；同一编号永远是同样的内容。", "The event's id and webhook-id; one id always stands for the same bytes."},
		"Event.source":          {"发出事件的捷报系统。", "The Jiebao that tells it."},
		"Event.type":            {"发生了什么。", "What happened."},
		"Event.subject":         {"EHR 的候选人编号，同 data.candidate_id。", "The EHR's id of the candidate, as in data.candidate_id."},
		"Event.time":            {"发生的时间。", "When it happened."},
		"Event.datacontenttype": {"data 的格式。", "What data is written in."},
		"Event.dataschema":      {"data 的 JSON Schema，末位是版本。", "The JSON Schema of data; its last part is the version."},
		"Event.sequence":        {"data.sequence 写成十位数字，按文本排序即按先后。", "data.sequence in ten digits, so that text sorts like numbers."},
		"Event.timestamp":       {"同 time，供 Standard Webhooks 接收方使用。", "The same as time, where receivers of Standard Webhooks look for it."},
		"Event.data":            {"与谁有关，以及该类事件的细节。", "Whom it is about, and the detail that belongs to its type."},

		"EventData.candidate_id":    {"EHR 的候选人编号。", "The EHR's id of the candidate."},
		"EventData.sequence":        {"该候选人事件的序号：从 1 起，不缺号。", "The event's place in the candidate's order: from 1, without gaps."},
		"EventData.result_id":       {"相关录用结果在 EHR 的编号。", "The EHR's id of the result that it is about."},
		"EventData.message":         {"事件所出自的消息。", "The message that the event came from."},
		"EventData.delivery":        {"消息的去向。", "Where the message went, and how it fared."},
		"EventData.notification":    {"通知的去向。", "How the notification fared."},
		"EventData.call":            {"请 HR 打的电话。", "The telephone call that HR is asked to make, or made."},
		"EventData.reminder":        {"提醒了什么。", "What the candidate was reminded of."},
		"EventData.start_date":      {"约定的入职日期。", "The agreed date."},
		"EventData.schedule_change": {"候选人想要的日期与 HR 的答复。", "The wish for another date and HR's answer."},
		"EventData.decline":         {"放弃的原因。", "Why the offer was declined."},
		"EventData.offer":           {"行里对录用做了什么。", "What the bank did to the offer."},
		"EventData.document":        {"材料文件。", "The file."},
		"EventData.checklist":       {"变更后的材料清单。", "The checklist as it stands after the change."},
		"EventData.question":        {"问题与答复。", "What was asked, and HR's answer."},
		"EventData.conversation":    {"HR 结束或恢复会话。", "That HR is done with the conversation, or takes it up again."},
		"EventData.handoff":         {"现在由谁与候选人沟通。", "Who speaks to the candidate now."},
		"EventData.channel":         {"候选人的一个联系地址。", "An address of the candidate's."},
		"EventData.preference":      {"候选人希望怎样联系。", "How the candidate would rather be written to."},
		"EventData.page":            {"候选人页面的锁定。", "How the candidate's own pages were locked."},
		"EventData.conflict":        {"双方不一致之处。", "What two systems do not agree about."},

		"EventMessage.id":      {"捷报的消息编号。", "Jiebao's id of the message."},
		"EventMessage.account": {"经由的渠道账号。", "The platform account that it came or went by."},
		"EventMessage.author":  {"作者：candidate、bot、system，或 agent: 加坐席编号。", "Who wrote it: candidate, bot, system, or agent: and the agent's id."},
		"EventMessage.kind":    {"消息的形式。", "What it consists of."},
		"EventMessage.text":    {"原文，一字不改。", "The words, verbatim."},
		"EventMessage.at":      {"写下或发出的时间。", "When it was written, or left."},

		"DeliveryDetail.account":     {"实际经由的渠道账号。", "The account that it really went by."},
		"DeliveryDetail.medium":      {"渠道种类。", "What sort of channel that is."},
		"DeliveryDetail.platform_id": {"平台的消息编号。", "The platform's id of the message."},
		"DeliveryDetail.reason":      {"原因，冒号后是平台代码，如 window_closed、unsubscribed:43004、opted_out。", "Why, and behind a colon the platform's code: window_closed, unsubscribed:43004, opted_out, …"},
		"DeliveryDetail.agent":       {"定时或撤回的坐席编号。", "The agent who chose the time, or took it back."},
		"DeliveryDetail.at":          {"定于何时发出。", "When it is to leave."},

		"NotificationDetail.account":     {"通知经由的渠道账号。", "The platform account that it went by."},
		"NotificationDetail.medium":      {"渠道种类。", "What sort of channel that is."},
		"NotificationDetail.platform_id": {"平台的消息编号。", "The platform's id of the notification."},
		"NotificationDetail.reason":      {"失败原因，冒号后是平台代码。", "Why it failed, and behind a colon the platform's code."},
		"NotificationDetail.agent":       {"取消者：坐席编号，或 api: 加密钥名。", "Who called it off: an agent's id, or api: and the name of the key."},

		"CallDetail.reason":  {"为什么打电话，或为什么不必再打。", "Why the candidate is to be telephoned, or need not be any more."},
		"CallDetail.agent":   {"打电话的坐席编号。", "The agent who telephoned."},
		"CallDetail.outcome": {"结果。", "What came of it."},
		"CallDetail.note":    {"坐席的备注。", "The agent's words about it."},
		"CallDetail.next":    {"无人接听时，下次何时再打。", "When to try again, after no_answer."},

		"ReminderDetail.topic": {"提醒的事项：offer 答复录用，documents 补交材料。", "Of what: to answer the offer, or to hand in documents."},
		"ReminderDetail.times": {"至今第几次。", "How often by now."},
		"ReminderDetail.agent": {"要求提醒的坐席编号；按规则提醒时没有。", "The agent who asked for it; missing where the policies did."},

		"StartDateDetail.date":    {"约定的第一个工作日。", "The agreed first working day."},
		"StartDateDetail.offered": {"录用通知上的日期。", "The first working day that was offered."},
		"StartDateDetail.by":      {"行里由谁同意：offer 原定日期，hr，policy 入职日期规则。", "Who agreed for the bank: its offer, hr, or the policy for start dates."},
		"StartDateDetail.class":   {"占用名额的入职班次编号。", "The intake class that the candidate has a seat in, if one starts on the date."},

		"ScheduleDetail.id":        {"捷报的申请编号。", "Jiebao's id of the request."},
		"ScheduleDetail.offered":   {"录用通知上的日期。", "The first working day that was offered."},
		"ScheduleDetail.requested": {"候选人想要的日期。", "The date that the candidate asks for."},
		"ScheduleDetail.said":      {"候选人提出时的原话；message 可能只是对读出日期的“是的”。", "The words in which the candidate asked; the message may be the yes to the date's being read back."},
		"ScheduleDetail.verdict":   {"HR 的答复。", "HR's answer."},
		"ScheduleDetail.counter":   {"HR 另提的日期。", "HR's counter-proposal."},
		"ScheduleDetail.agent":     {"作出决定的坐席编号。", "The agent who decided."},
		"ScheduleDetail.reasons":   {"按规则为什么须由 HR 决定。", "Why HR has to decide, by the policy for start dates."},

		"DeclineDetail.reason": {"候选人的原话。", "The candidate's own words."},

		"OfferDetail.start_date":  {"现在录用通知上的日期；撤回时为原来的日期。", "The first working day that is offered now; of a withdrawn offer, the one that held."},
		"OfferDetail.changed":     {"变了的部分，名称同提交的 offer。", "The parts that are other now, by their names in a posted offer."},
		"OfferDetail.answer_was":  {"候选人此前的答复；未答复时没有。", "The candidate's answer until then; missing while open."},
		"OfferDetail.asked_again": {"此前的答复作废，已重新询问。", "That answer is void, and the candidate was asked again."},
		"OfferDetail.agent":       {"坐席编号，或 api: 加密钥名。", "Who did it: the agent's id, or api: and the name of the key."},
		"OfferDetail.note":        {"附给候选人的话。", "The words that were added for the candidate."},

		"DocumentDetail.id":     {"捷报的文件编号。", "Jiebao's id of the file."},
		"DocumentDetail.item":   {"归入的清单项。", "The checklist item that it is filed under, if it is clear which."},
		"DocumentDetail.mime":   {"按内容判断的类型。", "Its type, judged by its content."},
		"DocumentDetail.size":   {"字节数。", "Bytes."},
		"DocumentDetail.sha256": {"SHA-256，十六进制。", "SHA-256, hexadecimal."},
		"DocumentDetail.scan":   {"病毒检查：clean 未发现，not_scanned 未检查，infected 有病毒。", "What is known of viruses: clean (a scanner found none), not_scanned (nobody looked) or infected."},
		"DocumentDetail.state":  {"状态。", "How far it has come."},
		"DocumentDetail.reason": {"不收的原因：too_large、wrong_type、unreadable、encrypted、too_many_pages、infected、expired、duplicate、too_many，或 HR 的话。", "Why it was refused: too_large, wrong_type, unreadable, encrypted, too_many_pages, infected, expired, duplicate or too_many; or HR's words."},
		"DocumentDetail.agent":  {"审核或归类的坐席编号。", "The agent who reviewed or filed it."},

		"ChecklistDetail.complete":      {"是否已经齐全。", "Whether nothing is missing."},
		"ChecklistDetail.items":         {"清单各项。", "Its lines."},
		"ChecklistItemDetail.id":        {"EHR 的清单项编号。", "The EHR's id of the line."},
		"ChecklistItemDetail.name":      {"名称。", "Its name."},
		"ChecklistItemDetail.state":     {"状态，以最好的一份为准。", "How it stands: as its best document does."},
		"ChecklistItemDetail.documents": {"已存档且未被拒收的文件数。", "How many files are stored and were not refused."},

		"QuestionDetail.id":       {"捷报的问题编号。", "Jiebao's id of the question."},
		"QuestionDetail.asked":    {"候选人的原话。", "The candidate's words."},
		"QuestionDetail.asked_at": {"提问时间。", "When it was asked."},
		"QuestionDetail.answer":   {"HR 的答复。", "HR's answer."},
		"QuestionDetail.agent":    {"答复的坐席编号。", "The agent who answered."},
		"QuestionDetail.article":  {"今后用来回答的知识条目。", "The article that answers the question from now on."},

		"HandoffDetail.reason":  {"为什么找人：asked 候选人要求，failed 机器人没听懂，upset 不满，distress 可能有危险请尽快，identity 身份，policy 须由人答复，question 无现成答案，taken_over 坐席接手。", "Why a person was asked for: asked, failed, upset, distress (the candidate may be in danger: hurry), identity, policy, question, or taken_over by an agent."},
		"HandoffDetail.agent":   {"接手或交还的坐席编号。", "The agent who took over or handed back."},
		"HandoffDetail.by":      {"由谁指派：坐席编号，或 api: 加密钥名。", "Who gave the conversation to the agent: an agent's id, or api: and the name of the key."},
		"HandoffDetail.from":    {"此前负责的坐席编号。", "The agent who had it before."},
		"HandoffDetail.epoch":   {"易手次数。", "Counts the changes of hands."},
		"HandoffDetail.summary": {"给接手人的摘要。", "How things stood, for whoever takes over."},

		"ConversationDetail.agent": {"坐席编号；候选人来信或新的结果所致时没有。", "The agent who did it; missing where the candidate's words or a new result did."},

		"Summary.at":         {"请人的时间。", "When the person was asked for."},
		"Summary.reason":     {"原因，同 handoff.reason。", "Why, as in the handoff."},
		"Summary.locale":     {"与候选人沟通的语言。", "The language that the candidate is spoken to in."},
		"Summary.position":   {"岗位。", "The title of the position."},
		"Summary.answer":     {"候选人的答复；未答复时没有。", "Where the candidate stands on the offer; missing while open."},
		"Summary.offered":    {"录用通知上的日期。", "The first working day that was offered."},
		"Summary.start_date": {"约定的日期。", "The agreed first working day, once there is one."},
		"Summary.wanted":     {"候选人想要而 HR 未决定的日期。", "The date that the candidate asked for and HR has not decided on."},
		"Summary.countered":  {"HR 另提而候选人未答复的日期。", "HR's counter-proposal, which the candidate has not answered."},
		"Summary.reply_by":   {"答复期限。", "Until when an answer is due, while one is."},
		"Summary.missing":    {"尚缺材料的名称。", "The names of the documents that are missing."},
		"Summary.asked":      {"机器人最后问的：start、date、read_back、pick、sure 或 what。", "What the bot asked last: start, date, read_back, pick, sure or what."},
		"Summary.about":      {"该问题所指的日期。", "The date that the bot's question is about."},
		"Summary.understood": {"机器人对候选人消息的理解。", "What the bot took the candidate's message for."},

		"ChannelDetail.account": {"渠道账号。", "The account."},
		"ChannelDetail.id":      {"候选人在该账号的地址，如 openid、手机号。", "The candidate's address there: an openid, a number, …"},
		"ChannelDetail.medium":  {"渠道种类。", "What sort of channel that is."},
		"ChannelDetail.by":      {"凭什么认定：scene 扫码，code 邀请码，或坐席编号。", "What proved that it is theirs: scene, code, or the id of the agent who approved."},
		"ChannelDetail.reason":  {"为什么失去：unfollowed 取关，或平台的说法与代码。", "Why it is lost: unfollowed, or what the platform said, and its code."},

		"PreferenceDetail.channel": {"chat、push、sms、email 或账号；any 为不限。", "chat, push, sms, email or an account; any for no matter which."},
		"PreferenceDetail.locale":  {"语言。", "The language."},
		"PreferenceDetail.by":      {"谁说的：candidate，或坐席编号。", "Who said so: candidate, or an agent's id."},

		"PageDetail.wrong": {"连续输错的次数。", "Wrong tries since the last right one."},
		"PageDetail.until": {"锁定到何时。", "Until when they are locked."},

		"ConflictDetail.id":      {"捷报的编号。", "Jiebao's id of the disagreement."},
		"ConflictDetail.system":  {"与哪个系统：api: 加密钥名，或 ehr。", "With whom: api: and the name of the key, or ehr for the system that is asked."},
		"ConflictDetail.differs": {"哪些不同：start_date、answer、documents。", "What they say otherwise: start_date, answer, documents."},
		"ConflictDetail.theirs":  {"对方的说法。", "What the other system says."},
		"ConflictDetail.ours":    {"捷报的说法。", "What Jiebao says."},
		"ConflictDetail.choice":  {"如何处理的。", "How it was settled."},
		"ConflictDetail.agent":   {"决定的坐席编号；agreed 时为对方系统。", "The agent who decided; of agreed the other system."},

		"ConflictSide.start_date": {"入职日期：约定的，否则录用通知上的。", "The first working day: the agreed one, or else the offered one."},
		"ConflictSide.answer":     {"候选人的答复；open 为未答复。", "Where the candidate stands on the offer; open if nothing was agreed."},
		"ConflictSide.documents":  {"材料编号。", "The ids of the documents."},
	}
})
