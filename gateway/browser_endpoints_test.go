package main

import (
	"context"
	"testing"
)

// followEndpoint lets HR look at what the EHR is told: that it works, what it
// was sent, and that a candidate's thread says so.
func followEndpoint(t *testing.T, w *demoWorld, browser context.Context) {
	hr := sitDown(t, browser, "endpoints")
	signIn(hr, w)
	hr.press(".row a", "周强")
	hr.press("#fold-told summary", "")
	hr.see("#told", "已收到全部")
	hr.press(`a[href="/inbox/endpoints"]`, "")
	hr.press(".endpoint h2 a", "")
	hr.see(".attempts .chip.good", "2")
	hr.press("#now button", "发送测试事件")
	hr.see(".tested", "测试成功")
	hr.press(".attempts a", "#")
	hr.see(".wire", "webhook-signature: v1,•••")
	hr.press("button", "显示全部内容")
	hr.see("section", "已记录在日志里")
	hr.picture("attempt")
}
