package audit

import "slices"

// Action is what was done, as subject and participle.
type Action string

// What is done about a conversation, by commands.
const (
	MessageSent       Action = "message.sent"
	MessageScheduled  Action = "message.scheduled"
	MessageCancelled  Action = "message.cancelled"
	QuestionAnswered  Action = "question.answered"
	ConversationTaken Action = "conversation.taken"
	ConversationGiven Action = "conversation.assigned"
	// ConversationRegained: giving it to somebody was undone.
	FailureDismissed      Action = "failure.dismissed"
	ConversationRegained  Action = "conversation.assignment_undone"
	ConversationBack      Action = "conversation.handed_back"
	RequestDecided        Action = "request.decided"
	DocumentReviewed      Action = "document.reviewed"
	DocumentPushed        Action = "document.pushed"
	IdentityBound         Action = "identity.bound"
	IdentityRefused       Action = "identity.refused"
	InvitationRenewed     Action = "invitation.renewed"
	ResultPosted          Action = "result.posted"
	OfferChanged          Action = "offer.changed"
	OfferWithdrawn        Action = "offer.withdrawn"
	ConflictRaised        Action = "conflict.raised"
	ConflictSettled       Action = "conflict.settled"
	PlanCancelled         Action = "plan.cancelled"
	ChannelPreferred      Action = "channel.preferred"
	CallRecorded          Action = "call.recorded"
	ConversationOpened    Action = "conversation.opened"
	ConversationSnoozed   Action = "conversation.snoozed"
	ConversationWoken     Action = "conversation.woken"
	ConversationClosed    Action = "conversation.closed"
	ConversationReopened  Action = "conversation.reopened"
	ConversationAnnotated Action = "conversation.annotated"
	ConversationPrinted   Action = "conversation.printed"
	TemplateSent          Action = "template.sent"
	ReminderSent          Action = "reminder.sent"
	PhoneShown            Action = "phone.shown"
	DocumentLinked        Action = "document.linked" // for a system to fetch it
	DocumentOpened        Action = "document.opened"
	VoiceHeard            Action = "voice.heard" // or downloaded
	SearchMade            Action = "search.made"
	ListExported          Action = "list.exported" // of candidates, or of what was done with many
	BulkStarted           Action = "bulk.started"
	BulkStopped           Action = "bulk.stopped"
	BulkUndone            Action = "bulk.undone"
)

// What is done about people and their access.
const (
	SignedIn         Action = "session.began"
	SignInFailed     Action = "session.refused"
	SignedOut        Action = "session.ended"
	AgentAdded       Action = "agent.added"
	AgentChanged     Action = "agent.changed"
	AgentAccess      Action = "agent.access_changed"
	AgentLinked      Action = "agent.linked" // a sign-in link was made
	AgentSignedOut   Action = "agent.signed_out"
	PasswordChanged  Action = "agent.password_changed"
	SecondFactor     Action = "agent.second_factor_changed"
	AgentUnlocked    Action = "agent.unlocked"
	AccessRefused    Action = "access.refused"
	TokenIssued      Action = "token.issued" // for a candidate's app, or for a system
	DeviceRegistered Action = "device.registered"
	DeviceForgotten  Action = "device.forgotten"
)

// What is done about how the program is set up and runs.
const (
	EndpointAdded     Action = "endpoint.added"
	EndpointChanged   Action = "endpoint.changed"
	EndpointRemoved   Action = "endpoint.removed"
	EndpointPaused    Action = "endpoint.paused"
	EndpointResumed   Action = "endpoint.resumed"
	EndpointTested    Action = "endpoint.tested"
	SecretRotated     Action = "endpoint.secret_rotated"
	EventsReplayed    Action = "events.replayed"
	DeadDismissed     Action = "events.dismissed"
	AttemptsSearched  Action = "attempts.searched"
	EventOpened       Action = "event.opened" // with what it says of a candidate
	AlarmResumed      Action = "alarm.resumed"
	ComparisonAsked   Action = "comparison.asked"
	BeliefsCompared   Action = "beliefs.compared"
	ArticleChanged    Action = "article.changed"
	CannedChanged     Action = "canned.changed"
	CannedDropped     Action = "canned.dropped"
	QuestionSetApart  Action = "question.set_apart"
	PreflightMade     Action = "preflight.made"
	LogSearched       Action = "log.searched"
	LogExported       Action = "log.exported"
	LogVerified       Action = "log.verified"
	LogCleared        Action = "log.cleared" // entries that had their time
	NotificationEnded Action = "notification.cancelled"
)

// Actions are all that there are, in the order in which they are offered.
func Actions() []Action {
	return slices.Clone(actions[:])
}

var actions = [...]Action{
	SignedIn, SignInFailed, SignedOut, AccessRefused,
	ConversationOpened, ConversationPrinted, PhoneShown, DocumentOpened, DocumentLinked, VoiceHeard, SearchMade, ListExported, BulkStarted, BulkStopped, BulkUndone,
	MessageSent, MessageScheduled, MessageCancelled, QuestionAnswered,
	TemplateSent, ReminderSent, ConversationAnnotated,
	ConversationTaken, ConversationGiven, ConversationBack, ConversationRegained, ConversationSnoozed, ConversationWoken, ConversationClosed, ConversationReopened,
	RequestDecided, DocumentReviewed, DocumentPushed, IdentityBound, IdentityRefused, InvitationRenewed,
	ResultPosted, OfferChanged, OfferWithdrawn, ConflictRaised, ConflictSettled, PlanCancelled, NotificationEnded, ChannelPreferred, CallRecorded, FailureDismissed,
	AgentAdded, AgentChanged, AgentAccess, AgentLinked, AgentSignedOut, PasswordChanged, SecondFactor, AgentUnlocked, TokenIssued, DeviceRegistered, DeviceForgotten,
	EndpointAdded, EndpointChanged, EndpointRemoved, EndpointPaused, EndpointResumed, EndpointTested, SecretRotated,
	EventsReplayed, DeadDismissed, AttemptsSearched, EventOpened, AlarmResumed, ComparisonAsked, BeliefsCompared,
	ArticleChanged, CannedChanged, CannedDropped, QuestionSetApart, PreflightMade,
	LogSearched, LogExported, LogVerified, LogCleared,
}
