package tencent

import (
	"strconv"
	"strings"

	"jiebao/conversations"
)

// refusal is the error for a code. The code decides, never the text beside it,
// which changes from request to request.
func (c *Client) refusal(code int64, text string) *conversations.SendError {
	e := &conversations.SendError{Reason: conversations.Credentials, Code: strconv.FormatInt(code, 10), Detail: shorten(text)}
	if !c.stale(e) { // after the token was renewed it is the credentials
		e.Reason, e.RetryAfter = c.platform.Meaning(code, c.now())
	}
	return e
}

// IsCode says whether the platform refused with a code.
func IsCode(e *conversations.SendError, code int64) bool {
	return e != nil && e.Code == strconv.FormatInt(code, 10)
}

// Harmless is for calls that may be repeated: where nobody can tell whether
// it was done, it is done again.
func Harmless(e *conversations.SendError) *conversations.SendError {
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
