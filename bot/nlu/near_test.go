package nlu

import (
	"testing"
	"time"
)

// TestNear reads days without their month near the date that is spoken of.
func TestNear(t *testing.T) {
	t.Parallel()
	u := New(China())
	now := time.Date(2026, time.November, 24, 9, 0, 0, 0, time.UTC)
	near := civil(2026, time.December, 21)
	for text, want := range map[string]string{
		"28号吧": "2026-12-28", "10号可以": "2026-12-10", "4号行吗": "2027-01-04", "那30号吧": "2026-12-30", "31号可以吗": "2026-12-31", "the 28th works": "2026-12-28",
		"28号以后都行": ">=2026-12-29", "28号到30号": "2026-12-28/2026-12-30", "月底吧": "2026-12-21/2026-12-31", "月初可以吗": "2027-01-01/2027-01-10",
		"太早了，10号吧": "2027-01-10", "来不及，20号行不行": "2027-01-20", "太晚了，28号行吗": "2026-11-28", "早点，30号行吗": "2026-11-30",
		"不用推迟了 21号可以": "2026-12-21", "太早了，21号": "2026-12-21", "20号（周四）": "2026-12-20", "提前到30号": "2026-11-30", "推迟到20号": "2027-01-20", "11月28号": "2026-11-28", "30号周一": "2026-11-30", "30号（周三）": "2026-12-30", "29号周一": "2026-12-29", "30号，周三": "2026-12-30", "12月30号，周三吧": "2026-12-30", "这个月28号": "2026-11-28", "下个月3号": "2026-12-03",
	} {
		if got := u.Understand(Input{Text: text, Now: now, Offered: near, Near: near}).Date.String(); got != want {
			t.Errorf("%s is %s, and not %s", text, got, want)
		}
	}
	if got := u.Understand(Input{Text: "15号", Now: now, Offered: near, Near: civil(2026, time.March, 2)}).Date.String(); got != "2026-12-15" {
		t.Errorf("15号 is %s near a date that has long passed", got)
	}
}
