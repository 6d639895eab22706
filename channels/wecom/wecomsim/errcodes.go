package wecomsim

// Return codes (全局错误码).
const (
	errSecret        = 40001
	errUserID        = 40003
	errMediaType     = 40004
	errFileType      = 40005
	errFileSize      = 40006
	errMediaID       = 40007
	errMessageType   = 40008
	errCorpID        = 40013
	errToken         = 40014
	errOAuthCode     = 40029
	errEscaped       = 40033
	errArgument      = 40058
	errURL           = 40066
	errExternalUser  = 40096
	errNoToken       = 41001
	errNoMedia       = 41005
	errTokenExpired  = 42001
	errWantGet       = 43001
	errWantPost      = 43002
	errEmptyBody     = 44002
	errEmptyText     = 44004
	errTooLong       = 45002
	errNoMenu        = 46003
	errFormat        = 47001
	errIP            = 60020
	errNobody        = 81013
	errKfID          = 95000
	errKfCount       = 95001
	errKfTime        = 95002
	errPullToken     = 95007
	errMenuItems     = 95008
	errMenuType      = 95009
	errNotServicer   = 95014
	errTransition    = 95016
	errSessionState  = 95018
	errForeignAgent  = 301002
	warningWrongJSON = "Warning: wrong json format."
)

var errmsgs = map[int]string{
	-1:              "system busy",
	errSecret:       "invalid credential",
	errUserID:       "invalid UserID",
	errMediaType:    "invalid media type",
	errFileType:     "invalid file type",
	errFileSize:     "invalid file size",
	errMediaID:      "invalid media_id",
	errMessageType:  "invalid message type",
	errCorpID:       "invalid corpid",
	errToken:        "invalid access_token",
	errOAuthCode:    "invalid code",
	errEscaped:      "invalid request character, not support \\uxxxx format",
	errArgument:     "invalid Request Parameter",
	errURL:          "invalid url",
	errExternalUser: "invalid external userid",
	errNoToken:      "access_token missing",
	errNoMedia:      "media data missing",
	errTokenExpired: "access_token expired",
	errWantGet:      "require GET method",
	errWantPost:     "require POST method",
	errEmptyBody:    "empty post data",
	errEmptyText:    "empty content",
	errTooLong:      "content size out of limit",
	errNoMenu:       "menu no exist",
	errFormat:       "data format error",
	errIP:           "not allow to access from your ip",
	errNobody:       "user & party & tag all invalid",
	errKfID:         "invalid open_kfid",
	errKfCount:      "send msg count limit",
	errKfTime:       "send msg time limit",
	errPullToken:    "invalid msg token",
	errMenuItems:    "msgmenu item count exceed limit",
	errMenuType:     "invalid msgmenu item type",
	errNotServicer:  "user is not servicer",
	errTransition:   "invalid session status transition",
	errSessionState: "send msg session status invalid",
	errForeignAgent: "not allow operate another agent with this accesstoken",
}

func errmsg(code int) string {
	if m, ok := errmsgs[code]; ok {
		return m
	}
	return "error injected by the simulator"
}
