package knowledge

import (
	"bufio"
	"os"
	"strings"
	"sync"
	"testing"

	examples "jiebao/config/knowledge"
	"jiebao/conversations"
)

var load = sync.OnceValues(func() (*Index, error) {
	articles, err := Files(examples.Embedded())
	return New(articles), err
})

func index(t testing.TB) *Index {
	t.Helper()
	x, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return x
}

type pair struct{ article, text string }

func pairs(t *testing.T, name string) []pair {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []pair
	for s := bufio.NewScanner(f); s.Scan(); {
		if article, text, ok := strings.Cut(s.Text(), "\t"); ok && !strings.HasPrefix(article, "#") {
			out = append(out, pair{article, text})
		}
	}
	return out
}

// TestQuestions holds the answers to questions that people ask against what
// they should be. A wrong answer is much worse than a question back or none.
func TestQuestions(t *testing.T) {
	t.Parallel()
	x := index(t)
	for _, set := range []struct {
		name                     string
		answered, offered, wrong float64 // at least, at least, at most
	}{
		{"questions.tsv", 0.80, 0.90, 0.00},
		{"heldout.tsv", 0.65, 0.80, 0.02},
	} {
		var s score
		for _, p := range pairs(t, set.name) {
			s.count(t, p, x.Find(conversations.Inquiry{Text: p.text, Locale: localeOf(p.text)}))
		}
		t.Logf("%s: %d with an answer: %d answered, %d asked back, %d handed over; %d without: %d handed over, %d asked back; %d wrong",
			set.name, s.answerable, s.right, s.offered, s.answerable-s.right-s.offered-s.mistaken,
			s.unanswerable, s.unanswerable-s.asked-s.invented, s.asked, s.mistaken+s.invented)
		all := float64(s.answerable + s.unanswerable)
		switch {
		case float64(s.right) < set.answered*float64(s.answerable):
			t.Errorf("%s: only %d of %d are answered", set.name, s.right, s.answerable)
		case float64(s.right+s.offered) < set.offered*float64(s.answerable):
			t.Errorf("%s: only %d of %d are answered or offered", set.name, s.right+s.offered, s.answerable)
		case float64(s.mistaken+s.invented) > set.wrong*all:
			t.Errorf("%s: %d answers are wrong", set.name, s.mistaken+s.invented)
		}
	}
}

// score counts what became of questions.
type score struct {
	answerable, right, offered, mistaken int
	unanswerable, asked, invented        int
}

func (s *score) count(t *testing.T, p pair, f conversations.Found) {
	first := ""
	if len(f.Articles) > 0 {
		first = f.Articles[0].Article.ID
	}
	among := false
	for _, m := range f.Articles {
		among = among || m.Article.ID == p.article
	}
	if p.article == "-" {
		s.unanswerable++
		switch f.Certainty {
		case conversations.Certainly:
			s.invented++
			t.Logf("invented: %s → %s %.2f %v", p.text, first, f.Articles[0].Score, f.Articles[0].Words)
		case conversations.Perhaps:
			s.asked++
		}
		return
	}
	s.answerable++
	switch {
	case f.Certainty == conversations.Certainly && first == p.article:
		s.right++
	case f.Certainty == conversations.Certainly:
		s.mistaken++
		t.Logf("mistaken: %s → %s, want %s", p.text, first, p.article)
	case among:
		s.offered++
		t.Logf("asked back: %s → %s %.2f %v", p.text, first, f.Articles[0].Score, f.Articles[0].Words)
	default:
		t.Logf("not found: %s → %s, want %s; terms %v", p.text, first, p.article, index(t).read.terms(p.text))
	}
}

// localeOf is the language that a question of the sets is written in.
func localeOf(text string) conversations.Locale {
	if strings.IndexFunc(text, func(r rune) bool { return r > 0x2000 }) < 0 {
		return conversations.English
	}
	return conversations.Chinese
}
