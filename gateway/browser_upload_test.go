package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// uploadingDigits are the end of the phone number of 李婷, who is seeded.
const uploadingDigits = "0002"

// uploadFiles goes from a PDF in the chat, which WeChat keeps to itself, by
// the link in the bot's answer to what HR sees: once without JavaScript on the
// narrowest phone, and once with it, in the dark.
func uploadFiles(t *testing.T, w *demoWorld, browser context.Context) {
	candidate := sitDown(t, browser, "uploader")
	candidate.open(w.base + "/phone")
	candidate.press("#people-list button", "李婷") // as soon as she is seeded
	candidate.see(theirs, "已为您提交申请")
	attach(candidate, "学历证书.pdf")
	candidate.see(ours, "学历证书.pdf")
	candidate.see(theirs, "微信不会把文件内容转给我们")
	link := ask[string](candidate, `[...document.querySelectorAll(".msg a")].map((a) => a.href).findLast((href) => href.includes("/c/"))`)

	uploadPlainly(sitDown(t, browser, "plain-upload", chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateTouch),
		tell(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})), link)
	candidate.see(theirs, "已存档：")
	uploadScripted(sitDown(t, browser, "upload", chromedp.EmulateViewport(375, 720, chromedp.EmulateMobile, chromedp.EmulateTouch), dark()), link)

	resumeUpload(sitDown(t, browser, "resume", chromedp.EmulateViewport(375, 720, chromedp.EmulateMobile, chromedp.EmulateTouch)), link)

	candidate.see(theirs, "已存档：身份证")
	if told := ask[int](candidate, `[...document.querySelectorAll(".msg:not(.mine)")].filter((m) => m.innerText.includes("已存档：身份证")).length`); told != 1 {
		t.Errorf("the chat told %d times of files that were chosen together", told)
	}

	hr := sitDown(t, browser, "upload-hr")
	hr.open(w.base + "/inbox")
	hr.press("button.primary", "")
	hr.press(".row a", "李婷")
	hr.see(".message.theirs .from.page", "候选人网页")
	hr.see(".message.theirs .bubble.file", "plain.pdf")
	hr.see(".message.theirs .bubble.file", "scripted.pdf")
	hr.see(".message.theirs .bubble.file", "large.pdf")
	hr.see(".message.theirs .picture img", "")
	hr.picture("thread")
}

// dark is a phone whose owner reads at night.
func dark() chromedp.Action[chromedp.Void] {
	return tell(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "prefers-color-scheme", Value: "dark"},
	}})
}

// attach sends a file in the chat, from the phone's own menu. Nobody sees the
// system's dialogue, so that the page is handed the file in its stead.
func attach(candidate *person, name string) {
	candidate.t.Helper()
	candidate.press("#composer .toggle", "")
	candidate.press("#composer .plus", "")
	ask[bool](candidate, fmt.Sprintf(`!!(HTMLInputElement.prototype.click = function () {
		const chosen = new DataTransfer();
		chosen.items.add(new File(["%%PDF-1.7"], %q, { type: "application/pdf" }));
		this.files = chosen.files;
		this.dispatchEvent(new Event("change"));
	})`, name))
	candidate.press(".functions button", "文件")
	ask[bool](candidate, `delete HTMLInputElement.prototype.click`)
}

// uploadPlainly goes by the browser's own means: without scripts a page cannot
// wait for anything.
func uploadPlainly(p *person, link string) {
	p.t.Helper()
	p.provoke(http.StatusForbidden)
	p.provoke(http.StatusUnprocessableEntity)
	p.open(link)
	p.picture("door")
	p.fitsIn(320)
	p.do("guessing", enterDigits("9999"), chromedp.WaitVisible(chromedp.CSS(".bad[role=alert]")))
	p.picture("wrong")
	p.fitsIn(320)
	p.do("passing the door", enterDigits(uploadingDigits), chromedp.WaitVisible(chromedp.CSS(".items")))
	p.picture("list")
	p.fitsIn(320)
	p.do("uploading what is none", choose(p.t, "plain-fake.pdf"), send(), chromedp.WaitVisible(chromedp.CSS("#outcomes .bad")))
	p.picture("refused")
	p.fitsIn(320)
	p.do("uploading", choose(p.t, "plain.pdf"), send(), chromedp.WaitVisible(chromedp.CSS("#outcomes .good")), chromedp.WaitVisible(chromedp.CSS(".item.received")))
	p.picture("uploaded")
	p.fitsIn(320)
}

