package smssim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/channels/carrier/carriersim"
)

// sendRequest is what SendSms takes ("发送短信", 2021-01-11).
type sendRequest struct {
	PhoneNumberSet   []string
	SmsSdkAppId      string
	TemplateId       string
	SignName         string
	TemplateParamSet []string
	ExtendCode       string
	SessionContext   string
}

// serveTencent serves the product.
func (s *Sim) serveTencent(w http.ResponseWriter, r *http.Request, body []byte) {
	action := r.Header.Get("X-TC-Action")
	var in sendRequest
	unreadable := json.Unmarshal(body, &in)
	var phone string
	if len(in.PhoneNumberSet) > 0 {
		phone = carriersim.Number(in.PhoneNumberSet[0])
	}
	s.Serve(w, r, carriersim.Call{
		Action: "tencent/" + action, Phone: phone,
		Refuse: func(code string) carriersim.Answer { return s.refuseTencent(code, in, phone) },
		Do: func() carriersim.Answer {
			key, code := checkTC3(r, body, s.Wall(), s.tencentSecret)
			switch {
			case code != "":
				return s.refuseTencent(code, in, phone)
			case r.Header.Get("X-TC-Version") != "2021-01-11":
				return s.refuseTencent("NoSuchVersion", in, phone)
			case action == "DescribeSmsTemplateList":
				return s.listTemplates(s.tencentAccount(key), body)
			case action != "SendSms":
				return s.refuseTencent("InvalidAction", in, phone)
			case unreadable != nil:
				return s.refuseTencent("InvalidParameter", in, phone)
			}
			return s.sendTencent(s.tencentAccount(key), in, phone)
		},
	})
}

func (s *Sim) tencentAccount(key string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tencent[key]
}

func (s *Sim) tencentSecret(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.tencent[key]; a != nil {
		return a.secret
	}
	return ""
}

// ofNumber are the families whose codes are told of each number; the others
// refuse the whole request ("错误码"; the page does not say which is which [?]).
var ofNumber = regexp.MustCompile(`^(FailedOperation|LimitExceeded\.PhoneNumber|LimitExceeded\.DeliveryFrequency|InvalidParameterValue\.IncorrectPhoneNumber)`)

// refuseTencent answers with a code, always with 200.
func (s *Sim) refuseTencent(code string, in sendRequest, phone string) carriersim.Answer {
	a := carriersim.Answer{Code: code}
	if ofNumber.MatchString(code) && phone != "" {
		a.Body = s.tencentStatus(in, "", code, "the number was refused", 0)
		return a
	}
	a.Body, _ = json.Marshal(map[string]any{"Response": map[string]any{
		"Error": map[string]string{"Code": code, "Message": "the request was refused"}, "RequestId": s.requestID(),
	}})
	return a
}

func (s *Sim) tencentStatus(in sendRequest, serial, code, message string, fee int) []byte {
	body, _ := json.Marshal(map[string]any{"Response": map[string]any{
		"SendStatusSet": []map[string]any{{
			"SerialNo": serial, "PhoneNumber": in.PhoneNumberSet[0], "Fee": fee, "SessionContext": in.SessionContext,
			"Code": code, "Message": message, "IsoCode": "CN",
		}},
		"RequestId": s.requestID(),
	}})
	return body
}

func (s *Sim) sendTencent(a *account, in sendRequest, phone string) carriersim.Answer {
	text, code := s.checkTencent(a, in, phone)
	if code != "" {
		return s.refuseTencent(code, in, phone)
	}
	s.mu.Lock()
	s.serial++
	serial := fmt.Sprintf("5000:%d", 1_045_710_669_157_053_657+s.serial)
	a.note(phone, sending{s.Now(), in.TemplateId, text})
	s.mu.Unlock()
	failed := s.deliver(a, phone, in.SignName, text, serial)
	answer := carriersim.Answer{Code: "Ok", Body: s.tencentStatus(in, serial, "Ok", "send success", segments(in.SignName, text))}
	answer.Report = func(after time.Duration) { s.reportTencent(a, phone, serial, in.SessionContext, failed, after) }
	return answer
}

