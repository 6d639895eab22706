package wechatsim

import (
	"encoding/json"
	"slices"
)

// Button is one entry of a custom menu ("创建自定义菜单").
type Button struct {
	Type string   `json:"type,omitempty"`
	Name string   `json:"name"`
	Key  string   `json:"key,omitempty"`
	URL  string   `json:"url,omitempty"`
	Sub  []Button `json:"sub_button,omitempty"`
}

// Limits of "创建自定义菜单".
const (
	maxButtons    = 3    // 一级菜单数组，个数应为1~3个
	maxSubButtons = 5    // 二级菜单数组，个数应为1~5个
	maxName       = 16   // 菜单标题，不超过16个字节
	maxSubName    = 60   // 子菜单不超过60个字节
	maxKey        = 128  // 菜单KEY值，不超过128字节
	maxURL        = 1024 // 网页链接，不超过1024字节
)

// keyed are the types that need a key; miniprogram, media_id and article_id
// have other fields.
var keyed = []string{"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"}

// createMenu is "创建自定义菜单".
func createMenu(c *call) answer {
	var in struct {
		Button []Button `json:"button"`
	}
	if code := c.decode(&in); code != errNone {
		return c.fail(code)
	}
	if n := len(in.Button); n < 1 || n > maxButtons {
		return c.fail(errButtonCount)
	}
	for _, b := range in.Button {
		if code := b.check(); code != errNone {
			return c.fail(code)
		}
	}
	menu, err := json.Marshal(in)
	if err != nil {
		return c.fail(errDataFormat)
	}
	c.acct.mu.Lock()
	defer c.acct.mu.Unlock()
	c.acct.menu = menu
	return ok()
}

func (b Button) check() int {
	if len(b.Name) < 1 || len(b.Name) > maxName {
		return errButtonName
	}
	if len(b.Sub) == 0 {
		return b.checkAction()
	}
	if len(b.Sub) > maxSubButtons {
		return errSubButtonCount
	}
	for _, s := range b.Sub {
		if len(s.Name) < 1 || len(s.Name) > maxSubName {
			return errSubButtonName
		}
		if code := s.checkAction(); code != errNone {
			return code
		}
	}
	return errNone
}

func (b Button) checkAction() int {
	switch {
	case slices.Contains(keyed, b.Type):
		if b.Key == "" || len(b.Key) > maxKey {
			return errButtonKey
		}
	case b.Type == "view":
		if b.URL == "" || len(b.URL) > maxURL {
			return errButtonURL
		}
	case !slices.Contains([]string{"miniprogram", "media_id", "view_limited", "article_id", "article_view_limited"}, b.Type):
		return errButtonType
	}
	return errNone
}

// getMenu is "查询自定义菜单".
func getMenu(c *call) answer {
	c.acct.mu.Lock()
	menu := c.acct.menu
	c.acct.mu.Unlock()
	if menu == nil {
		return c.fail(errNoMenu)
	}
	return reply(map[string]json.RawMessage{"menu": menu})
}

// deleteMenu is "删除自定义菜单".
func deleteMenu(c *call) answer {
	c.acct.mu.Lock()
	defer c.acct.mu.Unlock()
	c.acct.menu = nil
	return ok()
}

// buttons returns the menu as its leaves, for the phone.
func (a *account) buttons() []Button {
	a.mu.Lock()
	defer a.mu.Unlock()
	var m struct {
		Button []Button `json:"button"`
	}
	if a.menu == nil || json.Unmarshal(a.menu, &m) != nil {
		return nil
	}
	return m.Button
}

// button finds the leaf with that key, or with that link for a view button.
func (a *account) button(keyOrURL string) (Button, bool) {
	for _, top := range a.buttons() {
		for _, b := range append([]Button{top}, top.Sub...) {
			if keyOrURL != "" && (b.Key == keyOrURL || b.URL == keyOrURL) {
				return b, true
			}
		}
	}
	return Button{}, false
}
