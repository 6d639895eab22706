package smssim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/channels/carrier/carriersim"
)

// serveAliyun serves the product in RPC style.
func (s *Sim) serveAliyun(w http.ResponseWriter, r *http.Request, body []byte) {
	action := r.Header.Get("X-Acs-Action")
	q := r.URL.Query()
	phone := carriersim.Number(q.Get("PhoneNumbers"))
	s.Serve(w, r, carriersim.Call{
		Action: "aliyun/" + action, Phone: phone,
		Refuse: func(code string) carriersim.Answer { return s.refuseAliyun(code) },
		Do: func() carriersim.Answer {
			key, code := s.acs3.Check(r, body, s.Wall(), s.aliyunSecret)
			switch {
			case code != "":
				return s.refuseAliyun(code)
			case r.Header.Get("X-Acs-Version") != "2017-05-25":
				return s.refuseAliyun("InvalidVersion")
			}
			a := s.aliyunAccount(key)
			switch action {
			case "SendSms":
				return s.sendSms(a, phone, q.Get("SignName"), q.Get("TemplateCode"), q.Get("TemplateParam"), q.Get("OutId"))
			case "GetSmsSign":
				return s.querySign(a, q.Get("SignName"))
			case "GetSmsTemplate":
				return s.queryTemplate(a, q.Get("TemplateCode"))
			}
			return s.refuseAliyun("InvalidAction.NotFound")
		},
	})
}

func (s *Sim) aliyunAccount(key string) *account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.aliyun[key]
}

func (s *Sim) aliyunSecret(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.aliyun[key]; a != nil {
		return a.secret
	}
	return ""
}

func (s *Sim) refuseAliyun(code string) carriersim.Answer {
	return carriersim.RefuseACS3("dysmsapi.aliyuncs.com", s.requestID(), code)
}

// dailyOfTemplate is how many notifications one number gets of one sign and
// template in 24 hours (短信发送频率限制).
const dailyOfTemplate = 50

var variable = regexp.MustCompile(`\$\{(\w+)\}`)

// sendSms does what SendSms does.
func (s *Sim) sendSms(a *account, phone, sign, template, param, outID string) carriersim.Answer {
	text, code := s.checkAliyun(a, phone, sign, template, param)
	if code != "" {
		return s.refuseAliyun(code)
	}
	s.mu.Lock()
	s.serial++
	bizID := fmt.Sprintf("%d^0", 900_619_746_936_498_440+s.serial)
	a.note(phone, sending{s.Now(), sign + " " + template, text})
	s.mu.Unlock()
	failed := s.deliver(a, phone, sign, text, bizID)
	answer := carriersim.Answer{Code: "OK"}
	answer.Body, _ = json.Marshal(map[string]string{"RequestId": s.requestID(), "Code": "OK", "Message": "OK", "BizId": bizID})
	sent := s.Now()
	answer.Report = func(after time.Duration) {
		s.reportAliyun(a, phone, bizID, outID, failed, segments(sign, text), sent, after)
	}
	return answer
}

// checkAliyun returns the words of the message, or the code that refuses it.
func (s *Sim) checkAliyun(a *account, phone, sign, template, param string) (text, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(phone) < 8 || strings.Trim(phone, "0123456789") != "" {
		return "", "isv.MOBILE_NUMBER_ILLEGAL"
	}
	if a.Signs[sign] != Approved {
		return "", "isv.SMS_SIGNATURE_ILLEGAL"
	}
	t, filed := a.Templates[template]
	if !filed || t.Filing != "" && t.Filing != Approved {
		return "", "isv.SMS_TEMPLATE_ILLEGAL"
	}
	text, code = fillAliyun(t.Content, param)
	switch {
	case code != "":
		return "", code
	case a.count(phone, s.Now().Add(-24*time.Hour), func(m sending) bool { return m.template == sign+" "+template }) >= dailyOfTemplate:
		return "", "isv.BUSINESS_LIMIT_CONTROL"
	case !a.bill(sign, text):
		return "", "isv.AMOUNT_NOT_ENOUGH"
	}
	return text, ""
}

// fillAliyun puts variables, texts of a JSON object, into a template
// ("API 错误码": INVALID_JSON_PARAM, TEMPLATE_MISSING_PARAMETERS,
// PARAM_LENGTH_LIMIT, PARAM_NOT_SUPPORT_URL).
func fillAliyun(content, param string) (text, code string) {
	values := map[string]string{}
	if param != "" && json.Unmarshal([]byte(param), &values) != nil {
		return "", "isv.INVALID_JSON_PARAM"
	}
	for _, v := range values {
		switch {
		case utf8.RuneCountInString(v) > 35:
			return "", "isv.PARAM_LENGTH_LIMIT"
		case strings.Contains(v, "://") || strings.HasPrefix(v, "www."):
			return "", "isv.PARAM_NOT_SUPPORT_URL"
		}
	}
	text = variable.ReplaceAllStringFunc(content, func(name string) string {
		v, given := values[name[2:len(name)-1]]
		if !given || v == "" {
			code = "isv.TEMPLATE_MISSING_PARAMETERS"
		}
		return v
	})
	return text, code
}

// reportAliyun pushes SmsReport.
func (s *Sim) reportAliyun(a *account, phone, bizID, outID, failed string, size int, sent time.Time, after time.Duration) {
	report := map[string]any{
		"phone_number": phone, "send_time": stamp(sent), "report_time": stamp(s.Now().Add(after)),
		"success": failed == "", "err_code": "DELIVERED", "err_msg": "用户接收成功",
		"sms_size": fmt.Sprint(size), "biz_id": bizID, "out_id": outID,
	}
	if failed != "" {
		report["err_code"], report["err_msg"] = failed, "接收失败"
	}
	s.Push(a.ReportURL, "report", phone, after, report)
}

// replyAliyun pushes SmsUp.
func (s *Sim) replyAliyun(a *account, phone, text string, serial int64) {
	s.Push(a.ReplyURL, "reply", phone, 0, map[string]any{
		"phone_number": phone, "content": text, "send_time": stamp(s.Now()), "dest_code": "1234",
		"sequence_id": fmt.Sprint(1_234_567_890 + serial),
	})
	s.Tick()
}

func (s *Sim) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	return fmt.Sprintf("F655A8D5-B967-440B-8683-%012d", s.serial)
}
