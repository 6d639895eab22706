package console

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
)

// fewBytes travel in one packet either way.
const fewBytes = 1400

// writers compress pages, which are made for one reader: fast rather than small.
var writers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return w
}}

// send answers with a body, compressed for who takes that. How long the answer
// is says nothing of what stands in it: a comment of random length in gzip's
// header hides that, so that nobody can guess secrets by watching lengths
// (the "Heal the Breach" technique).
func send(g *gin.Context, status int, contentType string, body []byte) {
	g.Writer.Header().Add("Vary", "Accept-Encoding")
	if len(body) < fewBytes || !takesGzip(g.Request) {
		g.Data(status, contentType, body)
		return
	}
	b := templ.GetBuffer()
	defer templ.ReleaseBuffer(b)
	w := writers.Get().(*gzip.Writer)
	defer writers.Put(w)
	w.Reset(b)
	w.Comment = noise()
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	g.Header("Content-Encoding", "gzip")
	g.Data(status, contentType, b.Bytes())
}

// noise is between 0 and 63 letters.
func noise() string {
	var n [1]byte
	_, _ = rand.Read(n[:])
	return strings.Repeat("x", int(n[0]&63))
}

func takesGzip(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, weight, weighed := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
			if strings.EqualFold(name, "gzip") {
				q, err := strconv.ParseFloat(weight, 64)
				return !weighed || err == nil && q > 0
			}
		}
	}
	return false
}

// squeeze makes one of the console's own files as small as it gets, once: it is
// the same for everybody and for ever.
func (c *Console) squeeze(name string, plain []byte) []byte {
	if b, ok := c.squeezed.Load(name); ok {
		return b.([]byte)
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(plain)
	_ = w.Close()
	c.squeezed.Store(name, b.Bytes())
	return b.Bytes()
}
