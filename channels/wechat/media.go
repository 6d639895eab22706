package wechat

import (
	"context"
	"io"

	"jiebao/channels/tencent"
)

// pictures is what official accounts send (新增临时素材: 图片 10M).
func pictures() tencent.Upload {
	return tencent.Upload{
		Kind: "image", Most: 10 << 20, Takes: "JPEG, PNG and GIF pictures only",
		Names: map[string]string{"image/jpeg": "picture.jpg", "image/png": "picture.png", "image/gif": "picture.gif"},
	}
}

// FetchMedia opens what a candidate sent. Errors are *conversations.SendError.
func (a *Adapter) FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error) {
	return a.api.FetchMedia(ctx, ref)
}
