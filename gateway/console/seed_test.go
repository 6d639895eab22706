package console

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"
	"time"

	"jiebao/conversations"
)

// The people of the tests: an administrator of the whole bank, HR of one
// branch, and candidates in every state the inbox knows.

var beijing = time.FixedZone("Asia/Shanghai", 8*3600)

// testNow is a Thursday afternoon.
func testNow() time.Time { return time.Date(2026, 7, 2, 14, 36, 0, 0, beijing) }

func seed(f *fake, more int) {
	f.agents = []conversations.Agent{
		{ID: "ag-head", Name: "周敏", Role: conversations.RoleHeadOffice, Scope: conversations.Scope{"head"}},
		{ID: "ag-bj", Name: "李娜", Role: conversations.RoleLead, Scope: conversations.Scope{"head/beijing"}},
		{ID: "ag-sh", Name: "陈晓", Role: conversations.RoleAgent, Scope: conversations.Scope{"head/shanghai"}},
	}
	s := seeder{f: f, now: f.now()}
	s.zhang()
	s.wang()
	s.follower()
	s.unbound()
	s.short("zhao", "赵一鸣", "head/beijing/haidian", "柜员", "好的，谢谢！", conversations.Confirmed, 30*time.Minute)
	s.short("sun", "孙悦", "head/shanghai/pudong", "风险管理岗", "请问需要带学位证原件吗？", conversations.Open, 3*time.Hour)
	s.short("liu", "刘洋", "head/beijing/chaoyang", "信息技术岗", "抱歉，我已经接受了别家的录用。", conversations.Declined, 26*time.Hour)
	s.short("emma", "Emma Thompson-Fitzgerald", "head/hongkong", "Relationship Manager", "Thank you, see you on Monday!", conversations.Countered, 50*time.Hour)
	s.shelve()
	s.relay()
	s.past()
	s.wonder()
	names := []string{"吴思远", "郑佳怡", "冯浩然", "褚文静", "卫东", "蒋雨桐", "沈一凡", "韩雪", "杨子轩", "朱琳", "秦朗", "尤佳", "许诺", "何苗", "吕行"}
	for i := range more {
		s.short("more"+strconv.Itoa(i), names[i%len(names)], "head/shanghai/xuhui", "管理培训生", "收到，我准备一下材料。", conversations.Open, time.Duration(i+5)*4*time.Hour)
	}
	s.toil()
}

type seeder struct {
	f   *fake
	now time.Time
}

func (s *seeder) base(id, name, branch, position string) conversations.Conversation {
	a := conversations.Address{Account: "gzh", ID: "openid-" + id}
	return conversations.Conversation{
		ID: id, Branch: branch, Created: s.now.Add(-72 * time.Hour), Updated: s.now,
		Candidate: conversations.Candidate{ID: "E2026" + id, Name: name, Phone: "13812345678", Email: id + "@example.com", Locale: conversations.Chinese},
		Reaches: []conversations.Reach{{
			Address: a, Followed: true, LastIn: s.now.Add(-time.Hour), BoundBy: "scene",
			Grants: []conversations.Grant{{Kind: "message", Until: s.now.Add(47 * time.Hour), Left: 3}},
		}},
		Applications: []conversations.Application{{
			ResultID: "r-" + id, Position: conversations.Position{Title: position},
			Interview: conversations.Interview{Score: 87.5, Passed: true, Highlights: []string{"表达清晰，逻辑性强", "有两年对公业务实习经历", "英语流利（雅思 7.5）"}},
			Offer: conversations.Offer{
				StartDate: conversations.Date{Year: 2026, Month: 7, Day: 13}, ReplyBy: s.now.Add(30 * time.Hour),
				Workplace: "北京市朝阳区建国路 88 号 3 层", ContactName: "李娜", ContactPhone: "010-5555 0188",
			},
			At: s.now.Add(-50 * time.Hour), Status: conversations.Delivered, StatusAt: s.now.Add(-49 * time.Hour),
			Checklist: []conversations.ChecklistItem{{ID: "id", Name: "身份证正反面"}, {ID: "degree", Name: "学历学位证书"}, {ID: "medical", Name: "体检报告"}},
		}},
	}
}

// say appends a message and its history.
func (s *seeder) say(c *conversations.Conversation, ago time.Duration, m conversations.Message, history ...conversations.Status) {
	c.Messages++
	m.Conversation, m.N, m.ID, m.At = c.ID, c.Messages, c.MessageID(c.Messages), s.now.Add(-ago)
	if m.Address.Account == "" && m.Kind != conversations.Note && len(c.Reaches) > 0 {
		m.Address = c.Reaches[0].Address
	}
	v := conversations.MessageView{Message: m}
	for i, st := range history {
		ch := conversations.StatusChange{Message: m.ID, Status: st, At: m.At.Add(time.Duration(i) * time.Second)}
		if st == conversations.Failed {
			ch.Reason = m.Reason
		}
		v.History, v.Status = append(v.History, ch), st
	}
	if m.Kind != conversations.Note {
		c.Last, c.LastBy = m.Text, m.Author
	}
	c.Updated = m.At
	s.f.messages[c.ID] = append(s.f.messages[c.ID], v)
}

