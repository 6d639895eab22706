package wecom

import (
	"strconv"
	"time"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

// synced is one message or event as sync_msg tells it, with the members that
// anything here looks at. The SDK has one type for each kind of message, which
// would mean reading each entry twice.
type synced struct {
	ID       string `json:"msgid"`
	OpenKfID string `json:"open_kfid"` // of messages; events name it themselves
	Customer string `json:"external_userid"`
	SendTime int64  `json:"send_time"` // seconds
	Origin   int    `json:"origin"`
	Type     string `json:"msgtype"`

	Text struct {
		Content string `json:"content"`
		MenuID  string `json:"menu_id"` // of the tapped choice
	} `json:"text"`
	Image, Voice, Video, File syncedMedia
	Location                  struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
		Name      string  `json:"name"`
		Address   string  `json:"address"`
	} `json:"location"`
	Link struct {
		Title string `json:"title"`
		Desc  string `json:"desc"`
		URL   string `json:"url"`
	} `json:"link"`
	MiniProgram struct {
		Title string `json:"title"`
	} `json:"miniprogram"`
	Event syncedEvent `json:"event"`
}

type syncedMedia struct {
	ID string `json:"media_id"`
}

type syncedEvent struct {
	Type        string `json:"event_type"`
	OpenKfID    string `json:"open_kfid"`
	Customer    string `json:"external_userid"`
	SceneParam  string `json:"scene_param"`
	WelcomeCode string `json:"welcome_code"`
	FailMessage string `json:"fail_msgid"`
	FailType    int    `json:"fail_type"`
}

// said reads a message and says whether its type is known. Whatever it is, it
// lets us answer.
func (s synced) said(in *conversations.Inbound) bool {
	in.Gesture, in.Grants = conversations.Said, grantMessage(in.At)
	switch s.Type {
	case "text":
		in.Kind, in.Text, in.Choice = conversations.Text, s.Text.Content, s.Text.MenuID
	case "image":
		in.Kind, in.Media = conversations.Image, s.Image.ID
	case "voice":
		in.Kind, in.Media = conversations.Voice, s.Voice.ID
	case "video":
		in.Kind, in.Media = conversations.Video, s.Video.ID
	case "file":
		in.Kind, in.Media = conversations.File, s.File.ID
	case "location":
		at := strconv.FormatFloat(s.Location.Latitude, 'f', -1, 64) + "," + strconv.FormatFloat(s.Location.Longitude, 'f', -1, 64)
		in.Kind, in.Text = conversations.Location, tencent.Lines(s.Location.Name, s.Location.Address, at)
	case "link":
		in.Kind, in.Text = conversations.Text, tencent.Lines(s.Link.Title, s.Link.Desc, s.Link.URL)
	case "miniprogram":
		in.Kind, in.Text = conversations.Text, s.MiniProgram.Title
	default:
		return false
	}
	return true
}

// A customer's message lets us answer five times in 48 hours (微信客服,
// 发送消息).
const (
	messageWindow = 48 * time.Hour
	messageQuota  = 5
)

func grantMessage(at time.Time) []conversations.Grant {
	return []conversations.Grant{{Kind: "message", Until: at.Add(messageWindow), Left: messageQuota}}
}
