package sms

import (
	"context"
	"slices"
	"strconv"

	dysmsapi "github.com/alibabacloud-go/dysmsapi-20170525/v5/client"
	"github.com/alibabacloud-go/tea/dara"

	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// The states of 审核 (GetSmsSign: SignStatus, GetSmsTemplate: TemplateStatus).
const (
	aliyunPending  = "0"
	aliyunApproved = "1"
)

// signature asks for the account's signature (GetSmsSign).
func (a *aliyunProvider) signature(ctx context.Context) (f filing, _ *conversations.SendError) {
	refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
		answer, err := a.client.GetSmsSignWithContext(ctx, &dysmsapi.GetSmsSignRequest{SignName: &a.config.Sign}, &dara.RuntimeOptions{})
		if err != nil || answer == nil || answer.Body == nil {
			return nil, err
		}
		reason := ""
		if audit := answer.Body.AuditInfo; audit != nil {
			reason = dara.StringValue(audit.RejectInfo)
		}
		status := strconv.FormatInt(dara.Int64Value(answer.Body.SignStatus), 10)
		f = approval(status == aliyunApproved, status == aliyunPending, reason)
		return answer.Body.Code, nil
	})
	if unfiled(refused) {
		return approval(false, false, refused.Code), nil
	}
	return f, refused
}

// templates asks for each template (GetSmsTemplate).
func (a *aliyunProvider) templates(ctx context.Context, ids []string) (map[string]filing, *conversations.SendError) {
	filed := map[string]filing{}
	for _, id := range slices.Compact(ids) {
		var f filing
		refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
			answer, err := a.client.GetSmsTemplateWithContext(ctx, &dysmsapi.GetSmsTemplateRequest{TemplateCode: &id}, &dara.RuntimeOptions{})
			if err != nil || answer == nil || answer.Body == nil {
				return nil, err
			}
			reason := ""
			if audit := answer.Body.AuditInfo; audit != nil {
				reason = dara.StringValue(audit.RejectInfo)
			}
			status := dara.StringValue(answer.Body.TemplateStatus)
			f = approval(status == aliyunApproved, status == aliyunPending, reason)
			return answer.Body.Code, nil
		})
		switch {
		case unfiled(refused):
		case refused != nil:
			return nil, refused
		default:
			filed[id] = f
		}
	}
	return filed, nil
}

// unfiled says whether a code means that the account has no such thing, rather
// than that it may not ask.
func unfiled(refused *conversations.SendError) bool {
	return refused != nil && refused.Reason == conversations.BadContent && refused.Code != ""
}
