package wechatsim

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// mediaLife is how long temporary media lives ("新增临时素材": 媒体文件在微信后台
// 保存时间为3天，即3天后media_id失效).
const mediaLife = 72 * time.Hour

// media is one temporary file, uploaded by the account or sent by a candidate.
type media struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"` // image, voice, video, thumb
	Name    string    `json:"name"`
	Type    string    `json:"type"` // MIME
	Data    []byte    `json:"data"`
	Expires time.Time `json:"expires"`
}

// mediaRule is what "新增临时素材" allows of one kind.
type mediaRule struct {
	size int64
	exts string
}

var mediaRules = map[string]mediaRule{
	"image": {10 << 20, ".png .jpeg .jpg .gif"}, // 图片: 10M; the page also says 2M
	"voice": {2 << 20, ".amr .mp3"},             // 语音: 2M, 不超过60s
	"video": {10 << 20, ".mp4"},                 // 视频: 10MB
	"thumb": {64 << 10, ".jpg .jpeg"},           // 缩略图: 64KB
}

// mediaTypes are the Content-Types of the extensions above; the system's own
// table differs from machine to machine.
var mediaTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
	".amr": "audio/amr", ".mp3": "audio/mpeg", ".mp4": "video/mp4",
}

// uploadMedia is "新增临时素材".
func uploadMedia(c *call) answer {
	kind := c.query.Get("type")
	rule, known := mediaRules[kind]
	if !known {
		return c.fail(errMediaType)
	}
	name, data, err := c.formFile("media")
	if err != nil || len(data) == 0 {
		return c.fail(errNoMediaData)
	}
	ext := strings.ToLower(filepath.Ext(name))
	if ext == "" || !strings.Contains(rule.exts+" ", ext+" ") || !looksLike(kind, data) {
		return c.fail(errFileType)
	}
	if int64(len(data)) > rule.size {
		return c.fail(errFileSize)
	}
	md := c.sim.keepMedia(c.acct, c.now, kind, name, data)
	out := map[string]any{"type": kind, "created_at": c.now.Unix()}
	if kind == "thumb" {
		out["thumb_media_id"] = md.ID
	} else {
		out["media_id"] = md.ID
	}
	return reply(out)
}

// looksLike refuses a picture that is none; other kinds go by their name.
func looksLike(kind string, data []byte) bool {
	if kind != "image" && kind != "thumb" {
		return true
	}
	return strings.HasPrefix(http.DetectContentType(data), "image/")
}

// formFile reads the file of a multipart body. Names are taken as raw UTF-8,
// as the platform wants them.
func (c *call) formFile(field string) (name string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return "", nil, fmt.Errorf("reading an upload: %w", err)
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, fmt.Errorf("reading an upload: %w", err)
		}
		if part.FormName() != field {
			continue
		}
		data, err = io.ReadAll(part)
		return part.FileName(), data, err
	}
}

// keepMedia stores a file for three days. Once an hour it forgets the expired.
func (s *Sim) keepMedia(a *account, now time.Time, kind, name string, data []byte) *media {
	md := &media{ID: s.random.text(64), Kind: kind, Name: name, Data: data, Expires: now.Add(mediaLife)}
	md.Type = mediaTypes[strings.ToLower(filepath.Ext(name))]
	if md.Type == "" {
		md.Type = http.DetectContentType(data)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !now.Before(a.sweepAt) {
		maps.DeleteFunc(a.media, func(_ string, old *media) bool { return !now.Before(old.Expires) })
		a.sweepAt = now.Add(time.Hour)
	}
	a.media[md.ID] = md
	return md
}

func (a *account) findMedia(id string, now time.Time) (*media, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	md, ok := a.media[id]
	return md, ok && now.Before(md.Expires)
}

// expireMedia ends every file of the account.
func (a *account) expireMedia() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.media)
}

// getMedia is "获取临时素材": the bytes, or for a video a link in JSON. Errors come
// as JSON labelled text/plain, as clients of that interface have learnt.
func getMedia(c *call) answer {
	id := c.query.Get("media_id")
	md, found := c.acct.findMedia(id, c.now)
	if !found {
		a := c.fail(errMediaID)
		a.kind = "text/plain"
		return a
	}
	if md.Kind == "video" {
		return reply(map[string]string{"video_url": c.sim.mediaURL(id)})
	}
	ext := strings.ToLower(filepath.Ext(md.Name))
	return answer{
		kind:   md.Type,
		header: http.Header{"Content-Disposition": {fmt.Sprintf("attachment; filename=%q", id+ext)}},
		body:   md.Data,
	}
}

// mediaURL is where a phone, or an account given PicUrl, finds the file.
func (s *Sim) mediaURL(id string) string { return *s.publicURL.Load() + "/_sim/media/" + id }

// serveMedia is the file server behind PicUrl and video_url.
func (s *Sim) serveMedia(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	for _, a := range s.all() {
		if md, ok := a.findMedia(r.PathValue("id"), now); ok {
			w.Header().Set("Content-Type", md.Type)
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Write(md.Data)
			return
		}
	}
	http.NotFound(w, r)
}
