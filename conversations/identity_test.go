package conversations

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"
)

func TestReadIdentity(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]saidIdentity{
		"我叫张三，电话13800138000":          {name: "张三", phone: "13800138000"},
		"张三 138 0013 8000":            {name: "张三", phone: "13800138000"},
		"13800138000":                 {phone: "13800138000"},
		"+86 138-0013-8000":           {phone: "13800138000"},
		"你好":                          {},
		"人工":                          {},
		"ab23-cd45":                   {code: "AB23CD45"},
		"验证码：AB23CD45":                {code: "AB23CD45"},
		"陈大文 +852 9123 4567 AB23CD45": {name: "陈大文", phone: "91234567", code: "AB23CD45"},
		"My name is Mary Chan":        {name: "Mary Chan"},
		"欧阳娜娜":                        {name: "欧阳娜娜"},
		"我的房间号是1203":                  {},
	} {
		if got := readIdentity(text, true); got != want {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
}

// follower says something to a bot that does not know them.
func follower(t *testing.T, w *world, c Conversation, words string, claimants ...Claimant) Changes {
	t.Helper()
	return w.turn(t, Snapshot{Conversation: c, Claimants: claimants}, text(words, words))
}

func TestAFollowerIsBoundOnlyByTheCode(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	zhang := Claimant{Conversation: "c1", Name: "张三", Phone: "13800138000", Invitation: &Invitation{Code: "AB23CD45", Expires: noon.Add(time.Hour)}}
	step := func() Identity { return w.heard[len(w.heard)-1].Identity }

	c := Conversation{ID: "f1", Branch: "head"}
	c = follower(t, w, c, "你好").Conversation
	if step() != IdentityNeeds {
		t.Errorf("after a greeting: %q", step())
	}
	ch := follower(t, w, c, "我叫张三 13800138000", zhang)
	if step() != IdentityCode || ch.Conversation.Claim.Match != "c1" || len(events(ch)) != 0 {
		t.Errorf("name and phone alone: %q, %+v, events %v", step(), ch.Conversation.Claim, events(ch))
	}
	known := step()
	other := follower(t, w, c, "我叫李四 13900139000")
	if step() != known || other.Conversation.Claim.Match != "" {
		t.Errorf("somebody who does not exist hears %q", step())
	}
	wrong := follower(t, w, ch.Conversation, "ZZ22ZZ33", zhang)
	if step() != IdentityWrong {
		t.Errorf("a wrong code: %q", step())
	}
	follower(t, w, wrong.Conversation, "ab23 cd45", zhang)
	if step() != IdentityCode {
		t.Errorf("a code in two words is no code yet: %q", step())
	}
	right := follower(t, w, wrong.Conversation, "ab23-cd45", zhang)
	var bind *BindRequest
	for _, task := range right.Tasks {
		if b, ok := task.Body.(BindRequest); ok {
			bind = &b
		}
	}
	if step() != IdentityProven || bind == nil || bind.Conversation != "c1" || bind.Reach.Address != openID {
		t.Fatalf("the right code: %q, %+v", step(), bind)
	}
}

func TestCodesAreNotGuessedForever(t *testing.T) {
	t.Parallel()
	w := newWorld(nil)
	zhang := Claimant{Conversation: "c1", Name: "张三", Phone: "13800138000", Invitation: &Invitation{Code: "AB23CD45", Expires: noon.Add(time.Hour)}}
	c := follower(t, w, Conversation{ID: "f1"}, "我叫张三 13800138000", zhang).Conversation
	for range maxTries {
		c = follower(t, w, c, "ZZ22ZZ33", zhang).Conversation
	}
	follower(t, w, c, "AB23CD45", zhang)
	if got := w.heard[len(w.heard)-1].Identity; got != IdentityLocked {
		t.Errorf("after %d wrong codes the right one means %q", maxTries, got)
	}
}

func FuzzReadIdentity(f *testing.F) {
	f.Add("我叫张三 138 0013 8000 AB23-CD45")
	f.Fuzz(func(t *testing.T, s string) {
		got := readIdentity(s, true)
		if got.code != "" && len(got.code) != 8 {
			t.Errorf("code %q", got.code)
		}
	})
}

func TestNewCodesAreReadBack(t *testing.T) {
	t.Parallel()
	for range 1000 {
		code, err := NewCode(rand.Reader)
		if err != nil || readCode(strings.ToLower(code[:4]+"-"+code[4:])) != code {
			t.Fatalf("code %q, %v", code, err)
		}
	}
}
