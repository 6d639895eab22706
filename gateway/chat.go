package main

import (
	"context"
	"os"

	"jiebao/bot"
	"jiebao/config"
	"jiebao/conversations"
	"jiebao/gateway/app"
	"jiebao/gateway/chat"
)

// chatCommand plays a candidate, with the words and policies of the
// configuration and without a database.
type chatCommand struct {
	Locale     string             `help:"The candidate's language: ${enum}." enum:"zh-CN,zh-HK,en" default:"zh-CN"`
	At         moment             `help:"When the talk begins, such as 2026-06-24T09:00. Otherwise: now." placeholder:"TIME"`
	Offer      conversations.Date `help:"The start date that is offered, such as 2026-07-06. Otherwise: a Monday soon." placeholder:"DATE"`
	Branch     string             `help:"The branch that hires, whose policies hold." default:"head"`
	Position   string             `help:"The position, whose policies hold." default:"综合柜员"`
	Transcript bool               `help:"Write the talk as bot/testdata holds them, ready to be a test, and read such a talk."`
}

// Help tells how to play.
func (chatCommand) Help() string {
	return `What you type is what the candidate writes; a number taps the choice of that number; /help lists what else there
is: photos, the menu, HR's answers, time. Lines may come from a file or a pipe as well.`
}

// Run plays until the lines end.
func (c chatCommand) Run(ctx context.Context, cfg config.Config, std streams) error {
	cfg.Demo.Enabled = true // a rehearsal answers from the examples too
	knowledge, err := app.NewKnowledge(cfg)
	if err != nil {
		return err
	}
	return chat.Play(ctx, chat.Options{
		NewEngine: func(accounts conversations.Channels, listen func(bot.Understander) bot.Understander) (*conversations.Engine, error) {
			return app.NewEngine(cfg, accounts, listen)
		},
		Locale: conversations.Locale(c.Locale), Now: c.At.now(), Offer: c.Offer, Branch: c.Branch, Position: c.Position, Transcript: c.Transcript,
		Knowledge: knowledge,
		Prompt:    terminal(std.in) && terminal(std.out),
		Colour:    terminal(std.out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
	}, std.in, std.out)
}
