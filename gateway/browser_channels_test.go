package main

import (
	"context"
	"testing"
)

// Seeded candidates whom other channels than the official account reach.
const (
	readsMail       = "oDemoCandidate00000000000009"
	readsTexts      = "oDemoCandidate00000000000010"
	writesToService = "oDemoCandidate00000000000011"
	answersCalls    = "oDemoCandidate00000000000012"
)

// reachEverywhere looks at each app on the candidates' phones, and lets time
// pass until a plan has come to the telephone.
func reachEverywhere(t *testing.T, w *demoWorld, browser context.Context) {
	candidate := sitDown(t, browser, "channels")
	hold := func(phone, app string) {
		t.Helper()
		candidate.open("about:blank") // the page of another phone is another page
		candidate.open(w.base + "/phone#" + phone)
		candidate.see("#own-candidate", "C-DEMO")
		candidate.press("#homebar", "")
		candidate.press("#launchers button:has(."+app+")", "")
	}

	candidate.open(w.base + "/phone#" + fresh)
	candidate.press(".notice-card", "您的应聘有新进展")
	candidate.see("#bank-messages .msg", "刘洋，恭喜您通过")
	candidate.see(".ladder li", "App 推送\n已读")
	candidate.picture("bank")
	candidate.write("#bank-line textarea", "要带什么材料？")
	candidate.enter()
	candidate.see("#bank-messages .msg:not(.mine)", "身份证")
	candidate.see("#plan .chip", "候选人已回应")

	hold(readsMail, "mail")
	candidate.press(".letter-row", "You have passed the interview")
	candidate.see("#letter iframe", "")
	hold(readsTexts, "mail")
	candidate.press(".letter-row", "入职日期已确定")
	candidate.see(".invitation", "北京市海淀区中关村大街27号")
	candidate.picture("mail")

	hold(readsTexts, "sms")
	candidate.see("#sms-messages .msg", "【示范银行】赵敏，您好！")
	candidate.see("#plan .chip", "候选人已打开页面")
	candidate.write("#sms-line textarea", "收到，谢谢")
	candidate.enter()
	candidate.see("#sms-messages .msg.mine", "收到，谢谢")

	hold(writesToService, "wechat")
	candidate.press("[data-chat=kf]", "")
	candidate.see("#kf-messages .msg:not(.mine)", "期待与您见面")
	candidate.picture("service")

	hold(asking, "wecom")
	candidate.write("#wecom-line textarea", "你好")
	candidate.enter()
	candidate.see("#wecom-messages .msg:not(.mine)", "请发送您的姓名和手机号")

	hold(answersCalls, "calls")
	candidate.press(".forward-to", "快进到下一步") // the mail
	candidate.see(".ladder li", "邮件\n已发出")
	candidate.press(".forward-to", "快进到下一步") // the call, which is answered, and key 1 pressed
	candidate.see("#call .spoken", "拟定到岗日期")
	candidate.see("#call .pressed", "1")
	candidate.picture("call")
	candidate.press("#call .reject", "")
	candidate.see(".call-row", "已接听")
	candidate.see("#plan .chip", "候选人已回应")
	candidate.picture("answered")
}
