package documents

import "encoding/binary"

// Some photos say how long they are, so that a missing end is noticed.

// cutOff is what is said of a photo that has less than it announced.
func cutOff(missing bool) *Refused {
	if missing {
		return &Refused{Unreadable, "it is cut off"}
	}
	return nil
}

// riffInspector watches a WebP, whose length stands in bytes 4 to 8 of its
// header (RFC 9649, 2.4).
type riffInspector struct {
	head []byte
	n    int64
}

func (r *riffInspector) Write(p []byte) (int, error) {
	if missing := 8 - len(r.head); missing > 0 {
		r.head = append(r.head, p[:min(missing, len(p))]...)
	}
	r.n += int64(len(p))
	return len(p), nil
}

func (r *riffInspector) verdict() *Refused {
	return cutOff(len(r.head) < 8 || r.n < 8+int64(binary.LittleEndian.Uint32(r.head[4:])))
}

// boxInspector watches a HEIC, which is boxes from front to back (ISO/IEC
// 14496-12, 4.2). The pixels are in mdat; what phones append behind it need
// not be boxes.
type boxInspector struct {
	head  []byte // of a box, as far as it has come
	left  int64  // of the box's content
	data  bool   // the box is mdat
	whole bool   // nothing that comes matters
}

func (b *boxInspector) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 && !b.whole {
		if b.left == 0 {
			b.head, p = append(b.head, p[0]), p[1:]
			b.enter()
			continue
		}
		skip := min(b.left, int64(len(p)))
		b.left -= skip
		b.whole = b.data && b.left == 0
		p = p[skip:]
	}
	return n, nil
}

// enter reads the head of a box when all of it is there. A length of 1 stands
// for a long one behind the name, 0 for the rest of the file.
func (b *boxInspector) enter() {
	if len(b.head) < 8 {
		return
	}
	length := int64(binary.BigEndian.Uint32(b.head))
	switch {
	case length == 1 && len(b.head) < 16:
		return
	case length == 1:
		length = int64(min(binary.BigEndian.Uint64(b.head[8:]), 1<<62))
	}
	b.left = max(0, length-int64(len(b.head)))
	b.data = string(b.head[4:8]) == "mdat"
	b.whole = length == 0
	b.head = b.head[:0]
}

func (b *boxInspector) verdict() *Refused { return cutOff(b.left > 0) }