func note(text string) conversations.Message {
	return conversations.Message{Author: conversations.BySystem, Kind: conversations.Note, Text: text}
}

func text(by conversations.Author, words string) conversations.Message {
	return conversations.Message{Author: by, Kind: conversations.Text, Text: words}
}

const templateText = "恭喜您通过面试！\n姓名：张伟\n岗位：对公客户经理\n机构：北京朝阳支行\n入职日期：2026年7月13日（星期一）\n请在公众号内回复确认"

// zhang wants another date and sent documents.
func (s *seeder) zhang() {
	c := s.base("zhang", "张伟", "head/beijing/chaoyang", "对公客户经理")
	s.say(&c, 50*time.Hour, note("result 对公客户经理"))
	s.say(&c, 50*time.Hour-time.Minute, conversations.Message{Author: conversations.BySystem, Kind: conversations.Template, Text: templateText,
		Template: &conversations.TemplateContent{Purpose: "result_passed"}}, conversations.Queued, conversations.Sent, conversations.Delivered)
	s.say(&c, 25*time.Hour, text(conversations.ByCandidate, "您好，我收到了！请问报到需要带哪些材料？"))
	s.say(&c, 25*time.Hour-2*time.Second, text(conversations.ByBot, "张伟您好！报到请带：\n1. 身份证正反面\n2. 学历学位证书\n3. 体检报告\n可以先在这里拍照发给我。"), conversations.Queued, conversations.Sent)
	s.say(&c, 25*time.Hour-4*time.Second, conversations.Message{Author: conversations.ByBot, Kind: conversations.Menu, Text: "2026年7月13日（星期一）入职，可以吗？",
		Choices: []conversations.Choice{{ID: "yes", Text: "确认入职"}, {ID: "other", Text: "换个日期"}, {ID: "human", Text: "转人工"}}}, conversations.Queued, conversations.Sent)
	s.document(&c, 24*time.Hour, "id", conversations.DocumentAccepted, "image/jpeg")
	s.document(&c, 2*time.Hour, "degree", conversations.DocumentReceived, "image/jpeg")
	s.document(&c, 118*time.Minute, "", conversations.DocumentReceived, "application/pdf")
	s.say(&c, 70*time.Minute, text(conversations.ByBot, "这份文件我没认出是哪一项，人事会帮您归类。"), conversations.Queued, conversations.Unknown)
	s.say(&c, 66*time.Minute, conversations.Message{Author: conversations.ByBot, Kind: conversations.Text, Text: "稍后会有人事同事联系您。", Reason: "quota_used_up:45009"},
		conversations.Queued, conversations.Failed)
	s.say(&c, 20*time.Minute, text(conversations.ByCandidate, "我要到8月1号才能办完离职，可以晚一点入职吗？"))
	s.say(&c, 20*time.Minute-time.Second, note("requested 2026-08-01"))
	s.say(&c, 20*time.Minute-2*time.Second, text(conversations.ByBot, "好的，已经把您希望 2026年8月1日（星期六）入职的申请转给人事，有结果马上告诉您。"), conversations.Queued, conversations.Sent)
	app := c.Application()
	app.Answer = conversations.Requested
	app.Request = &conversations.ScheduleRequest{ID: "zhang-r1", Date: conversations.Date{Year: 2026, Month: 8, Day: 1}, Said: "我要到8月1号才能办完离职，可以晚一点入职吗？", At: s.now.Add(-20 * time.Minute)}
	c.Unread = 1
	s.f.convs[c.ID] = c
}

// document is a candidate's file in a message of its own.
func (s *seeder) document(c *conversations.Conversation, ago time.Duration, item string, state conversations.DocumentState, mime string) {
	c.Documents++
	content := picture(int(c.Documents))
	d := conversations.Document{ID: fmt.Sprintf("%s-d%d", c.ID, c.Documents), Item: item, State: state, MIME: mime, Size: int64(len(content)), SHA256: "ab", At: s.now.Add(-ago)}
	kind := conversations.Image
	if mime == "application/pdf" {
		kind = conversations.File
	}
	s.say(c, ago, conversations.Message{Author: conversations.ByCandidate, Kind: kind, Document: d.ID})
	app := c.Application()
	at := -1
	for i := range app.Checklist {
		if app.Checklist[i].ID == item {
			at = i
		}
	}
	if at < 0 {
		app.Checklist = append(app.Checklist, conversations.ChecklistItem{ID: item})
		at = len(app.Checklist) - 1
	}
	app.Checklist[at].Documents = append(app.Checklist[at].Documents, d)
	s.f.files[d.ID] = content
}

