package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"jiebao/channels/wechat"
	"jiebao/config"
	"jiebao/gateway/app"
)

// This program also plays two servers, each in a process of its own: the
// ceiling, and, when a profile is wanted, the gateway.

const (
	asCeiling = "as-ceiling"
	asGateway = "as-gateway"
)

// child is the server that the program plays.
func child(as string, args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet(as, flag.ContinueOnError)
	configFile := flags.String("config", "", "the gateway's configuration")
	profile := flags.String("profile", "", "where to write the CPU profile")
	answer := flags.String("answer", "", "the file with what the ceiling answers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if as == asCeiling {
		return serveCeiling(ctx, *answer)
	}
	return serveProfiled(ctx, *configFile, *profile)
}

// cannedAnswer is what the ceiling answers to every callback.
type cannedAnswer struct {
	ContentType string
	Body        []byte
}

// serveCeiling is what the gateway is compared with: the same router and the
// same adapter, which verifies, decrypts and reads the callback, and then an
// answer that was made before.
func serveCeiling(ctx context.Context, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var answer cannedAnswer
	if err := json.Unmarshal(b, &answer); err != nil {
		return err
	}
	adapter, err := wechat.New(wechat.Account{
		ID: accountID, AppID: appID, Secret: appSecret, Token: token, EncodingAESKey: encodingAESKey, Mode: wechat.Secure,
	}, wechat.Options{Now: time.Now})
	if err != nil {
		return err
	}
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.GET("/readyz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{}) })
	r.POST("/callbacks/:account", func(c *gin.Context) {
		batch, err := adapter.Parse(c.Request)
		if err != nil || len(batch.Inbound) != 1 {
			c.Status(http.StatusForbidden)
			return
		}
		c.Data(http.StatusOK, answer.ContentType, answer.Body)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	sayReady("http://" + listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func sayReady(url string) {
	slog.New(slog.NewJSONHandler(os.Stderr, nil)).Info("ready", "url", url)
}

// serveProfiled is the gateway, composed as always, under a profiler.
func serveProfiled(ctx context.Context, configFile, profile string) error {
	cfg, err := config.Load(configFile, nil)
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Log: slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	link, err := a.FirstSignInLink(ctx)
	if err != nil {
		a.Close()
		return err
	}
	fmt.Println(link)
	out, err := os.Create(profile)
	if err != nil {
		a.Close()
		return err
	}
	defer out.Close()
	if err := errors.Join(writeHeap(profile+".idle.heap"), pprof.StartCPUProfile(out)); err != nil {
		a.Close()
		return err
	}
	sayReady(a.URL())
	err = a.Run(ctx)
	pprof.StopCPUProfile()
	return errors.Join(err, writeHeap(profile+".heap"))
}

// writeHeap writes what is in use, and what was ever allocated.
func writeHeap(file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	runtime.GC()
	return pprof.WriteHeapProfile(out)
}
