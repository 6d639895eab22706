package catalogue

import "jiebao/conversations"

// wish are the fields of a candidate's message that may be missing, because
// what it led to is older than what is kept of it.
func wish(own ...string) []string {
	return append([]string{"message?", "message.account?", "message.text?"}, own...)
}

func (s *story) schedule() []Entry {
	return []Entry{
		{Words{"申请改期", "Another start date was requested"}, Words{"候选人希望改入职日期，待 HR 决定。消息是读出日期的那一条。", "The candidate wishes for another start date and HR has to decide. The message is the one the date was read from."},
			wish("schedule_change", "schedule_change.said?", "schedule_change.reasons?"),
			s.event(conversations.EventScheduleRequested, at(9, 52, 30), func(d *data) {
				d.Message = said(7, at(9, 52, 30), conversations.Text, "是的")
				d.Schedule = &conversations.ScheduleDetail{ID: conversation + "-r1", Offered: date(6), Requested: date(13), Said: "能推迟一周吗",
					Reasons: []conversations.DateCode{conversations.DateNeedsApproval}}
			})},
		{Words{"改期已批复", "HR decided on the start date"}, Words{"HR 同意、不同意，或另提日期。同意之后另有 start_date.confirmed。", "HR approved or refused the request, or made a counter-proposal. An approval is followed by start_date.confirmed."},
			wish("schedule_change", "schedule_change.said?", "schedule_change.verdict", "schedule_change.counter?", "schedule_change.agent?"),
			s.event(conversations.EventScheduleDecided, at(10, 5, 0), func(d *data) {
				d.Message = said(7, at(9, 52, 30), conversations.Text, "是的")
				d.Message.Account = ""
				d.Schedule = &conversations.ScheduleDetail{
					ID: conversation + "-r1", Offered: date(6), Requested: date(13), Said: "能推迟一周吗", Verdict: conversations.Counter, Counter: date(9), Agent: agent,
				}
			})},
		{Words{"入职日期已确认", "The start date was confirmed"}, Words{"双方约定了日期：原定日期、HR 同意或另提的日期，或规则允许候选人自选的日期。后一次确认取代前一次。", "Both sides agreed on a start date: the offered one, one that HR approved, HR's counter-proposal, or one that the policy leaves to the candidate. A later confirmation takes the place of an earlier one."},
			wish("start_date", "start_date.class?"),
			s.event(conversations.EventStartDateConfirmed, at(10, 12, 44), func(d *data) {
				d.Message = said(10, at(10, 12, 44), conversations.Text, "好的，7月9号可以")
				d.StartDate = &conversations.StartDateDetail{Date: date(9), Offered: date(6), By: conversations.AgreedByHR}
			})},
		{Words{"放弃入职", "The offer was declined"}, Words{"候选人放弃，并在追问后再次确认。名额给别人之前请 HR 先打电话。", "The candidate declined and repeated it when asked whether they are sure. HR should call before the place is given to somebody else."},
			wish("decline", "decline.reason?"),
			s.event(conversations.EventOfferDeclined, at(10, 15, 18), func(d *data) {
				d.Message = said(13, at(10, 15, 18), conversations.Text, "确定，我已经接受了别家的 offer")
				d.Decline = &conversations.DeclineDetail{Reason: "我已经接受了别家的 offer"}
			})},
	}
}

func (s *story) offers() []Entry {
	fields := func(own ...string) []string {
		return append([]string{"offer", "offer.answer_was?", "offer.note?"}, own...)
	}
	return []Entry{
		{Words{"录用已变更", "The offer was changed"}, Words{"行里改了录用条件。日期或地点变了，则候选人此前的答复作废并重新询问；等待中的改期申请先以 superseded 结束。", "The bank changed what it offers. If the day or the place is another, the candidate's answer until then is void and they are asked again; a request that waited is closed by a schedule_change.decided with the verdict superseded, which comes before."},
			fields("offer.changed", "offer.asked_again?"),
			s.event(conversations.EventOfferChanged, at(16, 0, 0), func(d *data) {
				d.Offer = &conversations.OfferDetail{
					StartDate: date(13), Changed: []string{conversations.PartStartDate}, Was: conversations.Confirmed, Asks: true,
					Agent: "api:ehr", Note: "新员工培训改期",
				}
			})},
		{Words{"录用已撤回", "The offer was withdrawn"}, Words{"行里撤回录用：不能再约定任何事，班次名额已释放。候选人已被告知，除非此前没有收到结果。", "The bank withdrew its offer: nothing can be agreed on about it any more, and seats in classes are free again. The candidate is told, unless they had not been told of the result."},
			fields(),
			s.event(conversations.EventOfferWithdrawn, at(17, 30, 0), func(d *data) {
				d.Offer = &conversations.OfferDetail{StartDate: date(13), Agent: "api:ehr", Note: "岗位编制调整"}
			})},
	}
}

