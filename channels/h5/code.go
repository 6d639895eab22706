package h5

import (
	"encoding/base32"
	"encoding/binary"
	"regexp"
	"strings"
	"time"
)

// A verification code stands in a message that has no link of ours to check.
// It says on which day it was given out, and is signed; nothing in it leads to
// anybody, and nothing needs to be kept to check it. Who copies a message
// copies its code: the page that checks it says so.

const (
	codeSeed = 3 // bytes that make the codes of one day differ
	codeMAC  = 5
)

// codeLetters are without those that look alike.
var codeLetters = base32.NewEncoding("23456789ABCDEFGHJKLMNPQRSTUVWXYZ").WithPadding(base32.NoPadding)

// codePattern finds what has the shape of a code, however it is grouped.
var codePattern = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{4}(?:[- ]?[2-9A-HJ-NP-Z]{4}){3}\b`)

// Code is the verification code of a message, by whatever identifies it: 16
// letters and digits in groups of four. Equal arguments of one day give equal
// codes.
func (l *Links) Code(about string, now time.Time) string {
	said := binary.BigEndian.AppendUint16(nil, uint16(now.Unix()/int64(day/time.Second)))
	said = append(said, l.mac("code seed", []byte(about))[:codeSeed]...)
	text := codeLetters.EncodeToString(append(said, l.mac("code", said)[:codeMAC]...))
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}

// CodeOf is the verification code of a message of a purpose that leads to a
// candidate's page, given out when the link was; "" if the link is none of ours.
func (l *Links) CodeOf(link, purpose string) string {
	_, token, _ := strings.Cut(link, Path)
	parsed, err := l.Parse(token)
	if err != nil {
		return ""
	}
	return l.Code(token+"\x00"+purpose, parsed.Expires.Add(-l.life-day))
}

// ParseCode returns the day on which a code was given out, or ErrForged.
func (l *Links) ParseCode(code string) (time.Time, error) {
	text := strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
	b, err := codeLetters.DecodeString(text)
	if err != nil || len(b) != 2+codeSeed+codeMAC || codeLetters.EncodeToString(b) != text {
		return time.Time{}, ErrForged
	}
	said, mac := b[:2+codeSeed], b[2+codeSeed:]
	if !l.attests("code", said, mac) {
		return time.Time{}, ErrForged
	}
	return time.Unix(int64(binary.BigEndian.Uint16(said))*int64(day/time.Second), 0).UTC(), nil
}
