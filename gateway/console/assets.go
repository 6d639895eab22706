package console

import (
	"bytes"
	"embed"
	"hash/crc32"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// The console's own files, and in static/vendor the libraries copied there
// at build time. Without them pages work as plain forms.
//
//go:embed static
var files embed.FS

// styles are the sheets of static/css that make up app.css, in their order:
// what stands later wins.
var styles = [...]string{
	"base", "controls", "frame", "palette", "list", "bulk", "alarms", "thread", "voice", "desk", "hands", "canned", "composer", "panel", "folds", "queues", "review",
	"sheet", "people", "preflight", "knowledge", "picture", "endpoints", "print",
	"audit", "numbers",
}

// sheet is app.css.
var sheet = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	for _, name := range styles {
		part, _ := files.ReadFile("static/css/" + name + ".css")
		b.Write(part)
	}
	return b.Bytes()
})

// read returns one of the files that pages name.
func read(name string) ([]byte, error) {
	if name == "app.css" {
		return sheet(), nil
	}
	return files.ReadFile("static/" + name)
}

// version tells one build's files from another's.
var version = sync.OnceValue(func() string {
	sum := crc32.NewIEEE()
	_ = fs.WalkDir(files, "static", func(name string, d fs.DirEntry, _ error) error {
		if !d.IsDir() {
			b, _ := files.ReadFile(name)
			_, _ = sum.Write(append([]byte(name), b...))
		}
		return nil
	})
	return strconv.FormatUint(uint64(sum.Sum32()), 36)
})

// static serves one embedded file. Below the version's name it never changes;
// so do the modules that it imports, which it names relative to itself.
func (c *Console) static(g *gin.Context) {
	name := strings.TrimPrefix(path.Clean(g.Param("file")), "/")
	g.Header("Cache-Control", "no-cache")
	if below, ok := strings.CutPrefix(name, version()+"/"); ok {
		name = below
		g.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	b, err := read(name)
	if err != nil {
		g.AbortWithStatus(http.StatusNotFound)
		return
	}
	g.Header("Vary", "Accept-Encoding")
	if len(b) >= fewBytes && takesGzip(g.Request) {
		g.Header("Content-Encoding", "gzip")
		b = c.squeeze(name, b)
	}
	g.Data(http.StatusOK, mime.TypeByExtension(path.Ext(name)), b)
}

// asset is the address of an embedded file, which changes with its content.
func asset(name string) string { return "/static/" + version() + "/" + name }

// has says whether a library was there at build time.
func has(name string) bool {
	_, err := files.ReadFile("static/" + name)
	return err == nil
}

// Live says whether the libraries were there at build time that keep open pages
// current.
func Live() bool { return has("vendor/htmx.min.js") && has("vendor/sse.js") }
