package wechatsim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"jiebao/channels/wechat/wechatsim"
)

// BenchmarkTemplateSend is one template message through the handler: the cost
// the simulator adds to a load test, apart from the sockets.
func BenchmarkTemplateSend(b *testing.B) {
	for _, receipts := range []bool{false, true} {
		b.Run(fmt.Sprintf("receipts=%v", receipts), func(b *testing.B) {
			sim := wechatsim.New(wechatsim.Options{Receipts: wechatsim.Receipts{Off: !receipts}})
			a := newAccount("")
			a.DailyTemplates = -1
			if err := sim.AddAccount(a); err != nil {
				b.Fatal(err)
			}
			bodies := make([][]byte, 10_000)
			for i := range bodies {
				c := wechatsim.Candidate{OpenID: fmt.Sprintf("o%027d", i), Following: true}
				if _, err := sim.AddCandidate(appID, c); err != nil {
					b.Fatal(err)
				}
				bodies[i], _ = json.Marshal(goodTemplate(c.OpenID, ""))
			}
			h := sim.Handler()
			path := "/cgi-bin/message/template/send?access_token=" + tokenOf(b, h)
			var n atomic.Int64
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					body := bodies[n.Add(1)%int64(len(bodies))]
					w := httptest.NewRecorder()
					h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body)))
					if w.Code != 200 || !bytes.Contains(w.Body.Bytes(), []byte(`"errcode":0`)) {
						b.Errorf("answer %d %s", w.Code, w.Body)
						return
					}
				}
			})
		})
	}
}

func tokenOf(b *testing.B, h http.Handler) string {
	b.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/cgi-bin/token?grant_type=client_credential&appid="+appID+"&secret="+secret, nil))
	var s said
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || s.Token == "" {
		b.Fatalf("no token: %s", w.Body)
	}
	return s.Token
}
