package wecom

import (
	"net/url"
	"strconv"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// platform is what WeCom has of its own.
func (a Account) platform() tencent.Platform {
	return tencent.Platform{
		Account: a.ID, Base: a.BaseURL, Secret: a.Secret,
		Token:    a.askToken,
		TokenKey: "wecom/token/" + a.CorpID + "/" + strconv.FormatInt(a.AgentID, 10),
		Stale:    []int64{40014, 41001, 42001},
		Meaning: func(code int64, _ time.Time) (conversations.Reason, time.Duration) {
			return reasonOf(code), pause(code)
		},
	}
}

// askToken is the call for an access token (获取access_token). Each app has its
// own; there is no way to force a new one.
func (a Account) askToken(bool) (tencent.Request, *conversations.SendError) {
	return tencent.Get("/cgi-bin/gettoken", url.Values{"corpid": {a.CorpID}, "corpsecret": {a.Secret}}), nil
}

// The codes that more than their meaning hangs on.
const (
	codeBadMessageToken = 95007 // 不合法的 msgtoken
	codeSessionState    = 95018 // 会话状态不允许发送
)

// reasonOf translates a code of the platform (全局错误码).
func reasonOf(code int64) conversations.Reason {
	switch code {
	case -1: // 系统繁忙
		return conversations.Temporary
	case 40001, 40013, 40056, 40091, // secret, corpid, agentid
		48001, 48002, 48004, 50002, 50003, // no permission, forbidden, app disabled
		60011, 60020, // no privilege, IP not allowed
		301002, 301007, // not this app's
		95000, 95004, codeBadMessageToken, 95011, 95012, 95014, 95017: // 微信客服: account, token, switched off
		return conversations.Credentials
	case 40003, 40031, 46004, 60111, 81013, // no such member, or outside the app's 可见范围
		40096, 84061, // no such customer
		43004: // 需要成员已绑定微信
		return conversations.BadRecipient
	case 40007: // 不合法的媒体文件 id
		return conversations.MediaExpired
	case 45009, 45011, 45033: // too often, too many at once
		return conversations.Throttled
	case 95001, // 微信客服: 5 条
		95002, // 48 小时
		95013, // 会话已结束
		codeSessionState:
		return conversations.WindowClosed
	}
	// 45002, 40008, 40033, 40058, 95008 and every other code: this very
	// message is refused. A code that nobody knows fails the message where
	// people see it, rather than hold up what comes after.
	return conversations.BadContent
}

// pause is how long the platform wants to be left alone after a code. Who goes
// on after 45009 is shut out for an hour, and for the rest of the day
// (访问频率限制).
func pause(code int64) time.Duration {
	switch code {
	case 45009:
		return time.Minute
	case 45011, 45033:
		return 5 * time.Second
	}
	return 0
}
