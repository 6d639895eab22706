// Package aliyun calls Alibaba Cloud for the adapters of text messages and of
// calls, which have accounts, signatures, codes and limits of one kind there.
//
// The calls are those of the official SDK: dysmsapi for text messages; for
// calls, whose module does not resolve, the generic call of the SDK's core
// (darabonba-openapi), which signs in the same way (ACS3-HMAC-SHA256,
// "V3 版本请求体 & 签名机制"). What is not taken from it: its transport and its
// pool of clients, in place of which a client is passed in for every account;
// its retries, because neither product knows a repeat; and the text of its
// errors, which repeats the request's address with the phone number in it.
// Requests are signed with the machine's clock, as the SDK does: for the
// platform no other time counts. Where the environment would have the SDK print
// requests, with numbers and signatures, no account is opened.
//
// Imports: the standard library, conversations, channels/carrier and the SDK.
package aliyun

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	openapiutil "github.com/alibabacloud-go/darabonba-openapi/v2/utils"
	"github.com/alibabacloud-go/tea/dara"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/conversations"
)

// callTimeout is how long a call may take (SendSms: 国内短信服务超时时间建议设置为
// ≥1S).
const callTimeout = 10 * time.Second

// Account is a RAM user's access key, and where it is used.
type Account struct {
	AccessKeyID     string
	AccessKeySecret string
	BaseURL         string // empty: the product's own
}

// Config is the SDK's configuration for an account. Its requests go by client,
// and by the account's base URL if there is one.
func Config(a Account, own string, client *http.Client) (*openapiutil.Config, error) {
	if printed(os.Getenv("DEBUG")) {
		return nil, errors.New("the environment says DEBUG=" + os.Getenv("DEBUG") + ", by which the platform's library prints phone numbers and signatures; start without it")
	}
	transport, err := carrier.Transport(client, a.BaseURL)
	if err != nil {
		return nil, err
	}
	scheme := "https"
	if u, err := url.Parse(a.BaseURL); err == nil && u.Scheme != "" {
		scheme = u.Scheme
	}
	return &openapiutil.Config{
		AccessKeyId: &a.AccessKeyID, AccessKeySecret: &a.AccessKeySecret,
		Protocol: &scheme, Endpoint: dara.String(carrier.Host(a.BaseURL, own)),
		HttpClient: caller{&http.Client{
			Transport: carrier.Watched(transport),
			// The API never redirects; who follows would carry the number elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}},
	}, nil
}

// printed says whether the SDK prints its requests (github.com/alibabacloud-go/
// debug: the flags dara and tea in the variable DEBUG).
func printed(debug string) bool {
	return slices.ContainsFunc(strings.Split(debug, ","), func(flag string) bool { return flag == "dara" || flag == "tea" })
}

// caller is the SDK's way out. It does not use the transport that the SDK
// makes for every call.
type caller struct{ http *http.Client }

func (c caller) Call(r *http.Request, _ *http.Transport) (*http.Response, error) { return c.http.Do(r) }

// Do makes one call of the SDK and judges it: the answer's code decides, OK or
// one of codes, and what the SDK says went wrong otherwise.
func Do(ctx context.Context, now func() time.Time, codes Codes, call func(context.Context) (code *string, err error)) *conversations.SendError {
	if err := ctx.Err(); err != nil {
		return channels.Temporary("nothing was sent", err)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var watch carrier.Watch
	code, err := call(watch.Begin(ctx))
	if err != nil {
		if c := codeOf(err); c != "" {
			return codes.Refuse(c, now())
		}
		return watch.Failed(err)
	}
	switch c := dara.StringValue(code); c {
	case "OK":
		return nil
	case "":
		return channels.Unsure("the answer does not say whether it was accepted", nil)
	default:
		return codes.Refuse(c, now())
	}
}

// codeOf is the platform's code in an error of the SDK, "" without one.
func codeOf(err error) string {
	var coded interface{ GetCode() *string }
	if !errors.As(err, &coded) {
		return ""
	}
	code := dara.StringValue(coded.GetCode())
	if code == "<nil>" { // what the SDK makes of an answer without a code
		return ""
	}
	return code
}

// Call makes a generic call: an action of a product in RPC style.
func Call(ctx context.Context, client *openapi.Client, action, version string, query map[string]any) (map[string]any, error) {
	answer, err := client.CallApiWithCtx(ctx, &openapiutil.Params{
		Action: &action, Version: &version, Protocol: dara.String("HTTPS"), Pathname: dara.String("/"),
		Method: dara.String("POST"), AuthType: dara.String("AK"), Style: dara.String("RPC"),
		ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
	}, &openapiutil.OpenApiRequest{Query: openapiutil.Query(query)}, &dara.RuntimeOptions{})
	if err != nil {
		return nil, err
	}
	body, _ := answer["body"].(map[string]any)
	return body, nil
}
