package documents

import (
	"bytes"
	"io"
)

// tailKept is how many bytes at the end are kept for a last look.
const tailKept = 2048

// tail keeps the last bytes written to it.
type tail struct{ buf []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.buf = append(t.buf, p[max(0, len(p)-tailKept):]...)
	if extra := len(t.buf) - tailKept; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(p), nil
}

// ended makes inspectors that look for what every complete file of a type has
// after its last pixel. Phones put videos and previews behind it, so that it
// may stand anywhere but in the header, where a preview has its own.
func ended(mark string) func(Limits) inspector {
	return func(Limits) inspector { return &markInspector{mark: []byte(mark)} }
}

// headRoom is how much of a photo is its header, previews included, at most.
// A photo below that size is only looked at near its end.
const headRoom = 256 << 10

type markInspector struct {
	tail
	mark  []byte
	n     int64
	found bool
	seam  []byte // the end of what went by, where the mark may begin
}

func (m *markInspector) Write(p []byte) (int, error) {
	if start := headRoom - m.n; !m.found && start < int64(len(p)) {
		body := append(m.seam, p[max(0, start):]...)
		m.found = bytes.Contains(body, m.mark)
		m.seam = bytes.Clone(body[max(0, len(body)-len(m.mark)+1):])
	}
	m.n += int64(len(p))
	return m.tail.Write(p)
}

func (m *markInspector) verdict() *Refused {
	if m.found || bytes.Contains(m.buf, m.mark) {
		return nil
	}
	return &Refused{Unreadable, "it is cut off"}
}

// pdfInspector looks for the end of a PDF, and for the dictionary that says it
// is encrypted (ISO 32000-1, 7.5.5 and 7.6: /Encrypt stands in the trailer, or
// in the dictionary of a cross-reference stream, neither of which is hidden).
type pdfInspector struct {
	tail
	pages     *pageInspector
	encrypted bool
	seam      []byte
}

// beginsPDF says whether nothing but space, or a byte order mark, stands before
// the header. Readers forgive more, so that a file could be a page as well.
func beginsPDF(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n\x00"), []byte("%PDF-"))
}

var encryptKey = []byte("/Encrypt")

func (p *pdfInspector) Write(b []byte) (int, error) {
	if !p.encrypted {
		seen := append(p.seam, b...)
		p.encrypted = namesEncryption(seen)
		p.seam = bytes.Clone(seen[max(0, len(seen)-len(encryptKey)-1):])
	}
	_, _ = p.pages.Write(b)
	return p.tail.Write(b)
}

// namesEncryption says whether the key stands in b as a whole word, followed
// by a reference or a dictionary: /EncryptMetadata is another.
func namesEncryption(b []byte) bool {
	for {
		i := bytes.Index(b, encryptKey)
		if i < 0 {
			return false
		}
		if b = b[i+len(encryptKey):]; len(b) > 0 && bytes.IndexByte([]byte(" \t\r\n\x00\f<"), b[0]) >= 0 {
			return true
		}
	}
}

func (p *pdfInspector) verdict() *Refused {
	switch {
	case !bytes.Contains(p.buf, []byte("%%EOF")):
		return &Refused{Unreadable, "it is cut off"}
	case p.encrypted:
		return &Refused{Encrypted, "it asks for a password"}
	}
	return p.pages.verdict()
}

var (
	_ inspector = (*boxInspector)(nil)
	_ inspector = (*markInspector)(nil)
	_ inspector = (*pdfInspector)(nil)
	_ inspector = (*riffInspector)(nil)
	_ io.Writer = (*tail)(nil)
)
