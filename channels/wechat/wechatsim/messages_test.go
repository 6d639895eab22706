package wechatsim_test

import (
	"strings"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

func TestTemplateIsShownAndReported(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{Start: day0}, func(a *wechatsim.Account) { a.Mode = wechatsim.Plain }, in.take)
	want(t, p.sendTemplate(""), 43004)
	p.follow()
	sent := want(t, p.sendTemplate("one"), 0)
	m, ok := p.anna.Screen().Last()
	if !ok || m.Source != wechatsim.SourceTemplate || m.Title != "面试结果通知" || m.URL == "" || m.Fields[1] != (wechatsim.Field{Key: "phrase2", Label: "结果", Value: "已通过"}) {
		t.Fatalf("phone shows %+v", m)
	}
	if n := len(in.all()); n != 1 {
		t.Fatalf("%d callbacks before the receipt is due, want the subscribe alone", n)
	}
	p.Advance(2 * time.Second)
	last := in.all()[len(in.all())-1]
	for _, part := range []string{"<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event>", "<MsgID>" + itoa(sent.MsgID) + "</MsgID>", "<Status><![CDATA[success]]></Status>"} {
		if !strings.Contains(last.body, part) {
			t.Errorf("receipt lacks %s:\n%s", part, last.body)
		}
	}
}

func TestReceiptStates(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{Receipts: wechatsim.Receipts{FailRate: 1}}, func(a *wechatsim.Account) { a.Mode = wechatsim.Plain }, in.take)
	p.follow()
	want(t, p.sendTemplate(""), 0)
	p.anna.Block(true)
	want(t, p.sendTemplate(""), 0)
	p.Advance(time.Minute)
	var all strings.Builder
	for _, r := range in.all() {
		all.WriteString(r.body)
	}
	for _, state := range []string{"[failed: system failed]", "[failed:user block]"} {
		if !strings.Contains(all.String(), state) {
			t.Errorf("no receipt says %s", state)
		}
	}
	if m, _ := p.anna.Screen().Last(); m.Seq != 2 {
		t.Errorf("a blocked message is shown: %+v", m)
	}
}

func TestClientMsgIDIsRememberedTenMinutes(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	first := p.sendTemplate("same").MsgID
	p.Advance(10*time.Minute - time.Second)
	if again := p.sendTemplate("same").MsgID; again != first {
		t.Fatal("repeated within ten minutes: a second message")
	}
	p.Advance(time.Second)
	if again := p.sendTemplate("same").MsgID; again == first {
		t.Fatal("remembered for more than ten minutes")
	}
	if n := len(p.anna.Screen().Messages); n != 3 { // followed, and two messages
		t.Fatalf("%d things on the phone, want 3", n)
	}
}

func TestTemplateFields(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	path := p.with("/cgi-bin/message/template/send")
	for _, c := range []struct {
		field, value string
		code         int
	}{
		{"thing1", strings.Repeat("长", 20), 0},
		{"thing1", strings.Repeat("长", 21), 47003},
		{"thing1", "两\n行", 47003},
		{"thing1", "恭喜🎉", 47003},
		{"thing1", "", 47003},
		{"phrase2", "五个汉字啊", 0},
		{"phrase2", "六个汉字的话", 47003},
		{"phrase2", "passed", 47003},
		{"character_string3", strings.Repeat("a", 32), 0},
		{"character_string3", strings.Repeat("a", 33), 47003},
		{"character_string3", "编号", 47003},
		{"time4", "15:01", 0},
		{"time4", "2026-03-02 15:01:00~2026-03-02 16:00", 0},
		{"time4", "明天下午", 47003},
	} {
		m := goodTemplate(p.anna.OpenID(), "")
		m["data"].(object)[c.field] = object{"value": c.value}
		if got := p.post(path, m).Code; got != c.code {
			t.Errorf("%s=%q: %d, want %d", c.field, c.value, got, c.code)
		}
	}
	m := goodTemplate(p.anna.OpenID(), "")
	m["template_id"] = "other"
	want(t, p.post(path, m), 40037)
	m = goodTemplate("oNobody", "")
	want(t, p.post(path, m), 40003)
	p.anna.Blacklist(true)
	want(t, p.sendTemplate(""), 43019)
}

