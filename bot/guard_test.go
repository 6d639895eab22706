package bot

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"jiebao/bot/guard"
	"jiebao/bot/phrases"
	"jiebao/config/locales"
)

// TestPhrasesPromiseAndAskNothing holds every phrase of the bot, in every
// language, against the guard: what the bot says is these phrases with what
// stands in the offer, so that it promises nothing else.
func TestPhrasesPromiseAndAskNothing(t *testing.T) {
	t.Parallel()
	for _, l := range phrases.Locales() {
		text, err := fs.ReadFile(locales.Embedded(), "bot."+string(l)+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := yaml.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		count := 0
		each("", all, func(key, phrase string) {
			count++
			for _, f := range guard.Check(phrase) {
				t.Errorf("%s: %s %s %s (%s): %s", l, key, f.Kind, f.Topic, f.Word, f.Text)
			}
		})
		if count < 100 {
			t.Errorf("%s has only %d phrases", l, count)
		}
	}
}

func each(key string, node any, visit func(key, phrase string)) {
	switch n := node.(type) {
	case map[string]any:
		for k, v := range n {
			each(strings.TrimPrefix(key+"."+k, "."), v, visit)
		}
	case string:
		visit(key, n)
	}
}
