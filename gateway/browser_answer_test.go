package main

import (
	"context"
	"testing"
)

// asking is the phone of a seeded candidate who has confirmed.
const asking = "oDemoCandidate00000000000001"

// answerOnce goes from a question that nothing answers to HR's answer in the
// chat, which becomes an article: the next time the bot knows.
func answerOnce(t *testing.T, w *demoWorld, browser context.Context) {
	candidate := sitDown(t, browser, "asker")
	candidate.open(w.base + "/phone#" + asking)
	candidate.see("#people-list [aria-current=true]", "张伟")
	candidate.press("#composer .toggle", "")
	say(candidate, "公司有攀岩墙吗？")
	candidate.see(theirs, "已转给同事")

	hr := sitDown(t, browser, "answer-hr")
	signIn(hr, w)
	hr.press(".rail a[data-section=knowledge]", "")
	hr.see(".gap h2", "公司有攀岩墙吗")
	hr.picture("gaps")
	hr.pressIn(".gap", "公司有攀岩墙吗", "a.primary")
	hr.write("[name=text]", "总行大楼地下一层有攀岩墙，凭工牌免费。")
	hr.see("#preview .bubble", "关于您问的“公司有攀岩墙吗？”")
	hr.press("[name=keep]", "")
	hr.see(".recipients li", "张伟")
	hr.press(".recipients button.primary", "发送给勾选的人")
	hr.see(".outcomes li", "已发送")
	hr.picture("answered")
	candidate.see(theirs, "凭工牌免费")

	hr.press(".alert a", "攀岩墙")
	hr.see(".article-head .chip", "已批准")
	hr.picture("article")
	say(candidate, "请问有没有攀岩墙")
	candidate.see(theirs, "——来自《")
	say(candidate, "公司有停车位吗？") // the examples answer it
	candidate.see(theirs, "《停车》")
}
