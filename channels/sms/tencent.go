package sms

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	tencentsms "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/sms/v20210111"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

const (
	// tencentHost is the product's own address (发送短信, 接口请求域名).
	tencentHost = "sms.tencentcloudapi.com"
	// tencentRegion is the first of the product's regions (公共参数, 地域列表).
	tencentRegion = "ap-guangzhou"
	tencentWait   = 10 * time.Second
)

// tencentProvider calls by the SDK, which signs with the machine's clock. Of
// it are not used: its retries, because the product knows no repeat; its
// change to another region, which would be one; and the text of its errors,
// which repeats what was answered.
type tencentProvider struct {
	config Provider
	client *tencentsms.Client
	now    func() time.Time
}

func newTencent(p Provider, o Options) (provider, error) {
	transport, err := carrier.Transport(o.HTTPClient, p.BaseURL)
	if err != nil {
		return nil, err
	}
	use := profile.NewClientProfile()
	use.DisableRegionBreaker = true
	use.HttpProfile.Endpoint = carrier.Host(p.BaseURL, tencentHost)
	use.HttpProfile.Scheme = "HTTPS"
	if u, err := url.Parse(p.BaseURL); err == nil && u.Scheme == "http" {
		use.HttpProfile.Scheme = "HTTP"
	}
	use.HttpProfile.ReqTimeout = int(tencentWait / time.Second)
	region := p.Region
	if region == "" {
		region = tencentRegion
	}
	client, err := tencentsms.NewClient(common.NewCredential(p.KeyID, p.Secret), region, use)
	if err != nil {
		return nil, err
	}
	client.WithHttpTransport(straight{carrier.Watched(transport)})
	return &tencentProvider{p, client, o.Now}, nil
}

// straight follows no redirect: the API never redirects, and who follows would
// carry the number elsewhere.
type straight struct{ next http.RoundTripper }

func (s straight) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err == nil && resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp.Body.Close()
		return nil, errors.New("it is redirected")
	}
	return resp, err
}

// send sends one message (发送短信, SendSms). Its variables are given by their
// place: {1} is the first field of the template file.
func (t *tencentProvider) send(ctx context.Context, o order) (id string, _ *conversations.SendError, own bool) {
	ctx, cancel := context.WithTimeout(ctx, tencentWait)
	defer cancel()
	request := tencentsms.NewSendSmsRequest()
	request.PhoneNumberSet = []*string{&o.phone}
	request.SmsSdkAppId, request.SignName = &t.config.AppID, &t.config.Sign
	request.TemplateId, request.SessionContext = &o.template, &o.message
	if t.config.Extend != "" {
		request.ExtendCode = &t.config.Extend
	}
	for _, f := range o.fields {
		request.TemplateParamSet = append(request.TemplateParamSet, &f.Value)
	}
	var watch carrier.Watch
	answer, err := t.client.SendSmsWithContext(watch.Begin(ctx), request)
	if err != nil {
		refused := t.failed(&watch, err)
		return "", refused, ownTrouble(refused, tencentOwn)
	}
	id, refused := t.judge(answer)
	if refused != nil {
		return "", refused, ownTrouble(refused, tencentOwn)
	}
	return id, nil, false
}

// judge reads what became of the one number.
func (t *tencentProvider) judge(answer *tencentsms.SendSmsResponse) (string, *conversations.SendError) {
	if answer == nil || answer.Response == nil || len(answer.Response.SendStatusSet) != 1 || answer.Response.SendStatusSet[0] == nil {
		return "", channels.Unsure("the answer does not say whether it was accepted", nil)
	}
	status := answer.Response.SendStatusSet[0]
	switch {
	case status.Code == nil:
		return "", channels.Unsure("the answer does not say whether it was accepted", nil)
	case *status.Code != "Ok":
		return "", tencentCode(*status.Code).Error(*status.Code, t.now())
	case status.SerialNo == nil:
		return "", nil
	}
	return *status.SerialNo, nil
}

// failed tells a code of the platform from an error of the SDK's own.
func (t *tencentProvider) failed(watch *carrier.Watch, err error) *conversations.SendError {
	var sdk *tcerrors.TencentCloudSDKError
	if errors.As(err, &sdk) && !strings.HasPrefix(sdk.Code, "ClientError.") {
		return tencentCode(sdk.Code).Error(sdk.Code, t.now())
	}
	return watch.Failed(err)
}
