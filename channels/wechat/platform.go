package wechat

import (
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// platform is what official accounts have of their own.
func (a Account) platform() tencent.Platform {
	return tencent.Platform{
		Account: a.ID, Base: a.BaseURL, Secret: a.Secret,
		Token: a.askToken, CanForce: true, TokenKey: "wechat/token/" + a.AppID,
		Stale: []int64{codeTokenInvalid, codeTokenIllegal, codeTokenExpired},
		Meaning: func(code int64, now time.Time) (conversations.Reason, time.Duration) {
			return reasonOf(code), pause(code, now)
		},
	}
}

// askToken is the call for an access token (获取稳定版接口调用凭据). It answers
// every node with the same token and leaves the one before valid.
func (a Account) askToken(force bool) (tencent.Request, *conversations.SendError) {
	return tencent.PostJSON("/cgi-bin/stable_token", map[string]any{
		"grant_type":    "client_credential",
		"appid":         a.AppID,
		"secret":        a.Secret,
		"force_refresh": force,
	})
}

// reasonOf translates a code of the platform (全局返回码说明).
func reasonOf(code int64) conversations.Reason {
	switch code {
	case -1: // 系统繁忙
		return conversations.Temporary
	case 41001, 40002, 40013, 40125, 40164, 40243, // no token, grant type, appid, secret, IP, frozen secret
		48001, 48002, 48004, 48006, // no permission, refused to receive, banned, quota of clearing
		50001, 50002, // no permission, restricted
		61004, 89501, 89503, 89506, 89507: // IP not allowed, or waiting for the administrator
		return conversations.Credentials
	case 40003, // 不合法的 OpenID
		43019, // 用户在黑名单中
		43101: // 用户拒绝接受消息
		return conversations.BadRecipient
	case 43004, // 需要接收者关注
		50005: // 用户未关注公众号
		return conversations.Unsubscribed
	case 40007: // 不合法的媒体文件 id
		return conversations.MediaExpired
	case 45009: // 接口调用超过限制
		return conversations.QuotaUsedUp
	case 45011, // API 调用太频繁
		45033: // 并发数超过限制
		return conversations.Throttled
	case 45015, // 回复时间超过限制
		45047,             // 客服接口下行条数超过上限
		codeTypingTooLate: // 下发输入状态，需要之前30秒内跟用户有过消息交互
		return conversations.WindowClosed
	}
	// 40037, 40058, 45002, 47003 and every other code: this very message is
	// refused. A code that nobody knows fails the message where people see
	// it, rather than hold up what comes after.
	return conversations.BadContent
}

const (
	codeTokenInvalid = 40001
	codeTokenIllegal = 40014
	codeTokenExpired = 42001
	codeTestAccount  = 40200 // invalid account type
)

// pause is how long the platform wants to be left alone after a code.
func pause(code int64, now time.Time) time.Duration {
	switch code {
	case 45009: // counted by the day
		return untilMidnight(now)
	case 45011, 45033:
		return tooFast
	}
	return 0
}

const tooFast = 5 * time.Second

// untilMidnight is how long the day lasts in Beijing, where quotas are counted.
func untilMidnight(now time.Time) time.Duration {
	local := now.In(time.FixedZone("Beijing", 8*60*60))
	midnight := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, local.Location())
	return midnight.Sub(local)
}
