package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiebao/config"
	"jiebao/conversations"
)

// kept are the inbox's articles as a test has them.
type kept struct {
	versions int64
	texts    []conversations.Article
	reads    int
	err      error
}

func (k *kept) Versions(context.Context) (int64, error) { return k.versions, k.err }

func (k *kept) Serving(context.Context) ([]conversations.Article, error) {
	k.reads++
	return append([]conversations.Article(nil), k.texts...), k.err
}

const parkingFile = "---\nid: parking\ntitle: 停车\nlocale: zh-CN\nupdated: 2026-06-01\nquestions:\n  - 有停车位吗\n---\n没有停车位。\n"

func knowledgeFolder(t *testing.T, files map[string]string) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Bank.Name, cfg.Words.KnowledgeDir = "示范银行", t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(cfg.Words.KnowledgeDir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

// TestLibrary: what HR approves is told beside the files, or in their place,
// and nothing is read as long as nothing changed.
func TestLibrary(t *testing.T) {
	t.Parallel()
	l, err := newLibrary(knowledgeFolder(t, map[string]string{"parking.md": parkingFile}))
	if err != nil {
		t.Fatal(err)
	}
	told := func(question, want string) {
		t.Helper()
		f := l.current().Find(conversations.Inquiry{Text: question, Branch: "head/beijing", Locale: conversations.Chinese})
		got := ""
		if f.Certainty == conversations.Certainly {
			got = f.Articles[0].Article.Text + f.Articles[0].Article.Source
		}
		if got != want {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
	k := &kept{}
	refresh := func() {
		t.Helper()
		if err := l.refresh(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	told("有停车位吗", "没有停车位。示范银行")
	k.versions, k.texts = 2, []conversations.Article{
		{ID: "parking", Locale: conversations.Chinese, Title: "停车", Questions: []string{"有停车位吗"}, Text: "有停车位。", Source: "行政部"},
		{ID: "gym", Title: "健身房", Questions: []string{"有健身房吗"}, Text: "二层有健身房。"},
	}
	refresh()
	refresh()
	told("有停车位吗", "有停车位。行政部")
	told("有健身房吗", "二层有健身房。示范银行")
	if k.reads != 1 {
		t.Errorf("the articles were read %d times", k.reads)
	}
	k.versions, k.err = 3, errors.New("the database is away")
	if err := l.refresh(t.Context(), k); err == nil {
		t.Error("nobody is told that articles cannot be read")
	}
	told("有健身房吗", "二层有健身房。示范银行")
	k.texts, k.err = nil, nil
	refresh()
	told("有停车位吗", "没有停车位。示范银行")
	told("有健身房吗", "")
}

// TestCheckKnowledge: what is wrong with an article is named with its file and
// line before the start.
func TestCheckKnowledge(t *testing.T) {
	t.Parallel()
	cfg := knowledgeFolder(t, map[string]string{
		"good.md": parkingFile, "README.md": "no article",
		"bad.md": strings.Replace(strings.Replace(parkingFile, "id: parking", "id: other", 1), "locale: zh-CN", "locale: klingon", 1),
	})
	err := Check(cfg)
	if want := "words.knowledge_dir cannot be used: bad.md:4: locale must be zh-CN, zh-HK or en"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Check() = %v, want %q", err, want)
	}
	if _, err := newLibrary(cfg); err == nil {
		t.Error("the gateway starts all the same")
	}
}
