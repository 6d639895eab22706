package api_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"jiebao/conversations/storetest/testenv"
)

// browser is a tab that keeps what it asked the network for and what it
// complained about.
type browser struct {
	context.Context
	mu         sync.Mutex
	requests   []string
	complaints []string
}

func openBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(testenv.Chromium(t)), chromedp.NoSandbox)
	timed, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	allocator, stop := chromedp.NewExecAllocator(timed, options...)
	t.Cleanup(stop)
	b := &browser{}
	tab, closeTab := chromedp.NewContext(allocator, chromedp.WithListener(b.listen))
	t.Cleanup(closeTab)
	b.Context = tab
	return b
}

// eval returns what an expression of JavaScript comes to in the page.
func eval[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	v, err := chromedp.Run(b, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.complaints = append(b.complaints, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// check holds the page to the network of its own server.
func (b *browser) check(t *testing.T, server string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, request := range b.requests {
		u, err := url.Parse(request)
		if err != nil || u.Scheme != "data" && u.Scheme != "blob" && !strings.HasPrefix(request, server) {
			t.Errorf("the page asked for %s", request)
		}
	}
	for _, complaint := range b.complaints {
		t.Errorf("the browser complains: %s", complaint)
	}
}

// TestDocsInABrowser reads the page on a phone that has no network beyond
// the gateway and runs no script of the page.
func TestDocsInABrowser(t *testing.T) {
	t.Parallel()
	b := openBrowser(t)
	server := httptest.NewServer(newServer(t).handler)
	t.Cleanup(server.Close)
	err := chromedp.Do(b,
		chromedp.EmulateViewport(390, 844),
		chromedp.Navigate(server.URL+"/docs"),
		chromedp.WaitVisible(chromedp.CSS("#post-result")),
	)
	if err != nil {
		t.Fatal(err)
	}
	if eval[bool](t, b, `document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page is wider than a phone")
	}
	if title := eval[string](t, b, `document.querySelector("#post-result h3").innerText`); !strings.HasPrefix(title, "Post a result") {
		t.Errorf("the operation is called %q", title)
	}
	b.check(t, server.URL)
}
