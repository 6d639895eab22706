package sms

import (
	"context"
	"slices"

	dysmsapi "github.com/alibabacloud-go/dysmsapi-20170525/v5/client"
	"github.com/alibabacloud-go/tea/dara"

	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// The states of 审核 (QuerySmsSign: SignStatus, QuerySmsTemplate: TemplateStatus).
const (
	aliyunPending  = 0
	aliyunApproved = 1
)

// signature asks for the account's signature (QuerySmsSign).
func (a *aliyunProvider) signature(ctx context.Context) (f filing, _ *conversations.SendError) {
	refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
		answer, err := a.client.QuerySmsSignWithContext(ctx, &dysmsapi.QuerySmsSignRequest{SignName: &a.config.Sign}, &dara.RuntimeOptions{})
		if err != nil || answer == nil || answer.Body == nil {
			return nil, err
		}
		status := dara.Int32Value(answer.Body.SignStatus)
		f = approval(status == aliyunApproved, status == aliyunPending, dara.StringValue(answer.Body.Reason))
		return answer.Body.Code, nil
	})
	if unfiled(refused) {
		return approval(false, false, refused.Code), nil
	}
	return f, refused
}

// templates asks for each template (QuerySmsTemplate).
func (a *aliyunProvider) templates(ctx context.Context, ids []string) (map[string]filing, *conversations.SendError) {
	filed := map[string]filing{}
	for _, id := range slices.Compact(ids) {
		var f filing
		refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
			answer, err := a.client.QuerySmsTemplateWithContext(ctx, &dysmsapi.QuerySmsTemplateRequest{TemplateCode: &id}, &dara.RuntimeOptions{})
			if err != nil || answer == nil || answer.Body == nil {
				return nil, err
			}
			status := dara.Int32Value(answer.Body.TemplateStatus)
			f = approval(status == aliyunApproved, status == aliyunPending, dara.StringValue(answer.Body.Reason))
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
