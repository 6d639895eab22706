package config

import (
	"fmt"
	"slices"
)

// WeCom is what accounts of the platform wecom have besides: a self-built app
// (自建应用) and the 微信客服 accounts that it may call.
type WeCom struct {
	// CorpID is the company's 企业ID.
	CorpID string `koanf:"corp_id"`
	// AgentID is the app's AgentId.
	AgentID int `koanf:"agent_id"`
	// Kf are the 微信客服 accounts. Each is an account of its own, whose
	// callbacks arrive at the app's address.
	Kf []WeComKf `koanf:"kf"`
}

// WeComKf is one 微信客服 account.
type WeComKf struct {
	// ID names the account in stored rows; never change it.
	ID string `koanf:"id"`
	// OpenKfID is its 客服账号 ID.
	OpenKfID string `koanf:"open_kfid"`
	// Branch is the path of the branch it speaks for; empty means the app's.
	Branch string `koanf:"branch"`
	// Name is what HR sees.
	Name string `koanf:"name"`
}

// ids are the ids that the account takes.
func (a Account) ids() []string {
	ids := []string{a.ID}
	if a.WeCom != nil {
		for _, k := range a.WeCom.Kf {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// checkWeCom holds the app to what 接收消息服务器配置 and the app's page show
// (WeCom documentation, 基本概念介绍 and 接收消息).
func (a Account) checkWeCom(c *checker, at string, earlier []Account) {
	c.must(!a.Secret.Empty(), at+".secret", "must not be empty")
	c.must(tokenPattern.MatchString(a.Token.Reveal()), at+".token", "must be 3 to 32 letters and digits")
	c.aesKey(at+".encoding_aes_key", a.EncodingAESKey.Reveal())
	if !a.PreviousEncodingAESKey.Empty() {
		c.aesKey(at+".previous_encoding_aes_key", a.PreviousEncodingAESKey.Reveal())
	}
	c.must(a.WeCom != nil, at+".wecom", "is needed for the platform wecom")
	if a.WeCom == nil {
		return
	}
	c.must(a.WeCom.CorpID != "", at+".wecom.corp_id", "must not be empty")
	c.must(a.WeCom.AgentID > 0, at+".wecom.agent_id", "must be the app's AgentId, a number")
	taken := a.ids()[:1]
	for _, o := range earlier {
		taken = append(taken, o.ids()...)
	}
	for i, k := range a.WeCom.Kf {
		k.check(c, fmt.Sprintf("%s.wecom.kf[%d]", at, i), taken)
		taken = append(taken, k.ID, k.OpenKfID)
	}
}

func (k WeComKf) check(c *checker, at string, taken []string) {
	c.must(idPattern.MatchString(k.ID), at+".id", "must be 1 to 64 lower-case letters, digits, - and _, is %q", k.ID)
	c.must(!slices.Contains(taken, k.ID), at+".id", "is used twice: %q", k.ID)
	c.must(k.OpenKfID != "", at+".open_kfid", "must not be empty")
	c.must(!slices.Contains(taken, k.OpenKfID), at+".open_kfid", "is used twice")
	if k.Branch != "" {
		c.branch(at+".branch", k.Branch)
	}
}
