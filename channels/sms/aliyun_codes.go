package sms

import (
	"time"

	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// aliyunCodes are the codes of SendSms (短信服务, "API 错误码"). A limit of one
// number (isv.BUSINESS_LIMIT_CONTROL: 触发小时级流控, 触发天级流控) is there for the
// candidate's sake: no other provider is asked to get around it.
func aliyunCodes() aliyun.Codes {
	return aliyun.Common().With(aliyun.Codes{
		"isv.BUSINESS_LIMIT_CONTROL": {Reason: conversations.Throttled, After: time.Hour,
			Advice: "this number got as many messages as the provider allows in a minute, an hour or a day"},
		"isv.MOBILE_NUMBER_ILLEGAL":              nobody("the provider does not take the number"),
		"isv.MOBILE_COUNT_OVER_LIMIT":            nobody("the provider does not take the number"),
		"isv.BLACK_KEY_CONTROL_LIMIT":            content("a variable holds a word that the provider does not allow"),
		"isv.SMS_SIGNATURE_ILLEGAL":              misfiled("the signature is unknown or not approved: 签名管理"),
		"isv.SMS_SIGN_ILLEGAL":                   misfiled("the signature is unknown or not approved: 签名管理"),
		"isv.SIGN_NAME_ILLEGAL":                  misfiled("the signature is unknown or not approved: 签名管理"),
		"isv.SMS_SIGNATURE_SCENE_ILLEGAL":        misfiled("the signature is for another kind of template"),
		"isv.EXTEND_CODE_ERROR":                  misfiled("the signature and the extension of the number do not fit"),
		"isv.DOMESTIC_NUMBER_NOT_SUPPORTED":      misfiled("the template is for numbers abroad"),
		"isv.SMS_TEMPLATE_ILLEGAL":               misfiled("the template is unknown or not approved: 模板管理"),
		"isv.TEMPLATE_MISSING_PARAMETERS":        misfiled("the filed template has variables that Jiebao does not give; see the note in its template file"),
		"isv.TEMPLATE_PARAMS_ILLEGAL":            content("a variable does not fit the kind it was filed with"),
		"isv.PARAM_LENGTH_LIMIT":                 content("a variable is too long"),
		"isv.PARAM_NOT_SUPPORT_URL":              content("a variable holds an address; it belongs into the template"),
		"isv.INVALID_JSON_PARAM":                 content("the variables are no JSON"),
		"isv.INVALID_PARAMETERS":                 content("a parameter is not in its form"),
		"isv.SMS_CONTENT_ILLEGAL":                content("the message holds what the provider does not allow"),
		"isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": misfiled("the template's words and its kind do not fit"),
		"isv.ONE_CODE_MULTIPLE_SIGN":             misfiled("one extension of the number serves several signatures"),
		"isv.SECURITY_FROZEN_ACCOUNT":            {Reason: conversations.Credentials, Own: true, Advice: "the account is frozen; ask the platform's support"},
	})
}

// aliyunReceipt is what a receipt's err_code means (短信服务, "运营商回执错误码").
// A phone that is off or out of reach may be on again tomorrow, but not for
// this message: the carrier has given up.
func aliyunReceipt(code string) conversations.Reason {
	switch code {
	case "MOBILE_NOT_ON_SERVICE", // 停机、空号、暂停服务、关机、不在服务区
		"INVALID_NUMBER",          // 号码状态异常
		"MOBILE_ACCOUNT_ABNORMAL", // 用户账户异常、携号转网或欠费
		"MOBILE_IN_BLACK",         // 手机号在黑名单
		"USER_REJECT":             // 接收用户拒绝
		return conversations.BadRecipient
	case "MOBILE_SEND_LIMIT": // 单个号码日、月发送上限或流控频繁
		return conversations.Throttled
	case "CONTENT_KEYWORD", "CONTENT_ERROR": // 关键字拦截, 推广内容
		return conversations.BadContent
	}
	return conversations.Temporary
}
