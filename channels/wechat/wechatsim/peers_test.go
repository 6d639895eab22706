package wechatsim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/channels/wechat/wechatsim"
	"jiebao/conversations/storetest/testenv"
)

// peer prepares a Node script of peers/.
func peer(t *testing.T, script string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, testenv.Node(t, "peers"), append([]string{"--no-deprecation", script}, args...)...)
	cmd.Dir = "peers"
	cmd.Stderr = os.Stderr
	return cmd
}

// TestPeerClient: wechat-api, written by others against the real platform,
// works against the simulator.
func TestPeerClient(t *testing.T) {
	t.Parallel()
	p := start(t, wechatsim.Options{}, nil, nil)
	p.follow()
	picture := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(picture, onePixel(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := peer(t, "wechat-api.mjs", p.url, appID, secret, p.anna.OpenID(), result, picture).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	type failed struct{ Code any }
	var out struct {
		Token                                 int
		Template                              said
		BadTemplate, Nobody, NoMenu, BadMedia failed
		Text                                  said
		QR                                    struct{ Ticket, URL string }
		QRReads                               string
		Menu                                  struct {
			Menu struct{ Button []wechatsim.Button }
		}
		Media     struct{ Type, Media_ID string }
		MediaSame bool
		User      struct {
			Subscribe       int
			OpenID, UnionID string
		}
		IP     struct{ IP_List []string }
		Ticket int
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	check := func(what string, ok bool) {
		if !ok {
			t.Errorf("%s: %s", what, b)
		}
	}
	check("token", out.Token > 100)
	check("template", out.Template.MsgID > 0)
	check("template error", out.BadTemplate.Code == 47003.0)
	check("custom text", out.Text.Msg == "ok")
	check("custom error", out.Nobody.Code == 40003.0)
	check("qr", out.QR.Ticket != "" && out.QR.URL != "")
	check("qr image", out.QRReads == out.QR.URL)
	check("menu", len(out.Menu.Menu.Button) == 1 && out.Menu.Menu.Button[0].Key == "MY")
	check("no menu", out.NoMenu.Code == 46003.0)
	check("media", out.MediaSame && out.Media.Type == "image")
	check("media error", out.BadMedia.Code == "WeChatAPIError")
	check("user", out.User.Subscribe == 1 && out.User.OpenID == p.anna.OpenID() && out.User.UnionID == "u1")
	check("ip", len(out.IP.IP_List) > 0)
	check("ticket", out.Ticket > 50)
	if n := len(p.anna.Screen().Messages); n != 3 {
		t.Errorf("%d things on the phone, want the follow, the template and the text", n)
	}
}

// TestPeerServer: co-wechat, a callback server written by others, accepts the
// simulator's callbacks in every mode, and the simulator opens its replies.
func TestPeerServer(t *testing.T) {
	t.Parallel()
	for _, mode := range []wechatsim.Mode{wechatsim.Plain, wechatsim.Compat, wechatsim.Secure} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			cmd := peer(t, "co-wechat.mjs", token, appID, aesKey)
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { stdin.Close(); cmd.Wait() })
			lines := bufio.NewScanner(stdout)
			if !lines.Scan() {
				t.Fatal("the peer did not start")
			}
			url := "http://127.0.0.1:" + lines.Text() + "/"
			p := start(t, wechatsim.Options{}, func(a *wechatsim.Account) { a.Mode, a.CallbackURL = mode, url }, nil)
			if err := p.VerifyCallback(t.Context(), appID); err != nil {
				t.Fatal(err)
			}
			p.follow()
			x := p.say("你好<&]]>")
			if x.Outcome != wechatsim.Answered || x.Reply == nil || x.Reply.Text != "回声：你好<&" {
				t.Fatalf("exchange %+v", x)
			}
			for _, event := range []string{"subscribe", "你好<&]]>"} {
				if !lines.Scan() || !strings.Contains(lines.Text(), event) {
					t.Fatalf("the peer understood %q, want %s", lines.Text(), event)
				}
			}
		})
	}
}
