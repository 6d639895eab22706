package sms

import (
	"context"
	"strconv"

	tencentsms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"

	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// The states of 审核 (查询短信模板状态, StatusCode; 2 is approved, and not yet in
// effect).
const (
	tencentApproved = 0
	tencentPending  = 1
	tencentSoon     = 2
)

// signature only looks whether the account is let in: signatures are asked for
// by an id (查询短信签名状态) that sending does not take and nobody configures.
func (t *tencentProvider) signature(ctx context.Context) (filing, *conversations.SendError) {
	_, refused := t.templates(ctx, nil)
	return filing{}, refused
}

// templates asks for all templates at once (查询短信模板状态,
// DescribeSmsTemplateList).
func (t *tencentProvider) templates(ctx context.Context, ids []string) (map[string]filing, *conversations.SendError) {
	ctx, cancel := context.WithTimeout(ctx, tencentWait)
	defer cancel()
	request := tencentsms.NewDescribeSmsTemplateListRequest()
	inland, most := uint64(0), uint64(1)
	request.International = &inland
	for _, id := range ids {
		if n, err := strconv.ParseUint(id, 10, 64); err == nil {
			request.TemplateIdSet = append(request.TemplateIdSet, &n)
		}
	}
	if len(request.TemplateIdSet) == 0 {
		request.Limit = &most
	}
	var watch carrier.Watch
	answer, err := t.client.DescribeSmsTemplateListWithContext(watch.Begin(ctx), request)
	if err != nil {
		return nil, t.failed(&watch, err)
	}
	filed := map[string]filing{}
	for _, s := range answer.Response.DescribeTemplateStatusSet {
		if s.TemplateId == nil || s.StatusCode == nil {
			continue
		}
		reason := ""
		if s.ReviewReply != nil {
			reason = *s.ReviewReply
		}
		pending := *s.StatusCode == tencentPending || *s.StatusCode == tencentSoon
		filed[strconv.FormatUint(*s.TemplateId, 10)] = approval(*s.StatusCode == tencentApproved, pending, reason)
	}
	return filed, nil
}
