package console

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/bot/phrases"
	texts "jiebao/config/locales"
	"jiebao/conversations"
	"jiebao/conversations/clock"
	"jiebao/gateway/bulk"
	"jiebao/gateway/signin"
)

// With -serve the test binary shows the inbox over the tests' own people:
//
//	go test ./gateway/console -args -serve 127.0.0.1:8099
func TestMain(m *testing.M) {
	addr := flag.String("serve", "", "serve the inbox with the tests' data on this address instead of testing")
	flag.Parse()
	gin.SetMode(gin.ReleaseMode)
	if *addr == "" {
		os.Exit(m.Run())
	}
	if err := serve(*addr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(addr string) error {
	start := time.Now()
	now := func() time.Time { return testNow().Add(time.Since(start)) }
	f := newFake(now, beijing)
	seed(f, 60)
	c, err := newConsole(f, "http://"+addr)
	if err != nil {
		return err
	}
	r := gin.New()
	c.Mount(r)
	r.POST("/say/:id", func(g *gin.Context) { hear(f, g.Param("id"), g.PostForm("text")) })
	for _, a := range f.agents {
		link, err := c.SignInLink(context.Background(), a.ID)
		if err != nil {
			return err
		}
		fmt.Println(a.Name, link)
	}
	return http.ListenAndServe(addr, r)
}

// hear lets a candidate say something.
func hear(f *fake, id, words string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.convs[id]
	ch, err := f.engine.Turn(conversations.Snapshot{Now: f.now(), Conversation: c}, conversations.Receive{Inbound: conversations.Inbound{
		Address: c.Reaches[0].Address, Gesture: conversations.Said, Kind: conversations.Text, Text: words, At: f.now(),
	}})
	if err == nil {
		f.commit(ch)
	}
}

// manyOf does things to many of the tests' conversations.
func manyOf(f *fake) *bulk.Bulk {
	var n atomic.Int64
	return bulk.New(bulk.Bulk{
		Store: f, Engine: f.engine, Clock: clock.NewVirtual(f.now()), May: f.may, Log: slog.New(slog.DiscardHandler),
		NewID: func() string { return "bulk-" + strconv.FormatInt(n.Add(1), 10) },
	})
}

func newConsole(f *fake, url string, change ...func(*signin.Options)) (*Console, error) {
	in, err := ways(f, change...)
	if err != nil {
		return nil, err
	}
	words, err := phrases.New(texts.Embedded(), nil)
	if err != nil {
		return nil, err
	}
	names := map[string]string{
		"head": "总行", "head/beijing": "北京分行", "head/beijing/chaoyang": "北京朝阳支行", "head/beijing/xicheng": "北京西城支行",
		"head/beijing/haidian": "北京海淀支行", "head/shanghai": "上海分行", "head/shanghai/pudong": "上海浦东支行",
		"head/shanghai/xuhui": "上海徐汇支行", "head/hongkong": "香港分行",
	}
	var branches []string
	for b := range names {
		branches = append(branches, b)
	}
	var n atomic.Int64
	return New(Options{
		Store: f, Documents: f, Channels: f, StartDates: f, Foretell: f.foretell, Knowledge: f.knowledge, Doubts: doubts, Preflight: ahead{}, SignIn: in, Bulk: manyOf(f), Endpoints: f, TestEndpoint: f.test, Settle: f.settle, Office: f.hours, Offered: f.engine.Offered, Compare: f.compare, Words: words, Now: f.now, Zone: beijing, Bank: "京行", PublicURL: url,
		Audit: f,
		BranchName: func(p string) string {
			for p != "" {
				if names[p] != "" {
					return names[p]
				}
				p = p[:max(0, strings.LastIndex(p, "/"))]
			}
			return p
		},
		Branches:   branches,
		NewID:      func() string { return "id-" + strconv.FormatInt(n.Add(1), 10) },
		Invitation: func() (string, string) { return "scene-" + strconv.FormatInt(n.Add(1), 10), "77001234" },
		Logger:     slog.New(slog.DiscardHandler),
	})
}
