package documents

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

func objectStream(content string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return "9 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length " + fmt.Sprint(b.Len()) + " >> stream\r\n" + b.String() + "\nendstream endobj\n"
}

func pagesOf(file string, step int) int {
	p := newPageInspector(1)
	for b := []byte(file); len(b) > 0; {
		n := min(step, len(b))
		_, _ = p.Write(b[:n])
		b = b[n:]
	}
	p.verdict()
	return p.pages
}

func TestPagesAreCounted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want int
	}{
		"none":                         {"%PDF-1.4", 0},
		"one":                          {"1 0 obj << /Type /Page /Parent 2 0 R >> endobj", 1},
		"without space":                {"<</Type/Page/Parent 2 0 R>>", 1},
		"at the very end":              {"<</Type/Page", 1},
		"lines between":                {"<</Type\r\n\t /Page>>", 1},
		"the tree is no page":          {"<< /Type /Pages /Count 7 >>", 0},
		"nor are labels":               {"<< /Type /PageLabel >>", 0},
		"nor what is in a stream":      {"4 0 obj << /Length 12 >> stream\n/Type /Page \nendstream endobj /Type /Page", 1},
		"compressed":                   {objectStream(strings.Repeat("<< /Type /Page >>", 3)), 3},
		"compressed and long":          {objectStream(strings.Repeat("<< /Type /Page /Resources << /Font 1 0 R >> >>\n", 5000)), 5000},
		"compressed and not":           {"<</Type/Page>>" + objectStream("<</Type/Page>>") + "<</Type/Page>>", 3},
		"not compressed as it says":    {"<< /Type /ObjStm >> stream\nrubbish\nendstream <</Type/Page>>", 1},
		"a stream that never ends":     {"<</Type/Page>> stream\n" + strings.Repeat("/Type/Page ", 1000), 1},
		"many revisions of one object": {strings.Repeat("1 0 obj <</Type/Page>> endobj\n", 4), 4},
	} {
		for _, step := range []int{1, 7, 64, 65, 1 << 20} {
			if got := pagesOf(c.file, step); got != c.want {
				t.Errorf("%s, %d bytes at a time: %d pages, want %d", name, step, got, c.want)
			}
		}
	}
}

// TestBombsAreDefused inflates no more than it may.
func TestBombsAreDefused(t *testing.T) {
	t.Parallel()
	bomb := objectStream(strings.Repeat(" ", maxInflated/4))
	p := newPageInspector(1)
	for range 8 {
		_, _ = p.Write([]byte(bomb))
	}
	p.verdict()
	if p.room != 0 {
		t.Errorf("%d bytes of room are left", p.room)
	}
}

// TestManyStreamsCostLittle counts the pages of a file that is nothing but
// object streams, each of a few bytes. It is not parallel, since it looks at
// what is allocated.
func TestManyStreamsCostLittle(t *testing.T) {
	file := []byte(strings.Repeat("/ObjStm stream\nx\x9cendstream ", 20_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p := newPageInspector(1)
	_, _ = p.Write(file)
	p.verdict()
	runtime.ReadMemStats(&after)
	if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 16 {
		t.Errorf("%d MiB were allocated for a file of %d bytes", mib, len(file))
	}
}

func FuzzPages(f *testing.F) {
	f.Add([]byte(objectStream("<</Type/Page>>")+"<< /Type /Page >> stream\r\nx\nendstream"), 3)
	f.Add([]byte("stream\nendstream/ObjStm stream\nendstream/Type/Page"), 1)
	f.Fuzz(func(t *testing.T, b []byte, step int) {
		step = 1 + max(0, step)%1000
		if once, parts := pagesOf(string(b), max(1, len(b))), pagesOf(string(b), step); once != parts {
			t.Errorf("%d pages at once, %d in steps of %d", once, parts, step)
		}
	})
}
