package wechatsim

// Return codes ("全局返回码说明" unless another page is named).
const (
	errNone           = 0
	errBusy           = -1
	errBadCredential  = 40001
	errGrantType      = 40002
	errOpenID         = 40003
	errMediaType      = 40004
	errFileType       = 40005
	errFileSize       = 40006
	errMediaID        = 40007
	errMessageType    = 40008
	errAppID          = 40013
	errAccessToken    = 40014
	errButtonCount    = 40016
	errButtonType     = 40017
	errButtonName     = 40018
	errButtonKey      = 40019
	errButtonURL      = 40020
	errSubButtonCount = 40023
	errSubButtonName  = 40025
	errOAuthCode      = 40029
	errTemplateID     = 40037
	errActionInfo     = 40053
	errArgument       = 40058
	errURL            = 40066
	errSecret         = 40125
	errCodeUsed       = 40163
	errIP             = 40164
	errNoToken        = 41001
	errNoAppID        = 41002
	errNoSecret       = 41004
	errNoMediaData    = 41005
	errNoCode         = 41008
	errTokenExpired   = 42001
	errWantGet        = 43001
	errWantPost       = 43002
	errNotFollowing   = 43004
	errBlacklisted    = 43019
	errEmptyBody      = 44002
	errEmptyText      = 44004
	errTooLong        = 45002
	errArticleCount   = 45008
	errDailyQuota     = 45009
	errTooFast        = 45011
	errWindow         = 45015
	errCountLimit     = 45047
	errTypingCommand  = 45072 // "客服输入状态"
	errTypingTooLate  = 45080
	errTyping         = 45081
	errNoMenu         = 46003
	errDataFormat     = 47001
	errTemplateField  = 47003
	errClearQuota     = 48006
	errBadArgs        = 40097
)

var errmsgs = map[int]string{
	errNone:           "ok",
	errBusy:           "system error",
	errBadCredential:  "invalid credential, access_token is invalid or not latest",
	errGrantType:      "invalid grant_type",
	errOpenID:         "invalid openid",
	errMediaType:      "invalid media type",
	errFileType:       "invalid file type",
	errFileSize:       "invalid meida size",
	errMediaID:        "invalid media_id",
	errMessageType:    "invalid message type",
	errAppID:          "invalid appid",
	errAccessToken:    "invalid access_token",
	errButtonCount:    "invalid button size",
	errButtonType:     "invalid button type",
	errButtonName:     "invalid button name size",
	errButtonKey:      "invalid button key size",
	errButtonURL:      "invalid button url size",
	errSubButtonCount: "invalid sub button size",
	errSubButtonName:  "invalid sub button name size",
	errOAuthCode:      "invalid code",
	errTemplateID:     "invalid template_id",
	errActionInfo:     "invalid action info",
	errArgument:       "invalid argument",
	errURL:            "invalid url",
	errSecret:         "invalid appsecret",
	errCodeUsed:       "code been used",
	errIP:             "invalid ip, not in whitelist",
	errNoToken:        "access_token missing",
	errNoAppID:        "appid missing",
	errNoSecret:       "appsecret missing",
	errNoMediaData:    "media data missing",
	errNoCode:         "missing code",
	errTokenExpired:   "access_token expired",
	errWantGet:        "require GET method",
	errWantPost:       "require POST method",
	errNotFollowing:   "require subscribe",
	errBlacklisted:    "require remove blacklist",
	errEmptyBody:      "empty post data",
	errEmptyText:      "empty content",
	errTooLong:        "content size out of limit",
	errArticleCount:   "article size out of limit",
	errDailyQuota:     "reach max api daily quota limit",
	errTooFast:        "api minute-quota reach limit, must slower, retry next minute",
	errWindow:         "response out of time limit or subscription is canceled",
	errCountLimit:     "out of response count limit",
	errTypingCommand:  "invalid command",
	errTypingTooLate:  "need sending message to user, or recving message from user in the last 30 seconds before typing",
	errTyping:         "is typing now, no need to type again",
	errNoMenu:         "menu no exist",
	errDataFormat:     "data format error",
	errTemplateField:  "argument invalid!",
	errClearQuota:     "forbid to clear quota because of reaching the limit",
	errBadArgs:        "invalid args",
}

func errmsg(code int) string {
	if m, ok := errmsgs[code]; ok {
		return m
	}
	return "error injected by the simulator"
}
