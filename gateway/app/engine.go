package app

import (
	"fmt"
	"io/fs"
	"os"

	"jiebao/bot"
	"jiebao/bot/nlu"
	"jiebao/bot/phrases"
	"jiebao/config"
	"jiebao/config/locales"
	"jiebao/config/templates"
	"jiebao/conversations"
)

// NewEngine puts together what every conversation is decided by: the bot, its
// words, the message templates and the policies of cfg. It opens nothing, so
// that a conversation can be played without a database or a platform. Through
// listen, which may be nil, somebody else gets to hear what the bot reads.
func NewEngine(cfg config.Config, accounts conversations.Channels, listen func(bot.Understander) bot.Understander) (*conversations.Engine, error) {
	words, err := phrases.New(locales.Embedded(), folder(cfg.Words.LocalesDir))
	if err != nil {
		return nil, fmt.Errorf("reading the words: %w", err)
	}
	set, err := templates.Load(templates.Embedded(), folder(cfg.Words.TemplatesDir))
	if err != nil {
		return nil, fmt.Errorf("reading the message templates: %w", err)
	}
	calendar, err := nlu.NewCalendar()
	if err != nil {
		return nil, fmt.Errorf("reading the calendar: %w", err)
	}
	var understander bot.Understander = nlu.New(calendar)
	if listen != nil {
		understander = listen(understander)
	}
	zone := cfg.OfficeHours.TimeZone
	return &conversations.Engine{
		Dialogue: bot.New(bot.Options{
			Understander: understander, Calendar: calendar, Phrases: words, HandoffAfter: cfg.Bot.HandoffAfter,
		}),
		Phrases: words, Channels: accounts, Zone: zone,
		Templates: notices{set, cfg.Bank, zone},
	}, nil
}

// folder is a folder of the operator's, or nil if none is configured.
func folder(dir string) fs.FS {
	if dir == "" {
		return nil
	}
	return os.DirFS(dir)
}
