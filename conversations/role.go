package conversations

import (
	"log/slog"
	"slices"
)

// Role is what an agent is there for. It says what they may do, and their
// Scope in which branches.
type Role string

// The roles, from the one that may do least with candidates' conversations.
const (
	// RoleIntegrator is an engineer of the bank's: runs endpoints and accounts,
	// and reads no conversation.
	RoleIntegrator Role = "integrator"
	// RoleAuditor reads everything, with what was done and by whom, and changes
	// nothing.
	RoleAuditor Role = "auditor"
	// RoleAgent is HR that works with candidates.
	RoleAgent Role = "agent"
	// RoleLead is an agent who also gives work to others and says what
	// candidates' questions are answered from.
	RoleLead Role = "lead"
	// RoleBranchAdmin is a lead who also says who may sign in, and runs what
	// the branch has connected.
	RoleBranchAdmin Role = "branch_admin"
	// RoleHeadOffice may do everything.
	RoleHeadOffice Role = "head_office"
)

// Roles are all roles, the one first that most agents have.
func Roles() []Role {
	return []Role{RoleAgent, RoleLead, RoleBranchAdmin, RoleHeadOffice, RoleAuditor, RoleIntegrator}
}

// Permission is a kind of thing that an agent may do.
type Permission string

const (
	MayRead  Permission = "read"  // conversations, documents, articles, numbers
	MayWork  Permission = "work"  // reply, take over, decide, review, note, snooze, close
	MayLead  Permission = "lead"  // give conversations to others, many at once, canned replies, exports
	MayTeach Permission = "teach" // write what questions are answered from
	MayAdmin Permission = "admin" // say who may sign in, and as what
	MayRun   Permission = "run"   // endpoints, dead letters, alarms, comparisons
	MayAudit Permission = "audit" // read who did what
)

// Permissions are all of them.
func Permissions() []Permission {
	return []Permission{MayRead, MayWork, MayLead, MayTeach, MayAdmin, MayRun, MayAudit}
}

// Allows says whether the role includes a permission. An unknown role includes
// none.
func (r Role) Allows(p Permission) bool {
	switch r {
	case RoleIntegrator:
		return p == MayRun
	case RoleAuditor:
		return p == MayRead || p == MayAudit
	case RoleAgent:
		return p == MayRead || p == MayWork
	case RoleLead:
		return p == MayLead || p == MayTeach || RoleAgent.Allows(p)
	case RoleBranchAdmin:
		return p == MayAdmin || p == MayRun || RoleLead.Allows(p)
	case RoleHeadOffice:
		return slices.Contains(Permissions(), p)
	}
	return false
}

// Gives says whether somebody of the role may make another of role o, within
// their own branches: nobody gives more than they have, and who watches over
// branch administrators is for the head office to say.
func (r Role) Gives(o Role) bool {
	switch r {
	case RoleHeadOffice:
		return slices.Contains(Roles(), o)
	case RoleBranchAdmin:
		return o == RoleAgent || o == RoleLead || o == RoleBranchAdmin || o == RoleIntegrator
	}
	return false
}

// Agent is a person who signs in: HR, or one of those who help and watch HR.
type Agent struct {
	ID    string
	Name  string
	Role  Role
	Scope Scope // where the role holds; In says so for what is to be done
	// Disabled agents cannot sign in and have no sessions. They are kept:
	// what they said and did bears their name.
	Disabled bool
}

// LogValue names the agent by id only.
func (a Agent) LogValue() slog.Value { return slog.StringValue(a.ID) }

// May says whether the agent may do p anywhere.
func (a Agent) May(p Permission) bool { return len(a.In(p)) > 0 }

// MayAsMuchAs says whether the agent may do the same as another, in the same branches.
func (a Agent) MayAsMuchAs(b Agent) bool {
	return !slices.ContainsFunc(Permissions(), func(p Permission) bool { return !slices.Equal(a.In(p), b.In(p)) })
}

// In returns the branches in which the agent may do p: what every query and
// command of theirs is confined to. It is empty, and never nil, if their role
// does not allow it or they are disabled.
func (a Agent) In(p Permission) Scope {
	if a.Disabled || !a.Role.Allows(p) || len(a.Scope) == 0 {
		return Scope{}
	}
	return slices.Clone(a.Scope)
}

// Over returns the branches in which the agent may give a command. It is empty,
// and never nil, for what only candidates, platforms and the program itself do.
func (a Agent) Over(c Command) Scope { return a.In(a.needs(c)) }

// needs is the permission that a command of the agent's takes, "" if nobody has
// it.
func (a Agent) needs(c Command) Permission {
	switch c := c.(type) {
	case Reply, AnswerQuestion, Release, Decide, Review, Seen, Bind, RefuseClaim, Reinvite, Prefer, CancelPlan, CancelSend, Called, Settle, PushAgain,
		Snooze, Close, Reopen, Annotate, SendTemplate, Remind, Unassign, Dismiss:
		return MayWork
	case Assign:
		if c.Agent == a.ID {
			return MayWork
		}
		return MayLead
	}
	return ""
}

// Administers says whether the agent may decide about another's access: within
// their own branches, and of roles that they may give.
func (a Agent) Administers(other Agent) bool {
	mine := a.In(MayAdmin)
	outside := func(branch string) bool { return !mine.Allows(branch) }
	return len(other.Scope) > 0 && !slices.ContainsFunc(other.Scope, outside) && a.Role.Gives(other.Role)
}
