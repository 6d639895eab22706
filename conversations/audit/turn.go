package audit

import (
	"context"
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// deed is what a command is in the log: what was done, and by whom, as far as
// the command says.
type deed struct {
	action Action
	agent  string
	detail Detail
}

// OfTurn is the entry of a command that was applied, and what it came to; nil
// of what candidates, platforms and the program itself do. The context says who
// acts where the command does not.
func OfTurn(ctx context.Context, c conversations.Command, ch *conversations.Changes) *Entry {
	d := deedOf(c, ch)
	if d.action == "" {
		return nil
	}
	who := by(ctx, d.agent)
	return &Entry{
		Actor: who.ID, Role: who.Role, Action: d.action, Detail: d.detail,
		Subject: Conversation(ch.Conversation.ID), Branch: ch.Conversation.Branch,
	}
}

func deedOf(c conversations.Command, ch *conversations.Changes) deed {
	switch c.(type) {
	case conversations.Receive, conversations.Report, conversations.OptOut, conversations.Tick, conversations.Filed, conversations.Recorded, conversations.Pushed,
		conversations.Upload, conversations.Enter, conversations.Relink, conversations.Invited, conversations.Understood, conversations.Appeared:
		return deed{} // nobody's but the candidate's, a platform's or the program's own
	case conversations.Seen:
		return deed{} // opening the conversation is in the log
	}
	for _, of := range []func(conversations.Command, *conversations.Changes) deed{ofWords, ofDesk, ofOffer, ofIdentity} {
		if d := of(c, ch); d.action != "" {
			return d
		}
	}
	return deed{}
}

// ofWords is what is said to candidates, and about them.
func ofWords(c conversations.Command, ch *conversations.Changes) deed {
	switch c := c.(type) {
	case conversations.Reply:
		return ofReply(c, ch)
	case conversations.AnswerQuestion:
		return deed{QuestionAnswered, c.Agent, Detail{"question": c.Question, "article": c.Article}}
	case conversations.SendTemplate:
		return deed{TemplateSent, c.Agent, Detail{"purpose": c.Purpose}}
	case conversations.Remind:
		return deed{ReminderSent, c.Agent, nil}
	case conversations.CancelSend:
		return deed{MessageCancelled, c.Agent, Detail{"message": c.Message}}
	case conversations.Dismiss:
		return deed{FailureDismissed, c.Agent, Detail{"message": c.Message}}
	case conversations.Annotate:
		return deed{ConversationAnnotated, c.Agent, nil}
	case conversations.Called:
		return deed{CallRecorded, c.Agent, Detail{"outcome": string(c.Outcome)}}
	case conversations.Prefer:
		return deed{ChannelPreferred, c.Agent, Detail{"channel": c.Channel}}
	case conversations.CancelPlan:
		return deed{PlanCancelled, c.Agent, Detail{"result": c.Result}}
	}
	return deed{}
}

// ofDesk is who looks after a conversation.
func ofDesk(c conversations.Command, _ *conversations.Changes) deed {
	switch c := c.(type) {
	case conversations.Assign:
		if c.By != "" {
			return deed{ConversationGiven, c.By, Detail{"agent": c.Agent}}
		}
		return deed{ConversationTaken, c.Agent, nil}
	case conversations.Release:
		return deed{ConversationBack, c.Agent, nil}
	case conversations.Unassign:
		return deed{ConversationRegained, c.Agent, Detail{"kind": string(c.To.Kind), "agent": c.To.Agent}}
	case conversations.Snooze:
		if c.Until.IsZero() {
			return deed{ConversationWoken, c.Agent, nil}
		}
		return deed{ConversationSnoozed, c.Agent, Detail{"until": stamp(c.Until)}}
	case conversations.Close:
		return deed{ConversationClosed, c.Agent, nil}
	case conversations.Reopen:
		return deed{ConversationReopened, c.Agent, nil}
	}
	return deed{}
}

// ofOffer is what becomes of an offer and of what it asks for.
func ofOffer(c conversations.Command, _ *conversations.Changes) deed {
	switch c := c.(type) {
	case conversations.Notify:
		return deed{ResultPosted, "", Detail{"result": c.Result.ID}}
	case conversations.ChangeOffer:
		return deed{OfferChanged, c.Agent, Detail{"result": c.Result, "changed": changed(c.Change), "overbook": yes(c.Overbook)}}
	case conversations.Withdraw:
		return deed{OfferWithdrawn, c.Agent, Detail{"result": c.Result}}
	case conversations.Decide:
		return deed{RequestDecided, c.Agent, Detail{
			"request": c.Request, "verdict": string(c.Verdict), "date": c.Counter.String(), "overbook": yes(c.Overbook),
		}}
	case conversations.Review:
		return deed{DocumentReviewed, c.Agent, Detail{"document": c.Document, "state": string(c.State), "item": c.Item}}
	case conversations.PushAgain:
		return deed{DocumentPushed, "", Detail{"document": c.Document}}
	case conversations.PushEach:
		return deed{DocumentPushed, "", Detail{"given_up": yes(c.Pick.GivenUp)}}
	case conversations.Disagree:
		return deed{ConflictRaised, "", Detail{"system": c.System, "differs": strings.Join(c.Differs, " ")}}
	case conversations.Settle:
		return deed{ConflictSettled, c.Agent, Detail{"conflict": c.Conflict, "choice": string(c.Choice)}}
	}
	return deed{}
}

// ofIdentity is who a follower is.
func ofIdentity(c conversations.Command, _ *conversations.Changes) deed {
	switch c := c.(type) {
	case conversations.Bind:
		if c.By != "code" { // by which the candidate proves it
			return deed{IdentityBound, c.By, Detail{"from": c.From}}
		}
	case conversations.RefuseClaim:
		return deed{IdentityRefused, c.Agent, nil}
	case conversations.Reinvite:
		return deed{InvitationRenewed, c.Agent, nil}
	}
	return deed{}
}

func ofReply(c conversations.Reply, ch *conversations.Changes) deed {
	d := deed{MessageSent, c.Agent, Detail{"despite_opt_out": yes(c.Despite)}}
	for _, m := range ch.Messages {
		if m.Author == conversations.ByAgent(c.Agent) {
			d.detail["message"], d.detail["account"] = m.ID, m.Address.Account
		}
	}
	if !c.At.IsZero() {
		d.action, d.detail["at"] = MessageScheduled, stamp(c.At)
	}
	return d
}

// changed names the parts of an offer that change.
func changed(o conversations.OfferChange) string {
	var parts []string
	for _, p := range []struct {
		is   bool
		name string
	}{
		{o.StartDate != nil, "start_date"}, {o.ReplyBy != nil, "reply_by"}, {o.Workplace != nil, "workplace"},
		{o.ContactName != nil || o.ContactPhone != nil, "contact"}, {o.Documents != nil, "documents"},
		{o.NoticeDays != nil, "notice_days"}, {o.MedicalValidUntil != nil, "medical_valid_until"},
	} {
		if p.is {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, " ")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// yes is "true", or nothing.
func yes(is bool) string {
	if !is {
		return ""
	}
	return strconv.FormatBool(is)
}
