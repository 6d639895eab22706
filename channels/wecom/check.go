package wecom

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// Calls are the addresses of the platform that the app calls.
func (a *App) Calls() []string { return []string{a.account.BaseURL} }

// Check looks whether the platform lets the app in, and whether it is there for
// anybody (获取指定的应用详情).
func (a *App) Check(ctx context.Context) []channels.Finding {
	const about = "access"
	body, refused := a.api.Call(ctx, tencent.Get("/cgi-bin/agent/get", url.Values{"agentid": {strconv.FormatInt(a.account.AgentID, 10)}}))
	if refused != nil {
		return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
	}
	var app struct {
		Closed  int `json:"close"`
		Members struct {
			User []struct{} `json:"user"`
		} `json:"allow_userinfos"`
		Parties struct {
			ID []int64 `json:"partyid"`
		} `json:"allow_partys"`
		Tags struct {
			ID []int64 `json:"tagid"`
		} `json:"allow_tags"`
	}
	if err := json.Unmarshal(body, &app); err != nil {
		return []channels.Finding{channels.Fault(about, "the answer describes no app", remedy(channels.Temporary("", nil)))}
	}
	found := []channels.Finding{channels.Found(about, "corp_id, agent_id and secret are right, and the platform lets this machine in")}
	if app.Closed == 1 {
		found = append(found, channels.Fault("app", "the app is switched off", "switch it on under 应用管理 > 自建"))
	}
	if len(app.Members.User)+len(app.Parties.ID)+len(app.Tags.ID) == 0 {
		found = append(found, channels.Doubt("members", "nobody is in the app's 可见范围, so that nobody can be written to", "enter departments or members under 应用管理 > 自建 > 可见范围"))
	}
	return found
}

// Check looks whether the app may speak for the account (获取客服账号列表).
func (k *Kf) Check(ctx context.Context) []channels.Finding {
	const about, page, most = "access", 100, 50
	for n := range most {
		r, refused := tencent.PostJSON("/cgi-bin/kf/account/list", map[string]int{"offset": n * page, "limit": page})
		if refused != nil {
			return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
		}
		r.Safe = true
		body, refused := k.api.Call(ctx, r)
		if refused != nil {
			return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
		}
		var answer struct {
			Accounts []struct {
				ID      string `json:"open_kfid"`
				Managed *bool  `json:"manage_privilege"`
			} `json:"account_list"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return []channels.Finding{channels.Fault(about, "the answer is no list of accounts", remedy(channels.Temporary("", nil)))}
		}
		for _, account := range answer.Accounts {
			if account.ID != k.account.OpenKfID {
				continue
			}
			if account.Managed != nil && !*account.Managed {
				return []channels.Finding{channels.Fault(about, "the account is not managed by API", "choose 通过API管理 for it under 微信客服 > 可调用接口的应用")}
			}
			return []channels.Finding{channels.Found(about, "the app may speak for the account")}
		}
		if len(answer.Accounts) < page {
			break
		}
	}
	return []channels.Finding{channels.Fault(about, "the app may not call an account of this open_kfid", "enter the app under 微信客服 > 可调用接口的应用, and compare open_kfid with the list there")}
}

// remedy says what to do about a refusal (全局错误码).
func remedy(e *conversations.SendError) string {
	const page = "应用管理 > 自建"
	switch e.Code {
	case "60020":
		return "enter this machine's address under " + page + " > 企业可信IP; the platform's answer names it"
	case "40001", "40091":
		return "copy Secret anew from " + page + " into secret; each app has its own"
	case "40013":
		return "copy 企业ID from 我的企业 > 企业信息 into wecom.corp_id"
	case "40056", "301002", "301007":
		return "copy AgentId from the page of the app whose Secret is configured into wecom.agent_id"
	case "48002", "60011":
		return "the app may not use this interface: for 微信客服, enter it under 微信客服 > 可调用接口的应用"
	case "50003":
		return "switch the app on under " + page
	case "95011", "95012", "95017":
		return "switch 微信客服 on, and its API for this app, under 微信客服 > 可调用接口的应用"
	}
	return "see whether this machine reaches base_url: name resolution, firewall, proxy"
}

// Rehearse says whether a delivery's words fit. Nothing is billed by its number.
func (a *App) Rehearse(d conversations.Delivery) (parts int, err error) {
	if d.Kind == conversations.Template && d.Template != nil && noticeCard(d.Template.Title, d.Text, d.Template.URL, d.Locale) != nil {
		return 0, nil
	}
	return 0, rehearse(d)
}

// Rehearse says whether a delivery's words fit. Nothing is billed by its number.
func (k *Kf) Rehearse(d conversations.Delivery) (parts int, err error) { return 0, rehearse(d) }

func rehearse(d conversations.Delivery) error {
	text := conversations.Numbered(d.Text, d.Choices)
	switch {
	case d.Kind == conversations.Image || d.Kind == conversations.File:
		return nil
	case d.Kind == conversations.Template && (d.Template == nil || d.Text == ""):
		return channels.BadContent("the notification has no words")
	case d.Kind == conversations.Template:
		text = tencent.Lines(d.Template.Title, d.Text, d.Template.URL)
	}
	if refused := fits(tencent.Legible(text)); refused != nil {
		return refused
	}
	return nil
}
