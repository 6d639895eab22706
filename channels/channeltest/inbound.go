package channeltest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"jiebao/channels"
	"jiebao/conversations"
)

func testSaid(t *testing.T, b *bench) {
	in := b.said(t, "你好")
	if in.Address != b.To || in.Gesture != conversations.Said || in.Kind != conversations.Text || in.Text != "你好" || in.Choice != "" {
		t.Errorf("it came in as %+v", in)
	}
	if in.Dedupe == "" {
		t.Error("the message has no identity")
	}
	if in.CanAnswer != b.Rides {
		t.Errorf("an answer may ride: %t, want %t", in.CanAnswer, b.Rides)
	}
	if age := b.Now().Sub(in.At); age < -time.Minute || age > time.Minute {
		t.Errorf("it was said at %v, and it is %v", in.At, b.Now())
	}
	for _, g := range in.Grants {
		if g.Kind == "" || g.Left < 1 || !g.Until.After(in.At) {
			t.Errorf("it earned %+v at %v", g, in.At)
		}
	}
}

// words are texts that are easily broken on the way.
var words = []string{
	"我12月1日可以入职，谢谢！",
	"两行\n文字",
	`<a href="https://bank.example/?a=1&b=2">链接</a> & "quotes" 'single' \back`,
	"表情 😀👍🏽 与繁體字 與 ñ",
	"]]> ]]]]>> <![CDATA[ </xml> &amp; %20 {{x}} ${x}",
	"1",
}

func testVerbatim(t *testing.T, b *bench) {
	for _, text := range words {
		if in := b.said(t, text); in.Text != text {
			t.Errorf("%q came in as %q", text, in.Text)
		}
	}
}

func testAgain(t *testing.T, b *bench) {
	before := b.cursor
	b.SayAgain(t, "再说一遍")
	if _, pulled := b.Adapter.(channels.Puller); pulled {
		// What was pulled comes again when the commit with its cursor is lost.
		b.cursor = before
		if err := b.AskPull(context.Background(), b.To.Account, ""); err != nil {
			t.Fatal(err)
		}
	}
	again := b.heard()
	if len(again) < 2 {
		t.Fatalf("the callback came in %d times", len(again))
	}
	for _, in := range again[1:] {
		if !reflect.DeepEqual(in, again[0]) {
			t.Errorf("a repeat came in as %+v, first as %+v", in, again[0])
		}
	}
	seen := map[string]bool{again[0].Dedupe: true}
	for range 3 {
		in := b.said(t, "再说一遍") // the same words, another message
		if seen[in.Dedupe] {
			t.Errorf("two messages are both %s", in.Dedupe)
		}
		seen[in.Dedupe] = true
	}
}

func testForged(t *testing.T, b *bench) {
	if len(b.Forge) == 0 {
		t.Fatal("the platform forges nothing")
	}
	for name, forge := range b.Forge {
		b.mu.Lock()
		b.statuses = nil
		b.mu.Unlock()
		forge(t, "伪造")
		b.handled.Wait()
		b.mu.Lock()
		statuses := slices.Clone(b.statuses)
		b.mu.Unlock()
		if !slices.Contains(statuses, http.StatusForbidden) {
			t.Errorf("%s: answered %v", name, statuses)
		}
	}
	for _, in := range b.heard() {
		t.Errorf("a forged message came in: %+v", in)
	}
	if strings.Contains(b.logged(), "伪造") {
		t.Error("words are logged")
	}
}

func testUnsigned(t *testing.T, b *bench) {
	if b.Say == nil { // there may be receipts, which are signed as well
		for _, body := range []string{"", "你好", "{}", "[]", "a=b"} {
			if batch, err := b.Callbacks.Parse(httptest.NewRequest(http.MethodPost, b.url, strings.NewReader(body))); !errors.Is(err, channels.ErrForged) {
				t.Errorf("%q says %+v (%v), want ErrForged", body, batch, err)
			}
		}
		return
	}
	b.said(t, "你好")
	real := b.first()
	if _, err := b.Callbacks.Parse(real.request(real.body)); b.Door != nil && !errors.Is(err, channels.ErrForged) {
		t.Errorf("an account without callbacks takes one: error %v, want ErrForged", err)
	}
	stripped, _, _ := strings.Cut(real.url, "?")
	for name, r := range map[string]*http.Request{
		"no parameters": httptest.NewRequest(http.MethodPost, stripped, strings.NewReader(string(real.body))),
		"nothing":       httptest.NewRequest(http.MethodPost, stripped, nil),
		"words only":    httptest.NewRequest(http.MethodPost, stripped, strings.NewReader("你好")),
		"empty body":    real.request(nil),
		"half a body":   real.request(real.body[:len(real.body)/2]),
	} {
		unread := b.Unsigned && r.URL.RawQuery != "" // proven, and not to be read
		batch, err := b.parse(r)
		if !errors.Is(err, channels.ErrForged) && !(unread && err != nil) {
			t.Errorf("%s: error %v, want ErrForged", name, err)
		}
		if len(batch.Inbound) > 0 || len(batch.Receipts) > 0 || len(batch.Pulls) > 0 {
			t.Errorf("%s says %+v", name, batch)
		}
	}
}

// Whoever changes a byte on the way is refused, or changes nothing.
func testChangedBytes(t *testing.T, b *bench) {
	if at := b.believed(t); at >= 0 {
		t.Errorf("with byte %d changed it says something else", at)
	}
}

// Who signs what it says is not to be called unsigned: what is changed on the
// way would not be looked at.
func testSignsNothing(t *testing.T, b *bench) {
	if at := b.believed(t); at < 0 {
		t.Error("no byte can be changed; it is signed")
	}
}

// believed returns the first byte of a callback which can be changed so that
// the callback says something else, -1 if there is none.
func (b *bench) believed(t *testing.T) int {
	t.Helper()
	b.said(t, "我接受")
	real := b.first()
	want, err := b.parse(real.request(real.body))
	if err != nil {
		t.Fatal(err)
	}
	for i := range real.body {
		changed := slices.Clone(real.body)
		changed[i] ^= 1
		got, err := b.parse(real.request(changed))
		if err == nil && (!reflect.DeepEqual(got.Inbound, want.Inbound) || !reflect.DeepEqual(got.Receipts, want.Receipts) || !reflect.DeepEqual(got.Pulls, want.Pulls)) {
			return i
		}
	}
	return -1
}

func testRide(t *testing.T, b *bench) {
	b.answer = func(in conversations.Inbound) *conversations.Message {
		return &conversations.Message{ID: "m-" + in.Dedupe, Kind: conversations.Text, Text: in.Text}
	}
	for _, text := range words {
		before := len(b.Shown())
		in := b.said(t, text)
		if shown := b.Shown(); len(shown) != before+1 || shown[before] != text {
			t.Errorf("%q is shown as %q", text, shown[before:])
		}
		if carried, _ := b.rode("m-" + in.Dedupe); !carried {
			t.Errorf("the answer to %q is not known to have been carried", text)
		}
	}
}

func testTooLongToRide(t *testing.T, b *bench) {
	b.answer = func(conversations.Inbound) *conversations.Message {
		return &conversations.Message{ID: "m-1", Kind: conversations.Text, Text: strings.Repeat("长", 100_000)}
	}
	before := len(b.Shown())
	b.said(t, "你好")
	if shown := b.Shown(); len(shown) != before {
		t.Errorf("a part of it is shown: %.40q", shown[before])
	}
	if carried, told := b.rode("m-1"); carried || !told {
		t.Errorf("carried: %t, told: %t", carried, told)
	}
}
