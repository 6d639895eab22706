package wecomsim

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mediaLife is how long temporary media lives (上传临时素材: 仅三天内有效).
const mediaLife = 72 * time.Hour

// media is one temporary file. The whole company can use it.
type media struct {
	Corp    string    `json:"corp"`
	Kind    string    `json:"kind"`
	Name    string    `json:"name"`
	Type    string    `json:"type"` // MIME
	Data    []byte    `json:"data"`
	Expires time.Time `json:"expires"`
}

// mediaRule is what 上传临时素材 allows of one kind; files are more than 5 bytes.
type mediaRule struct {
	size int
	exts []string // nil: any
}

var mediaRules = map[string]mediaRule{
	"image": {10 << 20, []string{".jpg", ".jpeg", ".png"}},
	"voice": {2 << 20, []string{".amr"}},
	"video": {10 << 20, []string{".mp4"}},
	"file":  {20 << 20, nil},
}

const leastMedia = 6

// uploadMedia is 上传临时素材.
func uploadMedia(c *call) answer {
	kind := c.query.Get("type")
	rule, known := mediaRules[kind]
	if !known {
		return c.fail(errMediaType)
	}
	name, data, err := formFile(c.r.Header.Get("Content-Type"), c.body)
	switch {
	case err != nil:
		return c.fail(errNoMedia)
	case len(data) < leastMedia || len(data) > rule.size:
		return c.fail(errFileSize)
	case rule.exts != nil && !slices.Contains(rule.exts, strings.ToLower(filepath.Ext(name))):
		return c.fail(errFileType)
	}
	id := c.keepMedia(c.app.CorpID, kind, name, data)
	return c.ok(map[string]any{"type": kind, "media_id": id, "created_at": strconv.FormatInt(c.at.Unix(), 10)})
}

// formFile reads the file of a multipart body.
func formFile(kind string, body []byte) (name string, data []byte, err error) {
	_, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return "", nil, fmt.Errorf("reading an upload: %w", err)
	}
	for form := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := form.NextPart()
		if err != nil {
			return "", nil, fmt.Errorf("reading an upload: %w", err)
		}
		if part.FormName() == "media" && part.FileName() != "" {
			data, err = io.ReadAll(part)
			return part.FileName(), data, err
		}
	}
}

// keepMedia stores a file for three days. The caller holds the lock.
func (s *Sim) keepMedia(corp, kind, name string, data []byte) string {
	id := s.text(64)
	m := &media{Corp: corp, Kind: kind, Name: name, Data: data, Type: mime.TypeByExtension(filepath.Ext(name)), Expires: s.now().Add(mediaLife)}
	if m.Type == "" {
		m.Type = http.DetectContentType(data)
	}
	s.state.Media[id] = m
	return id
}

func (c *call) mediaOf(id, kind string) (*media, bool) {
	m, ok := c.state.Media[id]
	return m, ok && m.Corp == c.app.CorpID && c.at.Before(m.Expires) && (kind == "" || m.Kind == kind)
}

// getMedia is 获取临时素材.
func getMedia(c *call) answer {
	m, ok := c.mediaOf(c.query.Get("media_id"), "")
	if !ok {
		return c.fail(errMediaID)
	}
	return answer{kind: m.Type, name: m.Name, body: m.Data}
}
