// Package tencent is what WeChat's and WeCom's platforms have in common: how
// callbacks are signed and sealed (消息加解密说明, 加解密方案说明), the flat XML in
// them, access tokens, calls and their outcomes, and temporary media. Adapters
// bring what differs: a Platform.
//
// Callbacks: key.go (sealing), callback.go (what proves that a request comes
// from the platform), document.go (what they hold), flat.go (reading them
// fast), text.go (text as XML allows it). Calls: client.go (one call and what
// became of it), token.go (the access token), media.go (files up and down),
// menu.go, errors.go.
//
// The sealing of replies and the payloads of answers are the SDK's
// (github.com/silenceper/wechat/v2); opening is not, because the SDK looks at
// one byte of the padding only, and its callback helpers accept a wrong
// signature.
//
// Imports: the standard library, conversations, channels, and the SDK's
// sub-packages.
package tencent
