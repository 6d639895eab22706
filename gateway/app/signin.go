package app

import (
	"context"
	"errors"
	"fmt"

	"jiebao/conversations"
)

// Agents lists who may sign in and who was disabled, the first first.
func (a *App) Agents(ctx context.Context) ([]conversations.Agent, error) {
	return a.store.Agents(ctx)
}

// SignInLink returns a one-time link to sign in as the agent. It is
// conversations.ErrNotFound for one who is unknown or disabled.
func (a *App) SignInLink(ctx context.Context, agent string) (string, error) {
	return a.console.SignInLink(ctx, agent)
}

// AdminSignInLink returns a one-time link to sign in as the first
// administrator, who is made if there is nobody yet.
func (a *App) AdminSignInLink(ctx context.Context) (string, error) {
	link, err := a.FirstSignInLink(ctx)
	if err != nil || link != "" {
		return link, err
	}
	agents, err := a.Agents(ctx)
	if err != nil {
		return "", fmt.Errorf("looking for the administrator: %w", err)
	}
	for _, agent := range agents {
		if agent.May(conversations.MayAdmin) {
			return a.SignInLink(ctx, agent.ID)
		}
	}
	return "", errors.New("no agent is an administrator")
}

// FirstSignInLink returns, while there is no agent at all, a one-time link
// that signs in as a new administrator of every branch; later it returns "".
func (a *App) FirstSignInLink(ctx context.Context) (string, error) {
	return a.console.FirstSignIn(ctx, "管理员", a.root())
}
