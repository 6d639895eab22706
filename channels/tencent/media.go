package tencent

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"sync"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

const (
	// maxDownload bounds what a candidate can make us read: the platforms
	// themselves take no media of more than 20 MB.
	maxDownload = 20 << 20
	// keepUpload is shorter than the three days for which the platforms keep
	// an upload (新增临时素材, 上传临时素材: 保存时间为 3 天).
	keepUpload  = 60 * time.Hour
	mostUploads = 1000
)

// Files opens documents by their id.
type Files interface {
	Open(ctx context.Context, id string) (content io.ReadCloser, mime string, err error)
}

// Upload is what a platform takes of one kind of media.
type Upload struct {
	Kind string // the parameter type: image, file
	Most int64  // bytes
	// Names gives the file name for a MIME type; "" means any other type.
	Names map[string]string
	Takes string // what it takes, in words
}

// Uploads sends documents to the platform and remembers, for as long as the
// platform does, under what id it holds them. It is safe for concurrent use.
type Uploads struct {
	Client *Client
	Files  Files // nil: everything is refused
	Now    func() time.Time

	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	media string
	until time.Time
}

func (u *Uploads) find(document string) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k, ok := u.kept[document]
	return k.media, ok && u.Now().Before(k.until)
}

func (u *Uploads) keep(document, media string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.kept == nil || len(u.kept) >= mostUploads {
		u.kept = map[string]kept{}
	}
	u.kept[document] = kept{media, u.Now().Add(keepUpload)}
}

func (u *Uploads) forget(document string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.kept, document)
}

// Send has send send a document, uploading it first if the platform has not
// kept it, and once more if it says that it has not.
func (u *Uploads) Send(ctx context.Context, document string, as Upload, send func(media string) (conversations.Receipt, *conversations.SendError)) (conversations.Receipt, *conversations.SendError) {
	media, refused := u.uploaded(ctx, document, as)
	if refused != nil {
		return conversations.Receipt{}, refused
	}
	receipt, refused := send(media)
	if refused == nil || refused.Reason != conversations.MediaExpired {
		return receipt, refused
	}
	u.forget(document)
	if media, refused = u.uploaded(ctx, document, as); refused != nil {
		return conversations.Receipt{}, refused
	}
	return send(media)
}

// uploaded returns the platform's id of a document, uploading it if need be.
func (u *Uploads) uploaded(ctx context.Context, document string, as Upload) (string, *conversations.SendError) {
	if media, ok := u.find(document); ok {
		return media, nil
	}
	r, refused := u.request(ctx, document, as)
	if refused != nil {
		return "", refused
	}
	body, refused := u.Client.Call(ctx, r)
	if refused != nil {
		return "", Harmless(refused)
	}
	var answer struct {
		MediaID string `json:"media_id"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.MediaID == "" {
		return "", channels.Temporary("the answer to the upload holds no media id", nil)
	}
	u.keep(document, answer.MediaID)
	return answer.MediaID, nil
}

// request reads a document into a request (新增临时素材, 上传临时素材).
func (u *Uploads) request(ctx context.Context, document string, as Upload) (Request, *conversations.SendError) {
	if u.Files == nil {
		return Request{}, channels.BadContent("this account is not set up to send files")
	}
	content, mimeType, err := u.Files.Open(ctx, document)
	if err != nil {
		return Request{}, channels.Temporary("opening the file", err)
	}
	defer content.Close()
	file, err := io.ReadAll(io.LimitReader(content, as.Most+1))
	if err != nil {
		return Request{}, channels.Temporary("reading the file", err)
	}
	if int64(len(file)) > as.Most {
		return Request{}, channels.BadContent(fmt.Sprintf("the file is larger than %d MB", as.Most>>20))
	}
	name, ok := as.Names[mimeType]
	if !ok {
		name, ok = as.Names[""]
	}
	if !ok {
		return Request{}, channels.BadContent("the platform takes " + as.Takes)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="media"; filename="%s"; filelength=%d`, name, len(file))},
		"Content-Type":        {mimeType},
	})
	if err == nil {
		_, err = part.Write(file)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return Request{}, channels.Temporary("writing the upload", err)
	}
	return Request{
		Method:      http.MethodPost,
		Path:        "/cgi-bin/media/upload",
		Query:       url.Values{"type": {as.Kind}},
		ContentType: form.FormDataContentType(),
		Body:        body.Bytes(),
		Safe:        true,
	}, nil
}

// FetchMedia opens what a candidate sent (获取临时素材). The platform answers
// with the file, with JSON that says why not, or, for a video, with JSON that
// says where it is. Reading more than 20 MB is an error, never a short file.
func (c *Client) FetchMedia(ctx context.Context, ref string) (io.ReadCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	r := Get("/cgi-bin/media/get", url.Values{"media_id": {ref}})
	body, refused := withToken(ctx, c, func(token string) (io.ReadCloser, *conversations.SendError) { return c.download(ctx, r, token) })
	if refused != nil {
		cancel()
		return nil, Harmless(refused)
	}
	return &download{body: body, left: maxDownload, cancel: cancel}, nil
}

// download opens a file, following the address of a video.
func (c *Client) download(ctx context.Context, r Request, token string) (io.ReadCloser, *conversations.SendError) {
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
		return nil, channels.Temporary("the answer broke off", err)
	}
	if _, refused := c.judge(body, r, token); refused != nil {
		return nil, refused
	}
	var answer struct {
		VideoURL string `json:"video_url"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.VideoURL == "" {
		return nil, channels.Temporary("the answer is neither a file nor the address of one", nil)
	}
	return c.video(ctx, answer.VideoURL)
}

// video opens the address the platform gave. It needs no token and gets none.
func (c *Client) video(ctx context.Context, address string) (io.ReadCloser, *conversations.SendError) {
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
		return nil, channels.Temporary("downloading the video", channels.WithoutAddress(err))
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

// ErrTooLarge ends the reading of a file that is larger than any of the
// platforms'.
var ErrTooLarge = errors.New("the file is larger than 20 MB")

func (d *download) Read(p []byte) (int, error) {
	if d.left <= 0 {
		var one [1]byte
		n, err := d.body.Read(one[:])
		if n > 0 {
			return 0, ErrTooLarge
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
