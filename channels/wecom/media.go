package wecom

import "jiebao/channels/tencent"

// pictures is what is sent as a picture (上传临时素材: 图片 10MB, JPG, PNG).
func pictures() tencent.Upload {
	return tencent.Upload{
		Kind: "image", Most: 10 << 20, Takes: "JPEG and PNG pictures only",
		Names: map[string]string{"image/jpeg": "picture.jpg", "image/png": "picture.png"},
	}
}

// anyFile is what is sent as a file (上传临时素材: 普通文件 20MB).
func anyFile() tencent.Upload {
	return tencent.Upload{
		Kind: "file", Most: 20 << 20,
		Names: map[string]string{
			"application/pdf": "document.pdf", "image/jpeg": "picture.jpg", "image/png": "picture.png",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document.docx",
			"": "document.bin",
		},
	}
}
