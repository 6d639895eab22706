package sms

import (
	"strings"
	"unicode/utf16"
)

// The lengths that are billed as one message, and as each of several (Aliyun,
// 短信计费说明; Tencent Cloud, 国内短信内容长度计算规则: 70, then 67 each), counted in
// UTF-16, so that an emoji is two. Latin letters count the same in mainland
// China; messages abroad in GSM 7-bit letters have 160 and 153.
const (
	wideOne, wideEach     = 70, 67
	narrowOne, narrowEach = 160, 153
)

// Segments is what a message to a mainland number is billed as. The text is
// the whole of it, with its signature in brackets: 【示例银行】….
func Segments(text string) int {
	return segments(len(utf16.Encode([]rune(text))), wideOne, wideEach)
}

// SegmentsAbroad is what a message to a number elsewhere is billed as.
func SegmentsAbroad(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(narrowTwice, r):
			n += 2
		case strings.ContainsRune(narrow, r):
			n++
		default:
			return Segments(text)
		}
	}
	return segments(n, narrowOne, narrowEach)
}

func segments(length, one, each int) int {
	if length == 0 {
		return 0
	}
	if length <= one {
		return 1
	}
	return (length + each - 1) / each
}

// The letters of GSM 7 bit (3GPP TS 23.038), and those that take two places.
const (
	narrow = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
		"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	narrowTwice = "^{}\\[~]|€\f"
)
