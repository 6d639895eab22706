package sqlstore

import (
	"strings"
	"testing"
)

// Whatever part of a text is searched for is found by its terms, unless it
// begins in the middle of a Latin word or of a number.
func FuzzTerms(f *testing.F) {
	for _, text := range []string{
		"请问入职要带什么材料？", "我的HR说Offer已经发了，A岗位", "体检报告 ２０２６年７月 ｏｋ", "身份证、毕业证\n还有 WeChat 号 abc_123",
		"한국어 テスト русский", "\xff坏\x00", "哈哈哈哈", "İstanbul", strings.Repeat("长w", 40),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 400 {
			return
		}
		words := map[string]bool{}
		wordsOf(text, func(word string) { words[word] = true })
		folded := []rune(fold(text))
		for i := range folded {
			if i > 0 && sortOf(folded[i]) == letters && sortOf(folded[i-1]) == letters {
				continue
			}
			for j := i + 1; j <= min(len(folded), i+12); j++ {
				sought := string(folded[i:j])
				for _, term := range termsOf(sought, "") {
					if !has(words, term) {
						t.Fatalf("%q is in %q, and its term %+v is not among the words %v", sought, text, term, words)
					}
				}
			}
		}
	})
}

func has(words map[string]bool, t term) bool {
	if !t.begins {
		return words[t.word]
	}
	for word := range words {
		if strings.HasPrefix(word, t.word) {
			return true
		}
	}
	return false
}

// A cursor is what a browser sends back.
func FuzzProgress(f *testing.F) {
	p := progress{people: true, before: 17, seen: []uint32{1, 2}}
	f.Add(p.cursor())
	f.Add("AA")
	f.Add("_")
	f.Fuzz(func(t *testing.T, cursor string) {
		p, err := readProgress(cursor)
		if err != nil {
			return
		}
		again, err := readProgress(p.cursor())
		if err != nil || again.people != p.people || again.before != p.before || len(again.seen) != len(p.seen) {
			t.Errorf("%+v is read again as %+v (%v)", p, again, err)
		}
	})
}

func TestSnippet(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, word, want string }{
		{"请问\n材料", "材料", "请问 材料"},
		{strings.Repeat("甲", 100) + "ＯＫ" + strings.Repeat("乙", 100), "ok", "…" + strings.Repeat("甲", 15) + "ＯＫ" + strings.Repeat("乙", 43) + "…"},
		{strings.Repeat("甲", 100) + "材料", "材料", "…" + strings.Repeat("甲", 58) + "材料"},
	} {
		if got := snippet(tt.text, tt.word); got != tt.want {
			t.Errorf("%q in %q is shown as %q, want %q", tt.word, tt.text, got, tt.want)
		}
	}
}

// What nodes wrote at the same time is sorted, and lists are put together.
func TestPlaces(t *testing.T) {
	t.Parallel()
	var places []byte
	for _, doc := range []int64{2 * pageDocs, 3*pageDocs - 1, 2*pageDocs + 7, 2*pageDocs + 7} {
		places = appendPlace(places, doc)
	}
	if strings.ContainsRune(string(places), 0) || len(places) != 8 {
		t.Errorf("places are %q", places)
	}
	docs := docsIn(2, string(places))
	if len(docs) != 3 || docs[0] != 2*pageDocs || docs[1] != 2*pageDocs+7 || docs[2] != 3*pageDocs-1 {
		t.Errorf("read again they are %v", docs)
	}
	both := common(docs, []int64{1, 2*pageDocs + 7, 2*pageDocs + 8})
	if len(both) != 1 || len(united(both, docs)) != 3 {
		t.Errorf("common are %v", both)
	}
}
