package conversations

import "time"

// Alarm is what keeps an account from its work: what waits for it goes on by
// itself when it is over, and nobody's messages are lost meanwhile.
type Alarm struct {
	ID      string
	Account string
	Work    TaskKind // what it cannot do: TaskDeliver, TaskPull, TaskInvite, TaskFetch, TaskMark, of an endpoint TaskEvent, or of PushAccount TaskPush
	Reason  Reason   // Credentials, QuotaUsedUp, or Temporary and OutcomeUnsure if the platform is down; of endpoints EndpointDown, EndpointFailing or EndpointGone
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
	Waiting int // tasks that would be done now, were it not for the alarm
}
