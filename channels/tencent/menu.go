package tencent

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/silenceper/wechat/v2/officialaccount/menu"

	"jiebao/channels"
	"jiebao/conversations"
)

// The keys of an account's menu, as Inbound.Text tells them.
const (
	KeyInterview = "my_interview"
	KeyDocuments = "documents"
	KeyHuman     = "human"
)

// codeNoMenu says that the account has no menu (全局返回码说明).
const codeNoMenu = 46003

// buttons is the menu below the chat, in the language of the account's console.
func buttons() []*menu.Button {
	return []*menu.Button{
		menu.NewClickButton("我的面试", KeyInterview),
		menu.NewClickButton("提交材料", KeyDocuments),
		menu.NewClickButton("人工服务", KeyHuman),
	}
}

// SetMenu sets the account's menu (创建自定义菜单; WeCom: 创建菜单), unless it is
// set already: phones are slow to notice a new one. The query names WeCom's app.
func (c *Client) SetMenu(ctx context.Context, query url.Values) error {
	current, refused := c.menu(ctx, query)
	if refused != nil {
		return fmt.Errorf("reading the menu of account %s: %w", c.platform.Account, refused)
	}
	wanted := buttons()
	if slices.EqualFunc(current, wanted, sameButton) {
		return nil
	}
	r, refused := PostJSON("/cgi-bin/menu/create", map[string]any{"button": wanted})
	if refused != nil {
		return refused
	}
	r.Query, r.Safe = query, true
	if _, refused := c.Call(ctx, r); refused != nil {
		return fmt.Errorf("setting the menu of account %s: %w", c.platform.Account, Harmless(refused))
	}
	return nil
}

// menu returns the account's menu, nil if it has none (查询自定义菜单信息; WeCom,
// which does without the outer object: 获取菜单).
func (c *Client) menu(ctx context.Context, query url.Values) ([]menu.Button, *conversations.SendError) {
	body, refused := c.Call(ctx, Get("/cgi-bin/menu/get", query))
	if IsCode(refused, codeNoMenu) {
		return nil, nil
	}
	if refused != nil {
		return nil, Harmless(refused)
	}
	var answer struct {
		menu.ResMenu
		Button []menu.Button `json:"button"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, channels.Temporary("the answer holds no menu", nil)
	}
	return append(answer.Menu.Button, answer.Button...), nil
}

func sameButton(is menu.Button, wanted *menu.Button) bool {
	return is.Type == wanted.Type && is.Name == wanted.Name && is.Key == wanted.Key && is.URL == wanted.URL && len(is.SubButtons) == 0
}
