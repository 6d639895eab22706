package conversations

import "time"

// WorkDaily is the writing of a feed's daily files, which is done without tasks.
const WorkDaily TaskKind = "daily"

// Alarm is what keeps an account from its work: what waits for it goes on by
// itself when it is over, and nobody's messages are lost meanwhile. One whose
// reason is GaveUp lasts for as long as something is given up, which waits for
// a person: the account does its work meanwhile.
type Alarm struct {
	ID      string
	Account string
	Work    TaskKind // what it cannot do: TaskDeliver, TaskPull, TaskInvite, TaskFetch, TaskMark, of an endpoint TaskEvent or WorkDaily, or of PushAccount TaskPush
	Reason  Reason   // Credentials, QuotaUsedUp, or Temporary and OutcomeUnsure if the platform is down; of endpoints EndpointDown, EndpointFailing or EndpointGone; Unwritten of WorkDaily; or GaveUp
	Code    string   // the platform's own, such as 40164
	Detail  string   // for engineers; holds no personal data and no secret
	Since   time.Time
	Last    time.Time // when it was last seen
	Count   int       // how often
	Probe   time.Time // when one task tries again
	Ended   time.Time // zero as long as it lasts
	EndedBy string    // the agent who resumed it; "" if it was found to be over
}

// AlarmView is an alarm with what waits for its end.
type AlarmView struct {
	Alarm
	Name    string // of the account, as people call it
	Branch  string
	Waiting int // tasks that would be done now, were it not for the alarm; of GaveUp, candidates

	// Whose are the candidates whose documents were given up, no more than
	// AlarmNames of them.
	Whose []Named
}

// AlarmNames is how many candidates an alarm names at most.
const AlarmNames = 20

// Named is a conversation and the candidate's name.
type Named struct{ Conversation, Name string }
