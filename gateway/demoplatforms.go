package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"jiebao/channels/email/emailsim"
	"jiebao/channels/push/pushsim"
	"jiebao/channels/sms/smssim"
	"jiebao/channels/voice/voicesim"
	"jiebao/channels/wecom/wecomsim"
	"jiebao/config"
	"jiebao/gateway/demo"
)

// demoPlatforms are the simulated platforms beside WeChat, each with an app on
// the candidates' phones.
type demoPlatforms struct {
	mail    *emailsim.Sim
	smtp    net.Listener
	texts   *smssim.Sim
	calls   *voicesim.Sim
	pushes  *pushsim.Sim
	bank    *demo.Bank
	company *demo.Company
	secret  platformSecrets
}

// platformSecrets are made anew at each start, like demoSecrets.
type platformSecrets struct {
	aliyun, tencent, callback string
	wecom, token, aes         string
	jpush                     pushsim.JPushCredentials
}

// openDemoPlatforms opens platforms that live by a clock.
func openDemoPlatforms(now func() time.Time, log *slog.Logger) (*demoPlatforms, error) {
	smtp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for the demonstration's mail: %w", err)
	}
	var key [32]byte
	rand.Read(key[:])
	started := now()
	p := &demoPlatforms{
		mail: emailsim.New(emailsim.Options{Now: now}), smtp: smtp,
		texts: smssim.New(smssim.Options{Now: now, RealTime: true, First: started.UnixMilli(), Log: log}),
		calls: voicesim.New(voicesim.Options{Now: now, RealTime: true, First: started.UnixMilli(), Log: log}),
		bank:  demo.NewBank("示范银行", now),
		company: &demo.Company{
			Sim:    wecomsim.New(wecomsim.Options{Now: now, Seed: uint64(started.UnixNano()), Log: log}),
			CorpID: "ww00000000000demo", AgentID: 1000002, OpenKfID: "wk00000000000demo", AppName: "招聘助手", KfName: "示范银行招聘客服",
		},
		secret: platformSecrets{
			aliyun: rand.Text(), tencent: rand.Text(), callback: rand.Text(),
			wecom: rand.Text(), token: rand.Text(), aes: base64.RawStdEncoding.EncodeToString(key[:]),
		},
	}
	p.pushes = pushsim.New(pushsim.Options{Now: now, App: p.bank})
	p.bank.Install(p.pushes)
	p.secret.jpush = p.pushes.SetJPush()
	go func() {
		if err := p.mail.Serve(smtp); err != nil {
			log.Error("the demonstration's mail server ended", "error", err)
		}
	}()
	return p, nil
}

func (p *demoPlatforms) close() {
	p.mail.Close()
	p.smtp.Close()
	p.texts.Close()
	p.calls.Close()
}

// apps are the apps on every phone.
func (p *demoPlatforms) apps() []demo.App {
	return append(p.company.Apps(), demo.Texts(p.texts), demo.Mails(p.mail), p.bank, demo.Calls(p.calls))
}

// Where the platforms are on the simulators' address. WeCom's paths are its own,
// apart from WeChat's.
const (
	textsPath  = "/platforms/sms"
	callsPath  = "/platforms/voice"
	pushesPath = "/platforms/push"
	wecomPath  = "/platforms/wecom"
)

// beside serves the platforms, and everything else by next.
func (p *demoPlatforms) beside(next http.Handler) http.Handler {
	m := http.NewServeMux()
	m.Handle("/", next)
	for path, h := range map[string]http.Handler{
		textsPath: p.texts.Handler(), callsPath: p.calls.Handler(), pushesPath: p.pushes.Handler(), wecomPath: p.company.Sim.Handler(),
	} {
		m.Handle(path+"/", http.StripPrefix(path, h))
	}
	return m
}

// accounts are the bank's, as the gateway is configured with them.
func (p *demoPlatforms) accounts(base string) []config.Account {
	s, smtp := p.secret, p.smtp.Addr().(*net.TCPAddr)
	text := func(kind, appID, key, secret string) config.SMSProvider {
		return config.SMSProvider{Kind: kind, KeyID: key, Secret: config.NewSecret(secret), AppID: appID, Sign: demoSign, BaseURL: base + textsPath, Templates: filed(kind, filedTexts())}
	}
	return []config.Account{{
		ID: "recruiting", Platform: "wecom", Branch: "head", Name: "示范银行招聘助手", BaseURL: base + wecomPath,
		Secret: config.NewSecret(s.wecom), Token: config.NewSecret(s.token), EncodingAESKey: config.NewSecret(s.aes),
		WeCom: &config.WeCom{CorpID: p.company.CorpID, AgentID: int(p.company.AgentID), Kf: []config.WeComKf{{ID: "service", OpenKfID: p.company.OpenKfID, Name: p.company.KfName}}},
	}, {
		ID: "bankapp", Platform: "push", Branch: "head", Name: "示范银行 App", BaseURL: base + pushesPath,
		Push: &config.Push{Title: "示范银行", Open: "demobank://jiebao", Acknowledges: true, JPush: &config.PushJPush{AppKey: s.jpush.AppKey, MasterSecret: config.NewSecret(s.jpush.MasterSecret)}},
	}, {
		ID: "sms", Platform: "sms", Branch: "head", Name: "示范银行短信",
		SMS: &config.SMS{
			Providers:   []config.SMSProvider{text(config.Aliyun, "", demoKey, s.aliyun), text(config.Tencent, demoSMSApp, demoKey, s.tencent)},
			CallbackKey: config.NewSecret(s.callback),
		},
	}, {
		ID: "voice", Platform: "voice", Branch: "head", Name: "示范银行来电", BaseURL: base + callsPath, Templates: filed("tts", filedCalls()),
		Voice: &config.Voice{KeyID: demoKey, Secret: config.NewSecret(s.aliyun), CallbackKey: config.NewSecret(s.callback)},
	}, {
		ID: "mail", Platform: "email", Branch: "head", Name: "示范银行招聘",
		Email: &config.Email{Host: smtp.IP.String(), Port: smtp.Port, TLS: config.MailPlain, From: "hr@bank.example"},
	}}
}

