package conversations

// BySystemNamed stands before the name of a system of the bank's, such as the
// EHR, where it did what else an agent does.
const BySystemNamed = "api:"

// Changed says that a conversation changed, or what questions are answered
// from. Notices are coalesced: one may stand for many changes.
type Changed struct{ ID, Branch string }

// ChangedKnowledge stands in a notice in a conversation's place when an article
// of the branch changed. It is no conversation's id.
const ChangedKnowledge = "knowledge"

// ChangedAlarms stands there when an account of the branch got into trouble, or
// out of it, or when more waits for one.
const ChangedAlarms = "alarms"
