package audit

import (
	"cmp"
	"context"

	"jiebao/conversations"
)

// Actor is who does something.
type Actor struct {
	ID   string // an agent's, or "api:" and the name of a key
	Role string
}

// System is the system with an API key of that name.
func System(key string) Actor {
	return Actor{ID: conversations.BySystemNamed + key, Role: RoleSystem}
}

// RoleSystem is the role of systems.
const RoleSystem = "system"

type actorKey struct{}

// As returns a context in which commands are applied by an actor. What a
// command says of who gave it counts more.
func As(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorOf is who acts in the context; the zero Actor if nobody said so.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// by is the actor of a command that names who gave it.
func by(ctx context.Context, id string) Actor {
	a := ActorOf(ctx)
	if id != "" && id != a.ID {
		a = Actor{ID: id}
	}
	return Actor{ID: cmp.Or(id, a.ID), Role: a.Role}
}

// BranchOf is the branch that something concerns which is done to somebody with
// the scope: the one they have, or else the nearest that has all of theirs
// below it.
func BranchOf(s conversations.Scope) string {
	if len(s) == 0 {
		return ""
	}
	common := s[0]
	for _, b := range s[1:] {
		for common != "" && !(conversations.Scope{common}).Allows(b) {
			common = above(common)
		}
	}
	return common
}

// Home is the branch that what an agent does concerns where nothing else says so.
func Home(a conversations.Agent) string { return BranchOf(a.Scope) }

// above is the branch that a branch belongs to; "" for the topmost.
func above(branch string) string {
	for i := len(branch) - 1; i > 0; i-- {
		if branch[i] == '/' {
			return branch[:i]
		}
	}
	return ""
}
