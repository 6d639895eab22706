package aliyun

import (
	"maps"
	"strings"
	"time"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// Codes are what a product's codes mean.
type Codes map[string]carrier.Refusal

// With returns the codes with more of one product.
func (c Codes) With(more Codes) Codes {
	all := maps.Clone(c)
	maps.Copy(all, more)
	return all
}

// Refuse is the error for a code. One that nobody knows fails the message
// where people see it, rather than hold up what comes after.
func (c Codes) Refuse(code string, now time.Time) *conversations.SendError {
	return c.of(code).Error(code, now)
}

// Own says whether a code is the provider's own trouble.
func (c Codes) Own(code string) bool { return c.of(code).Own }

func (c Codes) of(code string) carrier.Refusal {
	if r, ok := c[code]; ok {
		return r
	}
	// Families, such as InvalidAccessKeyId.NotFound and Throttling.User.
	family, _, _ := strings.Cut(code, ".")
	if r, ok := c[family]; ok {
		return r
	}
	return carrier.Refusal{Reason: conversations.BadContent, Advice: "look the code up among the product's error codes"}
}

// Common returns the codes of every product ("公共错误码"; "短信服务 API 错误码";
// "语音服务 API 错误码").
func Common() Codes {
	credentials := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.Credentials, Own: true, Advice: advice}
	}
	temporary := carrier.Refusal{Reason: conversations.Temporary, Own: true}
	throttled := carrier.Refusal{Reason: conversations.Throttled, After: time.Second, Own: true}
	const key = "check access_key_id and access_key_secret (RAM console: 用户 > AccessKey)"
	return Codes{
		"InvalidAccessKeyId":       credentials(key),
		"SignatureDoesNotMatch":    credentials(key),
		"IncompleteSignature":      credentials(key),
		"InvalidSecurityToken":     credentials(key),
		"InvalidTimeStamp":         credentials("the clock of this machine is wrong"),
		"SignatureNonceUsed":       temporary,
		"Forbidden":                credentials("the RAM user needs the permission to send (AliyunDysmsFullAccess, AliyunDyvmsFullAccess)"),
		"NoPermission":             credentials("the RAM user needs the permission to send (AliyunDysmsFullAccess, AliyunDyvmsFullAccess)"),
		"isp.RAM_PERMISSION_DENY":  credentials("the RAM user needs the permission to send (AliyunDysmsFullAccess, AliyunDyvmsFullAccess)"),
		"isv.RAM_PERMISSION_DENY":  credentials("the RAM user needs the permission to send (AliyunDysmsFullAccess, AliyunDyvmsFullAccess)"),
		"isv.ACCOUNT_NOT_EXISTS":   credentials("the account is unknown to the product"),
		"isv.ACCOUNT_ABNORMAL":     credentials("the account is blocked; ask the platform's support"),
		"isv.OUT_OF_SERVICE":       credentials("the service is stopped; pay what is owed"),
		"isv.AMOUNT_NOT_ENOUGH":    credentials("the balance is used up; top it up"),
		"isv.PRODUCT_UN_SUBSCRIPT": credentials("the product is not activated"),
		"isv.PRODUCT_UNSUBSCRIBE":  credentials("the product is not activated"),
		"isv.DENY_IP_RANGE":        credentials("this machine's address is not on the product's list of addresses"),
		"isp.SYSTEM_ERROR":         temporary,
		"isp.UNKNOWN":              temporary,
		"isp.GATEWAY_ERROR":        temporary,
		"isv.SYSTEM_ERROR":         temporary,
		"ServiceUnavailable":       temporary,
		"InternalError":            temporary,
		"Throttling":               throttled,
		"isv.DAY_LIMIT_CONTROL": {Reason: conversations.QuotaUsedUp, After: carrier.Tomorrow, Own: true,
			Advice: "the account's own limit of a day is reached; raise it in the console's 系统设置"},
		"isv.MONTH_LIMIT_CONTROL": {Reason: conversations.QuotaUsedUp, After: 6 * time.Hour, Own: true,
			Advice: "the account's own limit of a month is reached; raise it in the console's 系统设置"},
	}
}
