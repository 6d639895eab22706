package app

import (
	"jiebao/conversations/outbox"
	"jiebao/gateway/model"
)

// newModel returns the configured model, or nil if there is none.
func (a *App) newModel() outbox.Model {
	c := a.cfg.Model
	if c.BaseURL == "" {
		return nil
	}
	return model.New(model.Config{
		BaseURL: c.BaseURL, Key: c.Key.Reveal(), Name: c.Name, Timeout: c.Timeout,
		Limits: model.Limits{
			RequestsPerMinute: c.Budget.RequestsPerMinute, RequestsPerDay: c.Budget.RequestsPerDay, TokensPerDay: c.Budget.TokensPerDay,
		},
	}, model.Options{Now: a.clock.Now, Log: a.log})
}
