package sms

import (
	"strings"
	"testing"
)

func TestCountsWhatIsBilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text           string
		inland, abroad int
	}{
		{"", 0, 0},
		{"【银行】您好", 1, 1},
		{strings.Repeat("长", 70), 1, 1},
		{strings.Repeat("长", 71), 2, 2},
		{strings.Repeat("长", 134), 2, 2},
		{strings.Repeat("长", 135), 3, 3},
		{strings.Repeat("长", 160), 3, 3}, // 短信计费说明: 67字、67字、26字
		{strings.Repeat("a", 70), 1, 1},
		{strings.Repeat("a", 160), 3, 1},
		{strings.Repeat("a", 350), 6, 3}, // 153字、153字、44字
		{strings.Repeat("a", 159) + "€", 3, 2},
		{strings.Repeat("a", 80) + "长", 2, 2},
		{strings.Repeat("😀", 35), 1, 1},
		{strings.Repeat("😀", 36), 2, 2},
	} {
		if got := Segments(c.text); got != c.inland {
			t.Errorf("%.20q… is %d messages in mainland China, want %d", c.text, got, c.inland)
		}
		if got := SegmentsAbroad(c.text); got != c.abroad {
			t.Errorf("%.20q… is %d messages abroad, want %d", c.text, got, c.abroad)
		}
	}
}
