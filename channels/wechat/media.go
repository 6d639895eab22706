package wechat

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/officialaccount/material"

	"jiebao/conversations"
)

const (
	// maxPicture is the largest picture to send (新增临时素材: 图片 10M).
	maxPicture = 10 << 20
	// maxDownload bounds what a candidate can make us read: the platform
	// itself takes no media of more than 10 MB.
	maxDownload = 20 << 20
	// keepUpload is shorter than the three days for which the platform keeps
	// an upload (新增临时素材: 媒体文件在微信后台保存时间为 3 天).
	keepUpload  = 60 * time.Hour
	mostUploads = 1000
)

// uploads remembers which documents the platform holds, and under what id.
type uploads struct {
	mu   sync.Mutex
	kept map[string]upload
}

type upload struct {
	media string
	until time.Time
}

func (u *uploads) find(document string, now time.Time) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	kept, ok := u.kept[document]
	return kept.media, ok && now.Before(kept.until)
}

func (u *uploads) keep(document, media string, now time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.kept == nil || len(u.kept) >= mostUploads {
		u.kept = map[string]upload{}
	}
	u.kept[document] = upload{media, now.Add(keepUpload)}
}

func (u *uploads) forget(document string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.kept, document)
}

// uploaded returns the platform's id of a picture, uploading it if need be.
func (a *Adapter) uploaded(ctx context.Context, document string) (string, *conversations.SendError) {
	if media, ok := a.uploads.find(document, a.now()); ok {
		return media, nil
	}
	r, refused := a.uploadRequest(ctx, document)
	if refused != nil {
		return "", refused
	}
	body, refused := a.api.call(ctx, r)
	if refused != nil {
		return "", harmless(refused)
	}
	var answer material.Media
	if err := json.Unmarshal(body, &answer); err != nil || answer.MediaID == "" {
		return "", temporary("the answer to the upload holds no media id", nil)
	}
	a.uploads.keep(document, answer.MediaID, a.now())
	return answer.MediaID, nil
}

// uploadRequest reads a picture into a request (新增临时素材).
func (a *Adapter) uploadRequest(ctx context.Context, document string) (request, *conversations.SendError) {
	if a.files == nil {
		return request{}, badContent("this account is not set up to send pictures")
	}
	content, mimeType, err := a.files.Open(ctx, document)
	if err != nil {
		return request{}, temporary("opening the picture", err)
	}
	defer content.Close()
	picture, err := io.ReadAll(io.LimitReader(content, maxPicture+1))
	if err != nil {
		return request{}, temporary("reading the picture", err)
	}
	if len(picture) > maxPicture {
		return request{}, badContent("the picture is larger than 10 MB")
	}
	name, ok := pictureName(mimeType)
	if !ok {
		return request{}, badContent("official accounts send JPEG, PNG and GIF pictures only")
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="media"; filename="` + name + `"`},
		"Content-Type":        {mimeType},
	})
	if err == nil {
		_, err = part.Write(picture)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return request{}, temporary("writing the upload", err)
	}
	return request{
		method:      http.MethodPost,
		path:        "/cgi-bin/media/upload",
		query:       url.Values{"type": {string(material.MediaTypeImage)}},
		contentType: form.FormDataContentType(),
		body:        body.Bytes(),
		safe:        true,
	}, nil
}

func pictureName(mimeType string) (string, bool) {
	switch mimeType {
	case "image/jpeg":
		return "picture.jpg", true
	case "image/png":
		return "picture.png", true
	case "image/gif":
		return "picture.gif", true
	}
	return "", false
}

// FetchMedia opens what a candidate sent (获取临时素材). The platform answers
// with the file, with JSON that says why not, or, for a video, with JSON that
// says where it is. Reading more than 20 MB is an error, never a short file.
func (a *Adapter) FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	body, refused := a.fetchMedia(ctx, ref)
	if refused != nil {
		cancel()
		return nil, harmless(refused)
	}
	return &download{body: body, left: maxDownload, cancel: cancel}, nil
}

func (a *Adapter) fetchMedia(ctx context.Context, ref string) (io.ReadCloser, *conversations.SendError) {
	r := get("/cgi-bin/media/get", url.Values{"media_id": {ref}})
	token, refused := a.api.tokens.get(ctx)
	if refused != nil {
		return nil, refused
	}
	body, refused := a.api.download(ctx, r, token)
	if !staleToken(refused) {
		return body, refused
	}
	if token, refused = a.api.tokens.renew(ctx, token); refused != nil {
		return nil, refused
	}
	return a.api.download(ctx, r, token)
}

// download opens a file, following the address of a video.
func (c *api) download(ctx context.Context, r request, token string) (io.ReadCloser, *conversations.SendError) {
	resp, refused := c.send(ctx, r, token)
	if refused != nil {
		return nil, refused
	}
	in := bufio.NewReader(resp.Body)
	if !isJSON(resp.Header.Get("Content-Type"), in) {
		return readCloser{in, resp.Body}, nil
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(in, maxAnswer))
	if err != nil {
		return nil, temporary("the answer broke off", err)
	}
	if _, refused := c.judge(body, r, token); refused != nil {
		return nil, refused
	}
	var answer struct {
		VideoURL string `json:"video_url"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.VideoURL == "" {
		return nil, temporary("the answer is neither a file nor the address of one", nil)
	}
	return c.video(ctx, answer.VideoURL)
}

// video opens the address the platform gave. It needs no token and gets none.
func (c *api) video(ctx context.Context, address string) (io.ReadCloser, *conversations.SendError) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &conversations.SendError{Reason: conversations.MediaExpired, Detail: "the platform gave no address for the video"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, &conversations.SendError{Reason: conversations.MediaExpired, Detail: "the platform gave no address for the video"}
	}
	client := *c.http
	client.CheckRedirect = nil // addresses of videos do redirect
	resp, err := client.Do(req)
	if err != nil {
		return nil, temporary("downloading the video", withoutAddress(err))
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, c.refusedStatus(resp)
	}
	return resp.Body, nil
}

// isJSON says whether an answer is JSON in place of a file. The platform
// labels it so, or as text.
func isJSON(contentType string, in *bufio.Reader) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if err == nil && kind != "text/plain" && !strings.HasSuffix(kind, "json") {
		return false
	}
	first, err := in.Peek(1)
	return err == nil && first[0] == '{'
}

type readCloser struct {
	io.Reader
	io.Closer
}

// download is a file on its way in.
type download struct {
	body   io.ReadCloser
	left   int64
	cancel context.CancelFunc
}

var errTooLarge = errors.New("the file is larger than 20 MB")

func (d *download) Read(p []byte) (int, error) {
	if d.left <= 0 {
		var one [1]byte
		n, err := d.body.Read(one[:])
		if n > 0 {
			return 0, errTooLarge
		}
		return 0, err
	}
	if int64(len(p)) > d.left {
		p = p[:d.left]
	}
	n, err := d.body.Read(p)
	d.left -= int64(n)
	return n, err
}

func (d *download) Close() error {
	defer d.cancel()
	return d.body.Close()
}