// uploadScripted sends a PDF, a photo and a file that is refused in one go.
// The page tells of each, and of what is still missing, without being loaded
// again.
func uploadScripted(p *person, link string) {
	p.t.Helper()
	p.provoke(http.StatusUnprocessableEntity)
	p.open(link)
	p.do("passing the door", enterDigits(uploadingDigits), chromedp.WaitVisible(chromedp.CSS(".items")))
	p.picture("list")
	p.fitsIn(375)
	ask[bool](p, `window.neverLeft = true`)
	p.do("uploading", choose(p.t, "scripted.pdf", "scripted-fake.pdf", "scripted.jpg"), send())
	for words, class := range map[string]string{"scripted.pdf": "good", "scripted.jpg": "good", "scripted-fake.pdf": "bad"} {
		p.see(".outcomes ."+class, words)
	}
	p.see(".outcomes .bad", "这种格式我们收不了")
	p.see("body:not(:has(progress)):has(.item.received ~ .item.received) .summary", "")
	p.picture("uploaded")
	p.fitsIn(375)
	if !ask[bool](p, `window.neverLeft === true`) {
		p.t.Error("the page was loaded again")
	}
}

// resumeUpload loses the network after the first piece of a large file, and
// then the page. Chosen once more, the file goes on where it was.
func resumeUpload(p *person, link string) {
	p.t.Helper()
	large := filepath.Join(p.t.TempDir(), "large.pdf")
	if err := os.WriteFile(large, pdfFile(strings.Repeat("a scan of many pages ", 65_000)), 0o600); err != nil {
		p.t.Fatal(err)
	}
	again := chromedp.Steps(chromedp.SetUploadFiles(chromedp.CSS("details[open] input[multiple]"), []string{large}), send())
	p.open(link)
	p.do("passing the door", enterDigits(uploadingDigits), chromedp.WaitVisible(chromedp.CSS(".items")))
	if ask[int](p, countPieces(1)) != 0 {
		p.t.Fatal("pieces were sent before a file was chosen")
	}
	p.do("uploading", chromedp.Click(chromedp.CSS(".extra summary")), again)
	p.see(".progress", "网络不太稳定")
	p.picture("lost")
	p.open(link)
	p.see(".progress", "上次没有传完：large.pdf")
	ask[int](p, countPieces(99))
	p.do("uploading once more", chromedp.Click(chromedp.CSS(".extra summary")), again)
	p.see(".outcomes .good", "large.pdf")
	if sent := ask[int](p, `window.pieces`); sent != 2 {
		p.t.Errorf("%d pieces were sent after the first", sent)
	}
	if left := ask[int](p, `localStorage.length`); left != 0 {
		p.t.Errorf("the phone still remembers %d uploads", left)
	}
}

// countPieces counts the pieces of files that a page sends, and lets no more
// than so many through.
func countPieces(most int) string {
	return fmt.Sprintf(`(() => {
		const send = XMLHttpRequest.prototype.send;
		window.pieces = 0;
		XMLHttpRequest.prototype.send = function (body) {
			if (!(body instanceof Blob)) return send.call(this, body);
			if (window.pieces >= %d) return setTimeout(() => this.onerror());
			window.pieces++;
			return send.call(this, body);
		};
		return window.pieces;
	})()`, most)
}

// fitsIn holds a page to the width of its phone.
func (p *person) fitsIn(width int) {
	p.t.Helper()
	if wide := ask[int](p, `document.documentElement.scrollWidth`); wide > width {
		p.t.Errorf("the page is %d px wide on a phone of %d", wide, width)
	}
}

func enterDigits(digits string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.SendKeys(chromedp.CSS("#digits"), digits), chromedp.Click(chromedp.CSS("button.primary")))
}

func send() chromedp.Action[chromedp.Void] {
	return chromedp.Click(chromedp.CSS("details[open] button.primary"))
}

// choose picks files for what is asked for first: a photo, a PDF, or what only
// pretends to be one.
func choose(t *testing.T, names ...string) chromedp.Action[chromedp.Void] {
	t.Helper()
	folder := t.TempDir()
	var paths []string
	for _, name := range names {
		content := pdfFile(name)
		switch {
		case strings.HasSuffix(name, ".jpg"):
			var b bytes.Buffer
			if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 320, 200)), nil); err != nil {
				t.Fatal(err)
			}
			content = b.Bytes()
		case strings.Contains(name, "fake"):
			content = []byte("MZ this program cannot be run in DOS mode")
		}
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return chromedp.SetUploadFiles(chromedp.CSS("details[open] input[multiple]"), paths)
}

func pdfFile(words string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n%% %s\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%%%EOF\n", words)
}
