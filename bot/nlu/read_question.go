package nlu

import "strings"

// questions reports whether the clause asks something that is not already read
// as a request.
func (r *reader) questions(c clause) bool {
	choice := r.offersChoice(c)
	if !c.asks() && !choice || c.has(sAnger, sOptOut) || c.has(sContact) && c.has(sTalk) && !c.has(sWh) || c.has(sHuman) && !c.has(sNoHuman) {
		return false
	}
	moved := r.found.has(Reschedule)
	switch {
	case c.has(sGreet) && c.only(sGreet, sAsk, sParticle):
		return false
	case c.has(sConsequence, sSendHow, sAsk):
		return true
	case c.has(sReplyLater) && !c.has(sWh), c.has(sUnsure) && !c.has(sWh, sMark):
		return false
	case moved && !c.has(sWh, sWhether, sTopic, sAside, sDoc) && (c.has(sPermission) || c.end-c.start <= 5):
		return false
	case c.has(sAskMaybe) && r.opensClause(c, sAskMaybe):
		return true
	case c.has(sGreet) && !c.has(sWh, sPermission):
		return false
	case c.has(sWh):
		return r.whAsks(c)
	case choice:
		return true
	}
	return c.has(sMark, sPermission, sWhether)
}

// offersChoice reports 税前还是税后, unlike 还是不去了 and 还是改到8号吧.
func (r *reader) offersChoice(c clause) bool {
	last := r.text[c.end-1]
	if isPlain(last) && c.end-c.start > 1 {
		last = r.text[c.end-2]
	}
	if last == '了' || last == '吧' || last == '的' {
		return false
	}
	for i := c.start + 1; i+2 < c.end; i++ {
		if hasPrefixAt(r.text, i, []rune("还是")) {
			switch r.text[i+2] {
			case '不', '算', '要', '想', '改', '可', '会', '没', '先', '再', '等', '很', '挺', '比', '能', '按', '去', '来', '那':
				return false
			}
			return true
		}
	}
	return false
}

// opensClause reports whether nothing but courtesies and wishes stand before s.
func (r *reader) opensClause(c clause, s signal) bool {
	for _, h := range c.hits {
		if h.signal == s {
			return true
		}
		if h.signal != sGreet && h.signal != sThanks && h.signal != sWant && h.signal != sBenign {
			return false
		}
	}
	return false
}

// joins reports whether words only join a question to what was said before.
func joins(words []rune) bool {
	switch strings.TrimSpace(string(words)) {
	case "and", "so", "also", "and also", "then", "and then", "or", "oh", "oh and", "by the way", "btw", "and by the way":
		return true
	}
	return false
}

// whAsks tells a question from 什么时候都可以 and "I'll be there when it opens".
func (r *reader) whAsks(c clause) bool {
	if c.has(sMark) {
		return true
	}
	for k, h := range c.hits {
		if h.signal != sWh {
			continue
		}
		latin := isLatin(r.text[h.start])
		if latin && k > 0 && h.start > c.start+1 && c.hits[0].signal != sGreet && c.hits[0].signal != sBut && !joins(r.text[c.start:h.start]) {
			continue
		}
		if !latin && (r.saysOneOf(c, "都可以", "都行", "都没问题", "都能", "都ok", "没什么", "没啥")) {
			continue
		}
		return true
	}
	return false
}
