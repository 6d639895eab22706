package nlu

import "slices"

// surroundings returns the text of the clause before and after candidate i, up
// to its neighbours.
func (p *parser) surroundings(list []mention, i int) (before, after []rune) {
	start, end := 0, len(p.text)
	if i > 0 {
		start = p.at(list[i-1].end - 1).end
	}
	if i+1 < len(list) {
		end = p.at(list[i+1].first).start
	}
	before, after = p.text[start:p.at(list[i].first).start], p.text[p.at(list[i].end-1).end:end]
	const window = 40 // keeps the judging of many dates linear
	before, after = before[max(0, len(before)-window):], after[:min(len(after), window)]
	for k := len(before) - 1; k >= 0; k-- {
		if endsClause(before[k]) || isGap(before, k) {
			before = before[k+1:]
			break
		}
	}
	for k := range after {
		if endsClause(after[k]) || isGap(after, k) {
			after = after[:k+1]
			break
		}
	}
	return before, after
}

// isGap reports whether the rune at k is a space that people type for a comma:
// 预产期是8月20 能不能8月后.
func isGap(text []rune, k int) bool {
	if text[k] != ' ' || k == 0 || k+1 == len(text) || text[k+1] < 128 {
		return false
	}
	switch text[k+1] {
	case '号', '日', '月', '年', '点', '周', '天', '个', '星', '礼':
		return false
	}
	return text[k-1] > 128 || isDigit(text[k-1])
}

func endsClause(r rune) bool {
	switch r {
	case ',', '。', ';', '!', '?', '\n', '…':
		return true
	}
	return false
}

// corrected reports whether a correction stands between two mentions: 15号,不对,16号.
func (p *parser) corrected(from, to int) bool {
	gap := p.text[p.at(from-1).end:p.at(to).start]
	if len(gap) > 30 {
		return false
	}
	return containsAny(gap, corrections)
}

// isExcluded reports whether the words around a date rule it out. A time of day
// that was said with the date (明天中午没空) limits the exclusion to that time.
func (p *parser) isExcluded(before, after []rune, timed bool) bool {
	if containsAny(before, excludersBefore) || endsWithAny(before, notOn) && !endsWithAny(before, whetherOn) || hasPrefixAt(after, 0, []rune("以外")) || hasPrefixAt(after, 0, []rune("之外")) {
		return true
	}
	if timed || len(after) > 0 && after[len(after)-1] == '?' {
		return false
	}
	if k := indexAny(after, concessions); k > 0 {
		after = after[:k]
	}
	return containsAny(after, excludersAfter) && !containsAny(after, doubleNegations)
}

func containsAny(text []rune, words map[rune][][]rune) bool {
	for k, r := range text {
		for _, w := range words[r] {
			if hasPrefixAt(text, k, w) && (k == 0 || !isLatin(r) || !isLatin(text[k-1])) {
				return true
			}
		}
	}
	return false
}

func endsWithAny(text []rune, words [][]rune) bool {
	for len(text) > 0 && text[len(text)-1] == ' ' {
		text = text[:len(text)-1]
	}
	return slices.ContainsFunc(words, func(w []rune) bool {
		return len(w) <= len(text) && slices.Equal(text[len(text)-len(w):], w)
	})
}
