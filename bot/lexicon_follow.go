package bot

import (
	"slices"
	"strings"
)

// What candidates say about what they were told just before, as plain leaves
// it.

// asksMore says whether s asks for more of the same and nothing else.
func (l *lexicon) asksMore(s string) bool {
	return slices.Contains([]string{
		"还有呢", "还有吗", "还有什么", "还有别的吗", "还有其他吗", "还有其他的吗", "然后呢", "就这些", "就这些吗", "没了吗", "還有呢", "還有嗎", "仲有呢", "仲有冇", "仲有咩", "就係咁多", "然後呢",
		"anythingelse", "whatelse", "isthatall", "more", "andthen",
	}, s)
}

// missed says whether s says that the answer was to another question.
func (l *lexicon) missed(s string) bool {
	return len([]rune(s)) <= 24 && mentions(s, []string{
		"不是这个", "不是這個", "不是问这个", "不是問這個", "没回答", "沒回答", "没答到", "冇答到", "答非所问", "答非所問", "不是我问的", "不是我問的", "唔係問呢個", "唔係呢個", "我问的不是",
		"notwhatiasked", "notmyquestion", "thatsnotit", "didntanswer",
	})
}

// goesOn says whether s goes on from what was told before.
func (l *lexicon) goesOn(s string) bool {
	for _, lead := range []string{"那", "还有", "還有", "咁", "仲有", "另外", "and", "whatabout", "howabout", "then"} {
		if strings.HasPrefix(s, lead) {
			return true
		}
	}
	return false
}

// reports says whether s tells of something done, or not done.
func (l *lexicon) reports(s string) bool {
	return mentions(s, []string{"了", "已", "过", "過", "没", "沒", "未", "咗", "冇", "done", "not"})
}
