package photo

import (
	"encoding/binary"
	"maps"
)

// stripHEIC blanks what is not the picture, in its place, so that nothing
// moves: items of metadata (ISO/IEC 23008-12, Annex A) and all boxes but those
// of the picture (ISO/IEC 14496-12, 8.11). Which way up it is says a property
// of the picture itself.
func stripHEIC(b []byte) ([]byte, error) {
	var meta []byte
	for box := range isoBoxes(b) {
		switch box.name {
		case "ftyp", "mdat":
		case "meta":
			if meta != nil || len(box.content) < 4 {
				return nil, ErrUnreadable
			}
			meta = box.content[4:]
		default:
			copy(box.head[4:8], "free")
			clear(box.content)
		}
	}
	if meta == nil {
		return nil, ErrUnreadable
	}
	hidden := map[uint32]bool{}
	var places, idat []byte
	for box := range isoBoxes(meta) {
		switch box.name {
		case "iinf":
			metadataItems(box.content, hidden)
		case "iloc":
			places = box.content
		case "idat":
			idat = box.content
		case "uuid", "udta", "xml ", "bxml":
			clear(box.content)
		}
	}
	if len(hidden) > 0 && !blank(places, hidden, b, idat) {
		return nil, ErrUnreadable
	}
	return b, nil
}

type isoBox struct {
	name          string
	head, content []byte
}

// isoBoxes yields the boxes in b. What follows the last whole one is yielded
// as a box without a name if it has a head.
func isoBoxes(b []byte) func(yield func(isoBox) bool) {
	return func(yield func(isoBox) bool) {
		for len(b) >= 8 {
			head, n := uint64(8), uint64(binary.BigEndian.Uint32(b))
			switch {
			case n == 1 && len(b) >= 16:
				head, n = 16, binary.BigEndian.Uint64(b[8:])
			case n == 0:
				n = uint64(len(b))
			}
			if n < head || n > uint64(len(b)) {
				yield(isoBox{"", b[:8], b[8:]})
				return
			}
			if !yield(isoBox{string(b[4:8]), b[:head], b[head:n]}) {
				return
			}
			b = b[n:]
		}
	}
}

// metadataItems finds the items that are no picture (8.11.6: infe of version 2
// and 3).
func metadataItems(iinf []byte, hidden map[uint32]bool) {
	skip := 6
	if len(iinf) > 0 && iinf[0] > 0 {
		skip = 8
	}
	if len(iinf) < skip {
		return
	}
	for box := range isoBoxes(iinf[skip:]) {
		c := box.content
		if box.name != "infe" || len(c) < 12 || c[0] < 2 {
			continue
		}
		id, rest := uint32(binary.BigEndian.Uint16(c[4:])), c[6:]
		if c[0] >= 3 {
			id, rest = binary.BigEndian.Uint32(c[4:]), c[8:]
		}
		if len(rest) < 6 {
			continue
		}
		if kind := string(rest[2:6]); kind == "Exif" || kind == "mime" || kind == "uri " {
			hidden[id] = true
		}
	}
}

// cursor reads numbers, and remembers that there were too few.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) number(bytes int) (n uint64) {
	if len(c.b) < bytes {
		c.short = true
		return 0
	}
	for _, b := range c.b[:bytes] {
		n = n<<8 | uint64(b)
	}
	c.b = c.b[bytes:]
	return n
}

func (c *cursor) skip(bytes int) {
	if len(c.b) < bytes {
		c.short = true
		return
	}
	c.b = c.b[bytes:]
}

// blank overwrites the hidden items where iloc says that they are (8.11.3),
// and returns whether all of them were found.
func blank(iloc []byte, hidden map[uint32]bool, file, idat []byte) bool {
	c := cursor{b: iloc}
	version := c.number(1)
	c.number(3)
	sizes := c.number(2)
	offsetSize, lengthSize, baseSize, indexSize := int(sizes>>12&15), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	wide := 2
	if version == 2 {
		wide = 4
	}
	// Hidden items are not longer than the file that they are in. A file that
	// says so is made to keep us busy.
	left, room := maps.Clone(hidden), uint64(len(file)+len(idat))
	for items := c.number(wide); items > 0 && !c.short; items-- {
		id, in := uint32(c.number(wide)), file
		if version > 0 {
			switch c.number(2) & 15 {
			case 0:
			case 1:
				in = idat
			default:
				in = nil
			}
		}
		c.number(2)
		base := c.number(baseSize)
		extents := int(c.number(2))
		if version == 0 {
			indexSize = 0
		}
		if !hidden[id] {
			c.skip(extents * (indexSize + offsetSize + lengthSize))
			continue
		}
		for ; extents > 0 && !c.short; extents-- {
			c.number(indexSize)
			at, length := base+c.number(offsetSize), c.number(lengthSize)
			if c.short || at > uint64(len(in)) || length > uint64(len(in))-at {
				return false
			}
			if length == 0 {
				length = uint64(len(in)) - at
			}
			if max(length, 1) > room {
				return false
			}
			room -= max(length, 1)
			clear(in[at : at+length])
		}
		delete(left, id)
	}
	return !c.short && len(left) == 0
}