const (
	demoKey    = "DEMOKEY0000000000000"
	demoSMSApp = "1400000000"
	demoSign   = "示范银行"
)

// filedTexts are the text messages that the bank has filed with the providers, by
// purpose, as the gateway's template files ask for it. A % is where the gateway
// is.
func filedTexts() map[string]string {
	return map[string]string{
		"result_passed":        "${name}，您好！您应聘我行的事项有新消息，请打开 %/c/${link} 查看，并输入手机号后四位。如非本人，请忽略。",
		"message_waiting":      "${name}，您好！我行招聘有新的消息给您，请打开 %/c/${link} 查看和回复。如非本人，请忽略。",
		"offer_reminder":       "${name}，您好！您应聘我行的事项还在等您答复，请打开 %/c/${link} 处理。不想再收到提醒，请回复“退订”。",
		"documents_reminder":   "${name}，您好！您应聘我行的材料还没有交齐，请打开 %/c/${link} 查看和提交。不想再收到提醒，请回复“退订”。",
		"start_date_confirmed": "${name}，您好！您应聘我行的事项已经确认，安排请打开 %/c/${link} 查看。如非本人，请忽略。",
	}
}

// filedCalls are what is filed to be read on the telephone.
func filedCalls() map[string]string {
	return map[string]string{
		"result_passed":        "您好，这里是示范银行招聘，请${name}本人接听。您应聘的事项有了新进展，拟定到岗日期是${date}。能按时到岗请按1，想换日期请按2，找人工请按0。详情请看短信或微信。如果您不是本人，请直接挂机。",
		"message_waiting":      "您好，这里是示范银行招聘，请${name}本人接听。有新的消息给您，请打开短信或微信查看。找人工请按0。如果您不是本人，请直接挂机。",
		"offer_reminder":       "您好，这里是示范银行招聘，请${name}本人接听。关于您应聘的事项，拟定到岗日期${date}还在等您确认。能按时到岗请按1，想换日期请按2，找人工请按0。如果您不是本人，请直接挂机。",
		"documents_reminder":   "您好，这里是示范银行招聘，请${name}本人接听。您应聘的材料还没有交齐，请打开短信或微信里的链接提交。找人工请按0。如果您不是本人，请直接挂机。",
		"start_date_confirmed": "您好，这里是示范银行招聘，请${name}本人接听。您的安排已经确认，日期是${day}，详情请看短信或微信。找人工请按0。如果您不是本人，请直接挂机。",
	}
}

// filed names what is filed for each purpose.
func filed(kind string, texts map[string]string) map[string]string {
	codes := map[string]string{}
	for purpose := range texts {
		codes[purpose] = kind + "_" + purpose
	}
	return codes
}

// open opens the bank's accounts on the platforms, which push to the gateway.
func (p *demoPlatforms) open(gateway string) error {
	s, callback := p.secret, func(account string) string { return gateway + "/callbacks/" + account }
	keyed := "?key=" + s.callback
	account := func(kind string) smssim.Account {
		return smssim.Account{
			Signs: map[string]smssim.Filing{demoSign: smssim.Approved}, Templates: filedAt(kind, gateway),
			ReportURL: callback("sms") + keyed, ReplyURL: callback("sms") + keyed, Balance: -1,
		}
	}
	p.texts.AddAliyun(smssim.Aliyun{AccessKeyID: demoKey, AccessKeySecret: s.aliyun, Account: account(config.Aliyun)})
	p.texts.AddTencent(smssim.Tencent{SecretID: demoKey, SecretKey: s.tencent, SdkAppID: demoSMSApp, Account: account(config.Tencent)})
	calls := voicesim.Account{AccessKeyID: demoKey, AccessKeySecret: s.aliyun, Templates: map[string]voicesim.Template{}, ReportURL: callback("voice") + keyed, Balance: -1}
	for purpose, content := range filedCalls() {
		calls.Templates["tts_"+purpose] = voicesim.Template{Content: content}
	}
	p.calls.AddAccount(calls)
	err := p.company.Sim.AddApp(wecomsim.App{
		CorpID: p.company.CorpID, AgentID: p.company.AgentID, Name: p.company.AppName,
		Secret: s.wecom, Token: s.token, EncodingAESKey: s.aes, CallbackURL: callback("recruiting"),
	})
	if err != nil {
		return err
	}
	return p.company.Sim.AddKf(p.company.CorpID, p.company.AgentID, wecomsim.Kf{OpenKfID: p.company.OpenKfID, Name: p.company.KfName})
}

// filedAt are the filed texts with the gateway's address in them. Tencent Cloud
// counts variables where Aliyun names them.
func filedAt(kind, gateway string) map[string]smssim.Template {
	templates := map[string]smssim.Template{}
	for purpose, text := range filedTexts() {
		text = strings.Replace(text, "%", gateway, 1)
		if kind == config.Tencent {
			text = strings.NewReplacer("${name}", "{1}", "${link}", "{2}").Replace(text)
		}
		templates[kind+"_"+purpose] = smssim.Template{Content: text}
	}
	return templates
}
