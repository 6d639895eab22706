package bot

import "jiebao/conversations"

// page says where files can be uploaded. The address is made by the core.
func (t *talk) page() conversations.Say {
	return phrase("documents.upload_page", args{"link": conversations.UploadLink{}})
}

// orByPage adds the upload page to what the chat cannot take.
func (t *talk) orByPage(told conversations.Say) conversations.Say {
	if !t.Pages {
		return told
	}
	return lines(told, t.page())
}

// fileWithoutContent follows a file that the platform tells of and does not
// hand over, as WeChat does with a PDF.
func (t *talk) fileWithoutContent() {
	if t.withdrawn() {
		return
	}
	if !t.Pages {
		t.say("documents.no_file", nil)
	} else {
		link := conversations.UploadLink{Item: t.itemNamed(t.Heard.Text)}
		t.say("documents.no_file_page", args{"link": link})
	}
	t.keepQuestion()
}

// askedForPage answers who cannot send a file here, or asks for a new link.
func (t *talk) askedForPage(r reading) bool {
	if !t.Pages || !wantsPage(r) || r.dated() || r.wants(confirm) || r.wants(decline) || r.wants(reschedule) {
		return false
	}
	t.tell(t.page())
	t.keepQuestion()
	return true
}

// wantsPage says whether a message asks how to send a file, says that it cannot
// be sent, or asks for the link.
func wantsPage(r reading) bool {
	return r.about(files) && r.about(sending) || r.about(links) && r.about(linking) || r.about(uploads)
}

// pageWords are what wantsPage listens for, as plain leaves it.
func (l *lexicon) pageWords() {
	l.listenFor(files,
		"pdf", "word", "文件", "檔案", "文档", "文檔", "扫描件", "掃描件", "掃描", "附件", "压缩包", "電子版", "电子版", "照片", "相片", "图片", "圖片",
		"file", "document", "attachment", "scan", "photo",
	)
	l.listenFor(sending,
		"怎么发", "怎麼發", "怎样发", "怎樣發", "如何发", "如何發", "怎么传", "怎麼傳", "怎样传", "怎樣傳", "如何传", "如何傳", "怎么上传", "怎麼上傳", "怎么给", "怎麼給",
		"点发", "點發", "点send", "點send", "點樣發", "點樣傳", "點樣send", "点样发", "点样传", "发不了", "發不了", "发不出", "發不出", "传不了", "傳不了", "发不过去", "發不過去", "发不上", "發不上", "传不上", "傳不上", "发送不", "發送不",
		"发送失败", "發送失敗", "上传失败", "上傳失敗", "发唔到", "發唔到", "傳唔到", "send唔到", "太大", "不能发", "不能發", "没法发", "沒法發", "能发吗", "能發嗎", "可以发吗", "可以發嗎",
		"howdoisend", "howcanisend", "howtosend", "howdoiupload", "howtoupload", "howcaniupload", "cantsend", "cannotsend", "unabletosend", "wontsend", "toolarge", "toobig", "canisend",
	)
	l.listenFor(links, "链接", "連結", "链結", "网页", "網頁", "页面", "頁面", "link", "page")
	l.listenFor(linking,
		"上传", "上傳", "上载", "上載", "upload", "过期", "過期", "逾期", "失效", "打不开", "打不開", "打唔開", "expired", "doesntopen", "doesnotwork", "doesntwork", "新的", "newlink", "再发", "再發",
	)
	l.listenFor(uploads, "上传材料", "上傳材料", "上传资料", "上傳資料", "上传文件", "上傳文件", "上載文件", "发文件", "發文件", "傳檔案", "uploaddocument", "uploadmydocument", "uploadfile", "uploadafile", "uploadpage", "uploadlink")
}
