package h5_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"jiebao/conversations"
)

// TestFiles uploads what people and attackers send, and reads what they are
// told. Nothing that is not kept leaves anything behind.
func TestFiles(t *testing.T) {
	t.Parallel()
	picture := photo(t, 64, 48)
	for name, tt := range map[string]struct {
		files  []sent
		status int
		words  []string
		kept   int
	}{
		"a PDF":              {[]sent{{"毕业证.pdf", pdf("a")}}, 200, []string{"毕业证.pdf", "已存档"}, 1},
		"several":            {[]sent{{"a.pdf", pdf("a")}, {"b.jpg", picture}}, 200, []string{"a.pdf", "b.jpg"}, 2},
		"a program":          {[]sent{{"a.pdf", []byte("MZ\x90\x00 this program cannot be run in DOS mode")}}, 422, []string{"没有收到文件", "这种格式我们收不了"}, 0},
		"a page":             {[]sent{{"a.pdf", []byte("<!DOCTYPE html><script>alert(1)</script>")}}, 422, []string{"这种格式我们收不了"}, 0},
		"a drawing":          {[]sent{{"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}}, 422, []string{"这种格式我们收不了"}, 0},
		"an archive":         {[]sent{{"a.pdf", []byte("PK\x03\x04%PDF-1.4")}}, 422, []string{"这种格式我们收不了"}, 0},
		"a page, then a PDF": {[]sent{{"a.pdf", append([]byte("<html><!--"), pdf("a")...)}}, 422, []string{"这种格式我们收不了"}, 0},
		"a cut-off photo":    {[]sent{{"a.jpg", picture[:len(picture)-30]}}, 422, []string{"文件打不开"}, 0},
		"a cut-off PDF":      {[]sent{{"a.pdf", pdf("a")[:50]}}, 422, []string{"文件打不开"}, 0},
		"a locked PDF":       {[]sent{{"a.pdf", bytes.Replace(pdf("a"), []byte("<< /Root"), []byte("<< /Encrypt 5 0 R /Root"), 1)}}, 422, []string{"设了密码"}, 0},
		"a bomb":             {[]sent{{"a.jpg", photo(t, 2000, 1000)}}, 422, []string{"文件太大了"}, 0},
		"too large":          {[]sent{{"a.pdf", pdf(strings.Repeat("x", maxSize))}, {"b.pdf", pdf("b")}}, 200, []string{"文件太大了", "b.pdf"}, 1},
		"empty":              {[]sent{{"a.pdf", nil}}, 422, []string{"文件打不开"}, 0},
		"the same twice":     {[]sent{{"a.pdf", pdf("a")}, {"b.pdf", pdf("a")}}, 200, []string{"已经发过了"}, 1},
		"more than allowed":  {[]sent{{"1", pdf("1")}, {"2", pdf("2")}, {"3", pdf("3")}, {"4", pdf("4")}, {"5", pdf("5")}}, 200, []string{"您的文件已经很多了"}, 4},
		"no file":            {nil, 422, []string{"您还没有选择文件"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			answer := w.upload("degree", w.pass(), tt.files...)
			for _, words := range tt.words {
				if !strings.Contains(answer.Body.String(), words) {
					t.Errorf("%q is missing in %s", words, answer.Body)
				}
			}
			conv := w.conversation("c1")
			documents := conv.Application().Checklist[1].Documents
			if answer.Code != tt.status || len(documents) != tt.kept {
				t.Errorf("%d, kept %+v", answer.Code, documents)
			}
			for _, d := range documents {
				r, info, err := w.files.store.Open(t.Context(), d.ID)
				if err != nil || info.SHA256 != d.SHA256 {
					t.Errorf("document %s: %+v, %v", d.ID, info, err)
					continue
				}
				r.Close()
			}
			for _, id := range w.files.deleted {
				if conv.Application().Document(id) != nil {
					t.Errorf("%s is deleted and filed", id)
				}
			}
		})
	}
}

func TestNamesAreHarmless(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"../../etc/passwd":                  "passwd",
		`C:\Users\me\毕业证.pdf`:               "毕业证.pdf",
		"a\u202Egpj.exe":                    "agpj.exe",
		"a\x1b[31m\nb.pdf":                  "a[31mb.pdf",
		"<img src=x onerror=alert(1)>.pdf":  "&lt;img src=x onerror=alert(1)&gt;.pdf",
		strings.Repeat("长", 200):            strings.Repeat("长", 79) + "…",
		"=HYPERLINK(evil).pdf":              "=HYPERLINK(evil).pdf",
		"\xff\xfe.pdf":                      ".pdf",
		"a.pdf\x00.exe":                     "a.pdf.exe",
		"{{.Address}}.pdf":                  "{{.Address}}.pdf",
		"' onmouseover='alert(1)' x='.pdf":  "&#39; onmouseover=&#39;alert(1)&#39; x=&#39;.pdf",
		"\u2066\u200F\u200B\uFEFF身份证\u2069": "身份证",
	} {
		w := newWorld(t)
		body := "--b\r\nContent-Disposition: form-data; name=\"files\"; filename*=UTF-8''" + percent(name) + "\r\n\r\n" + string(pdf("a")) + "\r\n--b--\r\n"
		answer := w.do("POST", w.path("c1")+"/files", strings.NewReader(body), w.pass(), header("Content-Type", "multipart/form-data; boundary=b"))
		if !strings.Contains(answer.Body.String(), "<b>"+want+"</b><i>已存档") {
			t.Errorf("%q is shown on %s", name, answer.Body)
		}
	}
}

func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// TestForms sends forms that no page of ours sends.
func TestForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	boundary := header("Content-Type", "multipart/form-data; boundary=b")
	part := "--b\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n"
	for name, tt := range map[string]struct {
		body   io.Reader
		with   func(*http.Request)
		status int
		words  string
	}{
		"no form at all":     {strings.NewReader("digits=8001"), header("Content-Type", "text/plain"), 400, "还没有选择文件"},
		"a broken form":      {strings.NewReader("--b\r\nContent-Disposition"), boundary, 400, "上传中断了"},
		"a dropped network":  {io.MultiReader(strings.NewReader(fmt.Sprintf(part, "files", `; filename="a.pdf"`, pdf("a"))[:90]), iotest.ErrReader(io.ErrUnexpectedEOF)), boundary, 422, "上传中断了"},
		"fields without end": {strings.NewReader(strings.Repeat(fmt.Sprintf(part, "x", "", "y"), 5000)), boundary, 422, "还没有选择文件"},
		"a long item":        {strings.NewReader(fmt.Sprintf(part, "item", "", strings.Repeat("x", 5000)) + fmt.Sprintf(part, "files", `; filename="a.pdf"`, pdf("long")) + "--b--\r\n"), boundary, 200, "已存档"},
		"a foreign item":     {strings.NewReader(fmt.Sprintf(part, "item", "", "../c2") + fmt.Sprintf(part, "files", `; filename="a.pdf"`, pdf("foreign")) + "--b--\r\n"), boundary, 200, "已存档"},
	} {
		answer := w.do("POST", w.path("c1")+"/files", tt.body, pass, tt.with)
		if answer.Code != tt.status || !strings.Contains(answer.Body.String(), tt.words) {
			t.Errorf("%s: %d %s", name, answer.Code, answer.Body)
		}
	}
	conv := w.conversation("c1")
	if list := conv.Application().Checklist; len(list) != 3 || list[2].ID != "" || len(list[2].Documents) != 2 {
		t.Errorf("files for no item of the list are filed as %+v", list)
	}
	other := w.conversation("c2")
	if len(other.Application().Checklist[0].Documents)+len(other.Application().Checklist[1].Documents) > 0 {
		t.Error("a foreign candidate got a file")
	}
}

// TestOversizedForms: what is announced too large is not read at all, and what
// lies about it no further than the limit.
func TestOversizedForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	const most = 10*maxSize + 1<<20
	unread := iotest.ErrReader(errors.New("it was read"))
	announced := func(r *http.Request) { r.ContentLength = most + 1 }
	answer := w.do("POST", w.path("c1")+"/files", unread, pass, header("Content-Type", "multipart/form-data; boundary=b"), announced)
	if answer.Code != http.StatusRequestEntityTooLarge || !strings.Contains(answer.Body.String(), "文件太大了") {
		t.Errorf("announced: %d %s", answer.Code, answer.Body)
	}
	endless := &endless{}
	body := io.MultiReader(strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.4"), endless)
	answer = w.do("POST", w.path("c1")+"/files", body, pass, header("Content-Type", "multipart/form-data; boundary=b"))
	if answer.Code != http.StatusUnprocessableEntity || !strings.Contains(answer.Body.String(), "文件太大了") {
		t.Errorf("endless: %d %s", answer.Code, answer.Body)
	}
	if endless.n > most+1<<16 {
		t.Errorf("%d bytes were read", endless.n)
	}
}

type endless struct{ n int }

func (e *endless) Read(b []byte) (int, error) {
	clear(b)
	e.n += len(b)
	return len(b), nil
}

func TestManyFilesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.engine.MaxDocuments = 60
	var files []sent
	for i := range 15 {
		files = append(files, sent{fmt.Sprintf("%d.pdf", i), pdf(fmt.Sprint(i))})
	}
	answer := w.upload("id_card", w.pass(), files...)
	if n := strings.Count(answer.Body.String(), "一次最多上传 10 个文件"); n != 1 {
		t.Errorf("told %d times: %s", n, answer.Body)
	}
	conv := w.conversation("c1")
	if n := len(conv.Application().Checklist[0].Documents); n != 10 {
		t.Errorf("%d are kept", n)
	}
}

