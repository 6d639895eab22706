package h5_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"jiebao/channels/h5"
	"jiebao/conversations"
	"jiebao/conversations/documents"
)

var noon = time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)

const maxSize = 64 << 10

// monday is the offered start date.
var monday = conversations.Date{Year: 2026, Month: time.July, Day: 6}

// world is the page over the real core and the real documents store; only the
// database is a map.
type world struct {
	*memory
	t     *testing.T
	page  *h5.Page
	front http.Handler // the page, or what stands before it
	links *h5.Links
	files *cabinet
	log   *bytes.Buffer
}

func newWorld(t *testing.T, change ...func(*h5.Options)) *world {
	t.Helper()
	links, err := h5.NewLinks(bytes.Repeat([]byte("s"), 32), "https://bank.example", 7*24*time.Hour)
	check(t, err)
	words, err := loadWords()
	check(t, err)
	key, err := documents.ParseKey(base64.StdEncoding.EncodeToString(make([]byte, 32)))
	check(t, err)
	store, err := documents.New(t.Context(), memblob.OpenBucket(nil), key)
	check(t, err)
	w := &world{
		memory: newMemory(t, words),
		t:      t, links: links, files: &cabinet{store: store}, log: &bytes.Buffer{},
	}
	w.put(candidate("c1", "13800138001"))
	w.put(candidate("c2", "13900139002"))
	ids := 0
	o := h5.Options{
		Links: links, Store: w.memory, Files: w.files, Pieces: w.files, Words: words, Now: w.time, Zone: time.UTC, StartDates: w.memory, Bank: "示例银行", MaxSize: maxSize,
		NewID: func() string { ids++; return fmt.Sprint(ids) },
		Log:   slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	w.page, err = h5.New(o)
	check(t, err)
	w.front = w.page
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func candidate(id, phone string) conversations.Conversation {
	return conversations.Conversation{
		ID: id, Branch: "head", Candidate: conversations.Candidate{ID: "E-" + id, Name: "张伟" + id, Phone: phone, Locale: conversations.Chinese},
		Applications: []conversations.Application{{
			ResultID: "r-" + id, Position: conversations.Position{Title: "综合柜员"},
			Offer: conversations.Offer{
				StartDate: monday, ReplyBy: noon.Add(54 * time.Hour), Workplace: "北京市朝阳区建国路1号朝阳支行",
				ContactName: "李老师", ContactPhone: "010-12345678 转 8",
			},
			Checklist: []conversations.ChecklistItem{{ID: "id_card", Name: "身份证"}, {ID: "degree", Name: "学历证书"}},
		}},
	}
}

func (m *memory) conversation(id string) conversations.Conversation {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[id]
}

// cabinet is the documents store as the gateway wires it, which counts.
type cabinet struct {
	store   *documents.Store
	mu      sync.Mutex
	deleted []string
	broken  error
	scanner documents.Scanner
}

func (c *cabinet) Keep(ctx context.Context, id string, r io.Reader) (conversations.Filed, error) {
	if c.broken != nil {
		return conversations.Filed{}, c.broken
	}
	info, err := c.store.Put(ctx, id, r, documents.Limits{Size: maxSize, Pixels: 1_000_000, Scanner: c.scanner})
	if refused := (*documents.Refused)(nil); errors.As(err, &refused) {
		return conversations.Filed{Refused: string(refused.Reason)}, nil
	}
	return conversations.Filed{MIME: info.MIME, Size: info.Size, SHA256: info.SHA256, Scan: info.Scan}, err
}

func (c *cabinet) Delete(ctx context.Context, id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deleted = append(c.deleted, id)
	return c.store.Delete(ctx, id)
}

// The cabinet's pieces, as the gateway wires them.

func (c *cabinet) Begin(ctx context.Context, conversation string, most int) error {
	under, err := c.store.Partials(ctx, conversation)
	for ; err == nil && len(under) >= most; under = under[1:] {
		err = c.store.DeleteParts(ctx, conversation, under[0].Upload)
	}
	return err
}

func (c *cabinet) Held(ctx context.Context, conversation, upload string) (int64, error) {
	held, err := c.store.Partial(ctx, conversation, upload)
	return held.Size, err
}

func (c *cabinet) Put(ctx context.Context, conversation, upload string, offset, most int64, r io.Reader) (int64, error) {
	held, err := c.store.PutPart(ctx, conversation, upload, offset, most, r)
	if errors.Is(err, documents.ErrOffset) {
		err = nil
	}
	return held, err
}

func (c *cabinet) Whole(ctx context.Context, conversation, upload, document string) (conversations.Filed, error) {
	r, err := c.store.OpenParts(ctx, conversation, upload)
	if err != nil {
		return conversations.Filed{}, err
	}
	defer r.Close()
	return c.Keep(ctx, document, r)
}

func (c *cabinet) Drop(ctx context.Context, conversation, upload string) error {
	return c.store.DeleteParts(ctx, conversation, upload)
}

// path is the address of a candidate's page as it stands in the chat today.
func (w *world) path(conversation string) string {
	u, err := url.Parse(w.links.Upload(conversation, "", w.time()))
	check(w.t, err)
	return u.Path
}

// do asks the page; options change the request.
func (w *world) do(method, path string, body io.Reader, options ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "https://bank.example"+path, body)
	for _, o := range options {
		o(r)
	}
	answer := httptest.NewRecorder()
	w.front.ServeHTTP(answer, r)
	return answer
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// enter types digits into the door of a page.
func (w *world) enter(path, digits string, options ...func(*http.Request)) *httptest.ResponseRecorder {
	form := url.Values{"digits": {digits}}
	return w.do("POST", path, strings.NewReader(form.Encode()), append(options, header("Content-Type", "application/x-www-form-urlencoded"))...)
}

// pass opens c1's page with the right digits.
func (w *world) pass() func(*http.Request) {
	w.t.Helper()
	answer := w.enter(w.path("c1"), "8001")
	if answer.Code != http.StatusSeeOther || len(answer.Result().Cookies()) != 1 {
		w.t.Fatalf("the right digits: %d, %s", answer.Code, answer.Body)
	}
	return func(r *http.Request) { r.AddCookie(answer.Result().Cookies()[0]) }
}

type sent struct {
	name    string
	content []byte
}

func form(t *testing.T, item string, files ...sent) (io.Reader, func(*http.Request)) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	check(t, m.WriteField("item", item))
	for _, f := range files {
		part, err := m.CreateFormFile("files", cmp.Or(f.name, "a.pdf"))
		check(t, err)
		_, err = part.Write(f.content)
		check(t, err)
	}
	check(t, m.Close())
	return &b, header("Content-Type", m.FormDataContentType())
}

func (w *world) upload(item string, pass func(*http.Request), files ...sent) *httptest.ResponseRecorder {
	w.t.Helper()
	body, kind := form(w.t, item, files...)
	return w.do("POST", w.path("c1")+"/files", body, pass, kind)
}

func pdf(words string) []byte {
	return []byte("%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n% " + words + "\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n")
}

func photo(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, height)), nil))
	return b.Bytes()
}
