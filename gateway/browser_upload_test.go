package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// uploading is the phone of a seeded candidate, and the end of their number.
const (
	uploading       = "oDemoCandidate00000000000002"
	uploadingDigits = "0002"
)

// uploadFiles goes from a PDF in the chat, which WeChat keeps to itself, by
// the link in the bot's answer to what HR sees: once without JavaScript on the
// narrowest phone, and once with it.
func uploadFiles(t *testing.T, w *demoWorld, browser context.Context) {
	candidate := sitDown(t, browser, "uploader")
	candidate.open(w.base + "/phone#" + uploading)
	candidate.see(theirs, "已为您提交申请")
	phone, err := w.sim.Phone(demoAppID, uploading)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := phone.SendFile("学历证书.pdf", pdfFile("chat")); err != nil {
		t.Fatal(err)
	}
	candidate.see(theirs, "微信不会把文件内容转给我们")
	link := ask[string](candidate, `[...document.querySelectorAll(".msg a")].map((a) => a.href).findLast((href) => href.includes("/c/"))`)

	plain := tell(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	narrow := sitDown(t, browser, "plain-upload", chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateTouch), plain)
	uploadOne(narrow, link, "plain", 320)
	narrow.do("waiting", chromedp.WaitVisible(chromedp.CSS("#outcomes .good")), chromedp.WaitVisible(chromedp.CSS(".item.received")))
	narrow.picture("uploaded")
	candidate.see(theirs, "已存档：")

	scripted := sitDown(t, browser, "upload", chromedp.EmulateViewport(375, 720, chromedp.EmulateMobile, chromedp.EmulateTouch))
	uploadOne(scripted, link, "scripted", 375)
	scripted.see("body:not(:has(progress)):has(.item.received ~ .item.received)", "")

	hr := sitDown(t, browser, "upload-hr")
	hr.open(w.base + "/inbox")
	hr.press("button.primary", "")
	hr.press(".row a", "李婷")
	hr.see(".message.theirs .from.page", "上传页")
	hr.see(".message.theirs .bubble.file", "scripted.pdf")
}

// uploadOne passes the door and uploads a PDF for what is missing first.
func uploadOne(p *person, link, name string, width int) {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), name+".pdf")
	if err := os.WriteFile(file, pdfFile(name), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.open(link)
	p.do("passing the door", // by the browser's own means: without scripts a page cannot wait
		chromedp.SendKeys(chromedp.CSS("#digits"), uploadingDigits),
		chromedp.Click(chromedp.CSS("button.primary")),
		chromedp.WaitVisible(chromedp.CSS(".items")),
	)
	p.picture(name)
	if wide := ask[int](p, `document.documentElement.scrollWidth`); wide > width {
		p.t.Errorf("the page is %d px wide on a phone of %d", wide, width)
	}
	p.do("uploading",
		chromedp.SetUploadFiles(chromedp.CSS("details[open] input[multiple]"), []string{file}),
		chromedp.Click(chromedp.CSS("details[open] button.primary")),
	)
}

func pdfFile(words string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n%% %s\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n", words)
}
