package sqlstore

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"slices"
)

// progress is how far the pages of a search have got. It is what their cursor
// says.
type progress struct {
	people bool     // they are looked for, and words not yet
	before int64    // docs from there on are done; 0 at first
	seen   []uint32 // conversations that were shown, by has
}

func (p *progress) cursor() string {
	out := []byte{byte(bit(p.people))}
	out = binary.AppendVarint(out, p.before)
	for _, short := range p.seen {
		out = binary.BigEndian.AppendUint32(out, short)
	}
	return base64.RawURLEncoding.EncodeToString(out)
}

func readProgress(cursor string) (progress, error) {
	if cursor == "" {
		return progress{people: true}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) == 0 || raw[0] > 1 {
		return progress{}, errCursor()
	}
	p := progress{people: raw[0] == 1}
	before, n := binary.Varint(raw[1:])
	if n <= 0 || before < 0 || (len(raw)-1-n)%4 != 0 {
		return progress{}, errCursor()
	}
	p.before = before
	for raw = raw[1+n:]; len(raw) > 0; raw = raw[4:] {
		p.seen = append(p.seen, binary.BigEndian.Uint32(raw))
	}
	return p, nil
}

// has says whether a conversation was shown. Of some million that were not it
// may say so of one.
func (p *progress) has(id string) bool { return slices.Contains(p.seen, shorten(id)) }

func (p *progress) saw(id string) { p.seen = append(p.seen, shorten(id)) }

func shorten(id string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(id))
	return h.Sum32()
}
