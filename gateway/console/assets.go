package console

import (
	"embed"
	"hash/crc32"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// The console's own files, and in static/vendor the libraries copied there
// at build time. Without them pages work as plain forms.
//
//go:embed static
var files embed.FS

// static serves one embedded file.
func (c *Console) static(g *gin.Context) {
	name := strings.TrimPrefix(path.Clean(g.Param("file")), "/")
	b, err := files.ReadFile("static/" + name)
	if err != nil {
		g.AbortWithStatus(http.StatusNotFound)
		return
	}
	g.Header("Cache-Control", "no-cache")
	if g.Query("v") != "" {
		g.Header("Cache-Control", "public, max-age=31536000, immutable")
	}
	g.Data(http.StatusOK, mime.TypeByExtension(path.Ext(name)), b)
}

// asset is the address of an embedded file, which changes with its content.
func asset(name string) string { return "/static/" + name + "?v=" + version(name) }

// has says whether a library was there at build time.
func has(name string) bool {
	_, err := files.ReadFile("static/" + name)
	return err == nil
}

// Live says whether the libraries were there at build time that keep open pages
// current.
func Live() bool { return has("vendor/htmx.min.js") && has("vendor/sse.js") }

// version tells one build's content of a file from another's.
func version(name string) string {
	b, err := files.ReadFile("static/" + name)
	if err != nil {
		return "0"
	}
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE(b)), 36)
}
