package h5

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gocloud.dev/blob/memblob"

	"jiebao/bot/phrases"
	"jiebao/config/locales"
	"jiebao/conversations"
	"jiebao/conversations/documents"
)

// desk is one candidate's conversation, a documents store and the pages.
type desk struct {
	mu     sync.Mutex
	engine conversations.Engine
	conv   conversations.Conversation
	turns  int
	now    time.Time
	files  *documents.Store
	ids    int
	log    bytes.Buffer
	links  *Links
	server *httptest.Server
	client *http.Client
	shown  string
}

const maxSize = 64 << 10

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: noon, links: newLinks(t, secret, "http://bank.example")}
	d.engine = conversations.Engine{Dialogue: d, Zone: time.UTC}
	d.conv = conversations.Conversation{
		ID: "c1", Branch: "head", Candidate: conversations.Candidate{ID: "E-1", Name: "张伟", Phone: "13800138001"},
		Applications: []conversations.Application{{
			Position:  conversations.Position{Title: "综合柜员"},
			Checklist: []conversations.ChecklistItem{{ID: "id", Name: "身份证"}, {ID: "degree", Name: "<学历>"}},
		}},
	}
	key, err := documents.ParseKey(base64.StdEncoding.EncodeToString(secret))
	if err != nil {
		t.Fatal(err)
	}
	if d.files, err = documents.New(t.Context(), memblob.OpenBucket(nil), key); err != nil {
		t.Fatal(err)
	}
	words, err := phrases.New(locales.Embedded(), nil)
	if err != nil {
		t.Fatal(err)
	}
	page, err := New(Options{
		Links: d.links, Store: d, Files: d, Words: words, Now: func() time.Time { return d.now }, MaxSize: maxSize,
		NewID: func() string { d.ids++; return fmt.Sprint(d.ids) }, Log: slog.New(slog.NewTextHandler(&d.log, nil)), Bank: "示范银行",
	})
	if err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewServer(page)
	t.Cleanup(d.server.Close)
	jar, _ := cookiejar.New(nil)
	d.client = &http.Client{Jar: jar}
	return d
}

func (d *desk) Decide(conversations.Turn) conversations.Decision { return conversations.Decision{} }

func (d *desk) Apply(_ context.Context, to conversations.Target, c conversations.Command) (conversations.Applied, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.turns++
	if to.Conversation != d.conv.ID {
		return conversations.Applied{}, conversations.ErrNotFound
	}
	ch, err := d.engine.Turn(conversations.Snapshot{Now: d.now, Conversation: d.conv}, c)
	if err != nil || ch.Unchanged {
		return conversations.Applied{Conversation: to.Conversation}, err
	}
	d.conv = ch.Conversation
	state := d.conv
	return conversations.Applied{Conversation: to.Conversation, State: &state}, nil
}

func (d *desk) Thread(_ context.Context, _ conversations.Scope, id string) (conversations.Conversation, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id != d.conv.ID {
		return conversations.Conversation{}, conversations.ErrNotFound
	}
	return d.conv, nil
}

func (d *desk) Keep(ctx context.Context, id string, r io.Reader) (conversations.Filed, error) {
	info, err := d.files.Put(ctx, id, r, documents.Limits{Size: maxSize})
	var refused *documents.Refused
	if errors.As(err, &refused) {
		return conversations.Filed{Refused: string(refused.Reason)}, nil
	}
	return conversations.Filed{MIME: info.MIME, Size: info.Size, SHA256: info.SHA256}, err
}

func (d *desk) Delete(ctx context.Context, id string) error { return d.files.Delete(ctx, id) }

func (d *desk) path() string {
	u, _ := url.Parse(d.links.Upload(d.conv.ID, "", d.now))
	return u.Path
}

// ask makes a request as the candidate's browser would.
func (d *desk) ask(t *testing.T, method, path string, header http.Header, body io.Reader) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := d.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	d.shown = string(b)
	return resp.StatusCode
}

var asForm = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

