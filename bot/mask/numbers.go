package mask

import (
	"regexp"
	"strings"
	"unicode"
)

// separates says whether people write r between the digits of one number.
func separates(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune("-‐‑‒–—―_./·()+*", r)
}

// widest is how many separators may stand between two digits.
const widest = 3

// numbers finds the numbers that are too long to be dates, and codes.
func numbers(t *text) []span {
	var found []span
	for start := 0; start < len(t.folded); start++ {
		if !isDigit(t.folded[start]) {
			continue
		}
		end := t.runEnd(start)
		found = append(found, t.number(start, end)...)
		start = end
	}
	return found
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// runEnd is the end of the digits that begin at start, with what separates
// them.
func (t *text) runEnd(start int) int {
	end := start + 1
	for i := start + 1; i < len(t.folded) && i-end <= widest; i++ {
		switch {
		case isDigit(t.folded[i]):
			end = i + 1
		case !separates(t.folded[i]):
			return end
		}
	}
	return end
}

// The dates that are written in digits alone. A date without its year counts
// only where it stands by itself.
var (
	fullDate = regexp.MustCompile(`\b(?:20[2-4]\d[-/. ]?(?:1[0-2]|0?[1-9])[-/. ]?(?:3[01]|[12]\d|0?[1-9])|(?:3[01]|[12]\d|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])[-/.]20[2-4]\d)\b`)
	dayMonth = regexp.MustCompile(`^(?:3[01]|[12]\d|0?[1-9])[-/.](?:3[01]|[12]\d|0?[1-9])$`)
	shortDay = regexp.MustCompile(`^2[5-9](?:1[0-2]|0[1-9])(?:3[01]|[12]\d|0[1-9])$`)
	chunk    = regexp.MustCompile(`\s+|\S+`)
	mobile   = regexp.MustCompile(`^(?:0?0?86)?1[3-9]\d{9}$`)
)

// number looks at a run of digits: the dates in it stay, the rest goes if it
// is long.
func (t *text) number(start, end int) []span {
	run := string(t.folded[start:end]) // ASCII but for rare separators
	digits := onlyDigits(run)
	if len(digits) == 17 && end < len(t.folded) && t.folded[end] == 'x' {
		end, digits = end+1, digits+"x"
	}
	rest := withoutDates(run)
	if len(onlyDigits(rest)) == 0 {
		return nil
	}
	if identity(digits) || mobile.MatchString(digits) || len(digits) >= 15 && len(digits) <= 19 && luhn(digits) {
		return []span{t.span(start, end, kindOf(digits))}
	}
	switch left := onlyDigits(rest); {
	case len(left) >= 7:
		from, to := firstDigit(rest), lastDigit(rest)
		return []span{t.span(start+from, start+to+1, kindOf(left))}
	case len(left) == 6 && len(strings.Fields(run)) == 1 && run == left && !shortDay.MatchString(left):
		return []span{t.span(start, end, Code)}
	}
	return nil
}

// withoutDates is run with blanks, one a character, for its dates.
func withoutDates(run string) string {
	flat := strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		return '-'
	}, run)
	blank := func(s string) string { return strings.Repeat(" ", len(s)) }
	flat = fullDate.ReplaceAllStringFunc(flat, blank)
	if len(onlyDigits(flat)) == 0 {
		return flat
	}
	out := ""
	for _, part := range chunk.FindAllString(flat, -1) {
		if dayMonth.MatchString(part) {
			part = blank(part)
		}
		out += part
	}
	return out
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, s)
}

func firstDigit(s string) int { return strings.IndexFunc(s, isDigit) }
func lastDigit(s string) int  { return strings.LastIndexFunc(s, isDigit) }

func kindOf(digits string) Kind {
	switch n := len(digits); {
	case identity(digits):
		return ID
	case mobile.MatchString(digits):
		return Phone
	case n >= 15 && n <= 19 && luhn(digits):
		return Card
	}
	return Number
}

// identity says whether digits are a resident identity number with a right
// check digit (GB 11643-1999).
func identity(digits string) bool {
	if len(digits) != 18 {
		return false
	}
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		if digits[i] == 'x' {
			return false
		}
		sum += weight * int(digits[i]-'0')
	}
	return digits[17] == "10x98765432"[sum%11]
}

// luhn says whether digits have a right check digit (ISO/IEC 7812-1), as bank
// cards do.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}
