package nlu

import "strings"

// word is the role of a token in the date grammar.
type word uint8

const (
	wOther      word = iota // nothing to the date grammar
	wNum                    // a number; n is its value
	wGe                     // 个
	wHalf                   // 半
	wFew                    // 几, 若干: a number nobody knows
	wDayUnit                // 天, days
	wRi                     // 日: a day of the month, or days
	wHao                    // 号
	wWeekUnit               // 周, 星期, weeks
	wMonthUnit              // months, 个月 after a number
	wMonth                  // 月, 月份
	wYear                   // 年
	wQuarter                // 季度
	wWorkday                // 工作日
	wHour                   // hours and shorter: never moves a date
	wDay                    // 今天 is 0, 明天 is 1, …
	wWeek                   // 本周 is 0, 下周 is 1, …
	wMonthRel               // 本月 is 0, 下个月 is 1, …
	wYearRel                // 今年 is 0, 明年 is 1, …
	wQuarterRel             // 本季度 is 0, …
	wWeekend                // 周末 of the week n; anyWeek: the coming one
	wWeekday                // n counts from Monday = 0
	wMonthName              // January is 1
	wPart                   // part of a month, see the part constants
	wYearPart               // part of a year
	wWeekPart               // part of a week
	wNth                    // 第
	wOrd                    // first, 15th
	wLast                   // 最后一个, last; n = 1: 最后一天
	wHoliday                // index into holidays
	wBreak                  // 放假, 假期, 节 after a holiday
	wLunar                  // 农历
	wLunarMonth             // 正月, 腊月
	wLeap                   // 闰
	wTerm                   // index into solarTerms
	wDelay                  // 推迟
	wAdvance                // 提前
	wChange                 // 改到
	wMore                   // 再给我, 多
	wTo                     // 到, 至, ~
	wFrom                   // 从, from
	wAnd                    // 和, 或, and
	wAfter                  // 之后
	wBefore                 // 之前
	wOnward                 // 起, 及以后
	wOnOrBefore             // 及以前, 为止
	wWithin                 // 以内
	wAtEarliest             // 最早, no earlier than
	wAtLatest               // 最晚, no later than
	wAfterPre               // after, 晚于
	wBeforePre              // before, 早于
	wNextN                  // 未来, 接下来, next: before a duration
	wIn                     // in, 再过: before a duration
	wLater                  // later, 后面: after a duration
	wEarlier                // earlier: after a duration
	wFromNow                // from now
	wPassed                 // 过完, 过了: after; n = 1: the Spring Festival itself
	wAgo                    // ago
	wThat                   // 原定日期, the offered date: the date that is offered
	wNextDay                // 第二天, 次日
	wPrevDay                // 前一天
	wAbout                  // 左右, 大概
	wTime                   // a time of day
	wClock                  // 点, o'clock: after a number
	wFiller                 // words that may stand between a verb and its date
	wThe                    // the, of, on, in
	wThis                   // this
	wNext                   // next
	wPast                   // 上周, 昨天: gone
	wVague                  // 过几天, 改天: no date
	wEvent                  // 毕业, 离职: an event on a date
	wTrap                   // a word that only looks like a date
)

// anyWeek marks a weekend or weekday that names no week.
const anyWeek = -99

// Parts of a month, a year or a week.
const (
	partFirst = iota
	partMiddle
	partLast
	partFirstHalf
	partSecondHalf
	partFirstTwo // 中上旬
	partLastTwo  // 中下旬
)

// meaning is what a word of the lexicon stands for.
type meaning struct {
	word word
	n    int
}

// group is a line of the lexicon: words with one role, from n upwards. Words
// that share a meaning are joined by "/".
type group struct {
	word  word
	n     int
	words string
}

func newLexicon(groups ...[]group) phrases[meaning] {
	lex := newPhrases[meaning]()
	for _, gs := range groups {
		for _, g := range gs {
			for i, same := range strings.Fields(g.words) {
				for w := range strings.SplitSeq(same, "/") {
					lex.add(strings.ReplaceAll(w, "_", " "), meaning{g.word, g.n + i})
				}
			}
		}
	}
	for i, h := range holidays {
		for w := range strings.FieldsSeq(h.words) {
			lex.add(strings.ReplaceAll(w, "_", " "), meaning{wHoliday, i})
		}
	}
	for i, t := range solarTerms {
		lex.add(t, meaning{wTerm, i})
	}
	return lex
}