// TestNobodyKeepsOthersOut lets one candidate hold up as many uploads as they
// can; the others' go through.
func TestNobodyKeepsOthersOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	other := w.enter(w.path("c2"), "9002").Result().Cookies()[0]
	arrived, release := make(chan struct{}), make(chan struct{})
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			w.do("POST", w.path("c1")+"/files", &hanging{arrived, release}, pass, header("Content-Type", "multipart/form-data; boundary=b"))
		})
		<-arrived
	}
	if answer := w.upload("id_card", pass, sent{"a.pdf", pdf("a")}); answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("the fourth of one: %d %s", answer.Code, answer.Body)
	}
	body, kind := form(t, "id_card", sent{"a.pdf", pdf("a")})
	if answer := w.do("POST", w.path("c2")+"/files", body, kind, func(r *http.Request) { r.AddCookie(other) }); answer.Code != http.StatusOK {
		t.Errorf("another's: %d %s", answer.Code, answer.Body)
	}
	close(release)
	all.Wait()
	if answer := w.upload("id_card", pass, sent{"a.pdf", pdf("a")}); answer.Code != http.StatusOK {
		t.Errorf("afterwards: %d %s", answer.Code, answer.Body)
	}
}

// hanging is a body of which nothing comes until it is released.
type hanging struct{ arrived, release chan struct{} }

