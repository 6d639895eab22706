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

// Check looks whether the platform lets the app in, and whether it is switched
// on and can be seen by anybody (获取指定的应用详情).
func (a *App) Check(ctx context.Context) []channels.Finding {
	const about, app = "access", "app"
	body, refused := a.api.Call(ctx, tencent.Get("/cgi-bin/agent/get", url.Values{"agentid": {strconv.FormatInt(a.account.AgentID, 10)}}))
	if refused != nil {
		return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
	}
	var answer struct {
		Close int `json:"close"`
		Users struct {
			User []json.RawMessage `json:"user"`
		} `json:"allow_userinfos"`
		Departments struct {
			ID []json.RawMessage `json:"partyid"`
		} `json:"allow_partys"`
		Tags struct {
			ID []json.RawMessage `json:"tagid"`
		} `json:"allow_tags"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return []channels.Finding{channels.Fault(about, "the answer does not describe the app", "see whether base_url leads to the platform")}
	}
	found := []channels.Finding{channels.Found(about, "corp_id, agent_id and secret are right, and the platform lets this machine in")}
	switch {
	case answer.Close != 0:
		return append(found, channels.Fault(app, "it is switched off (已停用)", "switch it on under 应用管理"))
	case len(answer.Users.User)+len(answer.Departments.ID)+len(answer.Tags.ID) == 0:
		return append(found, channels.Doubt(app, "nobody can see it, so that nobody can be written to", "choose 可见范围 under 应用管理"))
	}
	return append(found, channels.Found(app, "it is switched on"))
}

// remedy says what to do about a refusal (全局错误码).
func remedy(e *conversations.SendError) string {
	switch e.Code {
	case "60020":
		return "enter this machine's address under 应用管理, the app, 企业可信IP; the platform's answer names it"
	case "40001", "40091":
		return "copy Secret of the app into secret"
	case "40013":
		return "copy 企业ID from 我的企业 into corp_id"
	case "40056", "301002", "301007":
		return "copy AgentId of the app that the secret is of into agent_id"
	case "48002", "60011":
		return "give the app the right: for 微信客服, enter it under 可调用接口的应用"
	}
	return "see whether this machine reaches base_url: name resolution, firewall, proxy"
}

// kfPage is how many 微信客服 accounts are listed at once (获取客服账号列表: 最大100).
const kfPage = 100

// Check looks whether the app may speak for the 微信客服 account (获取客服账号列表).
func (k *Kf) Check(ctx context.Context) []channels.Finding {
	const about = "access"
	for offset := 0; ; offset += kfPage {
		listed, refused := k.listed(ctx, offset)
		if refused != nil {
			return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
		}
		for _, account := range listed {
			switch {
			case account.ID != k.account.OpenKfID:
			case !account.Manage:
				return []channels.Finding{channels.Fault(about, "the app may not manage the account", "choose 通过API管理 for it under 微信客服, 可调用接口的应用")}
			default:
				return []channels.Finding{channels.Found(about, "the app may speak for the account")}
			}
		}
		if len(listed) < kfPage {
			return []channels.Finding{channels.Fault(about, "the app has no account of that open_kfid", "copy open_kfid anew, and let the app call the account under 微信客服, 可调用接口的应用")}
		}
	}
}

// kfAccount is one of the app's 微信客服 accounts.
type kfAccount struct {
	ID     string `json:"open_kfid"`
	Manage bool   `json:"manage_privilege"`
}

func (k *Kf) listed(ctx context.Context, offset int) ([]kfAccount, *conversations.SendError) {
	r, refused := tencent.PostJSON("/cgi-bin/kf/account/list", map[string]int{"offset": offset, "limit": kfPage})
	if refused != nil {
		return nil, refused
	}
	r.Safe = true
	body, refused := k.api.Call(ctx, r)
	if refused != nil {
		return nil, refused
	}
	var answer struct {
		List []kfAccount `json:"account_list"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, tencent.Temporary("the answer holds no accounts", nil)
	}
	return answer.List, nil
}
