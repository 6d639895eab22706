package app

import (
	"cmp"

	"jiebao/channels"
	"jiebao/channels/wecom"
	"jiebao/config"
)

// newWeCom makes the adapter of a self-built app and those of its 微信客服
// accounts.
func newWeCom(c config.Account, p parts) ([]channels.Adapter, error) {
	a := wecom.Account{
		ID: c.ID, Name: c.Name, Branch: c.Branch,
		CorpID: c.WeCom.CorpID, AgentID: int64(c.WeCom.AgentID), Secret: c.Secret.Reveal(), Token: c.Token.Reveal(),
		EncodingAESKey: c.EncodingAESKey.Reveal(), PreviousEncodingAESKey: c.PreviousEncodingAESKey.Reveal(), BaseURL: c.BaseURL,
	}
	for _, k := range c.WeCom.Kf {
		a.Kf = append(a.Kf, wecom.KfAccount{ID: k.ID, Name: cmp.Or(k.Name, c.Name), Branch: cmp.Or(k.Branch, c.Branch), OpenKfID: k.OpenKfID})
	}
	app, kf, err := wecom.New(a, wecom.Options{HTTPClient: p.client, Now: p.now, Tokens: p.tokens, Files: p.files, Log: p.log})
	if err != nil {
		return nil, err
	}
	built := []channels.Adapter{app}
	for _, k := range kf {
		built = append(built, k)
	}
	return built, nil
}
