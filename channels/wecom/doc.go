// Package wecom speaks for WeCom (企业微信): for a self-built app (自建应用),
// whose members are written to at any time, and for its 微信客服 accounts, by
// which people outside the company write from WeChat and are answered for 48
// hours. One configured account is one app and any number of 微信客服 accounts;
// they share the app's access token and the app's callback address.
//
// The app: parse.go verifies and opens callbacks, inbound.go reads them, send.go,
// card.go and media.go send. 微信客服: kf.go (the adapter), pull.go and synced.go
// (what came in), kfsend.go, session.go and welcome.go (what goes out). platform.go
// puts the platform's codes into the core's words; check.go looks whether the
// accounts work.
//
// A card's buttons carry their choice in their key. A tap is answered in the
// callback itself with update_button (被动回复消息格式), which turns the buttons
// into the chosen one. So nothing has to be remembered: the response_code of
// update_template_card would have to be kept for 72 hours, works once, and
// changes nothing that the answer does not. What the bot then says is sent by
// itself, since a callback has one answer.
//
// What it takes from the SDK (github.com/silenceper/wechat/v2): the payloads of
// messages, of 微信客服 and of answers. Not its calls, which reach all accounts
// by constant host names, take no context and put access tokens into errors;
// not its callback helpers, which accept a wrong msg_signature; not its token,
// which two secrets without an AgentID share and which is never renewed after
// 42001; and not its message client, which posts agentid as text and escapes <
// (40033). It has no callback of app messages, no cards and no passive replies.
//
// Facts about the platform carry the title of the page that states them
// (developer.work.weixin.qq.com). Those marked [?] are stated by none.
//
// Imports: the standard library, conversations, channels, channels/tencent, and
// the SDK's sub-packages.
package wecom
