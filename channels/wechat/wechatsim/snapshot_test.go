package wechatsim_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
)

func TestSnapshotGoesOnWhereItWasTaken(t *testing.T) {
	t.Parallel()
	var in inbox
	p := start(t, wechatsim.Options{Start: day0}, plain, in.take)
	p.follow()
	p.say("你好")
	media := p.upload("image", "a.png", onePixel(t)).MediaID
	code := p.post(p.with("/cgi-bin/qrcode/create"), object{
		"action_name": "QR_LIMIT_STR_SCENE", "action_info": object{"scene": object{"scene_str": "desk"}},
	})
	old := p.stable(false).Token
	first := p.sendTemplate("once").MsgID // its receipt is pending
	for range 4 {
		want(t, p.sendText("四条"), 0)
	}
	snap, err := p.Snapshot()
	if err != nil {
		t.Fatal(err)
	}

	other := wechatsim.New(wechatsim.Options{Seed: 99})
	if err := other.Restore(snap); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(other.Handler())
	t.Cleanup(srv.Close)
	anna, err := other.Phone(appID, p.anna.OpenID())
	if err != nil {
		t.Fatal(err)
	}
	q := &platform{other, t, srv.URL, anna}
	if q.stable(false).Token != old || q.try(old) != 0 {
		t.Error("the token did not survive")
	}
	if !q.Now().Equal(day0) || len(anna.Screen().Messages) != len(p.anna.Screen().Messages) {
		t.Error("the clock or the phone differ")
	}
	if q.sendTemplate("once").MsgID != first {
		t.Error("client_msg_id is forgotten")
	}
	for range 4 { // 8 in all: three of the follow, five of the text
		want(t, q.sendText("余下四条"), 0)
	}
	want(t, q.sendText("没有了"), 45047)
	if resp, _ := q.download(media); resp.Header.Get("Content-Type") != "image/png" {
		t.Error("the media is gone")
	}
	if _, err := anna.Scan(code.Ticket); err != nil {
		t.Error(err)
	}
	before := len(in.all())
	q.Advance(time.Minute)
	if len(in.all()) != before+1 {
		t.Error("the pending receipt was lost")
	}
}

func TestEqualSeedsMakeEqualPlatforms(t *testing.T) {
	t.Parallel()
	run := func() string {
		p := start(t, wechatsim.Options{Start: day0}, nil, nil)
		other, err := p.AddCandidate(appID, wechatsim.Candidate{Name: "李雷"})
		if err != nil {
			t.Fatal(err)
		}
		return other.OpenID() + p.issue().Token
	}
	if first, second := run(), run(); first != second {
		t.Fatal("two runs differ")
	}
}

func TestClocks(t *testing.T) {
	t.Parallel()
	t.Run("real time", func(t *testing.T) {
		t.Parallel()
		var in inbox
		got := make(chan struct{}, 8)
		p := start(t, wechatsim.Options{RealTime: true, Receipts: wechatsim.Receipts{After: wechatsim.Range{Min: time.Millisecond, Max: 5 * time.Millisecond}}}, plain,
			signalling(&in, got))
		p.follow()
		<-got
		want(t, p.sendTemplate(""), 0)
		<-got // the receipt comes by itself
		p.Advance(time.Hour)
		if d := time.Until(p.Now()); d < 59*time.Minute {
			t.Errorf("advanced by %v", d)
		}
	})
	t.Run("another clock", func(t *testing.T) {
		t.Parallel()
		var in inbox
		now := day0
		p := start(t, wechatsim.Options{Now: func() time.Time { return now }}, plain, in.take)
		p.follow()
		want(t, p.sendTemplate(""), 0)
		now = now.Add(time.Hour)
		p.Tick()
		if len(in.all()) != 2 || !p.Now().Equal(now) {
			t.Error("Tick did not deliver the receipt")
		}
	})
}
