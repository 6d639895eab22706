package wechat

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"jiebao/conversations"
)

// The account of these tests. The keys are made up.
const (
	testID        = "wechat-test"
	testAppID     = "wx0123456789abcdef"
	testSecret    = "s3cr3t-0123456789abcdef0123456789"
	testToken     = "callback-token"
	testKey       = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	testOldKey    = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
	testCandidate = "oCandidate-0123456789abcdefgh"
	testTemplate  = "tmpl-passed"
)

// epoch is when these tests take place.
var epoch = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func testAccount(mode Mode) Account {
	return Account{
		ID: testID, Name: "测试公众号", Branch: "head",
		AppID: testAppID, Secret: testSecret, Token: testToken,
		EncodingAESKey: testKey, Mode: mode,
		Templates: map[string]string{conversations.PurposeResult: testTemplate},
	}
}

func newAdapter(t testing.TB, a Account, o Options) *Adapter {
	t.Helper()
	if o.Now == nil {
		o.Now = func() time.Time { return epoch }
	}
	adapter, err := New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	return adapter
}

// post is a callback before it is sent, to be changed by tests.
type post struct {
	query url.Values
	body  string
}

func (p post) request() *http.Request {
	return httptest.NewRequest(http.MethodPost, "/callbacks/"+testID+"?"+p.query.Encode(), strings.NewReader(p.body))
}

// sealedPost encrypts a document as the platform does in secure mode, with the
// SDK's encryption, which the adapter does not open callbacks with.
func sealedPost(t testing.TB, document, key string, at time.Time) post {
	t.Helper()
	sealed, err := util.EncryptMsg([]byte("0123456789abcdef"), []byte(document), testAppID, key)
	if err != nil {
		t.Fatal(err)
	}
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), "1372623149"
	return post{
		query: url.Values{
			"signature":     {signed(testToken, timestamp, nonce)},
			"timestamp":     {timestamp},
			"nonce":         {nonce},
			"openid":        {"fromUser"},
			"encrypt_type":  {"aes"},
			"msg_signature": {signed(testToken, timestamp, nonce, string(sealed))},
		},
		body: fmt.Sprintf("<xml>\n    <ToUserName><![CDATA[toUser]]></ToUserName>\n    <Encrypt><![CDATA[%s]]></Encrypt>\n</xml>\n", sealed),
	}
}

// plainPost signs a document as the platform does in plain mode.
func plainPost(document string, at time.Time) post {
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), "1372623149"
	return post{
		query: url.Values{
			"signature": {signed(testToken, timestamp, nonce)},
			"timestamp": {timestamp},
			"nonce":     {nonce},
			"openid":    {"fromUser"},
		},
		body: document,
	}
}

// signed is the platform's signature, written here once more.
func signed(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func textDocument(id int, text string) string {
	return fmt.Sprintf("<xml><ToUserName><![CDATA[gh_test]]></ToUserName>\n<FromUserName><![CDATA[%s]]></FromUserName>\n<CreateTime>%d</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[%s]]></Content>\n<MsgId>%d</MsgId>\n</xml>",
		testCandidate, epoch.Unix(), text, id)
}

// call is one request that reached the fake platform.
type call struct {
	path  string
	query url.Values
	body  string
}

func (c call) json(t testing.TB) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(c.body), &m); err != nil {
		t.Fatalf("%s was posted %q: %v", c.path, c.body, err)
	}
	return m
}

// platform is an API whose answers a test sets by path.
type platform struct {
	*httptest.Server

	mu      sync.Mutex
	answers map[string]http.HandlerFunc
	calls   []call
}

// newPlatform answers calls for a token with tokens t1, t2, ….
func newPlatform(t testing.TB) *platform {
	p := &platform{answers: map[string]http.HandlerFunc{}}
	n := 0
	p.answer("/cgi-bin/stable_token", func(w http.ResponseWriter, _ *http.Request) {
		n++
		fmt.Fprintf(w, `{"access_token":"t%d","expires_in":7200}`, n)
	})
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *platform) answer(path string, h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[path] = h
}

func (p *platform) answerText(path, body string) {
	p.answer(path, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, call{r.URL.Path, r.URL.Query(), string(body)})
	h, ok := p.answers[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h(w, r)
}

// to returns the calls to a path.
func (p *platform) to(path string) []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var calls []call
	for _, c := range p.calls {
		if c.path == path {
			calls = append(calls, c)
		}
	}
	return calls
}

func (p *platform) adapter(t testing.TB, o Options) *Adapter {
	a := testAccount(Secure)
	a.BaseURL = p.URL
	return newAdapter(t, a, o)
}
