package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"jiebao/conversations/storetest/testenv"
)

// startBrowser starts a Chromium that speaks Chinese and calls nobody of its
// own accord. People open their windows in what it returns.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testenv.Chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "zh-CN"),
	)
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	browser, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return browser
}

// person sits before a window of their own, with cookies of their own. What
// they look for may come late: they wait. A window that complains, or asks any
// other host for anything, fails the test.
type person struct {
	t      *testing.T
	name   string
	window context.Context

	mu        sync.Mutex
	addresses map[network.RequestID]string
	wrong     []string
	provoked  []int // statuses
}

const (
	desktopWidth, desktopHeight = 1440, 900
	phoneWidth, phoneHeight     = 390, 844
)

// sitDown opens a window in the browser.
func sitDown(t *testing.T, browser context.Context, name string, setUp ...chromedp.Action[chromedp.Void]) *person {
	t.Helper()
	p := &person{t: t, name: name, addresses: map[network.RequestID]string{}}
	window, leave := chromedp.NewContext(browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(p.hear))
	p.window = window
	t.Cleanup(func() { // before the servers end, which windows complain of
		leave()
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, wrong := range p.wrong {
			if !slices.ContainsFunc(p.provoked, func(status int) bool { return strings.Contains(wrong, fmt.Sprint(status)) }) {
				t.Errorf("%s: %s", name, wrong)
			}
		}
	})
	p.do("opening a window", append([]chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(desktopWidth, desktopHeight), looking(),
	}, setUp...)...)
	return p
}

// looking makes a window believe that its person looks at it, also while
// others look at theirs, and keeps it from moving things about.
func looking() chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		tell(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
		tell(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
		}),
	)
}

// tell gives the browser a command of its protocol that answers nothing.
func tell[P any](c cdp.Command[P, cdp.Empty], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, c, params)
		return err
	})
}

// hear notes what a window should not do.
func (p *person) hear(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.addresses[e.RequestID] = e.Request.Method + " " + e.Request.URL
		p.asked(e.Request.URL)
	case *network.EventWebSocketCreated:
		p.asked(e.URL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			p.complain("%s was answered %d", p.addresses[e.RequestID], e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			p.complain("%s failed: %s", p.addresses[e.RequestID], e.ErrorText)
		}
	case *runtime.EventExceptionThrown:
		p.complain("%v", &chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails})
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			said, _ := json.Marshal(e.Args)
			p.complain("the console says %s", said)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.complain("%s %s", e.Entry.Text, e.Entry.URL)
		}
	}
}

func (p *person) asked(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "data" && u.Scheme != "blob" && u.Hostname() != "127.0.0.1" {
		p.complain("it asked for %s", address)
	}
}

// provoke says that the person is going to be refused with a status, which the
// window may complain of.
func (p *person) provoke(status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.provoked = append(p.provoked, status)
}

func (p *person) complain(format string, args ...any) {
	p.wrong = append(p.wrong, fmt.Sprintf(format, args...))
}

// do does what needs no waiting for the page.
func (p *person) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.window, steps...); err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, what, err)
	}
}

// open goes to an address.
func (p *person) open(address string) {
	p.t.Helper()
	p.do("opening "+address, chromedp.Navigate(address))
}

// see waits until an element that matches the selector can be seen, with the
// words in it, and returns all that the last such element says.
func (p *person) see(selector, words string) string {
	p.t.Helper()
	return p.find("seen", selector, words, "")
}

// press waits for an element like see, until nothing covers it, and clicks it.
func (p *person) press(selector, words string) {
	p.t.Helper()
	p.find("pressed", selector, words, "")
}

// pressIn clicks a part of the element that has the words.
func (p *person) pressIn(selector, words, part string) {
	p.t.Helper()
	p.find("pressed", selector, words, part)
}

// write types into a field, as an input method does: all at once.
func (p *person) write(selector, words string) {
	p.t.Helper()
	p.find("focused", selector, "", "")
	p.do("writing "+words, tell(input.InsertText, input.InsertTextParams{Text: words}))
}

// enter presses the return key.
func (p *person) enter() {
	p.t.Helper()
	key := input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: '\r'}
	down, up := key, key
	down.Type, down.Text, up.Type = input.DispatchKeyEventTypeKeyDown, "\r", input.DispatchKeyEventTypeKeyUp
	p.do("pressing return", tell(input.DispatchKeyEvent, down), tell(input.DispatchKeyEvent, up))
}

// finder looks for an element until it is there, and acts on it in the same
// breath: pages that live replace their elements all the time.
const finder = `(async (until, selector, words, part, milliseconds) => {
	const patient = performance.now() + milliseconds;
	const can = {
		seen: () => true,
		focused: (e) => { e.focus(); return document.activeElement === e; },
		pressed: (e) => {
			const box = e.getBoundingClientRect();
			const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
			if (e.contains(hit) && !e.disabled) { e.click(); return true; }
			e.scrollIntoView({ block: "center", behavior: "instant" });
			return false;
		},
	};
	while (performance.now() < patient) {
		const whole = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && (e.innerText ?? "").includes(words)).at(-1);
		const text = whole?.innerText ?? "", e = part ? whole?.querySelector(part) : whole;
		if (e && can[until](e)) return { found: true, text };
		await new Promise((again) => setTimeout(again, 25));
	}
	return { found: false, text: document.body?.innerText ?? "" };
})(...%s)`

func (p *person) find(until, selector, words, part string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.window, 2*patient)
	defer cancel()
	args, err := json.Marshal([]any{until, selector, words, part, patient.Milliseconds()})
	if err != nil {
		p.t.Fatal(err)
	}
	result, err := evaluate[struct {
		Found bool
		Text  string
	}](ctx, fmt.Sprintf(finder, args))
	if err != nil {
		p.t.Fatalf("%s: waiting for %q with %q to be %s: %v", p.name, selector, words, until, err)
	}
	if !result.Found {
		p.picture("failed")
		p.t.Fatalf("%s: no %q with %q could be %s; the page says %s", p.name, selector, words, until, strings.Join(strings.Fields(result.Text), " "))
	}
	return result.Text
}

// evaluate returns what JavaScript comes to, a promise's value included. When
// the page goes away meanwhile, it asks the next one.
func evaluate[T any](ctx context.Context, script string) (T, error) {
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
		var thrown *chromedp.ExceptionError
		if err == nil || ctx.Err() != nil || errors.As(err, &thrown) {
			return v, err
		}
	}
}

// ask returns what an expression comes to in the page.
func ask[T any](p *person, script string) T {
	p.t.Helper()
	v, err := evaluate[T](p.window, script)
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, script, err)
	}
	return v
}

// picture takes a picture of the window for who wants to look: SCREENSHOTS
// names their folder.
func (p *person) picture(name string) []byte {
	p.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		folder = p.t.ArtifactDir()
	}
	b, err := chromedp.Run(p.window, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, p.name+"-"+name+".png"), b, 0o600)
	}
	if err != nil {
		p.t.Errorf("taking a picture of %s: %v", name, err)
	}
	return b
}
