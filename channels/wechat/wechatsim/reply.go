package wechatsim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"jiebao/channels/wechat/simseal"
)

// replyXML is a passive reply ("被动回复用户消息"), sealed or not.
type replyXML struct {
	XMLName      xml.Name `xml:"xml"`
	Encrypt      string
	MsgSignature string
	TimeStamp    string
	Nonce        string

	ToUserName   string
	FromUserName string
	CreateTime   string
	MsgType      string
	Content      string
	Image        struct{ MediaId string }
	Voice        struct{ MediaId string }
	ArticleCount string
	Articles     struct {
		Items []struct{ Title, Description, PicUrl, Url string } `xml:"item"`
	}
}

// parseReply judges the body of a callback's answer. Nothing to show is nil:
// an empty body or "success". Anything the platform could not read is an error.
func (con *console) parseReply(body []byte, openID string) (*PhoneMessage, error) {
	if text := strings.TrimSpace(string(body)); text == "" || text == "success" {
		return nil, nil
	}
	r, err := decodeReply(body)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Encrypt != "":
		if r, err = con.unseal(r); err != nil {
			return nil, err
		}
	case con.Mode == Secure:
		return nil, errors.New("a plain reply in secure mode")
	}
	return con.readReply(r, openID)
}

func decodeReply(body []byte) (*replyXML, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var r replyXML
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("reading the reply: %w", err)
	}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if space, ok := tok.(xml.CharData); err != nil || !ok || len(bytes.TrimSpace(space)) > 0 {
			return nil, errors.New("reading the reply: something follows </xml>")
		}
	}
	return &r, nil
}

// unseal checks MsgSignature before it decrypts. Only a message may be sealed:
// an empty answer and "success" go as they are, and what the platform makes of
// a sealed one is not documented [?]; here it is malformed.
func (con *console) unseal(r *replyXML) (*replyXML, error) {
	if con.Mode == Plain {
		return nil, errors.New("a sealed reply in plain mode")
	}
	if !simseal.SignedBy(r.MsgSignature, con.Token, r.TimeStamp, r.Nonce, r.Encrypt) {
		return nil, errors.New("the reply's MsgSignature is wrong")
	}
	plain, err := con.keys.Open(r.Encrypt, con.AppID)
	if err != nil {
		return nil, err
	}
	return decodeReply(plain)
}

func (con *console) readReply(r *replyXML, openID string) (*PhoneMessage, error) {
	if r.ToUserName != openID || r.FromUserName != con.Original {
		return nil, errors.New("the reply's ToUserName and FromUserName are not the message's, swapped")
	}
	if _, err := strconv.ParseInt(r.CreateTime, 10, 64); err != nil {
		return nil, errors.New("the reply's CreateTime is not a number")
	}
	switch r.MsgType {
	case "text":
		msg, code := textMessage(r.Content)
		if code != errNone {
			return nil, fmt.Errorf("the reply's text: %s", errmsg(code))
		}
		return &msg, nil
	case "image":
		return mediaReply("image", r.Image.MediaId)
	case "voice":
		return mediaReply("voice", r.Voice.MediaId)
	case "news":
		return newsReply(r)
	case "transfer_customer_service": // "将消息转发到客服": nothing to show
		return nil, nil
	}
	return nil, fmt.Errorf("the reply's MsgType %q is not one the simulator shows", r.MsgType)
}

func mediaReply(kind, id string) (*PhoneMessage, error) {
	if id == "" {
		return nil, fmt.Errorf("the %s reply has no MediaId", kind)
	}
	return &PhoneMessage{Type: kind, MediaID: id}, nil
}

// newsReply takes one article: 当用户发送文本、图片等消息时，开发者只能回复1条图文消息.
func newsReply(r *replyXML) (*PhoneMessage, error) {
	n, err := strconv.Atoi(r.ArticleCount)
	if err != nil || n < 1 || n != len(r.Articles.Items) {
		return nil, errors.New("the news reply's ArticleCount is not the number of its items")
	}
	it := r.Articles.Items[0]
	return &PhoneMessage{Type: "news", Articles: []Article{{it.Title, it.Description, it.Url, it.PicUrl}}}, nil
}

// menuLink is the form of a tappable text that accounts put into replies. It
// is documented only by the community and by WeChat's own use of it [comm].
var menuLink = regexp.MustCompile(`<a\s+href=["']weixin://bizmsgmenu\?([^"']*)["'][^>]*>([^<]*)</a>`)

// linkedChoices finds the tappable texts of a message.
func linkedChoices(text string) []Choice {
	var cs []Choice
	for _, m := range menuLink.FindAllStringSubmatch(text, -1) {
		q, err := url.ParseQuery(html.UnescapeString(m[1]))
		if err != nil || q.Get("msgmenucontent") == "" {
			continue
		}
		cs = append(cs, Choice{ID: q.Get("msgmenuid"), Content: q.Get("msgmenucontent")})
	}
	return cs
}
