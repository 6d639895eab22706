package console

import "jiebao/conversations"

// Words puts the console's keys into one of its languages. An unknown key or
// argument is an error. Package phrases reads them from config/locales.
type Words interface {
	Words(l conversations.Locale, key string, args map[string]any) (string, error)
}

// locales are the languages of the console, the first being the default.
func locales() []conversations.Locale {
	return []conversations.Locale{conversations.Chinese, conversations.Traditional, conversations.English}
}
