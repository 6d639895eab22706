// Package wecom speaks for WeCom (企业微信): for a self-built app (自建应用),
// whose members are written to at any time, and for its 微信客服 accounts, by
// which people outside the company write from WeChat and are answered for 48
// hours. One configured account is one app and any number of 微信客服 accounts;
// they share the app's access token and the app's callback address.
//
// The app: parse.go verifies and opens callbacks, document.go and inbound.go read
// them, send.go, card.go and media.go send, mark.go shows on cards what was
// tapped. 微信客服: kf.go (the adapter), pull.go and synced.go (what came in),
// kfsend.go, session.go and welcome.go (what goes out). platform.go puts the
// platform's codes into the core's words; check.go looks whether the accounts
// work.
//
// A card's buttons carry their choice in their key, so that a tap is understood
// with nothing remembered. What was chosen is then shown on the card by
// update_template_card (更新模版卡片消息), as a task of the outbox that is
// committed together with the tap, and by nothing else: the passive
// update_button (被动回复消息格式) would be a moment faster, but it leaves before
// anybody knows whether it arrived, is gone when a node dies or the platform
// closes the connection after its five seconds, and could not be made good for
// without knowing that. The task survives all of these, and needs to know
// nothing: its code works once, so that a repeat changes nothing.
//
// What it takes from the SDK (github.com/silenceper/wechat/v2): the payloads of
// messages, of 微信客服 and of answers. Not its calls, which reach all accounts
// by constant host names, take no context and put access tokens into errors;
// not its callback helpers, which accept a wrong msg_signature; not its token,
// which two secrets without an AgentID share and which is never renewed after
// 42001; and not its message client, which posts agentid as text and escapes <
// (40033). It has no callback of app messages, no cards, no updates of cards and
// no passive replies.
//
// Facts about the platform carry the title of the page that states them
// (developer.work.weixin.qq.com). Those marked [?] are stated by none.
//
// Imports: the standard library, conversations, channels, channels/tencent, and
// the SDK's sub-packages.
package wecom
