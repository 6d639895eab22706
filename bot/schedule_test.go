package bot

import (
	"testing"

	"jiebao/bot/nlu"
	"jiebao/conversations"
)

// TestPick chooses days from ranges, on Wednesday, 24 June 2026.
func TestPick(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]string{
		"2026-07-11/2026-07-20": "2026-07-13", // from a Saturday
		"2026-07-11/2026-07-12": "2026-07-11", // a weekend has no working day
		"2026-06-01/2026-07-31": "2026-07-06", // the offered date needs nobody's approval
		"2026-06-01/2026-07-03": "2026-06-25", // under way
		"2026-06-01/2026-06-24": "",           // over today
		"2026-10-01/2026-10-31": "2026-10-08", // after the holiday
		">=2026-07-20":          "2026-07-20",
		">=2026-10-10":          "2026-10-10", // a Saturday on which people work
		">=2026-01-01":          "2026-07-06",
		"<=2026-07-05":          "2026-07-03", // before a Sunday
		"<=2026-06-25":          "2026-06-25",
		"<=2026-06-24":          "",
		"2026-07-15":            "2026-07-15",
		"2026-06-24":            "",
		"none":                  "",
	} {
		e, err := nlu.ParseDateExpr(expr)
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, loadNLU())
		talk := w.bot.listen(conversations.Turn{Now: w.now, Conversation: &w.c, Dates: w.dates()})
		if got := talk.pick(e).String(); got != want {
			t.Errorf("pick(%s) = %q, want %q", expr, got, want)
		}
	}
}
