package console

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiebao/bot/knowledge"
	"jiebao/conversations"
)

// The fake's shelf, and what stands on it in the tests.

func (f *fake) Articles(_ context.Context, s conversations.Scope) ([]conversations.ArticleVersion, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []conversations.ArticleVersion
	for _, versions := range f.articles {
		if s.Concerns(versions[0].Branch) {
			out = append(out, versions[0])
		}
	}
	slices.SortFunc(out, func(a, b conversations.ArticleVersion) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (f *fake) Article(_ context.Context, s conversations.Scope, id string) ([]conversations.ArticleVersion, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	versions := f.articles[id]
	if len(versions) == 0 || !s.Concerns(versions[0].Branch) {
		return nil, conversations.ErrNotFound
	}
	return slices.Clone(versions), nil
}

func (f *fake) PutArticle(_ context.Context, s conversations.Scope, v conversations.ArticleVersion) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	versions := f.articles[v.ID]
	if !s.Writes(v.Branch) || len(versions) > 0 && !s.Writes(versions[0].Branch) {
		return conversations.ErrNotFound
	}
	if v.Version != int64(len(versions))+1 {
		return conversations.ErrStale
	}
	f.articles[v.ID] = append([]conversations.ArticleVersion{v}, versions...)
	return nil
}

func (f *fake) Gaps(_ context.Context, s conversations.Scope) ([]conversations.OpenGap, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []conversations.OpenGap
	for _, c := range f.convs {
		if !s.Allows(c.Branch) {
			continue
		}
		for _, q := range c.Questions {
			g := c.Gap(conversations.Gap{ID: q.ID, Conversation: c.ID, Message: c.MessageID(1), Text: q.Text, At: q.At}, f.now(), f.Describe)
			g.Apart = f.apart[q.ID]
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b conversations.OpenGap) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

func (f *fake) SetApart(ctx context.Context, s conversations.Scope, gap string, apart bool) error {
	gaps, err := f.Gaps(ctx, s)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !slices.ContainsFunc(gaps, func(g conversations.OpenGap) bool { return g.ID == gap }) {
		return conversations.ErrNotFound
	}
	f.apart[gap] = apart
	return nil
}

// knowledge is what the files hold and what is approved, as it is now.
func (f *fake) knowledge() Knowledge {
	f.mu.Lock()
	defer f.mu.Unlock()
	articles := fileArticles()
	for _, versions := range f.articles {
		for _, v := range versions {
			if v.Version == versions[0].Serves {
				articles = append(articles, v.Article)
			}
		}
	}
	return knowledge.New(articles)
}

// doubts finds one promise that nobody should make.
func doubts(text string) []string {
	var out []string
	for sentence := range strings.SplitSeq(text, "。") {
		if strings.Contains(sentence, "保证") {
			out = append(out, sentence)
		}
	}
	return out
}

func fileArticles() []conversations.Article {
	day := conversations.Date{Year: 2026, Month: 6, Day: 1}
	return []conversations.Article{
		{ID: "medical", Locale: conversations.Chinese, Title: "入职体检须知", Questions: []string{"体检去哪家医院？", "体检要空腹吗？"},
			Text: "请在入职前两周内，到二级甲等以上医院做入职体检，空腹前往，带身份证。费用凭发票报销。", Source: "总行", Updated: day},
		{ID: "dress", Branch: "head/shanghai", Locale: conversations.Chinese, Title: "上海分行着装", Questions: []string{"上班穿什么？"},
			Text: "上海分行柜面统一着工装，入职当天发放。", Source: "上海分行", Updated: day},
	}
}

// shelve puts articles in every state on the shelf.
func (s *seeder) shelve() {
	write := func(id, branch, title, text string, questions ...string) conversations.ArticleVersion {
		a := conversations.Article{ID: id, Branch: branch, Locale: conversations.Chinese, Title: title, Text: text, Source: "北京分行", Questions: questions}
		return conversations.ArticleVersion{Article: a}
	}
	put := func(versions ...conversations.ArticleVersion) {
		for i, v := range versions {
			v.Version = int64(i + 1)
			s.f.articles[v.ID] = append([]conversations.ArticleVersion{v}, s.f.articles[v.ID]...)
		}
	}
	parking := write("parking", "head/beijing", "员工停车", "北京分行员工可在地下二层停车，入职后向行政申请车位，每月 200 元。", "可以停车吗？", "有停车位吗？")
	first := parking.Approve("ag-head", s.now.Add(-80*time.Hour))
	changed := first.Article
	changed.Text = "北京分行员工可在地下三层停车，入职后在 OA 申请车位，免费。"
	put(first, first.Edited(changed, "ag-bj", s.now.Add(-2*time.Hour)))
	canteen := write("canteen", "head", "员工食堂", "各分行设员工食堂，工作日供应三餐，刷工牌就餐。", "有食堂吗？", "中午怎么吃饭？")
	canteen.Source = "总行"
	put(canteen.Approve("ag-head", s.now.Add(-300*time.Hour)))
	old := write("bus", "head/beijing/chaoyang", "班车", "早 7:40 国贸地铁站 C 口发车。", "有班车吗？").Approve("ag-bj", s.now.Add(-900*time.Hour))
	put(old, old.Retire("ag-bj", s.now.Add(-30*time.Hour)))
	put(write("xuhui", "head/shanghai/xuhui", "徐汇支行储物柜", "每人一个储物柜。", "有储物柜吗？").Approve("ag-sh", s.now))
}

// ask leaves a question of a candidate's to HR.
func (s *seeder) ask(id, words string, ago time.Duration, adjust ...func(*conversations.Conversation)) {
	c := s.f.convs[id]
	n := len(c.Questions) + 1
	c.Questions = append(c.Questions, conversations.OpenQuestion{ID: fmt.Sprintf("%s-9.%d", id, n), Text: words, At: s.now.Add(-ago)})
	for _, f := range adjust {
		f(&c)
	}
	s.f.convs[id] = c
}

// wonder lets candidates ask what nothing answers.
func (s *seeder) wonder() {
	s.ask("zhang", "附近有健身房吗", 26*time.Hour)
	s.ask("wang", "请问附近有没有健身房", 5*time.Hour)
	s.ask("zhao", "有健身房吗？", 3*time.Hour, func(c *conversations.Conversation) { c.Questions[0].Replied = true })
	s.ask("qian", "健身房有吗", 2*time.Hour)
	s.ask("liu", "公司附近有健身房吗", time.Hour, func(c *conversations.Conversation) { c.Reaches[0].Followed = true })
	s.ask("zhang", "可以养猫吗", 20*time.Minute)
	s.ask("sun", "有没有母婴室", 8*time.Minute)
}
