package app

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"jiebao/config"
	"jiebao/config/templates"
)

// Check finds what is wrong with a configuration whose values are good by
// themselves: platforms that no adapter speaks to, templates that no message
// asks for, folders of words that cannot be used. It reaches nobody. What is
// wrong is returned as [config.Problems], all of them at once.
func Check(cfg config.Config) error {
	var problems config.Problems
	_, err := loadWords(cfg.Words.LocalesDir)
	problems = append(problems, unusable("words.locales_dir", err)...)
	set, err := loadTemplates(cfg.Words.TemplatesDir)
	problems = append(problems, unusable("words.templates_dir", err)...)
	problems = append(problems, unusable("bot.policies_dir", checkPolicies(cfg.Bot.PoliciesDir))...)
	problems = append(problems, unknownScopes(cfg.API.Keys)...)
	problems = append(problems, badEndpoints(cfg.EHR, time.Now())...)
	_, err = loadKnowledge(cfg)
	problems = append(problems, unusable("words.knowledge_dir", err)...)
	for i, account := range cfg.Accounts {
		at := fmt.Sprintf("accounts[%d].", i)
		if _, known := adapters[account.Platform]; !known {
			problems = append(problems, config.Problem{Key: at + "platform", Problem: fmt.Sprintf(
				"must be one of %s, is %q", strings.Join(slices.Sorted(maps.Keys(adapters)), ", "), account.Platform)})
		} else if set != nil {
			problems = append(problems, unusedTemplates(at+"templates.", account.Platform, account.Templates, set)...)
			problems = append(problems, unusedBySMS(at, account, set)...)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

func unusable(folder string, err error) config.Problems {
	if err == nil {
		return nil
	}
	return config.Problems{{Key: folder, Problem: fmt.Sprintf("cannot be used: %v", err)}}
}

// unusedTemplates are the template ids that stand under a name which no
// message has: they would never be sent, and the one that was meant is missing.
func unusedTemplates(at, platform string, ids map[string]string, set *templates.Set) config.Problems {
	var problems config.Problems
	known := set.Names(platform)
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		if !slices.Contains(known, name) {
			problems = append(problems, config.Problem{
				Key: at + name, Problem: "is unknown; known here: " + strings.Join(known, ", "),
			})
		}
	}
	return problems
}

// unusedBySMS are those of the providers of text messages.
func unusedBySMS(at string, account config.Account, set *templates.Set) config.Problems {
	if account.SMS == nil {
		return nil
	}
	var problems config.Problems
	for i, p := range account.SMS.Providers {
		problems = append(problems, unusedTemplates(fmt.Sprintf("%ssms.providers[%d].templates.", at, i), account.Platform, p.Templates, set)...)
	}
	return problems
}