func (d *desk) enter(t *testing.T) {
	t.Helper()
	if status := d.ask(t, "POST", d.path(), asForm, strings.NewReader("digits=8001")); status != http.StatusOK {
		t.Fatalf("the right digits: %d", status)
	}
}

type upload struct{ name, content string }

func pdf(words string) string {
	return "%PDF-1.4\n% " + words + "\ntrailer\n<< >>\nstartxref\n0\n%%EOF\n"
}

func (d *desk) upload(t *testing.T, item string, files ...upload) int {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("item", item)
	for _, f := range files {
		w, _ := form.CreateFormFile("files", f.name)
		_, _ = io.WriteString(w, f.content)
	}
	_ = form.Close()
	return d.ask(t, "POST", d.path()+"/files", http.Header{"Content-Type": {form.FormDataContentType()}}, &b)
}

func (d *desk) see(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(d.shown, w) {
			t.Errorf("the page does not say %q:\n%s", w, regexp.MustCompile(`\s*<[^>]*>\s*`).ReplaceAllString(d.shown, " "))
		}
	}
}

func TestGETNeverActs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, path := range []string{d.path(), d.path() + "/files", d.path() + "?digits=8001", d.path() + "/files?item=id"} {
		for _, method := range []string{"GET", "HEAD"} {
			d.ask(t, method, path, nil, nil)
		}
		if strings.Contains(d.shown, "张伟") || strings.Contains(d.shown, "综合柜员") {
			t.Errorf("%s shows who the link is for", path)
		}
	}
	if d.turns != 0 {
		t.Errorf("looking caused %d turns", d.turns)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.enter(t)
	turns := d.turns
	for _, foreign := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Origin": {"https://evil.example"}}} {
		foreign.Set("Content-Type", "application/x-www-form-urlencoded")
		if status := d.ask(t, "POST", d.path(), foreign, strings.NewReader("digits=8001")); status != http.StatusForbidden {
			t.Errorf("%v: %d", foreign, status)
		}
	}
	if d.turns != turns {
		t.Error("another site's form acted")
	}
}

func TestLinksOfOthersOpenNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.enter(t)
	mine := d.path()
	gone, _ := url.Parse(d.links.Upload("c2", "", d.now))
	forged, _ := url.Parse(newLinks(t, []byte(strings.Repeat("x", 32)), "http://bank").Upload("c1", "", d.now))
	item, _ := url.Parse(d.links.Upload("c1", "id", d.now))
	for path, want := range map[string]int{gone.Path: 410, forged.Path: 404, mine[:len(mine)-3]: 404, Path: 404, mine + "/x": 404} {
		if status := d.ask(t, "GET", path, nil, nil); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
	d.ask(t, "GET", item.Path, nil, nil)
	d.see(t, "请先确认是您本人") // the pass is for the other link
	d.now = d.now.Add(9 * 24 * time.Hour)
	if status := d.ask(t, "GET", mine, nil, nil); status != http.StatusGone {
		t.Errorf("an expired link: %d", status)
	}
	d.see(t, "链接已过期")
}

func TestTriesAreFew(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for i, want := range []int{403, 403, 403, 403, 429, 429} {
		if status := d.ask(t, "POST", d.path(), asForm, strings.NewReader("digits=0000")); status != want {
			t.Errorf("try %d: %d, want %d", i+1, status, want)
		}
	}
	d.see(t, "转人工")
	if status := d.ask(t, "POST", d.path(), asForm, strings.NewReader("digits=8001")); status != http.StatusTooManyRequests {
		t.Errorf("the right digits while locked: %d", status)
	}
	d.now = d.now.Add(time.Hour)
	d.enter(t)
}

