package api

import (
	"slices"
	"time"

	"jiebao/conversations"
	"jiebao/gateway/ehr/catalogue"
)

// The documentation's examples. They are made from the types that are
// decoded and answered, and a test posts them.

func exampleResult() Result {
	return Result{
		ID: "R-2026-000815", Branch: "head/beijing/chaoyang",
		Candidate: Candidate{
			ID: "C-2026-000815", Name: "王小明", Phone: "13800138000", Email: "wang.xiaoming@example.com", Locale: "zh-CN",
			Addresses: []Address{{Account: "beijing", ID: "oABCD1234567890abcdefghijklmn"}},
		},
		Position:  Position{ID: "teller", Title: "综合柜员"},
		Interview: Interview{Score: 86.5, Passed: true, Highlights: []line{"表达清晰", "服务意识强"}},
		Offer: Offer{
			StartDate: "2026-07-06", ReplyBy: "2026-06-30T18:00:00+08:00", Workplace: "北京市朝阳区建国路1号",
			ContactName: "李娜", ContactPhone: "010-12345678",
			Documents: []Document{{"id_card", "身份证正反面"}, {"diploma", "毕业证书"}},
		},
	}
}

func bankTime(day, hour, minute, second int) time.Time {
	return time.Date(2026, time.June, day, hour, minute, second, 0, time.FixedZone("", 8*60*60))
}

func exampleStatus() ResultStatus {
	posted, status := bankTime(22, 9, 30, 0), bankTime(22, 9, 30, 2)
	offered := conversations.Date{Year: 2026, Month: time.July, Day: 6}
	asked, agreed := offered.AddDays(7), offered.AddDays(3)
	return ResultStatus{
		Plan: examplePlan(), ID: "R-2026-000815", CandidateID: "C-2026-000815", Branch: "head/beijing/chaoyang", Current: true,
		Status: "delivered", PostedAt: posted, StatusAt: status,
		Version: 12, Answer: "confirmed", StartDate: agreed, OfferedStartDate: offered,
		ScheduleRequest: &ScheduleRequest{
			ID: "cnv_8sKq2VnT4x-r1", Date: asked, Said: "可以晚一周入职吗？7月13号", RequestedAt: bankTime(22, 9, 42, 30),
			Verdict: "countered", Counter: agreed, Agent: "li.na", DecidedAt: bankTime(22, 10, 5, 0),
		},
		Checklist: []ChecklistItem{
			{ID: "id_card", Name: "身份证正反面", Files: []DocumentFile{{
				ID: "cnv_8sKq2VnT4x-d1", State: "received", MIME: "image/jpeg", Size: 482113,
				SHA256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Scan: "clean", ReceivedAt: bankTime(22, 10, 20, 2),
			}}},
			{ID: "diploma", Name: "毕业证书", Missing: true, Files: []DocumentFile{}},
		},
		Binding: Binding{
			Accounts:   []BoundAccount{{Account: "beijing", Following: true, BoundBy: "scene", LastIn: bankTime(22, 10, 20, 2)}},
			Invitation: &Invitation{State: "used", Account: "beijing", Expires: posted.AddDate(0, 0, 30), UsedAt: bankTime(22, 9, 29, 10)},
		},
	}
}

// examplePlan is one that an answer ended.
func examplePlan() *Plan {
	posted := bankTime(22, 9, 30, 0)
	return &Plan{
		Urgency: "normal", State: "answered", EndedAt: bankTime(22, 9, 41, 7),
		Steps: []PlanStep{
			{By: "chat"}, {By: "push", After: 4 * 3600, Unless: "read"}, {By: "sms", After: 24 * 3600, Unless: "read"},
			{By: "voice", After: 48 * 3600, Unless: "answered"}, {By: "person", After: 72 * 3600, Unless: "answered"},
		},
		Tries: []PlanTry{{
			By: "chat", Account: "beijing", Message: "cnv_8sKq2VnT4x-2", At: posted, Status: "delivered", StatusAt: bankTime(22, 9, 30, 2),
		}},
	}
}

func exampleChannels() Channels {
	written := bankTime(22, 10, 20, 2)
	return Channels{
		CandidateID: "C-2026-000815", ResultID: "R-2026-000815", Plan: examplePlan(),
		Channels: []Channel{
			{
				Account: "beijing", Name: "北京分行招聘", Medium: "chat", State: "open", Left: 4, Closes: written.Add(48 * time.Hour),
				OpenedBy: "message", LastIn: written, BoundBy: "scene", Current: true,
			},
			{Account: "sms", Name: "短信", Medium: "sms", State: "templates", BoundBy: "ehr"},
		},
	}
}

func exampleProblem() *Problem {
	return invalid([]FieldProblem{
		{"candidate.phone", "expected a mobile number of the mainland or Hong Kong, or one with + and the country code"},
		{"offer.start_date", "expected string to be RFC 3339 date"},
		{"offer.workplace", "gives 23 characters, the platform takes 20"},
	})
}

func exampleEvents() EventPage {
	entries := catalogue.Entries()
	i := slices.IndexFunc(entries, func(e catalogue.Entry) bool { return e.Type() == conversations.EventMessageReceived })
	return EventPage{Events: []EventRecord{{entries[i].Example}}}
}
