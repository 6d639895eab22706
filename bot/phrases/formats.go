package phrases

import (
	"fmt"
	"strconv"
	"time"

	"jiebao/conversations"
)

// write appends an argument the way its locale writes it. Times are written in
// their own zone; callers pass them in the bank's.
func (r rendering) write(b []byte, arg any) ([]byte, error) {
	switch v := arg.(type) {
	case string:
		return append(b, v...), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case int64:
		return strconv.AppendInt(b, v, 10), nil
	case conversations.Date:
		if v.IsZero() {
			return b, fmt.Errorf("there is no date")
		}
		return r.appendDate(b, v), nil
	case time.Time:
		if v.IsZero() {
			return b, fmt.Errorf("there is no time")
		}
		return r.appendTime(b, v), nil
	case []time.Weekday:
		return r.appendList(b, r.weekdays(v)), nil
	case []string:
		return r.appendList(b, v), nil
	case conversations.Say:
		return r.appendSay(b, v)
	case []conversations.Say:
		return r.appendLines(b, v)
	}
	return b, fmt.Errorf("no locale knows how to write a %T", arg)
}

// chineseWeekdays starts on Sunday, as time.Weekday does.
const chineseWeekdays = "日一二三四五六"

// weekdays names days of the week.
func (r rendering) weekdays(days []time.Weekday) []string {
	names := make([]string, len(days))
	for i, w := range days {
		names[i] = w.String() + "s"
		if r.locale != conversations.English {
			names[i] = "星期" + string([]rune(chineseWeekdays)[w])
		}
	}
	return names
}

func (r rendering) appendDate(b []byte, d conversations.Date) []byte {
	if r.locale == conversations.English {
		b = append(b, d.Weekday().String()...)
		b = append(b, ", "...)
		b = strconv.AppendInt(b, int64(d.Day), 10)
		b = append(b, ' ')
		b = append(b, d.Month.String()...)
		b = append(b, ' ')
		return strconv.AppendInt(b, int64(d.Year), 10)
	}
	b = strconv.AppendInt(b, int64(d.Year), 10)
	b = append(b, "年"...)
	b = strconv.AppendInt(b, int64(d.Month), 10)
	b = append(b, "月"...)
	b = strconv.AppendInt(b, int64(d.Day), 10)
	b = append(b, "日（星期"...)
	const runeLen = len("日")
	w := int(d.Weekday()) * runeLen
	b = append(b, chineseWeekdays[w:w+runeLen]...)
	return append(b, "）"...)
}

func (r rendering) appendTime(b []byte, t time.Time) []byte {
	b = r.appendDate(b, conversations.DateOf(t))
	if r.locale == conversations.English {
		b = append(b, ", "...)
	}
	return t.AppendFormat(b, "15:04")
}

func (r rendering) appendList(b []byte, items []string) []byte {
	for i, item := range items {
		switch {
		case i == 0:
		case r.locale != conversations.English:
			b = append(b, "、"...)
		case i == len(items)-1:
			b = append(b, " and "...)
		default:
			b = append(b, ", "...)
		}
		b = append(b, item...)
	}
	return b
}

func (r rendering) appendSay(b []byte, say conversations.Say) ([]byte, error) {
	return r.phrases.append(b, r.locale, say.Key, say.Args)
}

func (r rendering) appendLines(b []byte, lines []conversations.Say) ([]byte, error) {
	var err error
	for i, line := range lines {
		if i > 0 {
			b = append(b, '\n')
		}
		if b, err = r.appendSay(b, line); err != nil {
			return b, err
		}
	}
	return b, nil
}