func TestTemplateQuotas(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{Start: day0}, func(a *wechatsim.Account) { a.DailyTemplates, a.TemplatesPerMinute = 5, 3 }, nil)
	p.follow()
	for range 3 {
		want(t, p.sendTemplate(""), 0)
	}
	want(t, p.sendTemplate(""), 45011)
	p.Advance(time.Minute)
	for range 2 {
		want(t, p.sendTemplate(""), 0)
	}
	want(t, p.sendTemplate(""), 45009)
	for range 10 {
		want(t, p.post(p.with("/cgi-bin/clear_quota"), object{"appid": appID}), 0)
	}
	want(t, p.post(p.with("/cgi-bin/clear_quota"), object{"appid": appID}), 48006)
	p.Advance(15 * time.Hour) // 00:01 in Beijing
	want(t, p.sendTemplate(""), 0)
}

func TestCustomerMessageWindows(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	want(t, p.sendText("不认识"), 45015)
	p.follow()
	for range 3 {
		want(t, p.sendText("关注后三条"), 0)
	}
	want(t, p.sendText("第四条"), 45047)
	p.Advance(time.Minute)
	want(t, p.sendText("一分钟后"), 45015)

	p.say("你好")
	for range 5 {
		want(t, p.sendText("五条"), 0)
	}
	want(t, p.sendText("第六条"), 45047)
	p.say("又来")
	p.Advance(48*time.Hour - time.Second)
	want(t, p.sendText("还开着"), 0)
	p.Advance(time.Second)
	want(t, p.sendText("关了"), 45015)
	if _, err := p.anna.Unfollow(); err != nil {
		t.Fatal(err)
	}
	want(t, p.sendText("走了"), 45015)
}

func TestCustomerMessagePayloads(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	p.say("你好")
	path := p.with("/cgi-bin/message/custom/send")
	want(t, p.sendText(""), 44004)
	want(t, p.sendText(strings.Repeat("长", 683)), 45002)
	want(t, p.post(path, object{"touser": p.anna.OpenID(), "msgtype": "dance"}), 40008)
	want(t, p.post(path, object{"touser": p.anna.OpenID(), "msgtype": "image", "image": object{"media_id": "x"}}), 40007)
	want(t, p.post(path, object{"touser": "oNobody", "msgtype": "text", "text": object{"content": "x"}}), 40003)
	want(t, p.post(path, "not an object"), 47001)
	menu := object{"head_content": "请选择", "tail_content": "谢谢", "list": []object{{"id": "yes", "content": "确认"}, {"id": "no", "content": "改期"}}}
	want(t, p.post(path, object{"touser": p.anna.OpenID(), "msgtype": "msgmenu", "msgmenu": menu}), 0)
	m, _ := p.anna.Screen().Last()
	if m.Text != "请选择" || m.Tail != "谢谢" || len(m.Choices) != 2 || m.Source != wechatsim.SourceCustom {
		t.Fatalf("phone shows %+v", m)
	}
}

func TestTapCountsAsAMenuClick(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{}, func(a *wechatsim.Account) { a.Mode = wechatsim.Plain }, in.take)
	p.follow()
	menu := object{"head_content": "请选择", "list": []object{{"id": "yes", "content": "确认"}}}
	want(t, p.post(p.with("/cgi-bin/message/custom/send"), object{"touser": p.anna.OpenID(), "msgtype": "msgmenu", "msgmenu": menu}), 0)
	p.Advance(time.Hour)
	if _, err := p.anna.Tap("other"); err == nil {
		t.Fatal("tapped what is not there")
	}
	if _, err := p.anna.Tap("yes"); err != nil {
		t.Fatal(err)
	}
	body := in.all()[1].body
	if !strings.Contains(body, "<Content><![CDATA[确认]]></Content>") || !strings.Contains(body, "<bizmsgmenuid>yes</bizmsgmenuid>") {
		t.Fatalf("tap posted %s", body)
	}
	p.Advance(time.Minute)
	want(t, p.sendText("点击只给一分钟"), 45015)
}

func TestTyping(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	path := p.with("/cgi-bin/message/custom/typing")
	say := func(command string) said {
		return p.post(path, object{"touser": p.anna.OpenID(), "command": command})
	}
	want(t, say("Dance"), 45072)
	want(t, say("Typing"), 0)
	if !p.anna.Screen().Typing {
		t.Error("the phone does not show typing")
	}
	want(t, say("Typing"), 45081)
	want(t, say("CancelTyping"), 0)
	p.Advance(31 * time.Second)
	want(t, say("Typing"), 45080)
}
