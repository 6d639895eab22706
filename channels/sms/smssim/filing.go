package smssim

import (
	"encoding/json"
	"strconv"

	"jiebao/channels/carrier/carriersim"
)

// aliyunStatus is a filing's number (GetSmsSign, SignStatus; GetSmsTemplate,
// TemplateStatus: 0 审核中, 1 审核通过, 2 审核失败).
func (f Filing) aliyunStatus() int {
	switch f {
	case Pending:
		return 0
	case Rejected:
		return 2
	}
	return 1
}

// audit is what the reviewers say (AuditInfo).
func (f Filing) audit() map[string]string {
	if f == Rejected {
		return map[string]string{"RejectInfo": "文件不能证明信息真实性，请重新上传"}
	}
	return map[string]string{}
}

// tencentStatus is a filing's number (查询短信模板状态, StatusCode: 0 审核通过且已生效,
// 1 审核中, -1 审核未通过).
func (f Filing) tencentStatus() int {
	switch f {
	case Pending:
		return 1
	case Rejected:
		return -1
	}
	return 0
}

// querySign does what GetSmsSign does. The code for a signature that is not
// the account's is that of sending [?].
func (s *Sim) querySign(a *account, sign string) carriersim.Answer {
	s.mu.Lock()
	f, filed := a.Signs[sign]
	s.mu.Unlock()
	if !filed {
		return s.refuseAliyun("isv.SMS_SIGNATURE_ILLEGAL")
	}
	return s.filed(map[string]any{"SignName": sign, "SignStatus": f.aliyunStatus(), "AuditInfo": f.audit()})
}

// queryTemplate does what GetSmsTemplate does.
func (s *Sim) queryTemplate(a *account, code string) carriersim.Answer {
	s.mu.Lock()
	t, filed := a.Templates[code]
	s.mu.Unlock()
	if !filed {
		return s.refuseAliyun("isv.SMS_TEMPLATE_ILLEGAL")
	}
	return s.filed(map[string]any{"TemplateCode": code, "TemplateContent": t.Content, "TemplateStatus": strconv.Itoa(t.Filing.aliyunStatus()), "TemplateType": "1", "AuditInfo": t.Filing.audit()})
}

func (s *Sim) filed(body map[string]any) carriersim.Answer {
	body["Code"], body["Message"], body["RequestId"] = "OK", "OK", s.requestID()
	text, _ := json.Marshal(body)
	return carriersim.Answer{Code: "OK", Body: text}
}

// listRequest is what DescribeSmsTemplateList takes.
type listRequest struct {
	TemplateIdSet []uint64
	Limit, Offset uint64
}

// listTemplates does what DescribeSmsTemplateList does, as far as it names
// templates.
func (s *Sim) listTemplates(a *account, body []byte) carriersim.Answer {
	var in listRequest
	if json.Unmarshal(body, &in) != nil {
		return s.refuseTencent("InvalidParameter", sendRequest{}, "")
	}
	list := []map[string]any{}
	s.mu.Lock()
	for _, id := range in.TemplateIdSet {
		if t, filed := a.Templates[strconv.FormatUint(id, 10)]; filed {
			list = append(list, map[string]any{"TemplateId": id, "International": 0, "StatusCode": t.Filing.tencentStatus(), "ReviewReply": "", "TemplateContent": t.Content})
		}
	}
	s.mu.Unlock()
	text, _ := json.Marshal(map[string]any{"Response": map[string]any{"DescribeTemplateStatusSet": list, "RequestId": s.requestID()}})
	return carriersim.Answer{Code: "Ok", Body: text}
}
