package main

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"jiebao/channels/email/emailsim"
	"jiebao/channels/push/pushsim"
	"jiebao/channels/sms/smssim"
	"jiebao/channels/wechat/wechatsim"
)

// The kinds of candidates of the mixed figures, by the one channel that reaches
// each.
const (
	byWeChat = iota
	byPush
	bySMS
	byMail
	kinds
)

func kindNames() [kinds]string { return [kinds]string{"WeChat", "push", "SMS", "mail"} }

// mix is who comes one after the other, again and again: as many by WeChat as
// by any two of the others.
func mix() []int { return []int{byWeChat, byPush, bySMS, byWeChat, byMail} }

// others are the simulated platforms beside WeChat.
type others struct {
	push     *pushsim.Sim
	sms      *smssim.Sim
	mail     *emailsim.Sim
	jpush    pushsim.JPushCredentials
	servers  []*httptest.Server
	smtp     net.Listener
	received chan error // what ended the mail server

	followers []*wechatsim.Phone
}

const (
	smsKey    = "bench-sms-key"
	smsSecret = "bench-sms-secret"
	smsSign   = "示例银行"
)

func newOthers() (*others, error) {
	o := &others{push: pushsim.New(pushsim.Options{Journal: 1}), received: make(chan error, 1)}
	o.jpush = o.push.SetJPush()
	o.sms = smssim.New(smssim.Options{})
	o.sms.AddAliyun(smssim.Aliyun{AccessKeyID: smsKey, AccessKeySecret: smsSecret, Account: smssim.Account{
		Balance: -1, Signs: map[string]smssim.Filing{smsSign: smssim.Approved},
		Templates: map[string]smssim.Template{"SMS_1": {Content: "${name}：您的应聘有新消息，请点击 https://jiebao.example.com/c/${link} 查看。"}},
	}})
	o.mail = emailsim.New(emailsim.Options{})
	var err error
	if o.smtp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listening for mail: %w", err)
	}
	go func() { o.received <- o.mail.Serve(o.smtp) }()
	for _, h := range []http.Handler{o.push.Handler(), o.sms.Handler()} {
		o.servers = append(o.servers, httptest.NewServer(h))
	}
	return o, nil
}

func (o *others) close() {
	o.mail.Close()
	o.smtp.Close()
	for _, s := range o.servers {
		s.Close()
	}
	<-o.received
}

// accounts are the gateway's, as YAML.
func (o *others) accounts() string {
	return fmt.Sprintf(`
  - {id: app, platform: push, branch: head, name: 示例银行App, base_url: %q, push: {jpush: {app_key: %q, master_secret: %q}}}
  - id: sms
    platform: sms
    branch: head
    name: 示例银行短信
    sms:
      callback_key: a-key-of-the-benchmark-with-40-characters
      per_minute: 10000000
      providers: [{kind: aliyun, key_id: %q, secret: %q, sign: %q, base_url: %q, templates: {result_passed: SMS_1}}]
  - {id: mail, platform: email, branch: head, name: 示例银行招聘,
     email: {host: 127.0.0.1, port: %d, tls: none, from: hr@bank.example, connections: 16, per_connection: 1000}}`,
		o.servers[0].URL, o.jpush.AppKey, o.jpush.MasterSecret,
		smsKey, smsSecret, smsSign, o.servers[1].URL, o.smtp.Addr().(*net.TCPAddr).Port)
}

func phoneOf(n int) string { return fmt.Sprintf("138%08d", n) }
func mailOf(n int) string  { return fmt.Sprintf("candidate%d@example.com", n) }
