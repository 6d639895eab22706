package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"jiebao/conversations"
)

// A candidate may ask to be written to by another channel. Only a message that
// asks for this and nothing else counts: who wants the address by text message
// wants the address.

// wish is a channel that candidates ask for by its name.
type wish struct {
	medium conversations.Medium
	names  []string
	said   string // the key of what is answered
}

func wishes() []wish {
	return []wish{
		{conversations.SMS, []string{"短信", "手机短信", "短讯", "短訊", "手機短訊", "sms", "text", "texts", "textmessage", "textmessages"}, "channel.sms"},
		{conversations.Email, []string{"邮件", "电子邮件", "邮箱", "电邮", "電郵", "電子郵件", "email", "mail"}, "channel.email"},
		{conversations.Chat, []string{"微信", "公众号", "公眾號", "wechat"}, "channel.chat"},
		{conversations.Push, []string{"app", "手机银行", "手機銀行"}, "channel.push"},
	}
}

// longestWish is longer than any message that asks for a channel and nothing
// else, in characters.
const longestWish = 40

// channelName are the names of all wishes.
const channelName = `手机短信|手機短訊|短信|短讯|短訊|sms|textmessages?|texts?|电子邮件|電子郵件|邮件|邮箱|电邮|電郵|e?mail|微信|公众号|公眾號|wechat|app|手机银行|手機銀行`

var wishPattern = regexp.MustCompile(`^(?:以后|以後|今后|今後|之后|之後|后续|後續|请|請|麻烦|麻煩|你们|你們|可以|可不可以|能不能|能否|希望|最好|都|还是|還是|有事|有消息|改|就|直接|我想|我希望|别打电话|不要打电话|不要打電話|唔好打電話|please|fromnowon|canyou|couldyou)*(?:` +
	`(?:用|通过|通過|以|走|经|經)?(` + channelName + `)(?:来|來)?(?:联系|聯繫|联络|聯絡|通知|告诉|告訴|提醒)我|` +
	`(?:发|發|传|傳)(` + channelName + `)(?:给|給|畀|到)我|` +
	`(?:给|給|畀)我(?:发|發|传|傳)(` + channelName + `)|` +
	`(?:contact|reach|notify|message|writeto)me(?:by|via|through|on)(` + channelName + `)|` +
	`(?:send)?(text|email)me)` +
	`(?:吧|吗|嗎|么|好吗|好嗎|就行|就好|即可|可以吗|可以嗎|行吗|谢谢|謝謝|多谢|多謝|please|instead|fromnowon|infuture|thanks|thankyou)*$`)

// wished is the channel that a message asks for and nothing else, by plain
// words.
func wished(plain string) (wish, bool) {
	if utf8.RuneCountInString(plain) > longestWish || !strings.Contains(plain, "我") && !strings.Contains(plain, "me") {
		return wish{}, false // each of them says to whom; looking for the pattern takes a fiftieth of a turn
	}
	found := named(plain)
	for _, w := range wishes() {
		if found != "" && slices.Contains(w.names, found) {
			return w, true
		}
	}
	return wish{}, false
}

func named(plain string) string {
	m := wishPattern.FindStringSubmatch(plain)
	for _, name := range m[min(1, len(m)):] {
		if name != "" {
			return name
		}
	}
	return ""
}

// wishesChannel deals with a message that asks to be written to elsewhere.
func (t *talk) wishesChannel(r reading) bool {
	w, ok := wished(r.plain)
	if !ok {
		return false
	}
	if t.Channels == nil || !t.Conversation.Reachable(w.medium, t.Channels.Describe) {
		t.say("channel.none", nil)
	} else {
		t.do(conversations.PreferChannel{Channel: string(w.medium)})
		t.say(w.said, nil)
	}
	t.goOn()
	return true
}
