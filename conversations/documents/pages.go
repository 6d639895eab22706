package documents

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
)

// pageInspector counts the pages of a PDF while it passes: the page objects
// (ISO 32000-1, 7.7.3.3), those in compressed object streams (7.5.7) included.
// A page that later revisions of the file changed counts each time. What is
// left uncounted is hidden on purpose or compressed in a way that nobody uses.
type pageInspector struct {
	most  int
	pages int

	pending []byte // has come and is not looked at yet
	named   bool   // the dictionary that was read last is of an object stream
	inside  bool   // a stream
	objects []byte // compressed, of the object stream that is read
	room    int64  // bytes that object streams may still hold

	// Made for the first object stream and used for all: there may be a million.
	inflater io.ReadCloser
	buf      []byte
}

const (
	// maxObjects bounds one compressed object stream, maxInflated all of a
	// file's after they were inflated.
	maxObjects  = 4 << 20
	maxInflated = 64 << 20
	// ahead is more than any word that is looked for has, space included.
	ahead = 64
)

func newPageInspector(most int) *pageInspector { return &pageInspector{most: most, room: maxInflated} }

func (p *pageInspector) Write(b []byte) (int, error) {
	p.pending = append(p.pending, b...)
	p.look(false)
	return len(b), nil
}

func (p *pageInspector) verdict() *Refused {
	p.look(true)
	if p.pages > p.most {
		return &Refused{TooManyPages, fmt.Sprintf("it has %d pages, at most %d are taken", p.pages, p.most)}
	}
	return nil
}

// look reads what is pending, but for what may be the beginning of a word.
func (p *pageInspector) look(last bool) {
	b, i := p.pending, 0
	end := len(b) - ahead
	if last {
		end = len(b)
	}
	for i < end {
		if p.inside {
			i += p.pass(b[i:], end-i)
			continue
		}
		i += p.word(b[i:])
	}
	p.pending = append(p.pending[:0], b[min(i, len(b)):]...)
}

// pass reads on in a stream and returns how far it came, at least 1.
func (p *pageInspector) pass(b []byte, n int) int {
	at, over := bytes.Index(b, []byte("endstream")), true
	if at < 0 {
		at, over = n, false
	}
	if p.objects != nil && len(p.objects)+at <= maxObjects {
		p.objects = append(p.objects, b[:at]...)
	} else {
		p.objects = nil
	}
	if !over {
		return at
	}
	if p.objects != nil {
		p.inflate()
	}
	p.inside, p.objects = false, nil
	return at + len("endstream")
}

// word reads one byte, or the word that begins there.
func (p *pageInspector) word(b []byte) int {
	switch {
	case b[0] == '/' && bytes.HasPrefix(b, []byte("/ObjStm")):
		p.named = true
	case b[0] == '/' && beginsPage(b):
		p.pages++
	case b[0] == 'e' && bytes.HasPrefix(b, []byte("endobj")):
		p.named = false
	case b[0] == 's' && (bytes.HasPrefix(b, []byte("stream\r\n")) || bytes.HasPrefix(b, []byte("stream\n"))):
		p.inside = true
		if p.named {
			p.objects = []byte{}
		}
		p.named = false
		return bytes.IndexByte(b, '\n') + 1
	}
	return 1
}

// inflate counts the pages of an object stream. One that cannot be inflated,
// or not all of it, is counted as far as it can.
func (p *pageInspector) inflate() {
	if !p.begin(bytes.NewReader(p.objects)) {
		return
	}
	objects := io.LimitReader(p.inflater, p.room)
	kept := 0
	for {
		n, err := objects.Read(p.buf[kept:])
		p.room -= int64(n)
		b := p.buf[:kept+n]
		end := len(b) - ahead
		if err != nil {
			end = len(b)
		}
		i := 0
		for ; i < end; i++ {
			if b[i] == '/' && beginsPage(b[i:]) {
				p.pages++
			}
		}
		if err != nil {
			return
		}
		kept = copy(p.buf, b[i:])
	}
}

// begin says whether an object stream can be inflated.
func (p *pageInspector) begin(compressed io.Reader) bool {
	if p.inflater != nil {
		return p.inflater.(zlib.Resetter).Reset(compressed, nil) == nil
	}
	r, err := zlib.NewReader(compressed)
	if err != nil {
		return false
	}
	p.inflater, p.buf = r, make([]byte, 32<<10)
	return true
}

// beginsPage says whether b begins with /Type and /Page, which another name
// that begins like it is not.
func beginsPage(b []byte) bool {
	const space = "\x00\t\n\f\r "
	b, ok := bytes.CutPrefix(b, []byte("/Type"))
	if !ok {
		return false
	}
	b, ok = bytes.CutPrefix(bytes.TrimLeft(b[:min(len(b), ahead-len("/Type"))], space), []byte("/Page"))
	return ok && (len(b) == 0 || bytes.IndexByte([]byte(space+"()<>[]{}/%"), b[0]) >= 0)
}
