package knowledge

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	examples "jiebao/config/knowledge"
	"jiebao/conversations"
)

const parking = `---
id: parking
branch: head/beijing
positions: [综合柜员, 客户经理]
locale: zh-CN
title: 停车
source: 北京分行
updated: 2026-06-01
questions:
  - 可以停车吗？
  - "有车位吗？"
---
请停在地下二层。
`

func TestParse(t *testing.T) {
	t.Parallel()
	a, err := Parse("parking.md", parking)
	if err != nil {
		t.Fatal(err)
	}
	if a.ID != "parking" || a.Branch != "head/beijing" || len(a.Positions) != 2 || len(a.Questions) != 2 || a.Questions[1] != "有车位吗？" || a.Text != "请停在地下二层。" {
		t.Errorf("read %+v", a)
	}
}

// TestParseErrors: whatever is wrong is named by file and line.
func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ change, to, want string }{
		{"---\nid", "id", "parking.md:1: must begin with a line ---"},
		{"id: parking", "id: Parking!", "parking.md:2: id must be"},
		{"branch: head/beijing", "branch: /Head", "parking.md:3: branch must be"},
		{"positions: [综合柜员, 客户经理]", "positions: 柜员", "parking.md:4: must be a list"},
		{"locale: zh-CN", "locale: fr", "parking.md:5: locale must be"},
		{"source", "sauce", `parking.md:7: there is no key "sauce"`},
		{"source: 北京分行", "locale: en", "parking.md:7: locale stands in line 5 already"},
		{"2026-06-01", "June", "parking.md:8: updated must be"},
		{"questions:\n  - 可以停车吗？\n  - \"有车位吗？\"\n", "", "questions are missing"},
		{"questions:", "", "parking.md:10: this item belongs to no list"},
		{"updated: 2026-06-01\n", "", "updated is missing"},
		{"？\"\n---", "？\"", "the head has no end"},
		{"请停在地下二层。", "", "parking.md:12: text is missing"},
		{"请停在地下二层。", strings.Repeat("停", conversations.MaxArticle+1), "parking.md:12: text must not have more than"},
	} {
		_, err := Parse("parking.md", strings.Replace(parking, tt.change, tt.to, 1))
		var at *FileError
		if !errors.As(err, &at) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q for %q: %v, want %s", tt.to, tt.change, err, tt.want)
		}
	}
}

func TestFilesOnceEach(t *testing.T) {
	t.Parallel()
	file := &fstest.MapFile{Data: []byte(parking)}
	_, err := Files(fstest.MapFS{"a.md": file, "below/b.md": file, "notes.txt": {}, "README.md": {}})
	if err == nil || !strings.Contains(err.Error(), "below/b.md:1: article parking is in a.md already") {
		t.Errorf("the same article twice: %v", err)
	}
}

// TestExamples: each example article exists in all three languages.
func TestExamples(t *testing.T) {
	t.Parallel()
	articles, err := Files(examples.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]int{}
	for _, a := range articles {
		in[a.ID]++
	}
	for id, n := range in {
		if n != 3 {
			t.Errorf("%s is in %d languages", id, n)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(parking)
	f.Add("---\n---\n")
	f.Add("---\nquestions:\n- \n - x\nid:\n---")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := Parse("f.md", text)
		if err != nil {
			return
		}
		if len(Problems(a)) > 0 || utf8.RuneCountInString(a.Text) > conversations.MaxArticle {
			t.Errorf("a wrong article was taken: %+v", a)
		}
		New([]conversations.Article{a}).Find(conversations.Inquiry{Text: a.Questions[0], Branch: a.Branch, Locale: a.Locale})
	})
}
