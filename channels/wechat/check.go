package wechat

import (
	"context"
	"encoding/json"
	"regexp"

	"jiebao/channels"
	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// Calls are the addresses of the platform that the account calls.
func (a *Adapter) Calls() []string { return []string{a.account.BaseURL} }

// Check looks whether the platform lets the account in.
func (a *Adapter) Check(ctx context.Context) []channels.Finding {
	const about = "access"
	// 获取微信API接口IP: it needs a good secret and a listed address, no more.
	if _, refused := a.api.Call(ctx, tencent.Get("/cgi-bin/get_api_domain_ip", nil)); refused != nil {
		return []channels.Finding{channels.Fault(about, refused.Error(), remedy(refused))}
	}
	return []channels.Finding{channels.Found(about, "app_id and secret are right, and the platform lets this machine in")}
}

// remedy says what to do about a refusal (全局返回码说明).
func remedy(e *conversations.SendError) string {
	const console = "设置与开发 > 基本配置"
	switch e.Code {
	case "40164", "61004":
		return "enter this machine's address under " + console + " > IP白名单; the platform's answer names it"
	case "40001", "40125", "41004":
		return "copy AppSecret anew from " + console + " into secret; after a reset only the new one holds"
	case "40013", "41002":
		return "copy AppID from " + console + " into app_id"
	case "40243":
		return "the secret is frozen: have the administrator unfreeze it under " + console
	case "48001", "48004", "50001", "50002":
		return "the account may not use this interface: see 设置与开发 > 接口权限, and whether it is verified (微信认证) and not restricted"
	case "89501", "89503", "89506", "89507":
		return "the account's administrator has to confirm this machine's address on their phone"
	}
	return "see whether this machine reaches base_url: name resolution, firewall, proxy"
}

// templateField is a field in a template's content: {{thing1.DATA}}.
var templateField = regexp.MustCompile(`\{\{(\w+)\.DATA\}\}`)

// Templates are the templates that the account has at the platform, by their
// id, with the fields of each (获取模板列表).
func (a *Adapter) Templates(ctx context.Context) (map[string][]string, error) {
	body, refused := a.api.Call(ctx, tencent.Get("/cgi-bin/template/get_all_private_template", nil))
	if refused != nil {
		return nil, refused
	}
	var answer struct {
		List []struct {
			ID      string `json:"template_id"`
			Content string `json:"content"`
		} `json:"template_list"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, channels.Temporary("the answer holds no templates", nil)
	}
	out := map[string][]string{}
	for _, t := range answer.List {
		out[t.ID] = []string{}
		for _, m := range templateField.FindAllStringSubmatch(t.Content, -1) {
			out[t.ID] = append(out[t.ID], m[1])
		}
	}
	return out, nil
}
