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
	words, err := loadWords(cfg.Words.LocalesDir)
	if err != nil {
		return nil, fmt.Errorf("reading the words: %w", err)
	}
	set, err := loadTemplates(cfg.Words.TemplatesDir)
	if err != nil {
		return nil, fmt.Errorf("reading the message templates: %w", err)
	}
	calendar, err := loadCalendar(cfg.Bot.PoliciesDir)
	if err != nil {
		return nil, fmt.Errorf("reading the calendar: %w", err)
	}
	rules, err := loadPolicies(cfg.Bot.PoliciesDir)
	if err != nil {
		return nil, fmt.Errorf("reading the policies: %w", err)
	}
	startDates, err := newStartDates(rules, calendar)
	if err != nil {
		return nil, fmt.Errorf("reading the policies: %w", err)
	}
	people, err := newOffice(cfg.OfficeHours, rules, calendar)
	if err != nil {
		return nil, fmt.Errorf("reading the policies: %w", err)
	}
	roads, err := newRoutes(rules)
	if err != nil {
		return nil, fmt.Errorf("reading the policies: %w", err)
	}
	var understander bot.Understander = nlu.New(calendar)
	if listen != nil {
		understander = listen(understander)
	}
	zone := cfg.OfficeHours.TimeZone
	return &conversations.Engine{
		Dialogue: bot.New(bot.Options{
			Understander: understander, Phrases: words, HandoffAfter: cfg.Bot.HandoffAfter,
			HandoffWords: people.HandoffWords,
		}),
		Phrases: words, Channels: accounts, Zone: zone,
		Templates: notices{set: set, bank: cfg.Bank, zone: zone}, Office: people, Reminders: reminders{people.reminders}, Routes: roads,
		StartDates: startDates, Model: cfg.Model.BaseURL != "", PushDocuments: cfg.EHR.Documents.URL != "", Source: cfg.Server.PublicURL,
	}, nil
}

func loadWords(dir string) (*phrases.Phrases, error) {
	override, err := folder(dir)
	if err != nil {
		return nil, err
	}
	return phrases.New(locales.Embedded(), override)
}

func loadTemplates(dir string) (*templates.Set, error) {
	override, err := folder(dir)
	if err != nil {
		return nil, err
	}
	return templates.Load(templates.Embedded(), override)
}

// folder is a folder of the operator's, or nil if none is configured.
func folder(dir string) (fs.FS, error) {
	if dir == "" {
		return nil, nil
	}
	if _, err := os.ReadDir(dir); err != nil {
		return nil, err
	}
	return os.DirFS(dir), nil
}
