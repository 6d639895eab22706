package documents

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/gabriel-vasile/mimetype"
)

// sniffed is how many bytes at the start decide on the type: as many as
// mimetype looks at.
const sniffed = 3072

// kind is a type of document that is taken.
type kind struct {
	mime string
	// pixels reads the header and returns width and height; nil for PDF.
	pixels func(io.Reader) (width, height int, err error)
	// begins, if set, says more of the first bytes than mimetype asks.
	begins func(head []byte) bool
	// whole, if set, watches the bytes go by and says at the end what is
	// wrong with them.
	whole func(Limits) inspector
}

// inspector looks at a document's bytes as they pass. It keeps little of them.
type inspector interface {
	io.Writer
	// verdict is called once, after the last byte; nil if all is well.
	verdict() *Refused
}

// kinds are the documents that are taken, by the type that mimetype finds.
func kinds() map[string]kind {
	return map[string]kind{
		"image/jpeg":      {mime: "image/jpeg", pixels: jpegPixels, whole: ended("\xFF\xD9")},
		"image/png":       {mime: "image/png", pixels: pngPixels, whole: ended("IEND")},
		"image/webp":      {mime: "image/webp", pixels: webpPixels, whole: func(Limits) inspector { return &riffInspector{} }},
		"image/heic":      {mime: "image/heic", pixels: heicPixels, whole: func(Limits) inspector { return &boxInspector{} }},
		"image/heif":      {mime: "image/heic", pixels: heicPixels, whole: func(Limits) inspector { return &boxInspector{} }},
		"application/pdf": {mime: "application/pdf", begins: beginsPDF, whole: func(l Limits) inspector { return &pdfInspector{pages: newPageInspector(l.Pages)} }},
	}
}

// intake reads a document once, from front to back, and looks at it on the way.
type intake struct {
	source *counted
	r      *bufio.Reader
	limits Limits
	taken  map[string]kind // by the type that mimetype finds
	look   inspector       // watches what comes in, if its kind has one
}

func newIntake(r io.Reader, limits Limits, taken map[string]kind) *intake {
	source := &counted{r: r, limit: limits.Size}
	return &intake{source: source, r: bufio.NewReaderSize(source, sniffed), limits: limits, taken: taken}
}

// size is how many bytes came in.
func (in *intake) size() int64 { return in.source.n }

// sniff decides by the first bytes whether the document is of a kind that is
// taken, before anything is stored.
func (in *intake) sniff() (kind, error) {
	head, err := in.r.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return kind{}, err
	}
	if len(head) == 0 {
		return kind{}, &Refused{Unreadable, "it is empty"}
	}
	found := mimetype.Detect(head)
	k, taken := in.taken[found.String()]
	if !taken || k.begins != nil && !k.begins(head) {
		return kind{}, &Refused{WrongType, "it is " + found.String()}
	}
	return k, nil
}

// copy passes the whole document to w. On an error w has got a part of it.
func (in *intake) copy(w io.Writer, k kind) error {
	if k.whole != nil {
		in.look = k.whole(in.limits)
		w = io.MultiWriter(w, in.look)
	}
	r := io.TeeReader(in.r, w)
	if k.pixels != nil {
		if err := in.measure(r, k); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if in.look != nil {
		if refused := in.look.verdict(); refused != nil {
			return refused
		}
	}
	return nil
}

// measure decodes the header, which proves that the photo is one, and bounds
// the memory that showing it will take. It reads as far as it needs to.
func (in *intake) measure(r io.Reader, k kind) error {
	width, height, err := k.pixels(r)
	switch {
	case in.source.err != nil:
		return in.source.err
	case err != nil:
		return &Refused{Unreadable, fmt.Sprintf("its header does not decode as %s", k.mime)}
	case width <= 0 || height <= 0:
		return &Refused{Unreadable, "it has no pixels"}
	case int64(width) > in.limits.Pixels/int64(height):
		return &Refused{TooLarge, fmt.Sprintf("it has %d by %d pixels, at most %d are taken", width, height, in.limits.Pixels)}
	}
	return nil
}

// counted counts what is read, refuses to read more than its limit, and
// remembers an error that is not the end, which decoders tend to rename.
type counted struct {
	r     io.Reader
	n     int64
	limit int64
	err   error
}

func (c *counted) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.n > c.limit {
		n, err = 0, &Refused{TooLarge, fmt.Sprintf("it has more than %d bytes", c.limit)}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
