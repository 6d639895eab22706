package nlu

import "slices"

// hit is a phrase that was found in the text.
type hit struct {
	signal     signal
	start, end int
}

// clause is a stretch of text between punctuation or before a "but".
type clause struct {
	start, end int
	hits       []hit
	dated      bool // a date was mentioned in it
	otherDate  bool // … that is not the offered one
	sameDate   bool // … that is the offered one
	wide       bool // … the offered one among others
	timed      bool // … the offered one at a time of the day
	ruledOut   bool // … the offered one, to say that it is not possible
	moved      bool // … by how much or where to the start shall be moved
	ifs        bool // it stands in a sentence with a condition
	told       bool // somebody else is said to say it
}

// has reports whether one of the signals was found in the clause.
func (c clause) has(signals ...signal) bool {
	for _, h := range c.hits {
		for _, s := range signals {
			if h.signal == s {
				return true
			}
		}
	}
	return false
}

// only reports whether the clause has no other signals.
func (c clause) only(signals ...signal) bool {
	for _, h := range c.hits {
		if !slices.Contains(signals, h.signal) {
			return false
		}
	}
	return true
}

// filled reports whether the clause consists of known phrases only.
func (c clause) filled(text []rune) bool {
	at := c.start
	for _, h := range c.hits {
		for ; at < h.start; at++ {
			if !isPlain(text[at]) {
				return false
			}
		}
		at = h.end
	}
	for ; at < c.end; at++ {
		if !isPlain(text[at]) {
			return false
		}
	}
	return true
}

// asks reports whether the clause is a question.
func (c clause) asks() bool {
	return c.has(sMark, sPermission, sAsk, sSendHow, sConsequence, sWh, sWhether)
}

// scan finds the longest phrases, left to right, that do not overlap; Latin
// words are matched whole.
func scan(signals phrases[signal], text []rune) []hit {
	var hits []hit
	for i := 0; i < len(text); {
		s, n := signals.longest(text[i:])
		if n > 0 {
			hits = append(hits, hit{s, i, i + n})
			i += n
			continue
		}
		latin := isLatin(text[i])
		i++
		for latin && i < len(text) && isLatin(text[i]) {
			i++
		}
	}
	return hits
}

// clauses cuts the text at punctuation, at spaces between Chinese words and
// before every "but", and hands each clause its hits.
func clauses(text []rune, hits []hit) []clause {
	var list []clause
	start, h := 0, 0
	cut := func(end int) {
		c := clause{start: start, end: end}
		first := h
		for h < len(hits) && hits[h].start < end {
			h++
		}
		c.hits = hits[first:h]
		markTail(c, text)
		if end > start {
			list = append(list, c)
		}
		start = end
	}
	next := 0 // the hit at or after i
	for i := range text {
		for next < len(hits) && hits[next].start < i {
			next++
		}
		if next < len(hits) && hits[next].start == i && hits[next].signal == sBut && i > start {
			cut(i)
		}
		if separates(text, i) {
			cut(i + 1)
		}
	}
	cut(len(text))
	return list
}

// separates reports whether a clause ends with the rune at i.
func separates(text []rune, i int) bool {
	switch r := text[i]; r {
	case ' ', '\t', '~':
		return i > 0 && i+1 < len(text) && text[i-1] > 128 && (text[i+1] > 128 || isDigit(text[i+1]) && !awaits(text[i-1]))
	case '.':
		return i+1 == len(text) || text[i+1] == ' ' || text[i+1] > 128 && (i == 0 || !isDigit(text[i-1]))
	case ',':
		return i == 0 || i+1 == len(text) || !isDigit(text[i-1]) || !isDigit(text[i+1])
	default:
		return endsClause(r)
	}
}

// awaits reports whether a rune waits for the date after the space: 改到 6号.
func awaits(r rune) bool {
	switch r {
	case '到', '在', '是', '于', '为', '定', '改', '成', '至', '从', '自', '过', '早', '晚', '等', '约', '就', '那', '想', '能', '要', '年', '月', '换', '第', '周', '期', '拜', '和', '或', '跟', '与', '前', '后', '迟', '给', '多', '再', '不', '非', '说', '选':
		return true
	}
	return false
}

// markTail reads the 不 or 没 that ends a clause as its question mark: 停车方便不,
// 收到没; unlike 我不 and 还没.
func markTail(c clause, text []rune) {
	end := c.end
	for end > c.start && endsClause(text[end-1]) {
		end--
	}
	if end-c.start < 3 || text[end-1] != '不' && text[end-1] != '没' {
		return
	}
	switch text[end-2] {
	case '我', '也', '就', '都', '不', '还', '才', '可', '是', '从', '并', '没', '说', '个', '句', '了':
		return
	}
	for k := range c.hits {
		if h := &c.hits[k]; h.end == end && h.start == end-1 {
			h.signal = sMark
		}
	}
}

// harmless are signals that neither carry nor change an agreement.
func harmless(s signal) bool {
	switch s {
	case sAssent, sAssentFinal, sAssentWhole, sAck, sThanks, sGreet, sReport, sThatDay, sBenign, sParticle, sKeep, sSettle, sJob, sContact:
		return true
	}
	return false
}

// covered reports whether everything in the clause from rune at on is a
// harmless phrase, a date, a digit or punctuation.
func (c clause) covered(text []rune, at int, dates []hit) bool {
	i, h, d := at, 0, 0
	for i < c.end {
		for h < len(c.hits) && c.hits[h].end <= i {
			h++
		}
		for d < len(dates) && dates[d].end <= i {
			d++
		}
		switch {
		case d < len(dates) && dates[d].start <= i:
			i = dates[d].end
		case h < len(c.hits) && c.hits[h].start <= i && (harmless(c.hits[h].signal) || c.brings(text, h)):
			i = c.hits[h].end
		case isPlain(text[i]):
			i++
		default:
			return false
		}
	}
	return true
}

// brings reports whether hit h is a document that somebody brings along, which is
// no topic of its own: 带齐材料报到.
func (c clause) brings(text []rune, h int) bool {
	return c.hits[h].signal == sDoc && slices.Contains(text[max(c.start, c.hits[h].start-4):c.hits[h].start], '带')
}

func isPlain(r rune) bool {
	return isDigit(r) || r == ' ' || endsClause(r) || r == '.' || r == '~' || r == '\'' || r == '"' || r == '-' || r == ':' || r == '(' || r == ')' || r > 0x1F000
}
