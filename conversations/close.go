package conversations

// Close says that HR is done with a conversation. Whoever has it hands it back
// to the bot, which says nothing of that; the candidate's next words open it
// again, and so do an agent's and a new result.
type Close struct{ Agent string }

// Reopen takes a closed conversation up again.
type Reopen struct{ Agent string }

func (t *turn) closeDesk(c Close) error {
	if !t.c.Closed.IsZero() {
		t.unchanged()
		return nil
	}
	if t.c.Owner.Kind != OwnedByBot {
		t.own(Owner{Kind: OwnedByBot})
		t.handedBack(c.Agent)
	}
	t.settleReplied(c.Agent)
	t.c.Waiting, t.c.Unread = noTime, 0
	t.c.Snoozed, t.c.Closed = noTime, t.now
	t.note("closed", c.Agent)
	t.event(EventConversationClosed, EventData{Conversation: &ConversationDetail{Agent: c.Agent}})
	return nil
}

func (t *turn) reopenDesk(c Reopen) error {
	if t.c.Closed.IsZero() {
		t.unchanged()
		return nil
	}
	t.reopen(c.Agent)
	return nil
}

// reopen ends that the conversation is closed. agent is "" where the candidate
// or the EHR caused it.
func (t *turn) reopen(agent string) {
	if t.c.Closed.IsZero() {
		return
	}
	t.c.Closed = noTime
	t.note("reopened", agent)
	t.event(EventConversationReopened, EventData{Message: t.from.told(), Conversation: &ConversationDetail{Agent: agent}})
}
