package templates

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what the platform takes in a field, by the name of the field.
type kind struct {
	limit   int // characters
	pattern *regexp.Regexp
	takes   string
}

// weChatKinds are the parameter kinds of official accounts' template messages
// (WeChat documentation, 模板消息, 参数值内容限制说明). A value outside of them
// is refused with errcode 47003.
var weChatKinds = map[string]kind{
	"thing":            {20, nil, "up to 20 characters"},
	"const":            {20, nil, "one of the values entered for the template"},
	"character_string": {32, regexp.MustCompile(`^[\x21-\x7e ]+$`), "up to 32 digits, Latin letters and symbols"},
	"letter":           {32, regexp.MustCompile(`^[A-Za-z]+$`), "up to 32 Latin letters"},
	"number":           {32, regexp.MustCompile(`^-?\d+(\.\d+)?$`), "a number of up to 32 digits"},
	"symbol":           {5, regexp.MustCompile(`^[^\p{L}\p{N}]+$`), "up to 5 symbols"},
	"phrase":           {5, regexp.MustCompile(`^\p{Han}+$`), "up to 5 Chinese characters"},
	"name":             {20, regexp.MustCompile(`^([\p{L}\p{P} ]{1,10}|[A-Za-z\p{P} ]+)$`), "a name: 10 Chinese characters, or 20 Latin letters"},
	"phone_number":     {17, regexp.MustCompile(`^[0-9+\-() ]+$`), "up to 17 digits and symbols"},
	"car_number":       {8, regexp.MustCompile(`^\p{Han}?[A-Za-z0-9]+\p{Han}?$`), "up to 8 characters of a number plate"},
	"amount":           {13, regexp.MustCompile(`^\p{Sc}?\d{1,10}(\.\d+)?元?$`), "an amount, up to 10 digits"},
	"date":             {20, regexp.MustCompile(`^` + day + `( ` + clock + `)?$`), "a date like 2026年7月6日"},
	"time": {45, regexp.MustCompile(`^(` + day + ` )?` + clock + `([~～](` + day + ` )?` + clock + `)?$|^` + day + `([~～]` + day + `)?$`),
		"a time like 18:00 or 2026年7月6日 18:00"},
}

const (
	day   = `\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2})`
	clock = `([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?`
)

var fieldName = regexp.MustCompile(`^([a-z_]+)\d{1,2}$`)

// variableKind is what the providers of texts and calls take in a variable of
// their templates (Aliyun, 短信模板规范, 其他变量: 1 to 35 characters). A link
// is one, too, after the address that stands in the template.
var variableKind = kind{35, nil, "up to 35 characters"}

var variableName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// kindOf finds the kind of a field: of one such as thing1, or, where the
// platform's templates have variables, of any.
func kindOf(channel, field string) (kind, bool) {
	switch channel {
	case "sms", "voice":
		return variableKind, variableName.MatchString(field)
	case "wechat":
	default:
		return kind{}, false
	}
	match := fieldName.FindStringSubmatch(field)
	if match == nil {
		return kind{}, false
	}
	k, ok := weChatKinds[match[1]]
	return k, ok
}

func kindNames() string { return strings.Join(slices.Sorted(maps.Keys(weChatKinds)), ", ") }

var webAddress = regexp.MustCompile(`^(https?://[^\s]+)?$`)

// checkValue holds a rendered value to the limits of its field.
func checkValue(channel, field, value string) (FieldError, bool) {
	switch field {
	case "title":
		return FieldError{Reason: Newline}, strings.ContainsFunc(value, isControl)
	case "text":
		return FieldError{Reason: Empty}, value == ""
	case "url":
		return FieldError{Reason: BadFormat, Takes: "an http or https address"}, !webAddress.MatchString(value)
	}
	k, _ := kindOf(channel, field)
	length := utf8.RuneCountInString(value)
	switch {
	case value == "":
		return FieldError{Reason: Empty}, true
	case strings.ContainsFunc(value, isControl):
		return FieldError{Reason: Newline}, true
	case strings.ContainsFunc(value, isEmoji):
		return FieldError{Reason: Emoji}, true
	case length > k.limit:
		return FieldError{Reason: TooLong, Length: length, Limit: k.limit}, true
	case k.pattern != nil && !k.pattern.MatchString(value):
		return FieldError{Reason: badBecause(field), Takes: k.takes}, true
	}
	return FieldError{}, false
}

// badBecause tells wrong characters from a wrong form.
func badBecause(field string) Reason {
	for _, formed := range []string{"date", "time", "amount", "number", "car_number"} {
		if strings.HasPrefix(field, formed) {
			return BadFormat
		}
	}
	return BadCharacters
}

func isControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
}

// emoji are the blocks of emoji and pictographs, with the marks that make an
// emoji of an ordinary character. Rare Chinese characters are not among them.
var emoji = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x200d, 0x200d, 1}, {0x20e3, 0x20e3, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23f3, 1}, {0x25fd, 0x25fe, 1},
		{0x2600, 0x27bf, 1}, {0x2b05, 0x2b07, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1},
		{0xfe0e, 0xfe0f, 1},
	},
	R32: []unicode.Range32{{0x1f000, 0x1faff, 1}, {0xe0020, 0xe007f, 1}},
}

func isEmoji(r rune) bool { return unicode.Is(emoji, r) }
