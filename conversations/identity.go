package conversations

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
)

// maxTries is how many wrong codes a follower may type before a person has
// to look.
const maxTries = 5

// identify takes an unknown follower one step further towards being
// recognised: name and phone narrow the search, and only the one-time code
// from the bank's invitation, or HR, proves it. What the follower is told
// does not depend on whether such a candidate exists.
func (t *turn) identify(in Inbound) Identity {
	claim := t.c.Claim
	if in.Gesture != Said {
		return t.missing(claim)
	}
	if claim == nil {
		claim = &Claim{At: t.now}
		t.c.Claim = claim
	}
	said := readIdentity(in.Text, claim.Match == "")
	if said.name != "" {
		claim.Name = said.name
	}
	if said.phone != "" {
		claim.Phone = said.phone
	}
	claim.Match = ""
	match := t.match(claim)
	if match != nil {
		claim.Match = match.Conversation
	}
	if step := t.missing(claim); step != IdentityCode {
		return step
	}
	if said.code == "" {
		return IdentityCode
	}
	if match != nil && match.Invitation.Usable(t.now) && sameCode(match.Invitation.Code, said.code) {
		t.task(TaskBind, "bind_"+t.c.ID+"_"+match.Conversation, BindRequest{
			Conversation: match.Conversation, From: t.c.ID, Reach: *t.to, By: "code",
		})
		return IdentityProven
	}
	claim.Tries++
	if claim.Tries >= maxTries {
		return IdentityLocked
	}
	return IdentityWrong
}

func (t *turn) missing(c *Claim) Identity {
	switch {
	case c == nil || c.Name == "" && c.Phone == "":
		return IdentityNeeds
	case c.Tries >= maxTries:
		return IdentityLocked
	case c.Phone == "":
		return IdentityPhone
	case c.Name == "":
		return IdentityName
	}
	return IdentityCode
}

// match returns the one candidate of that name and phone, or nil.
func (t *turn) match(c *Claim) *Claimant {
	var found *Claimant
	for i := range t.s.Claimants {
		cl := &t.s.Claimants[i]
		if sameName(cl.Name, c.Name) && NormalPhone(cl.Phone) == c.Phone {
			if found != nil {
				return nil
			}
			found = cl
		}
	}
	return found
}

func sameName(a, b string) bool {
	fold := func(s string) string {
		return strings.ToLower(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '·' || r == '.' }), ""))
	}
	return fold(a) == fold(b)
}

func sameCode(want, got string) bool {
	return len(want) > 0 && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

var (
	phonePattern = regexp.MustCompile(`\+?[0-9][0-9 \-]{6,16}[0-9]`)
	namePattern  = regexp.MustCompile(`(?:我叫|我是|姓名是?|名字是?|我的名字叫|本人)\s*[:：]?\s*(\p{Han}{2,4})`)
	plainHan     = regexp.MustCompile(`^\p{Han}{2,4}(?:·\p{Han}{1,6})?$`)
	plainLatin   = regexp.MustCompile(`^[A-Za-z][A-Za-z.'\-]*(?: [A-Za-z][A-Za-z.'\-]*){1,4}$`)
	latinPattern = regexp.MustCompile(`(?i:my name is|i am|i'm|this is|name:)\s*([A-Za-z][A-Za-z.'\-]*(?: [A-Za-z][A-Za-z.'\-]*){1,3})`)
)

type saidIdentity struct{ name, phone, code string }

// readIdentity finds name, phone and code in what a follower typed. A bare
// name is believed only while nobody has been found.
func readIdentity(text string, wantName bool) saidIdentity {
	var out saidIdentity
	rest := text
	for field := range strings.FieldsFuncSeq(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，;；。:：", r) }) {
		if code := readCode(field); code != "" {
			out.code, rest = code, strings.Replace(rest, field, " ", 1)
			break
		}
	}
	for _, p := range phonePattern.FindAllString(rest, -1) {
		if n := NormalPhone(p); len(n) >= 8 {
			out.phone, rest = n, strings.Replace(rest, p, " ", 1)
			break
		}
	}
	out.name = readName(rest, wantName)
	return out
}

func readName(s string, bare bool) string {
	if m := namePattern.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	if m := latinPattern.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) })
	if !bare {
		return ""
	}
	for field := range strings.FieldsFuncSeq(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",，;；。、", r) }) {
		if plainHan.MatchString(field) && !smallTalk[field] {
			return field
		}
	}
	if plainLatin.MatchString(s) {
		return s
	}
	return ""
}

// smallTalk holds words that have a name's shape and are none.
var smallTalk = map[string]bool{
	"你好": true, "您好": true, "在吗": true, "谢谢": true, "人工": true, "请问": true, "电话": true,
	"手机": true, "姓名": true, "好的": true, "可以": true, "什么": true, "没有": true, "面试": true,
	"转人工": true, "验证码": true, "邀请码": true, "手机号": true, "人呢": true, "人工服务": true, "我的面试": true, "面试结果": true, "查询": true, "没有收到": true, "哈喽": true, "早上好": true,
}

// codeLetters is the alphabet of invitation codes, without look-alikes.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewScene returns the scene of an invitation: 128 random bits in 22 letters
// that are safe in an address, where WeChat takes 64 (generating QR codes
// with parameters, scene_str).
func NewScene(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("making a scene: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// NewCode returns the code of an invitation: eight letters without
// look-alikes, with at least two digits and a letter, so that it can be told
// from a name and from a phone number.
func NewCode(random io.Reader) (string, error) {
	for {
		var b [64]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("making a code: %w", err)
		}
		var code strings.Builder
		for _, c := range b {
			// Bytes that would favour the first letters are passed over.
			if limit := 256 / len(codeLetters) * len(codeLetters); int(c) < limit && code.Len() < 8 {
				code.WriteByte(codeLetters[int(c)%len(codeLetters)])
			}
		}
		if read := readCode(code.String()); read != "" {
			return read, nil
		}
	}
}

// readCode returns s as an invitation code, or "" if it is none. Case,
// hyphens and full-width forms do not matter.
func readCode(s string) string {
	var b strings.Builder
	digits := 0
	for _, r := range strings.ToUpper(s) {
		if r >= '！' && r <= '～' {
			r -= 0xFEE0
		}
		switch {
		case r == '-':
		case strings.ContainsRune(codeLetters, r):
			b.WriteRune(r)
			if r <= '9' {
				digits++
			}
		default:
			return ""
		}
	}
	if b.Len() != 8 || digits < 2 || digits == 8 {
		return ""
	}
	return b.String()
}

// NormalPhone strips what people put between digits and the mainland's
// country code, so that equal numbers are equal strings.
func NormalPhone(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	n := b.String()
	if len(n) == 13 && strings.HasPrefix(n, "86") {
		n = n[2:]
	}
	if len(n) == 11 && strings.HasPrefix(n, "852") {
		n = n[3:]
	}
	return n
}

// LookupPhones names the phone numbers, in normal form, whose candidates
// the turn needs to know: those an unknown follower has typed.
func LookupPhones(s Snapshot, c Command) []string {
	r, ok := c.(Receive)
	if !ok || s.Conversation.Candidate.Known() || r.Gesture != Said {
		return nil
	}
	if p := readIdentity(r.Text, false).phone; p != "" {
		return []string{p}
	}
	if s.Conversation.Claim != nil && s.Conversation.Claim.Phone != "" {
		return []string{s.Conversation.Claim.Phone}
	}
	return nil
}
