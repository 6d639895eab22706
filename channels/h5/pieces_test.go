package h5_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"jiebao/channels/h5"
	"jiebao/conversations"
)

// progress is what a script is told.
type progress struct {
	Problem, Upload string
	Offset          int64
	Files           []struct {
		Name, Words string
		Kept, Again bool
	}
}

func told(t *testing.T, answer *httptest.ResponseRecorder, status int) (p progress) {
	t.Helper()
	if answer.Code != status {
		t.Fatalf("%d, want %d: %s", answer.Code, status, answer.Body)
	}
	check(t, json.Unmarshal(answer.Body.Bytes(), &p))
	return p
}

func (v *visitor) begin(size int, upload string) *httptest.ResponseRecorder {
	form := url.Values{"size": {fmt.Sprint(size)}, "upload": {upload}}
	return v.do("POST", v.path+"/parts", strings.NewReader(form.Encode()), v.pass, header("Content-Type", "application/x-www-form-urlencoded"), header("Accept", "application/json"))
}

func (v *visitor) piece(upload string, offset int, r io.Reader) *httptest.ResponseRecorder {
	return v.do("POST", fmt.Sprintf("%s/parts/%s?offset=%d", v.path, upload, offset), r, v.pass, header("Content-Type", "application/octet-stream"))
}

func (v *visitor) end(upload, item, name string) *httptest.ResponseRecorder {
	form := url.Values{"item": {item}, "name": {name}}
	return v.do("POST", v.path+"/parts/"+upload+"/done", strings.NewReader(form.Encode()), v.pass, header("Content-Type", "application/x-www-form-urlencoded"), header("Accept", "application/json"))
}

// TestAFileInPieces loses the network in the middle of a piece, and the answer
// to the last request.
func TestAFileInPieces(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	file := pdf(strings.Repeat("a long scan ", 3000))
	begun := told(t, v.begin(len(file), ""), 200)
	if begun.Offset != 0 || begun.Upload == "" {
		t.Fatalf("it begins with %+v", begun)
	}
	if p := told(t, v.piece(begun.Upload, 0, bytes.NewReader(file[:10_000])), 200); p.Offset != 10_000 {
		t.Errorf("the first piece: %+v", p)
	}
	v.piece(begun.Upload, 10_000, io.MultiReader(bytes.NewReader(file[10_000:15_000]), iotest.ErrReader(errors.New("the line is dead"))))
	again := told(t, v.begin(len(file), begun.Upload), 200)
	if again.Upload != begun.Upload || again.Offset != 15_000 {
		t.Errorf("after the line broke: %+v", again)
	}
	if p := told(t, v.piece(begun.Upload, 10_000, bytes.NewReader(file[10_000:])), 200); p.Offset != 15_000 {
		t.Errorf("a piece that arrived before: %+v", p)
	}
	if p := told(t, v.end(begun.Upload, "degree", "学历.pdf"), 200); p.Offset != 15_000 || len(p.Files) > 0 {
		t.Errorf("done too early: %+v", p)
	}
	told(t, v.piece(begun.Upload, 15_000, bytes.NewReader(file[15_000:])), 200)
	for range 2 {
		if p := told(t, v.end(begun.Upload, "degree", "../学历.pdf"), 200); len(p.Files) != 1 || !p.Files[0].Kept || p.Files[0].Name != "学历.pdf" {
			t.Errorf("done: %+v", p)
		}
	}
	docs := v.app().Checklist[1].Documents
	if len(docs) != 1 || docs[0].Size != int64(len(file)) || docs[0].MIME != "application/pdf" {
		t.Errorf("filed are %+v", docs)
	}
	if left, err := v.files.store.Partials(t.Context(), "c1"); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
	second := told(t, v.begin(len(file), ""), 200)
	told(t, v.piece(second.Upload, 0, bytes.NewReader(file)), 200)
	if p := told(t, v.end(second.Upload, "degree", "b.pdf"), 422); p.Files[0].Kept || !p.Files[0].Again {
		t.Errorf("the same file once more: %+v", p)
	}
}

func TestPiecesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.visitor()
	begun := told(t, v.begin(100, ""), 200)
	answer := w.enter(w.path("c2"), "9002")
	other := &visitor{w, strings.TrimPrefix(w.links.Page("c2", noon), "https://bank.example"), func(r *http.Request) { r.AddCookie(answer.Result().Cookies()[0]) }}
	for name, tt := range map[string]struct {
		answer *httptest.ResponseRecorder
		status int
	}{
		"too large":                 {v.begin(maxSize+1, ""), 413},
		"nothing":                   {v.begin(0, ""), 422},
		"without a pass":            {v.do("POST", v.path+"/parts", strings.NewReader("size=5")), 403},
		"another candidate's":       {other.piece(begun.Upload, 0, strings.NewReader("x")), 404},
		"a name by guess":           {v.piece("abc-100.x", 0, strings.NewReader("x")), 404},
		"no name":                   {v.end("", "", "x"), 404},
		"a place before the file":   {v.piece(begun.Upload, -1, strings.NewReader("x")), 422},
		"a place behind the file":   {v.piece(begun.Upload, 101, strings.NewReader("x")), 422},
		"done with another address": {v.do("POST", v.path+"/parts/"+begun.Upload+"/done/x", nil, v.pass), 404},
	} {
		if tt.answer.Code != tt.status {
			t.Errorf("%s: %d %s", name, tt.answer.Code, tt.answer.Body)
		}
	}
	if p := told(t, v.piece(begun.Upload, 0, strings.NewReader(strings.Repeat("x", 5000))), 200); p.Offset != 100 {
		t.Errorf("more than was announced: %+v", p)
	}
	if p := told(t, v.end(begun.Upload, "", "x.pdf"), 422); p.Files[0].Kept || len(v.messages["c1"]) > 0 {
		t.Errorf("what is no document: %+v", p)
	}
	v.change(func(app *conversations.Application) { app.Answer = conversations.Declined })
	if p := told(t, v.begin(100, ""), 409); p.Problem == "" {
		t.Error("files of somebody who declined are taken")
	}
}

func TestUploadsUnderWayAreBounded(t *testing.T) {
	t.Parallel()
	v := newWorld(t).visitor()
	for range 14 {
		begun := told(t, v.begin(100, ""), 200)
		told(t, v.piece(begun.Upload, 0, strings.NewReader("x")), 200)
	}
	if under, err := v.files.store.Partials(t.Context(), "c1"); err != nil || len(under) != 10 {
		t.Errorf("%d are under way, %v", len(under), err)
	}
}

var _ h5.Pieces = (*cabinet)(nil)