func (s *story) documents() []Entry {
	file := func(state conversations.DocumentState, reason, by string) *conversations.DocumentDetail {
		return &conversations.DocumentDetail{
			ID: conversation + "-d1", Item: "id_card", MIME: "image/jpeg", Size: 482113, Scan: "clean", State: state, Reason: reason, Agent: by,
			SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		}
	}
	picture := said(15, at(10, 20, 2), conversations.Image, "")
	list := func(complete bool) func(*data) {
		diploma := conversations.ChecklistItemDetail{ID: "diploma", Name: "毕业证书", State: conversations.ItemMissing}
		if complete {
			diploma.State, diploma.Documents = conversations.ItemReceived, 1
		}
		return func(d *data) {
			d.Checklist = &conversations.ChecklistDetail{Complete: complete, Items: []conversations.ChecklistItemDetail{
				{ID: "id_card", Name: "身份证正反面", State: conversations.ItemAccepted, Documents: 1}, diploma,
			}}
		}
	}
	stored := []string{"document", "document.id", "document.item?", "document.mime", "document.size", "document.sha256", "document.scan?=clean|not_scanned|infected"}
	with := func(own ...string) []string { return append(append([]string{}, stored...), own...) }
	return []Entry{
		{Words{"材料已存档", "A document was received"}, Words{"候选人的文件通过检查并存档。清单项明确时给出。", "A file of the candidate passed the checks and is stored. The item is the line of the checklist it is filed under, if it is clear which."},
			with("message", "message.account?", "message.text?", "document.state=received"),
			s.event(conversations.EventDocumentReceived, at(10, 20, 3), func(d *data) {
				d.Message, d.Document = picture, file(conversations.DocumentReceived, "", "")
			})},
		{Words{"材料未收下", "A document was refused"}, Words{"检查未通过：过大、格式不符、打不开、重复、数量过多等；候选人已被告知。", "A check refused the file: too large, of a wrong type, unreadable, sent before, one too many. The candidate is told."},
			[]string{"message", "message.account?", "message.text?", "document", "document.id?", "document.item?", "document.mime?", "document.size?", "document.sha256?", "document.scan?=clean|not_scanned|infected", "document.state=rejected", "document.reason"},
			s.event(conversations.EventDocumentRefused, at(10, 21, 3), func(d *data) {
				d.Message = said(17, at(10, 21, 2), conversations.File, "")
				d.Document = &conversations.DocumentDetail{ID: conversation + "-d2", State: conversations.DocumentRejected, Reason: "wrong_type"}
			})},
		{Words{"材料已归类", "A document was filed"}, Words{"已存档的文件改归另一清单项。", "A stored file went under another line of the checklist."},
			with("document.item", "document.state=received|accepted", "document.agent?"),
			s.event(conversations.EventDocumentFiled, at(10, 22, 0), func(d *data) {
				d.Document = file(conversations.DocumentReceived, "", agent)
			})},
		{Words{"材料已审核", "A document was reviewed"}, Words{"HR 或 EHR 接受或退回文件；退回时候选人已被告知原因。", "HR, or the EHR, accepted or rejected the file. The candidate is told of a rejection and its reason."},
			[]string{"document", "document.id", "document.item?", "document.mime?", "document.size?", "document.sha256?", "document.scan?=clean|not_scanned|infected", "document.state=accepted|rejected", "document.reason?", "document.agent"},
			s.event(conversations.EventDocumentReviewed, at(10, 25, 0), func(d *data) {
				d.Document = file(conversations.DocumentAccepted, "", agent)
			})},
		{Words{"清单有变", "The checklist changed"}, Words{"清单任一项的状态变了；给出变更后的整份清单。", "A line of the checklist stands otherwise than before; all of it is given, as it is now."},
			[]string{"checklist"}, s.event(conversations.EventChecklistChanged, at(10, 25, 1), list(false))},
		{Words{"材料已齐", "The checklist is complete"}, Words{"要求的材料全部存档，跟在 checklist.changed 之后。之后可能又缺：HR 退回文件时以 checklist.changed 为准。", "Everything that was asked for is stored; it follows checklist.changed. Something may be missing again when HR rejects a file: go by checklist.changed."},
			[]string{"checklist"}, s.event(conversations.EventChecklistCompleted, at(10, 40, 0), list(true))},
	}
}