// picture looks a little like a photographed certificate.
func picture(kind int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 640, 420))
	for y := range 420 {
		for x := range 640 {
			c := color.RGBA{uint8(225 - 30*kind), 224, uint8(196 + 12*kind), 255}
			if x < 12 || y < 12 || x > 627 || y > 407 {
				c = color.RGBA{150, 40, 40, 255}
			} else if y%46 < 7 && x > 80 && x < 400+(y*37)%150 && y > 60 {
				c = color.RGBA{90, 90, 96, 255}
			}
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// wang waits for a person, and the reply window is closed.
func (s *seeder) wang() {
	c := s.base("wang", "王芳", "head/beijing/xicheng", "理财经理")
	c.Reaches[0].Grants = nil
	s.say(&c, 3*time.Hour, text(conversations.ByCandidate, "薪资里包含年终奖吗？公积金按什么比例交？"))
	s.say(&c, 3*time.Hour-time.Second, text(conversations.ByBot, "这个问题我答不准，请稍等，我请人事同事来回答您。"), conversations.Queued, conversations.Sent, conversations.Read)
	s.say(&c, 3*time.Hour-2*time.Second, note("handoff policy"))
	s.say(&c, 42*time.Minute, text(conversations.ByCandidate, "在吗？"))
	s.say(&c, 41*time.Minute, text(conversations.ByCandidate, "有人吗？我今天要给另一家答复了😣"))
	c.Owner = conversations.Owner{Kind: conversations.OwnedByQueue, Epoch: 1, Reason: "policy", Since: s.now.Add(-3 * time.Hour), Summary: &conversations.Summary{
		At: s.now.Add(-3 * time.Hour), Reason: "policy", Locale: conversations.Chinese, Position: "理财经理", Offered: c.Application().Offer.StartDate,
		Missing: []string{"身份证", "学历证书"}, Asked: "start", About: c.Application().Offer.StartDate, Understood: []string{"question"},
	}, Said: "薪资里包含年终奖吗？公积金按什么比例交？"}
	c.Waiting, c.Unread = s.now.Add(-42*time.Minute), 2
	s.f.convs[c.ID] = c
}

// follower says who they are, and one candidate fits.
func (s *seeder) follower() {
	c := s.base("follower", "", "head/beijing", "")
	c.Candidate, c.Applications = conversations.Candidate{}, nil
	s.say(&c, 13*time.Minute, note("followed"))
	s.say(&c, 12*time.Minute, text(conversations.ByBot, "您好！请告诉我您的姓名和手机号，我帮您查面试结果。"), conversations.Queued, conversations.Sent)
	s.say(&c, 12*time.Minute-30*time.Second, text(conversations.ByCandidate, "我叫钱多多，13912340000"))
	s.say(&c, 12*time.Minute-31*time.Second, text(conversations.ByBot, "谢谢！请输入银行发给您的邀请码。"), conversations.Queued, conversations.Sent)
	s.say(&c, 11*time.Minute, text(conversations.ByCandidate, "没有收到邀请码，帮我转人工"))
	c.Claim = &conversations.Claim{Name: "钱多多", Phone: "13912340000", Match: "qian", Tries: 1, At: s.now.Add(-12 * time.Minute)}
	c.Owner = conversations.Owner{Kind: conversations.OwnedByQueue, Epoch: 1, Reason: "asked", Since: s.now.Add(-11 * time.Minute)}
	c.Waiting, c.Unread = s.now.Add(-11*time.Minute), 2
	s.f.convs[c.ID] = c
}

// unbound is the candidate whom the follower claims to be.
func (s *seeder) unbound() {
	c := s.base("qian", "钱多多", "head/beijing/chaoyang", "大堂经理")
	c.Candidate.Phone, c.Reaches = "13912340000", nil
	c.Invitation = &conversations.Invitation{
		Scene: "S7QK2M", Code: "48120573", Account: "gzh", Expires: s.now.Add(29 * 24 * time.Hour), Link: "http://weixin.qq.com/q/02aBcDeFgHiJk10000M03x",
	}
	app := c.Application()
	app.Waiting, app.Status = conversations.WaitingUnbound, conversations.NoStatus
	s.say(&c, 5*time.Hour, note("result 大堂经理"))
	s.f.convs[c.ID] = c
}

// short is a candidate with a few words.
func (s *seeder) short(id, name, branch, position, words string, a conversations.Answer, ago time.Duration) {
	c := s.base(id, name, branch, position)
	app := c.Application()
	app.Answer = a
	if a == conversations.Confirmed {
		app.StartDate = app.Offer.StartDate
	}
	if id == "sun" || id == "zhao" {
		c.Owner = conversations.Owner{Kind: conversations.OwnedByAgent, Agent: "ag-head", Epoch: 1, Since: s.now.Add(-ago)}
	}
	if id == "liu" {
		c.Owner = conversations.Owner{Kind: conversations.OwnedByAgent, Agent: "ag-bj", Epoch: 1, Since: s.now.Add(-ago)}
		c.Reaches[0].Followed = false
	}
	s.say(&c, ago+time.Minute, text(conversations.ByBot, "恭喜您通过面试！2026年7月13日（星期一）入职，可以吗？"), conversations.Queued, conversations.Sent)
	s.say(&c, ago, text(conversations.ByCandidate, words))
	s.f.convs[c.ID] = c
}
