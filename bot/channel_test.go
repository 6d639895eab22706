package bot

import (
	"testing"

	"jiebao/conversations"
)

func TestChannelsAskedFor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]conversations.Medium{
		"以后请发短信给我":                      conversations.SMS,
		"别打电话，给我发短信就行":                  conversations.SMS,
		"可以用邮件联系我吗？":                    conversations.Email,
		"有消息請以電郵通知我，謝謝":                 conversations.Email,
		"微信通知我":                         conversations.Chat,
		"请通过手机银行通知我":                    conversations.Push,
		"Please text me instead":        conversations.SMS,
		"Can you contact me by e-mail?": conversations.Email,
		"Email me please":               conversations.Email,
		"不要发短信给我":                       "",
		"把地址发短信给我":                      "",
		"你们会发短信吗":                       "",
		"短信收到了":                         "",
		"我的邮箱是 a@b.com":                 "",
		"请联系我":                          "",
		"I got your text message":       "",
		"":                              "",
	} {
		w, ok := wished(plain(text))
		if w.medium != want || ok != (want != "") {
			t.Errorf("%s: %q", text, w.medium)
		}
	}
}
