package sms

import (
	"strings"
	"time"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// tencentCode is what a code means (腾讯云短信, "错误码"; "公共错误码"). Limits of
// one number are there for the candidate's sake: no other provider is asked to
// get around them.
func tencentCode(code string) carrier.Refusal {
	filing := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.BadContent, Own: true, Advice: advice}
	}
	content := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.BadContent, Advice: advice}
	}
	credentials := func(advice string) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.Credentials, Own: true, Advice: advice}
	}
	tooOften := func(after time.Duration) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.Throttled, After: after, Advice: "this number got as many messages as the account allows (应用管理 > 短信频率限制策略)"}
	}
	usedUp := carrier.Refusal{Reason: conversations.QuotaUsedUp, After: carrier.Tomorrow, Own: true, Advice: "the account's limit of a day is reached; raise it in 应用管理"}
	temporary := carrier.Refusal{Reason: conversations.Temporary, Own: true}
	switch code {
	case "FailedOperation.InsufficientBalanceInSmsPackage", "UnauthorizedOperation.ServiceSuspendDueToArrears":
		return credentials("the balance is used up; buy a package or pay what is owed")
	case "FailedOperation.SignatureIncorrectOrUnapproved":
		return filing("the signature is unknown or not approved: 签名管理")
	case "FailedOperation.TemplateIncorrectOrUnapproved", "FailedOperation.TemplateUnapprovedOrNotExist":
		return filing("the template is unknown or not approved: 正文模板管理")
	case "FailedOperation.TemplateParamSetNotMatchApprovedTemplate":
		return filing("the filed template has another number of variables; see the note in its template file")
	case "InvalidParameterValue.TemplateParameterLengthLimit":
		return filing("a variable is longer than the account may send; newer accounts have 6 characters (正文模板审核标准, 变量规范)")
	case "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter":
		return content("a variable holds an address; it belongs into the template")
	case "InvalidParameterValue.TemplateParameterFormatError", "InvalidParameterValue.ContentLengthLimit":
		return content("a variable, or the message, is too long or not in its form")
	case "FailedOperation.ContainSensitiveWord", "InvalidParameter.DirtyWordFound":
		return content("the message holds what the provider does not allow")
	case "FailedOperation.PhoneNumberInBlacklist":
		return carrier.Refusal{Reason: conversations.BadRecipient, Advice: "the number wants no messages"}
	case "InvalidParameterValue.IncorrectPhoneNumber", "FailedOperation.PhoneNumberParseFail",
		"UnsupportedOperation.UnsupportedRegion", "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone",
		"UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber", "UnsupportedOperation.GlobalTemplateToChineseMainlandPhone":
		return carrier.Refusal{Reason: conversations.BadRecipient, Advice: "the provider, or the template, does not serve the number"}
	case "LimitExceeded.PhoneNumberThirtySecondLimit":
		return tooOften(30 * time.Second)
	case "LimitExceeded.PhoneNumberOneHourLimit":
		return tooOften(time.Hour)
	case "LimitExceeded.PhoneNumberDailyLimit", "LimitExceeded.PhoneNumberSameContentDailyLimit":
		return tooOften(carrier.Tomorrow)
	case "LimitExceeded.DeliveryFrequencyLimit":
		return tooOften(time.Minute)
	case "LimitExceeded.AppDailyLimit", "LimitExceeded.DailyLimit", "LimitExceeded.AppMainlandChinaDailyLimit",
		"LimitExceeded.AppGlobalDailyLimit", "LimitExceeded.AppCountryOrRegionDailyLimit":
		return usedUp
	case "InternalError.Timeout", "InternalError.SendAndRecvFail", "InternalError.ParseBackendResponseFail":
		return carrier.Refusal{Reason: conversations.OutcomeUnsure, Advice: "the provider did not hear from the carrier in time"}
	case "InternalError.RequestTimeException", "AuthFailure.SignatureExpire":
		return credentials("the clock of this machine is wrong")
	case "InternalError.SigFieldMissing", "InternalError.SigVerificationFail":
		return credentials("check key_id and secret (CAM console: 访问密钥)")
	case "InvalidParameterValue.SdkAppIdNotExist", "InvalidParameter.AppidAndBizId":
		return credentials("check app_id (应用管理 > SDK AppID)")
	case "RequestLimitExceeded":
		return carrier.Refusal{Reason: conversations.Throttled, After: time.Second, Own: true}
	}
	switch family, _, _ := strings.Cut(code, "."); family {
	case "AuthFailure", "UnauthorizedOperation", "IpInBlacklist", "IpNotInWhitelist":
		return credentials("check key_id, secret, app_id, the user's permissions and the list of addresses")
	case "InternalError", "ServiceUnavailable", "ResourceUnavailable":
		return temporary
	case "RequestLimitExceeded", "LimitExceeded":
		return carrier.Refusal{Reason: conversations.Throttled, After: time.Minute, Own: true}
	}
	return content("look the code up in 腾讯云短信 错误码")
}

func tencentOwn(code string) bool { return tencentCode(code).Own }

// tencentReceipt is what a receipt's errmsg means: the states of the carriers'
// own protocols (SMPP and CMPP, Stat: EXPIRED, UNDELIV, UNKNOWN, REJECTD),
// besides codes that every carrier makes up for itself.
func tencentReceipt(code string) conversations.Reason {
	if code == "REJECTD" {
		return conversations.BadRecipient
	}
	return conversations.Temporary
}