// checkTencent returns the words of the message, or the code that refuses it.
func (s *Sim) checkTencent(a *account, in sendRequest, phone string) (text, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch t, filed := a.Templates[in.TemplateId]; {
	case len(in.PhoneNumberSet) == 0:
		return "", "MissingParameter.EmptyPhoneNumberSet"
	case in.SmsSdkAppId != a.appID:
		return "", "UnauthorizedOperation.SmsSdkAppIdVerifyFail"
	case len(phone) < 8 || strings.Trim(phone, "0123456789") != "":
		return "", "InvalidParameterValue.IncorrectPhoneNumber"
	case a.Signs[in.SignName] != Approved:
		return "", "FailedOperation.SignatureIncorrectOrUnapproved"
	case !filed || t.Filing != "" && t.Filing != Approved:
		return "", "FailedOperation.TemplateUnapprovedOrNotExist"
	default:
		text, code = a.fillTencent(t.Content, in.TemplateParamSet)
	}
	if code != "" {
		return "", code
	}
	return text, s.limitTencent(a, in, phone, text)
}

// limitTencent holds to what one number gets ("短信频率限制": 同一号码 30 秒内
// 1 条相同内容, 1 个自然日内 10 条相同内容).
func (s *Sim) limitTencent(a *account, in sendRequest, phone, text string) (code string) {
	same := func(m sending) bool { return m.text == text }
	now := s.Now()
	switch {
	case a.count(phone, now.Add(-30*time.Second), same) >= 1:
		return "LimitExceeded.PhoneNumberThirtySecondLimit"
	case a.count(phone, now.Add(-24*time.Hour), same) >= 10:
		return "LimitExceeded.PhoneNumberSameContentDailyLimit"
	case !a.bill(in.SignName, text):
		return "FailedOperation.InsufficientBalanceInSmsPackage"
	}
	return ""
}

var place = regexp.MustCompile(`\{(\d+)\}`)

// fillTencent puts variables into a template by their place.
func (a *account) fillTencent(content string, values []string) (text, code string) {
	for _, v := range values {
		switch {
		case utf8.RuneCountInString(v) > a.maxVariable:
			return "", "InvalidParameterValue.TemplateParameterLengthLimit"
		case strings.Contains(v, "://"):
			return "", "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"
		}
	}
	highest := 0
	text = place.ReplaceAllStringFunc(content, func(p string) string {
		n, _ := strconv.Atoi(p[1 : len(p)-1])
		highest = max(highest, n)
		if n < 1 || n > len(values) {
			return ""
		}
		return values[n-1]
	})
	if highest != len(values) {
		return "", "FailedOperation.TemplateParamSetNotMatchApprovedTemplate"
	}
	return text, ""
}

// reportTencent pushes 短信状态通知.
func (s *Sim) reportTencent(a *account, phone, serial, session, failed string, after time.Duration) {
	report := map[string]any{
		"user_receive_time": stamp(s.Now().Add(after)), "nationcode": "86", "mobile": phone,
		"report_status": "SUCCESS", "errmsg": "DELIVRD", "description": "用户短信送达成功", "sid": serial,
	}
	if !a.noExt {
		report["ext"] = session
	}
	if failed != "" {
		report["report_status"], report["errmsg"], report["description"] = "FAIL", "UNDELIV", "用户短信送达失败"
	}
	s.Push(a.ReportURL, "report", phone, after, report)
}

// replyTencent pushes 短信回复通知, one in each callback.
func (s *Sim) replyTencent(a *account, phone, text string) {
	s.PushOne(a.ReplyURL, "reply", phone, map[string]any{
		"extend": "", "mobile": phone, "nationcode": "86", "sign": "", "text": text, "time": s.Now().Unix(),
	})
	s.Tick()
}
