package wechat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"jiebao/channels/tencent"
	"jiebao/conversations"
)

const (
	pathUpload = "/cgi-bin/media/upload"
	pathMedia  = "/cgi-bin/media/get"
)

// album is a store of pictures.
type album map[string]string

func (a album) Open(_ context.Context, id string) (io.ReadCloser, string, error) {
	content, ok := a[id]
	if !ok {
		return nil, "", errors.New("no such picture")
	}
	kind := "image/png"
	if strings.HasSuffix(id, ".pdf") {
		kind = "application/pdf"
	}
	return io.NopCloser(strings.NewReader(content)), kind, nil
}

func picture(id string) conversations.Delivery {
	d := text("")
	d.Kind, d.Document = conversations.Image, id
	return d
}

func TestSendImage(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answerText(pathUpload, `{"type":"image","media_id":"media-1","created_at":123456789}`)
	p.answerText(pathCustom, accepted)
	a := p.adapter(t, Options{Files: album{"map": "\x89PNG…"}})
	for range 2 {
		if _, err := a.Send(context.Background(), picture("map")); err != nil {
			t.Fatal(err)
		}
	}
	uploads := p.to(pathUpload)
	if len(uploads) != 1 || uploads[0].query.Get("type") != "image" {
		t.Fatalf("uploaded %d times, %v", len(uploads), uploads[0].query)
	}
	boundary := uploads[0].body[2:strings.Index(uploads[0].body, "\r\n")]
	part, err := multipart.NewReader(strings.NewReader(uploads[0].body), boundary).NextPart()
	if err != nil {
		t.Fatal(err)
	}
	content, _ := io.ReadAll(part)
	if part.FormName() != "media" || part.FileName() != "picture.png" || part.Header.Get("Content-Type") != "image/png" || string(content) != "\x89PNG…" {
		t.Errorf("uploaded %v: %q", part.Header, content)
	}
	want := map[string]any{"touser": testCandidate, "msgtype": "image", "image": map[string]any{"media_id": "media-1"}}
	if got := p.to(pathCustom)[1].json(t); !reflect.DeepEqual(got, want) {
		t.Errorf("posted %v", got)
	}
}

// The platform forgot the upload: it is uploaded once more.
func TestExpiredUploads(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	n := 0
	p.answer(pathUpload, func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"type":"image","media_id":"media-%d"}`, n)
	})
	p.answer(pathCustom, func(w http.ResponseWriter, _ *http.Request) {
		if strings.Contains(p.calls[len(p.calls)-1].body, "media-2") {
			io.WriteString(w, accepted)
			return
		}
		io.WriteString(w, `{"errcode":40007,"errmsg":"invalid media_id"}`)
	})
	a := p.adapter(t, Options{Files: album{"map": "x", "plan": "y"}})
	if _, err := a.Send(context.Background(), picture("map")); err != nil {
		t.Fatal(err)
	}
	if e := refused(t, a, picture("plan")); e.Reason != conversations.MediaExpired || len(p.to(pathUpload)) != 4 {
		t.Errorf("%v after %d uploads", e, len(p.to(pathUpload)))
	}
}

func TestPicturesThatCannotBeSent(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer(pathUpload, drop)
	files := album{"map": "x", "cv.pdf": "x", "huge": strings.Repeat("x", 10<<20+1)}
	a := p.adapter(t, Options{Files: files})
	for id, want := range map[string]conversations.Reason{
		"map":    conversations.Temporary, // the upload broke off, the message did not leave
		"gone":   conversations.Temporary,
		"cv.pdf": conversations.BadContent,
		"huge":   conversations.BadContent,
	} {
		if e := refused(t, a, picture(id)); e.Reason != want {
			t.Errorf("%s: %v", id, e)
		}
	}
	if e := refused(t, p.adapter(t, Options{}), picture("map")); e.Reason != conversations.BadContent {
		t.Errorf("without files: %v", e)
	}
}

func TestFetchMedia(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer(pathMedia, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Query().Get("media_id") {
		case "image":
			w.Header().Set("Content-Type", "image/jpeg")
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "media.jpg"}))
			io.WriteString(w, "{JPEG}")
		case "video":
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprintf(w, `{"video_url":"http://%s/video"}`, r.Host)
		case "elsewhere":
			io.WriteString(w, `{"video_url":"file:///etc/passwd"}`)
		case "stale":
			if r.URL.Query().Get("access_token") == "t1" {
				io.WriteString(w, `{"errcode":40001,"errmsg":"access_token"}`)
				return
			}
			w.Header().Set("Content-Type", "audio/amr")
			io.WriteString(w, "#!AMR")
		case "busy":
			w.WriteHeader(http.StatusBadGateway)
		case "broken":
			panic(http.ErrAbortHandler)
		case "huge":
			w.Header().Set("Content-Type", "video/mp4")
			block := bytes.Repeat([]byte("x"), 1<<20)
			for range 21 {
				w.Write(block)
			}
		default:
			w.Header().Set("Content-Type", "application/json; encoding=utf-8")
			io.WriteString(w, `{"errcode":40007,"errmsg":"invalid media_id"}`)
		}
	})
	p.answer("/video", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" {
			t.Errorf("the video was asked for with %q", r.URL.RawQuery)
		}
		io.WriteString(w, "{MP4}")
	})
	a := p.adapter(t, Options{})
	for ref, want := range map[string]string{"image": "{JPEG}", "video": "{MP4}", "stale": "#!AMR"} {
		body, err := a.FetchMedia(context.Background(), ref)
		if err != nil {
			t.Fatalf("%s: %v", ref, err)
		}
		got, err := io.ReadAll(body)
		if err = errors.Join(err, body.Close()); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", ref, got, err)
		}
	}
	for ref, want := range map[string]conversations.Reason{
		"gone": conversations.MediaExpired, "elsewhere": conversations.MediaExpired,
		"busy": conversations.Temporary, "broken": conversations.Temporary,
	} {
		body, err := a.FetchMedia(context.Background(), ref)
		var e *conversations.SendError
		if body != nil || !errors.As(err, &e) || e.Reason != want {
			t.Errorf("%s: %v", ref, err)
		}
	}
	body, err := a.FetchMedia(context.Background(), "huge")
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if n, err := io.Copy(io.Discard, body); !errors.Is(err, tencent.ErrTooLarge) || n != 20<<20 {
		t.Errorf("read %d bytes, %v", n, err)
	}
}
