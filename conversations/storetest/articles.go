package storetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"jiebao/conversations"
)

// draft is the first version of an article for a branch.
func (b *bench) draft(id, branch string) conversations.ArticleVersion {
	return conversations.ArticleVersion{
		Article: conversations.Article{ID: id, Branch: branch, Title: "停车", Questions: []string{"有停车位吗"}, Text: "没有停车位。", Source: "总行"},
		Version: 1, State: conversations.Draft, By: "li", At: b.clock.Now(),
	}
}

func (b *bench) put(s Store, scope conversations.Scope, v conversations.ArticleVersion) {
	b.t.Helper()
	if err := s.PutArticle(b.t.Context(), scope, v); err != nil {
		b.t.Fatal(err)
	}
}

// testArticles: versions follow each other, and none is ever lost or changed.
func testArticles(t *testing.T, b *bench) {
	changed, cancel := b.Subscribe()
	defer cancel()
	scope := conversations.Scope{"head/north"}
	first := b.draft("parking", "head/north")
	b.put(b, scope, first)
	if got := <-changed; got != (conversations.Changed{ID: conversations.ChangedKnowledge, Branch: "head/north"}) {
		t.Errorf("notice %+v", got)
	}
	second := first.Approve("wang", b.clock.Now().Add(time.Hour))
	b.put(b, scope, second)
	for _, v := range []conversations.ArticleVersion{first, second, second.Retire("li", b.clock.Now()).Retire("li", b.clock.Now())} {
		if err := b.PutArticle(t.Context(), scope, v); !errors.Is(err, conversations.ErrStale) {
			t.Errorf("version %d after version 2: %v", v.Version, err)
		}
	}
	got, err := b.Article(t.Context(), scope, "parking")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Version != 2 || got[0].Serves != 2 || got[0].By != "wang" || got[1].State != conversations.Draft ||
		got[1].Text != first.Text || !slices.Equal(got[1].Questions, first.Questions) || !got[1].At.Equal(first.At) {
		t.Errorf("the versions are %+v", got)
	}
	if all, err := b.Articles(t.Context(), scope); err != nil || len(all) != 1 || all[0].Version != 2 {
		t.Errorf("the articles are %+v, %v", all, err)
	}
	if _, err := b.Article(t.Context(), scope, "canteen"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("an article that is not there: %v", err)
	}
}

// testArticleScopes: everybody sees what their candidates are told, and writes
// for their own branches only.
func testArticleScopes(t *testing.T, b *bench) {
	head, north, east := conversations.Scope{"head"}, conversations.Scope{"head/north"}, conversations.Scope{"head/north/east"}
	for _, branch := range []string{"", "head", "head/north", "head/north/east", "head/south"} {
		b.put(b, conversations.Everything, b.draft("a"+branch, branch))
	}
	for _, tt := range []struct {
		scope conversations.Scope
		want  []string
	}{
		{conversations.Everything, []string{"", "head", "head/north", "head/north/east", "head/south"}},
		{head, []string{"", "head", "head/north", "head/north/east", "head/south"}},
		{north, []string{"", "head", "head/north", "head/north/east"}},
		{east, []string{"", "head", "head/north", "head/north/east"}},
		{conversations.Scope{"head/northern"}, []string{"", "head"}},
		{nil, nil},
	} {
		all, err := b.Articles(t.Context(), tt.scope)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range all {
			got = append(got, v.Branch)
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q sees %q, want %q", tt.scope, got, tt.want)
		}
	}
	if _, err := b.Article(t.Context(), north, "ahead/south"); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("an article of another branch: %v", err)
	}
	for _, tt := range []struct {
		scope  conversations.Scope
		branch string
		want   error
	}{
		{head, "", nil}, {head, "head/south", nil}, {north, "head/north/east", nil},
		{north, "", conversations.ErrNotFound}, {north, "head", conversations.ErrNotFound}, {north, "head/south", conversations.ErrNotFound},
		{nil, "", conversations.ErrNotFound},
	} {
		v := b.draft("a"+tt.branch, tt.branch).Approve("li", b.clock.Now())
		if err := b.PutArticle(t.Context(), tt.scope, v); !errors.Is(err, tt.want) {
			t.Errorf("%q writes for %q: %v", tt.scope, tt.branch, err)
		}
	}
	theirs := b.draft("ahead", "head/north").Approve("li", b.clock.Now())
	if err := b.PutArticle(t.Context(), north, theirs); !errors.Is(err, conversations.ErrNotFound) {
		t.Errorf("a branch takes an article from the head office: %v", err)
	}
}

// testServing: candidates are told what was approved last, while a draft is
// written and until it is retired.
func testServing(t *testing.T, b *bench) {
	v := b.draft("parking", "")
	serving := func(want string) {
		t.Helper()
		b.put(b, conversations.Everything, v)
		all, err := b.Serving(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, a := range all {
			got += a.Text
		}
		if got != want {
			t.Errorf("version %d: told is %q, want %q", v.Version, got, want)
		}
	}
	serving("")
	v = v.Approve("wang", b.clock.Now())
	serving("没有停车位。")
	before, other := v, v.Article
	other.Text = "有停车位。"
	v = v.Edited(other, "li", b.clock.Now())
	serving("没有停车位。")
	v = v.Approve("wang", b.clock.Now())
	serving("有停车位。")
	v = v.Undo(before, "wang", b.clock.Now())
	serving("没有停车位。")
	v = v.Retire("wang", b.clock.Now())
	serving("")
}

// testOneVersion: of many who write the same version, one does.
func testOneVersion(t *testing.T, b *bench) { b.writeAtOnce([]Store{b.Store}) }

func testOneVersionOfNodes(t *testing.T, b *bench) {
	b.writeAtOnce([]Store{b.Store, b.another(), b.another()})
}

func (b *bench) writeAtOnce(nodes []Store) {
	var wg sync.WaitGroup
	var wrote atomic.Int64
	for i := range 24 {
		wg.Go(func() {
			v := b.draft(fmt.Sprint("a", i%4), "head")
			switch err := nodes[i%len(nodes)].PutArticle(b.t.Context(), conversations.Everything, v); {
			case err == nil:
				wrote.Add(1)
			case !errors.Is(err, conversations.ErrStale):
				b.t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := wrote.Load(); n != 4 {
		b.t.Errorf("%d wrote the 4 articles", n)
	}
}
