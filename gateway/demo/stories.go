package demo

import (
	"context"
	"fmt"
	"time"
)

// story is one seeded candidate: the result about them, and what they do then.
type story struct {
	document *document // nil: somebody the bank does not know
	name     string
	openID   string
	noApp    bool                                // they do without the bank's app
	play     func(context.Context, *actor) error // nil: has not scanned yet
}

// person is whose story it is.
func (s story) person() Person {
	p := Person{Locale: zhCN}
	if s.document != nil {
		p = personOf(*s.document)
	}
	p.ID, p.Name, p.NoApp = s.openID, s.name, s.noApp
	return p
}

// failed says whose story an error, if it is one, belongs to.
func (s story) failed(err error) error {
	switch {
	case err == nil:
		return nil
	case s.document == nil:
		return fmt.Errorf("telling the story of an unknown follower: %w", err)
	}
	return fmt.Errorf("telling the story of %s: %w", s.document.ID, err)
}

// stories returns the seeded candidates. Their ids are fixed, so that they are
// recognised after a restart.
func (d *Demo) stories() []story {
	now := d.now()
	return []story{
		d.story(1, mainland(now), "张伟", "13900010001", confirms),
		d.story(2, credit(mainland(now)), "李婷", "13900010002", postpones(startDate(now).AddDate(0, 0, 7))),
		d.story(3, hongKong(now), "陳嘉欣", "+852 6100 0003", asksInCantonese),
		d.story(4, english(now), "Emily Carter", "+44 7700 900104", confirmsInEnglish),
		d.story(5, technology(mainland(now)), "王芳", "13900010005", wantsAPerson),
		d.story(6, mainland(now), "周强", "13900010006", declines),
		d.story(7, credit(mainland(now)), "刘洋", "13900010007", nil),
		{name: "夜雨", openID: seededOpenID(8), play: isUnknown},
		d.story(9, preferring("email", english(now)), "James Wilson", "+44 7700 900109", confirmsByMail),
		withoutApp(d.story(10, credit(mainland(now)), "赵敏", "13900010010", confirmsByText)),
		withoutApp(d.story(11, technology(mainland(now)), "赵雪", "13900010011", asksService)),
		withoutApp(d.story(12, mainland(now), "孙浩", "13900010012", answersCalls)),
	}
}

func withoutApp(s story) story {
	s.noApp = true
	return s
}

func (d *Demo) story(n int, doc document, name, phone string, play func(context.Context, *actor) error) story {
	doc.ID, doc.Candidate.ID = fmt.Sprintf("R-DEMO-%03d", n), fmt.Sprintf("C-DEMO-%03d", n)
	doc.Branch = d.opts.Branch + doc.Branch
	doc.Candidate.Name, doc.Candidate.Phone = name, phone
	doc.Candidate.Email = fmt.Sprintf("demo%03d@example.com", n)
	doc.Interview.Score -= float64(n)
	return story{document: &doc, name: name, openID: seededOpenID(n), play: play}
}

// seededOpenID is an openid of 28 characters.
func seededOpenID(n int) string { return fmt.Sprintf("oDemoCandidate%014d", n) }

// preferring makes a candidate rather be written to by a medium.
func preferring(medium string, doc document) document {
	doc.Candidate.Preferred = medium
	return doc
}

func credit(doc document) document {
	doc.Branch, doc.Position = "/beijing/haidian", documentJob{ID: "credit", Title: "客户经理"}
	doc.Interview.Highlights = []string{"逻辑清楚", "了解小微企业"}
	doc.Offer.Workplace, doc.Offer.ContactName = "北京市海淀区中关村大街27号", "赵磊"
	return doc
}

func technology(doc document) document {
	doc.Branch, doc.Position = "/shenzhen", documentJob{ID: "engineer", Title: "软件工程师"}
	doc.Interview.Highlights = []string{"基础扎实", "善于沟通"}
	doc.Offer.Workplace, doc.Offer.ContactName = "深圳市南山区科苑路15号", "孙悦"
	return doc
}

// inTurn does one thing after the other.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func confirms(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { return a.scan(ctx) },
		func() error { return a.say(ctx, "谢谢！我可以按时入职，确认") },
		func() error { return a.send(ctx, "id_front") },
		func() error { return a.send(ctx, "diploma") },
	)
}

func postpones(to time.Time) func(context.Context, *actor) error {
	return func(ctx context.Context, a *actor) error {
		return inTurn(
			func() error { return a.scan(ctx) },
			func() error {
				return a.say(ctx, fmt.Sprintf("您好，我在原单位要交接，可以改到%d月%d号入职吗？", to.Month(), to.Day()))
			},
			func() error { return a.say(ctx, "对") },
		)
	}
}

func asksInCantonese(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { return a.scan(ctx) },
		func() error { return a.say(ctx, "請問要帶咩文件返工？") },
	)
}

func confirmsInEnglish(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { return a.scan(ctx) },
		func() error { return a.say(ctx, "Yes, I can start on that day, thank you!") },
	)
}

func wantsAPerson(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { return a.scan(ctx) },
		func() error { return a.say(ctx, "转人工") },
		func() error {
			return a.speak("想问一下：户口可以迁到深圳吗？公司宿舍怎么申请？")
		},
	)
}

func declines(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { return a.scan(ctx) },
		func() error { return a.say(ctx, "不好意思，我已经接受了别家的offer，不去了") },
		func() error { return a.say(ctx, "确定放弃") },
	)
}

// confirmsByMail never comes near WeChat.
func confirmsByMail(ctx context.Context, a *actor) error { return a.confirmOnPage(ctx, "mail") }

// confirmsByText is nobody's follower and has no app of the bank's: what is
// left is a text message, and the page behind its link.
func confirmsByText(ctx context.Context, a *actor) error { return a.confirmOnPage(ctx, "sms") }

// asksService says to 微信客服 who they are, with the code of the invitation, and
// confirms.
func asksService(ctx context.Context, a *actor) error {
	code, err := a.demo.codeOf(ctx, a.story.document.ID)
	if err != nil {
		return err
	}
	return inTurn(
		func() error {
			return a.talk(ctx, "kf", fmt.Sprintf("%s %s %s", a.story.name, a.story.person().Phone, code))
		},
		func() error { a.hears(ctx, "kf", func(i Item) bool { return len(i.Choices) > 0 }); return nil },
		func() error { return a.talk(ctx, "kf", "可以，我确认按时入职") },
	)
}

// answersCalls leaves the text message unread. Two days later the bank calls:
// they pick up, and press the key that confirms.
func answersCalls(_ context.Context, a *actor) error {
	return a.demo.picksUp(a.story.person(), "1")
}

func isUnknown(ctx context.Context, a *actor) error {
	return inTurn(
		func() error { _, err := a.phone.Follow(""); return err },
		func() error { return a.say(ctx, "你好，请问我的面试结果出来了吗？") },
	)
}
