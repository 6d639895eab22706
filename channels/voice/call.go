package voice

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"jiebao/channels"
	"jiebao/channels/carrier"
	"jiebao/channels/carrier/aliyun"
	"jiebao/conversations"
)

// The product's action (SingleCallByTts, 发送语音验证码或文本转语音类型的语音通知).
const (
	action  = "SingleCallByTts"
	version = "2017-05-25"
)

// Send calls a candidate and has a filed text read to them.
func (a *Adapter) Send(ctx context.Context, d conversations.Delivery) (conversations.Receipt, error) {
	query, refused := a.order(d)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	var id string
	refused = aliyun.Do(ctx, a.now, a.codes, func(ctx context.Context) (*string, error) {
		answer, err := aliyun.Call(ctx, a.client, action, version, query)
		if err != nil {
			return nil, err
		}
		id, _ = answer["CallId"].(string)
		code, _ := answer["Code"].(string)
		return &code, nil
	})
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	return conversations.Receipt{PlatformID: id}, nil
}

// order checks a delivery and puts it as the platform takes it. Numbers of
// mainland China go without a country code, others with it.
func (a *Adapter) order(d conversations.Delivery) (map[string]any, *conversations.SendError) {
	phone, valid := carrier.E164(d.To.ID)
	switch {
	case d.To.Account != a.account.ID:
		return nil, channels.BadRecipient("the address is not one of account " + a.account.ID)
	case !valid:
		return nil, channels.BadRecipient("the address is no phone number")
	case d.Kind != conversations.Template || d.Template == nil:
		return nil, channels.BadContent("calls read filed texts only")
	}
	code, filed := carrier.Template(a.account.Templates, d.Template.Purpose)
	if !filed {
		return nil, channels.BadContent(fmt.Sprintf("purpose %q has no filed text; add it to templates of the account", d.Template.Purpose))
	}
	variables := make(map[string]string, len(d.Template.Fields))
	for _, f := range d.Template.Fields {
		if f.Value == "" {
			return nil, channels.BadContent("variable " + f.Name + " is empty")
		}
		variables[f.Name] = f.Value
	}
	param, err := json.Marshal(variables)
	if err != nil {
		return nil, channels.BadContent("the variables cannot be written as JSON")
	}
	query := map[string]any{
		"CalledNumber": carrier.Dialled(phone), "TtsCode": code, "TtsParam": string(param),
		"PlayTimes": strconv.Itoa(a.account.PlayTimes),
	}
	if a.account.ShowNumber != "" {
		query["CalledShowNumber"] = a.account.ShowNumber
	}
	if out := pack(d.Message, asks(d.Template)); out != "" {
		query["OutId"] = out
	}
	return query, nil
}

// asks says whether a call asks about the first day at work, so that its keys
// may answer that: it names the day, in the variable date.
func asks(t *conversations.TemplateContent) bool {
	return slices.ContainsFunc(t.Fields, func(f conversations.TemplateField) bool { return f.Name == "date" })
}