func TestFilesAreSortedOut(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.enter(t)
	status := d.upload(t, "id",
		upload{`C:\fakepath\..\..\证件.pdf`, pdf("one")}, upload{"../../etc/passwd", pdf("two")}, upload{"<b>\u202egpj.exe", "MZ program"},
		upload{"big.pdf", pdf(strings.Repeat("x", maxSize))}, upload{"again.pdf", pdf("one")}, upload{"empty.pdf", ""}, upload{"", ""})
	if status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	d.see(t, "<b>证件.pdf</b>已存档", "<b>passwd</b>已存档", "&lt;b&gt;gpj.exe</b>这种格式", "big.pdf</b>文件太大", "again.pdf</b>这个文件您已经发过了", "empty.pdf</b>文件打不开", "还缺：&lt;学历&gt;")
	app := d.conv.Application()
	if docs := app.Checklist[0].Documents; len(docs) != 2 || docs[0].Item != "id" {
		t.Errorf("filed are %+v", docs)
	}
	for n := 1; n <= d.ids; n++ { // what is not in the conversation is not in the store
		id := fmt.Sprint("c1-u", n)
		r, _, err := d.files.Open(t.Context(), id)
		if err == nil {
			r.Close()
		}
		if (err == nil) != (app.Document(id) != nil) {
			t.Errorf("document %s: %v", id, err)
		}
	}
	if strings.Contains(d.log.String(), "证件") || strings.Contains(d.log.String(), d.path()[len(Path):]) {
		t.Errorf("the log says too much: %s", d.log.String())
	}
}

func TestTooManyFilesAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.enter(t)
	var files []upload
	for i := range filesAtOnce + 2 {
		files = append(files, upload{fmt.Sprint(i, ".pdf"), pdf(fmt.Sprint(i))})
	}
	d.upload(t, "", files...)
	d.see(t, "其余的请再上传一次")
	if app := d.conv.Application(); app.Document("c1-u10") == nil || app.Document("c1-u11") != nil {
		t.Error("not the first ten were kept")
	}
}

func TestUploadsThatAreNone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if status := d.upload(t, "id", upload{"a.pdf", pdf("a")}); status != http.StatusForbidden || len(d.conv.Applications[0].Checklist[0].Documents) != 0 {
		t.Errorf("without a pass: %d", status)
	}
	d.enter(t)
	if status := d.upload(t, "id"); status != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", status)
	}
	d.see(t, "还没有选择文件")
	cut := http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}
	if status := d.ask(t, "POST", d.path()+"/files", cut, strings.NewReader("--x\r\nContent-Disposition: form-data; name=files; filename=a.pdf\r\n\r\n%PDF")); status != http.StatusUnprocessableEntity {
		t.Errorf("a form that breaks off: %d", status)
	}
	d.see(t, "上传中断了")
	d.conv.Applications[0].Answer = conversations.Declined
	if status := d.upload(t, "id", upload{"a.pdf", pdf("a")}); status != http.StatusConflict {
		t.Errorf("after declining: %d", status)
	}
	d.see(t, "目前没有需要您上传的材料")
}

func TestPagesAreSmallAndStrict(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.enter(t)
	d.ask(t, "GET", d.path(), nil, nil)
	total := len(d.shown)
	if outside := regexp.MustCompile(`(?:src|href)="(?:https?:)?//|<style|<script>| style=| on[a-z]+="`).FindString(d.shown); outside != "" {
		t.Errorf("the page has %q", outside)
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/c/static/[^"]+)"`).FindAllStringSubmatch(d.shown, -1) {
		if status := d.ask(t, "GET", m[1], nil, nil); status != http.StatusOK {
			t.Errorf("%s: %d", m[1], status)
		}
		total += len(d.shown)
	}
	if total > 60<<10 {
		t.Errorf("the page has %d bytes", total)
	}
	resp, err := d.client.Get(d.server.URL + d.path())
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if h := resp.Header; h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("the headers are %v", h)
	}
}

func TestThePassIsAGoodCookie(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := d.client.PostForm(d.server.URL+d.path(), url.Values{"digits": {"８００１"}})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	cookies := resp.Cookies()
	if len(cookies) != 1 {
		t.Fatalf("cookies %v, status %d", cookies, resp.StatusCode)
	}
	if k := cookies[0]; !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != d.path() || k.MaxAge != 3600 {
		t.Errorf("the cookie is %v", k)
	}
}
