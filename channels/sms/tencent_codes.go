package sms

import (
	"strings"
	"time"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// tencentCode is what a code means, or else its family.
func tencentCode(code string) carrier.Refusal {
	if r, known := tencentCodes()[code]; known {
		return r
	}
	switch family, _, _ := strings.Cut(code, "."); family {
	case "AuthFailure", "UnauthorizedOperation", "IpInBlacklist", "IpNotInWhitelist":
		return credentials("check key_id, secret, app_id, the user's permissions and the list of addresses")
	case "InternalError", "ServiceUnavailable", "ResourceUnavailable":
		return carrier.Refusal{Reason: conversations.Temporary, Own: true}
	case "RequestLimitExceeded", "LimitExceeded":
		return carrier.Refusal{Reason: conversations.Throttled, After: time.Minute, Own: true}
	}
	return content("look the code up in 腾讯云短信 错误码")
}

// tencentCodes are the codes of SendSms (腾讯云短信, "错误码"; "公共错误码"). Limits
// of one number are there for the candidate's sake: no other provider is asked
// to get around them.
func tencentCodes() map[string]carrier.Refusal {
	tooOften := func(after time.Duration) carrier.Refusal {
		return carrier.Refusal{Reason: conversations.Throttled, After: after, Advice: "this number got as many messages as the account allows (应用管理 > 短信频率限制策略)"}
	}
	usedUp := carrier.Refusal{Reason: conversations.QuotaUsedUp, After: carrier.Tomorrow, Own: true, Advice: "the account's limit of a day is reached; raise it in 应用管理"}
	silent := carrier.Refusal{Reason: conversations.OutcomeUnsure, Advice: "the provider did not hear from the carrier in time"}
	const (
		balance  = "the balance is used up; buy a package or pay what is owed"
		template = "the template is unknown or not approved: 正文模板管理"
		form     = "a variable, or the message, is too long or not in its form"
		words    = "the message holds what the provider does not allow"
		foreign  = "the provider, or the template, does not serve the number"
		clock    = "the clock of this machine is wrong"
		key      = "check key_id and secret (CAM console: 访问密钥)"
		app      = "check app_id (应用管理 > SDK AppID)"
	)
	return map[string]carrier.Refusal{
		"FailedOperation.InsufficientBalanceInSmsPackage":                 credentials(balance),
		"UnauthorizedOperation.ServiceSuspendDueToArrears":                credentials(balance),
		"FailedOperation.SignatureIncorrectOrUnapproved":                  misfiled("the signature is unknown or not approved: 签名管理"),
		"FailedOperation.TemplateIncorrectOrUnapproved":                   misfiled(template),
		"FailedOperation.TemplateUnapprovedOrNotExist":                    misfiled(template),
		"FailedOperation.TemplateParamSetNotMatchApprovedTemplate":        misfiled("the filed template has another number of variables; see the note in its template file"),
		"InvalidParameterValue.TemplateParameterLengthLimit":              misfiled("a variable is longer than the account may send; newer accounts have 6 characters (正文模板审核标准, 变量规范)"),
		"InvalidParameterValue.ProhibitedUseUrlInTemplateParameter":       content("a variable holds an address; it belongs into the template"),
		"InvalidParameterValue.TemplateParameterFormatError":              content(form),
		"InvalidParameterValue.ContentLengthLimit":                        content(form),
		"FailedOperation.ContainSensitiveWord":                            content(words),
		"InvalidParameter.DirtyWordFound":                                 content(words),
		"FailedOperation.PhoneNumberInBlacklist":                          nobody("the number wants no messages"),
		"InvalidParameterValue.IncorrectPhoneNumber":                      nobody(foreign),
		"FailedOperation.PhoneNumberParseFail":                            nobody(foreign),
		"UnsupportedOperation.UnsupportedRegion":                          nobody(foreign),
		"UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone":       nobody(foreign),
		"UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber": nobody(foreign),
		"UnsupportedOperation.GlobalTemplateToChineseMainlandPhone":       nobody(foreign),
		"LimitExceeded.PhoneNumberThirtySecondLimit":                      tooOften(30 * time.Second),
		"LimitExceeded.PhoneNumberOneHourLimit":                           tooOften(time.Hour),
		"LimitExceeded.PhoneNumberDailyLimit":                             tooOften(carrier.Tomorrow),
		"LimitExceeded.PhoneNumberSameContentDailyLimit":                  tooOften(carrier.Tomorrow),
		"LimitExceeded.DeliveryFrequencyLimit":                            tooOften(time.Minute),
		"LimitExceeded.AppDailyLimit":                                     usedUp,
		"LimitExceeded.DailyLimit":                                        usedUp,
		"LimitExceeded.AppMainlandChinaDailyLimit":                        usedUp,
		"LimitExceeded.AppGlobalDailyLimit":                               usedUp,
		"LimitExceeded.AppCountryOrRegionDailyLimit":                      usedUp,
		"InternalError.Timeout":                                           silent,
		"InternalError.SendAndRecvFail":                                   silent,
		"InternalError.ParseBackendResponseFail":                          silent,
		"InternalError.RequestTimeException":                              credentials(clock),
		"AuthFailure.SignatureExpire":                                     credentials(clock),
		"InternalError.SigFieldMissing":                                   credentials(key),
		"InternalError.SigVerificationFail":                               credentials(key),
		"InvalidParameterValue.SdkAppIdNotExist":                          credentials(app),
		"InvalidParameter.AppidAndBizId":                                  credentials(app),
		"RequestLimitExceeded":                                            {Reason: conversations.Throttled, After: time.Second, Own: true},
	}
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
