package push

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"jiebao/conversations"
)

// notice is one banner.
type notice struct {
	Message      string // its id; the app reads the words by it
	Conversation string
	Title        string
	Body         string
	Open         string // where a tap leads within the app, "" for its first page
	Page         string // the candidate's own page, for an app without a conversation; "" for none
	Collapse     string // the same for every banner of the message, at most 64 bytes
	Slot         int    // the same, as a number above zero
	Until        time.Time
}

// What fits on a banner everywhere: vendors cut titles from 20 to 50 characters
// on, and bodies from 50 on (JPush, 推送限制, 厂商通道标题与内容长度).
const (
	maxTitle = 40
	maxBody  = 100
	// maxCollapse is in bytes (Apple, Sending notification requests to APNs:
	// apns-collapse-id).
	maxCollapse = 64
	// maxPayload is the least that a provider takes, in bytes (Apple, Sending
	// notification requests to APNs; Firebase, FCM Error Codes; Huawei,
	// 场景化消息API接口: 4096).
	maxPayload = 4096
	// maxPage keeps a page's address, which JPush gets three times, from filling
	// the payload.
	maxPage = 512
)

// arrived is on the banner of a message that has no title of its own.
func arrived(l conversations.Locale) string {
	switch l {
	case conversations.English:
		return "You have a new message about your application. Tap to read it."
	case conversations.Traditional:
		return "您的應聘有一則新訊息，請點按查看。"
	}
	return "您的应聘有一条新消息，请点按查看。"
}

// notice is what d looks like on a lock screen, or a refusal if it is nothing
// that a banner can tell of.
func (a *Adapter) notice(d conversations.Delivery) (notice, *conversations.SendError) {
	n := notice{
		Message: d.Message, Conversation: d.Conversation, Title: shorten(a.account.Title, maxTitle),
		Open: a.opens(d.Message), Collapse: collapse(d.Message), Slot: slot(d.Message), Until: a.now().Add(a.account.Life),
	}
	if len(d.Link) <= maxPage {
		n.Page = d.Link
	}
	switch d.Kind {
	case conversations.Text, conversations.Menu:
		if d.Text == "" {
			return n, refuse(conversations.BadContent, "the message is empty")
		}
		n.Body = arrived(d.Locale)
	case conversations.Template:
		if d.Template == nil || d.Template.Title == "" {
			return n, refuse(conversations.BadContent, "the template has no title, which is what a banner shows")
		}
		n.Body = shorten(d.Template.Title, maxBody)
	default:
		return n, refuse(conversations.BadContent, "push tells of words only, not of a "+string(d.Kind))
	}
	return n, nil
}

// opens is the address within the app.
func (a *Adapter) opens(message string) string {
	u, err := url.Parse(a.account.Open)
	if a.account.Open == "" || err != nil {
		return ""
	}
	q := u.Query()
	q.Set("message", message)
	u.RawQuery = q.Encode()
	return u.String()
}

// data is what the app gets with the banner.
func (n notice) data() map[string]string {
	data := map[string]string{"message": n.Message}
	if n.Open != "" {
		data["open"] = n.Open
	}
	if n.Page != "" {
		data["page"] = n.Page
	}
	return data
}

func collapse(message string) string {
	if len(message) <= maxCollapse {
		return message
	}
	sum := sha256.Sum256([]byte(message))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func slot(message string) int {
	sum := sha256.Sum256([]byte(message))
	return int(binary.BigEndian.Uint32(sum[:])>>1) | 1
}

func shorten(s string, runes int) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes-1]) + "…"
}

// seconds is how long a notice lives from now on, at most so long.
func (n notice) seconds(now time.Time, most time.Duration) int {
	return int(max(min(n.Until.Sub(now), most), 0) / time.Second)
}
