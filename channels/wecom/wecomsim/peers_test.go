package wecomsim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"jiebao/conversations/storetest/testenv"
)

// TestPeerClient: node-easywechat, written by others against the real platform,
// works against the simulator.
func TestPeerClient(t *testing.T) {
	t.Parallel()
	node := testenv.Node(t, "peers")
	p := start(t)
	_, err := p.anna.Say(kf, "你好")
	p.must(err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "--no-deprecation", "easywechat.mjs", p.url, corp, fmt.Sprint(agent), "secret", "LiSi", kf, p.anna.ExternalUserID())
	cmd.Dir, cmd.Stderr = "peers", os.Stderr
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	type said struct {
		Code    int    `json:"errcode"`
		MsgID   string `json:"msgid"`
		MediaID string `json:"media_id"`
		URL     string
		State   int `json:"service_state"`
	}
	var out struct {
		Token                                                                  int
		Text, Nobody, Card, Update, Again, Media, File, Link, State, Trans, Kf said
		Accounts                                                               struct {
			List []object `json:"account_list"`
		}
		Page struct {
			List []struct {
				Text struct{ Content string }
			} `json:"msg_list"`
		}
		Customers struct {
			List []object `json:"customer_list"`
		}
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	check := func(what string, ok bool) {
		if !ok {
			t.Errorf("%s: %.300s", what, b)
		}
	}
	check("token", out.Token > 100)
	check("text", out.Text.Code == 0 && out.Text.MsgID != "")
	check("nobody", out.Nobody.Code == 81013)
	check("card", out.Card.Code == 0 && out.Update.Code == 0 && out.Again.Code == 40058)
	check("media", out.Media.MediaID != "" && out.File.Code == 0)
	check("accounts", len(out.Accounts.List) == 1)
	check("link", out.Link.URL != "")
	check("page", len(out.Page.List) == 1 && out.Page.List[0].Text.Content == "你好")
	check("state", out.State.State == 0 && out.Trans.Code == 0)
	check("kf", out.Kf.Code == 0 && out.Kf.MsgID == "peer_0001")
	check("customers", len(out.Customers.List) == 1)
	screen := p.li.Screen(agent)
	if len(screen) != 3 || screen[0].Text != "你好，<李四> & 同事" || screen[1].Chosen != "已选择可以" || screen[2].Type != "file" {
		t.Errorf("the member sees %+v", screen)
	}
	if last := p.anna.Screen(kf); len(last) != 2 || last[1].Choices[0].Text != "查看结果" {
		t.Errorf("the customer sees %+v", last)
	}
}
