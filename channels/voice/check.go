package voice

import (
	"context"
	"strconv"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// Check looks whether the platform lets the account in, by asking for a call
// that there never was (QueryCallDetailByCallId, 语音通知). Whether the texts and
// the number are approved, only the console tells.
func (a *Adapter) Check(ctx context.Context) []channels.Finding {
	const about = "access"
	refused := aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
		answer, err := aliyun.Call(ctx, a.client, "QueryCallDetailByCallId", version, map[string]any{
			"CallId": "100000000000^100000000000", "ProdId": "11000000300006",
			"QueryDate": strconv.FormatInt(a.now().UnixMilli(), 10),
		})
		if err != nil {
			return nil, err
		}
		code, _ := answer["Code"].(string)
		return &code, nil
	})
	switch {
	case refused == nil, refused.Reason == conversations.BadContent && refused.Code != "", refused.Reason == conversations.BadRecipient:
		return []channels.Finding{channels.Found(about, "key_id and secret are right, and the platform lets this machine in")}
	case refused.Reason == conversations.Credentials:
		return []channels.Finding{channels.Fault(about, refused.Error(), "see 语音服务 console, and voice.key_id and voice.secret")}
	}
	return []channels.Finding{channels.Fault(about, refused.Error(), "see whether this machine reaches the platform: name resolution, firewall, proxy")}
}

// Calls is the platform's address.
func (a *Adapter) Calls() []string {
	return []string{carrier.Base(a.account.BaseURL, "https://"+host)}
}
