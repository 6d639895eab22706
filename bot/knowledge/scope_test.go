package knowledge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"jiebao/conversations"
)

func parkingFor(id, branch string, locale conversations.Locale, positions ...string) conversations.Article {
	return conversations.Article{
		ID: id, Branch: branch, Positions: positions, Locale: locale, Title: "停车",
		Questions: []string{"可以停车吗？", "can I park?"}, Text: id + " " + branch + " " + string(locale) + strings.Join(positions, ""),
	}
}

// TestNearest: a branch's own text stands in for the head office's, one for
// the position for the general one, whatever their ids are.
func TestNearest(t *testing.T) {
	t.Parallel()
	x := New([]conversations.Article{
		parkingFor("parking", "", conversations.Chinese),
		parkingFor("parking", "", conversations.English),
		parkingFor("parking-bj", "head/beijing", ""),
		parkingFor("parking-bj-manager", "head/beijing", "", "客户经理"),
		parkingFor("parking", "head/shanghai", conversations.Chinese),
	})
	for _, tt := range []struct {
		branch, position string
		locale           conversations.Locale
		want             string
	}{
		{"head/xian", "综合柜员", conversations.Chinese, "parking  zh-CN"},
		{"head/xian", "综合柜员", conversations.English, "parking  en"},
		{"head/xian", "综合柜员", conversations.Traditional, "parking  zh-CN"}, // there is no other
		{"head/shanghai/pudong", "综合柜员", conversations.Chinese, "parking head/shanghai zh-CN"},
		{"head/shanghai/pudong", "综合柜员", conversations.English, "parking  en"},
		{"head/shanghainese", "综合柜员", conversations.Chinese, "parking  zh-CN"},
		{"head/beijing/chaoyang", "综合柜员", conversations.Chinese, "parking-bj head/beijing "},
		{"head/beijing", "客户经理", conversations.English, "parking-bj-manager head/beijing 客户经理"},
	} {
		q := conversations.Inquiry{Text: "请问可以停车吗", Branch: tt.branch, Position: tt.position, Locale: tt.locale}
		f := x.Find(q)
		if f.Certainty != conversations.Certainly || f.Articles[0].Article.Text != tt.want {
			t.Errorf("%s, %s, %s: %q %+v, want %q", tt.branch, tt.position, tt.locale, f.Certainty, f.Articles, tt.want)
		}
	}
	english := New([]conversations.Article{parkingFor("parking", "", conversations.Chinese)})
	if f := english.Find(conversations.Inquiry{Text: "can I park?", Locale: conversations.English}); f.Certainty != conversations.NotFound {
		t.Errorf("a Chinese text answers in English: %+v", f)
	}
}

// TestRivals: two texts that fit alike are both offered.
func TestRivals(t *testing.T) {
	t.Parallel()
	a, b := parkingFor("north", "", ""), parkingFor("south", "", "")
	f := New([]conversations.Article{a, b}).Find(conversations.Inquiry{Text: "停车"})
	if f.Certainty != conversations.Perhaps || len(f.Articles) != 2 {
		t.Errorf("found %+v", f)
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	x := index(t)
	var gaps []conversations.OpenGap
	for i, text := range []string{
		"附近有健身房吗", "有健身房嗎？", "签证可以帮忙办理吗", "请问附近有没有健身房", "is there a gym?", "可以养猫吗", "签证怎么办", "有健身房吗",
	} {
		g := conversations.OpenGap{Apart: i == 7}
		g.ID, g.Text, g.At, g.Locale = fmt.Sprint(i), text, time.UnixMilli(int64(1000+i)), localeOf(text)
		gaps = append(gaps, g)
	}
	var got []string
	for _, group := range x.Group(gaps) {
		ids := ""
		for _, g := range group {
			ids += g.ID
		}
		got = append(got, ids)
	}
	if want := "013 26 4 5 7"; strings.Join(got, " ") != want {
		t.Errorf("groups %v, want %s", got, want)
	}
}

// BenchmarkFind looks up in 500 articles.
func BenchmarkFind(b *testing.B) {
	var articles []conversations.Article
	for i := range 25 {
		for _, a := range index(b).Articles() {
			a.ID = fmt.Sprint(a.ID, i)
			articles = append(articles, a)
		}
	}
	x := New(articles)
	for b.Loop() {
		x.Find(conversations.Inquiry{Text: "请问体检要去哪家医院做？", Locale: conversations.Chinese})
	}
}

// TestFirstArticle: the first article that HR keeps is told, asked back for
// what it does not say, and makes its title a subject.
func TestFirstArticle(t *testing.T) {
	t.Parallel()
	x := New([]conversations.Article{{
		ID: "gym", Title: "健身房", Questions: []string{"公司有健身房吗？"}, Text: "总行大楼二层有健身房，入职后凭工牌使用。",
	}})
	for question, want := range map[string]conversations.Certainty{
		"请问有没有健身房": conversations.Certainly,
		"健身房":      conversations.Certainly,
		"健身房在哪里呀":  conversations.Perhaps,
		"健身房几点开":   conversations.Perhaps,
		"公司在哪里":    conversations.NotFound,
		"有游泳池吗":    conversations.NotFound,
	} {
		f := x.Find(conversations.Inquiry{Text: question, Locale: conversations.Chinese})
		if f.Certainty != want || f.Subject != (want != conversations.NotFound) {
			t.Errorf("%s: %q, subject %v, want %q", question, f.Certainty, f.Subject, want)
		}
	}
}
