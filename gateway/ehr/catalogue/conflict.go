package catalogue

import "jiebao/conversations"

func (s *story) conflicts() []Entry {
	conflict := conversations.ConflictDetail{
		ID: conversation + "-x38", System: "api:ehr", Differs: []string{conversations.PartStartDate},
		Theirs: conversations.ConflictSide{StartDate: date(20)},
		Ours:   conversations.ConflictSide{StartDate: date(13), Answer: "withdrawn", Documents: []string{conversation + "-d1"}},
	}
	settled := conflict
	settled.Choice, settled.Agent = conversations.ChooseOurs, agent
	fields := func(own ...string) []string { return append([]string{"conflict"}, own...) }
	return []Entry{
		{Words{"两个系统说法不一", "Two systems do not agree"}, Words{"对账时发现双方都改过同一件事。捷报什么都不覆盖，由 HR 决定。", "Reconciliation found that both sides changed the same thing. Nothing is overwritten; HR decides."},
			fields(),
			s.event(conversations.EventConflictFound, at(18, 0, 0), func(d *data) { d.Conflict = &conflict })},
		{Words{"说法不一已处理", "A disagreement is settled"}, Words{"theirs 以对方为准：随后有 offer.changed 或 offer.withdrawn；ours 以 conflict.ours 为准，请照此更正；handled 已另行处理；agreed 对方已一致。", "Theirs: the other system is right, and offer.changed or offer.withdrawn follows. Ours: conflict.ours holds; put it right. Handled: people settled it otherwise. Agreed: the other system says the same by now."},
			fields("conflict.choice=theirs|ours|handled|agreed", "conflict.agent"),
			s.event(conversations.EventConflictSettled, at(18, 20, 0), func(d *data) { d.Conflict = &settled })},
	}
}
