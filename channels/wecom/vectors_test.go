package wecom

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The example of Tencent's own sample code for WeCom (加解密方案说明, 加解密库下载与
// 返回码): a verification and a text message.
const (
	vectorToken = "QDG6eK"
	vectorKey   = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
	vectorCorp  = "wx5823bf96d3bd56c7"
	vectorEcho  = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
	vectorText  = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)

func TestOfficialVectors(t *testing.T) {
	t.Parallel()
	at := func(seconds int64) *App {
		app, _, err := New(Account{
			ID: "wecom", CorpID: vectorCorp, AgentID: 218, Secret: "s", Token: vectorToken, EncodingAESKey: vectorKey,
		}, Options{Now: func() time.Time { return time.Unix(seconds, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		return app
	}
	q := url.Values{"msg_signature": {"5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"}, "timestamp": {"1409659589"}, "nonce": {"263014780"}, "echostr": {vectorEcho}}
	echo, err := at(1409659589).Verify(httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil))
	if err != nil || string(echo) != "1616140317555161061" {
		t.Errorf("the verification is answered %q, %v", echo, err)
	}
	q = url.Values{"msg_signature": {"477715d11cdb4164915debcba66cb864d751f3e6"}, "timestamp": {"1409659813"}, "nonce": {"1372623149"}}
	for name, body := range map[string]string{
		"XML":  "<xml><ToUserName><![CDATA[" + vectorCorp + "]]></ToUserName><Encrypt><![CDATA[" + vectorText + "]]></Encrypt><AgentID><![CDATA[218]]></AgentID></xml>",
		"JSON": `{"ToUserName":"` + vectorCorp + `","AgentID":"218","Encrypt":"` + vectorText + `"}`,
		"bot":  `{"encrypt":"` + vectorText + `"}`,
	} {
		batch, err := at(1409659813).Parse(httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader(body)))
		if err != nil || len(batch.Inbound) != 1 {
			t.Fatalf("%s: %+v, %v", name, batch, err)
		}
		if in := batch.Inbound[0]; in.Text != "hello" || in.Dedupe != "4561255354251345929" || in.Address.ID != "mycreate" {
			t.Errorf("%s: it says %+v", name, in)
		}
	}
	if _, err := at(1409659813 + 301).Parse(httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader("<xml><Encrypt>"+vectorText+"</Encrypt></xml>"))); err == nil {
		t.Error("a recording of five minutes ago is taken")
	}
}
