package conversations

import "time"

// How an agent signed in.
const (
	ByLink     = "link" // that an administrator made
	ByPassword = "password"
	ByOIDC     = "oidc"
	ByWeCom    = "wecom"
)

// Session is an agent's signed-in browser. Stores keep only the hash of its
// token, and the agent as they are at the time of each request.
type Session struct {
	ID      string // names the session to its agent; it is no way in
	Agent   Agent
	CSRF    string // to be repeated by every form
	Way     string // by which it began: ByLink, …
	Began   time.Time
	Seen    time.Time // when it was last used, to the minute
	Expires time.Time // however much it is used
	Browser string    // as people call it, like "Edge, Windows"
	Place   string    // the network it came from: an address without its last part
	// Enrolled says whether the agent has a second factor.
	Enrolled bool
}

// Login is how an agent signs in without another system.
type Login struct {
	Agent    string
	Name     string // the name typed to sign in, in lower case; unique
	Password string // argon2id in the PHC string format; "" if there is none
	Changed  time.Time
	Factor   string // the second factor's secret, sealed; "" if there is none
	Enrolled time.Time
	Step     int64 // of the last code of it that was used
	Codes    int   // recovery codes left
}

// Alias is who an agent is to another system.
type Alias struct {
	Issuer  string // the system: an OpenID provider's URL, or "wecom:" and a corp id
	Subject string // who they are there, which never changes
}

// Tries says how failed tries to sign in are answered: Free fail without
// consequence; then each makes the next wait, twice as long each time.
type Tries struct {
	Key  string // of whom or of where, a hash
	Free int
}

const (
	// FirstWait follows the first try that is not free.
	FirstWait = time.Minute
	// LongestWait is the most that anybody waits: nobody is locked out by
	// somebody else's tries for longer.
	LongestWait = 15 * time.Minute
	// TriesForgotten is how long after the last try all are forgotten.
	TriesForgotten = 24 * time.Hour
)

// Wait is how long the next try waits after n in a row.
func (t Tries) Wait(n int) time.Duration {
	if n <= t.Free {
		return 0
	}
	return min(FirstWait<<min(n-t.Free-1, 10), LongestWait)
}
