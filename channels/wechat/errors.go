package wechat

import (
	"strconv"
	"strings"
	"time"

	"jiebao/conversations"
)

// reasonOf translates a code of the platform (全局返回码说明). The code
// decides, never the text beside it, which changes from request to request.
func reasonOf(code int64) conversations.Reason {
	switch code {
	case -1: // 系统繁忙
		return conversations.Temporary
	case codeTokenInvalid, codeTokenIllegal, codeTokenExpired, 41001, // after the token was renewed
		40002, 40013, 40125, 40164, 40243, // grant type, appid, secret, IP, frozen secret
		48001, 48002, 48004, 48006, // no permission, refused to receive, banned, quota of clearing
		50001, 50002, // no permission, restricted
		61004, 89501, 89503, 89506, 89507: // IP not allowed, or waiting for the administrator
		return conversations.Credentials
	case 40003, // 不合法的 OpenID
		43019, // 用户在黑名单中
		43101: // 用户拒绝接受消息
		return conversations.BadRecipient
	case 43004, // 需要接收者关注
		50005: // 用户未关注公众号
		return conversations.Unsubscribed
	case codeMediaInvalid: // 不合法的媒体文件 id
		return conversations.MediaExpired
	case 45009: // 接口调用超过限制
		return conversations.QuotaUsedUp
	case 45011, // API 调用太频繁
		45033: // 并发数超过限制
		return conversations.Throttled
	case 45015, // 回复时间超过限制
		45047: // 客服接口下行条数超过上限
		return conversations.WindowClosed
	}
	// 40037, 40058, 45002, 47003 and every other code: this very message is
	// refused. A code that nobody knows fails the message where people see
	// it, rather than hold up what comes after.
	return conversations.BadContent
}

const (
	codeTokenInvalid = 40001
	codeTokenIllegal = 40014
	codeTokenExpired = 42001
	codeMediaInvalid = 40007
	codeNoMenu       = 46003
	codeTestAccount  = 40200 // invalid account type
)

// pause is how long the platform wants to be left alone after a code.
func pause(code int64, now time.Time) time.Duration {
	switch code {
	case 45009: // counted by the day
		return untilMidnight(now)
	case 45011, 45033:
		return tooFast
	}
	return 0
}

const tooFast = 5 * time.Second

// untilMidnight is how long the day lasts in Beijing, where quotas are counted.
func untilMidnight(now time.Time) time.Duration {
	local := now.In(time.FixedZone("Beijing", 8*60*60))
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
	return midnight.Sub(local)
}

// refusal is the error for a code.
func refusal(code int64, text string, now time.Time) *conversations.SendError {
	return &conversations.SendError{
		Reason:     reasonOf(code),
		Code:       strconv.FormatInt(code, 10),
		Detail:     shorten(text),
		RetryAfter: pause(code, now),
	}
}

// staleToken says whether the platform refused the access token.
func staleToken(e *conversations.SendError) bool {
	return e != nil && (isCode(e, codeTokenInvalid) || isCode(e, codeTokenIllegal) || isCode(e, codeTokenExpired))
}

func isCode(e *conversations.SendError, code int64) bool {
	return e.Code == strconv.FormatInt(code, 10)
}

// harmless is for calls that may be repeated: where nobody can tell whether
// it was done, it is done again.
func harmless(e *conversations.SendError) *conversations.SendError {
	if e == nil || e.Reason != conversations.OutcomeUnsure {
		return e
	}
	again := *e
	again.Reason = conversations.Temporary
	return &again
}

// shorten keeps a platform's text to what an engineer needs.
func shorten(text string) string {
	const longest = 200
	text = strings.ToValidUTF8(text, "")
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "")
}

// hide replaces what must not be shown.
func hide(text string, secrets ...string) string {
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(text, s, "…")
		}
	}
	return text
}
