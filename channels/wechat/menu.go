package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/silenceper/wechat/v2/officialaccount/menu"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// The keys of the account's menu, as Inbound.Text tells them.
const (
	KeyInterview = "my_interview"
	KeyDocuments = "documents"
	KeyHuman     = "human"
)

// buttons is the menu below the chat, in the language of the account's console.
func buttons() []*menu.Button {
	return []*menu.Button{
		menu.NewClickButton("我的面试", KeyInterview),
		menu.NewClickButton("提交材料", KeyDocuments),
		menu.NewClickButton("人工服务", KeyHuman),
	}
}

// Prepare sets the account's menu (创建自定义菜单), unless it is set already:
// phones are slow to notice a new one.
func (a *Adapter) Prepare(ctx context.Context) error {
	current, refused := a.menu(ctx)
	if refused != nil {
		return fmt.Errorf("reading the menu of account %s: %w", a.account.ID, refused)
	}
	wanted := buttons()
	if slices.EqualFunc(current, wanted, sameButton) {
		return nil
	}
	r, refused := tencent.PostJSON("/cgi-bin/menu/create", map[string]any{"button": wanted})
	if refused != nil {
		return refused
	}
	r.Safe = true
	if _, refused := a.api.Call(ctx, r); refused != nil {
		return fmt.Errorf("setting the menu of account %s: %w", a.account.ID, tencent.Harmless(refused))
	}
	return nil
}

// menu returns the account's menu, nil if it has none (查询自定义菜单信息).
func (a *Adapter) menu(ctx context.Context) ([]menu.Button, *conversations.SendError) {
	body, refused := a.api.Call(ctx, tencent.Get("/cgi-bin/menu/get", nil))
	if refused != nil && tencent.IsCode(refused, codeNoMenu) {
		return nil, nil
	}
	if refused != nil {
		return nil, tencent.Harmless(refused)
	}
	var answer menu.ResMenu
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, tencent.Temporary("the answer holds no menu", nil)
	}
	return answer.Menu.Button, nil
}

func sameButton(is menu.Button, wanted *menu.Button) bool {
	return is.Type == wanted.Type && is.Name == wanted.Name && is.Key == wanted.Key && is.URL == wanted.URL && len(is.SubButtons) == 0
}