func (h *hanging) Read([]byte) (int, error) {
	select {
	case h.arrived <- struct{}{}:
	case <-h.release:
	}
	<-h.release
	return 0, io.EOF
}

// TestScriptsAreToldAsJSON reads what static/page.js reads.
func TestScriptsAreToldAsJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	send := func(pass func(*http.Request), files ...sent) (status int, told struct {
		Problem string
		Files   []struct {
			Name, Words string
			Kept, Again bool
		}
	}) {
		body, kind := form(t, "id_card", files...)
		answer := w.do("POST", w.path("c1")+"/files", body, pass, kind, header("Accept", "application/json"))
		check(t, json.Unmarshal(answer.Body.Bytes(), &told))
		return answer.Code, told
	}
	if status, told := send(pass, sent{"a.pdf", pdf("a")}); status != 200 || len(told.Files) != 1 || !told.Files[0].Kept || told.Files[0].Name != "a.pdf" {
		t.Errorf("a file: %d %+v", status, told)
	}
	if status, told := send(pass, sent{"a.pdf", pdf("a")}); status != 422 || len(told.Files) != 1 || told.Files[0].Kept || !told.Files[0].Again {
		t.Errorf("once more: %d %+v", status, told)
	}
	if status, told := send(func(*http.Request) {}, sent{"a.pdf", pdf("a")}); status != 403 || told.Problem == "" {
		t.Errorf("without a pass: %d %+v", status, told)
	}
	w.broken = errors.New("no")
	if status, told := send(pass, sent{"b.pdf", pdf("b")}); status != 500 || told.Problem == "" {
		t.Errorf("without a store: %d %+v", status, told)
	}
}

// TestWhoDeclinedUploadsNothing keeps files from applications that are over.
func TestWhoDeclinedUploadsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	pass := w.pass()
	c := w.conversation("c1")
	for _, over := range []conversations.Answer{conversations.Declined, conversations.Withdrawn} {
		c.Application().Answer = over
		w.put(c)
		answer := w.upload("id_card", pass, sent{"a.pdf", pdf("a")})
		if answer.Code != http.StatusConflict || !strings.Contains(answer.Body.String(), "目前没有需要您上传的材料") {
			t.Errorf("%s: %d %s", over, answer.Code, answer.Body)
		}
	}
}

// finds is a scanner that finds what has this word in it.
type finds string

func (f finds) Scan(_ context.Context, r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	switch {
	case bytes.Contains(b, []byte("unknown")):
		return "", errors.New("the scanner is away")
	case bytes.Contains(b, []byte(f)):
		return "A-Virus", nil
	}
	return "", err
}

func TestVirusesAreToldToEverybody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.files.scanner = finds("virus")
	answer := w.upload("degree", w.pass(), sent{"a.pdf", pdf("a virus")}, sent{"b.pdf", pdf("good")}, sent{"c.pdf", pdf("unknown")})
	for _, words := range []string{"a.pdf", "发现了病毒", "b.pdf", "已存档", "c.pdf", "请稍后再试"} {
		if !strings.Contains(answer.Body.String(), words) {
			t.Errorf("%q is missing in %s", words, answer.Body)
		}
	}
	states, conv := map[string]int{}, w.conversation("c1")
	for _, d := range conv.Application().Checklist[1].Documents {
		states[string(d.State)+" "+d.Reason+" "+d.Scan]++
		_, _, err := w.files.store.Open(t.Context(), d.ID)
		if kept := err == nil; kept != (d.Reason == "") {
			t.Errorf("%+v is kept: %t", d, kept)
		}
	}
	if len(states) != 2 || states["rejected infected "] != 1 || states["received  clean"] != 1 {
		t.Errorf("filed are %v", states)
	}
}
