package sms

import (
	"context"
	"encoding/json"
	"time"

	dysmsapi "github.com/alibabacloud-go/dysmsapi-20170525/v5/client"
	"github.com/alibabacloud-go/tea/dara"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// aliyunHost is the product's own address (短信服务, 服务接入点).
const aliyunHost = "dysmsapi.aliyuncs.com"

type aliyunProvider struct {
	config Provider
	client *dysmsapi.Client
	codes  aliyun.Codes
	now    func() time.Time
}

func newAliyun(p Provider, o Options) (provider, error) {
	config, err := aliyun.Config(aliyun.Account{AccessKeyID: p.KeyID, AccessKeySecret: p.Secret, BaseURL: p.BaseURL}, aliyunHost, o.HTTPClient)
	if err != nil {
		return nil, err
	}
	client, err := dysmsapi.NewClient(config)
	if err != nil {
		return nil, err
	}
	return &aliyunProvider{p, client, aliyunCodes(), o.Now}, nil
}

// send sends one message (SendSms). Numbers of mainland China are given
// without a country code, others with it and without a plus sign.
func (a *aliyunProvider) send(ctx context.Context, o order) (id string, _ *conversations.SendError, own bool) {
	variables := make(map[string]string, len(o.fields))
	for _, f := range o.fields {
		variables[f.Name] = f.Value
	}
	param, err := json.Marshal(variables)
	if err != nil {
		return "", channels.BadContent("the variables cannot be written as JSON"), false
	}
	request := &dysmsapi.SendSmsRequest{
		PhoneNumbers: dara.String(carrier.Dialled(o.phone)), SignName: &a.config.Sign, TemplateCode: &o.template,
		TemplateParam: dara.String(string(param)), OutId: &o.message,
	}
	if a.config.Extend != "" {
		request.SmsUpExtendCode = &a.config.Extend
	}
	refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
		answer, err := a.client.SendSmsWithContext(ctx, request, &dara.RuntimeOptions{})
		if err != nil || answer == nil || answer.Body == nil {
			return nil, err
		}
		id = dara.StringValue(answer.Body.BizId)
		return answer.Body.Code, nil
	})
	if refused != nil {
		return "", refused, ownTrouble(refused, a.codes.Own)
	}
	return id, nil, false
}

// ownTrouble says whether a refusal is the provider's trouble: by its code, and
// without one whenever nothing was done.
func ownTrouble(refused *conversations.SendError, byCode func(code string) bool) bool {
	switch refused.Reason {
	case conversations.OutcomeUnsure:
		return false
	case conversations.Temporary, conversations.Credentials, conversations.QuotaUsedUp:
		return true
	}
	return byCode(refused.Code)
}
