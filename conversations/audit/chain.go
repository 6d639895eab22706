package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// Hash is a SHA-256.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) || hex.EncodeToString(b) != s {
		return h, errors.New("a hash has 64 hexadecimal digits in lower case")
	}
	return Hash(b), nil
}

// Digest is the hash of an entry's text by itself. Somebody who may not read an
// entry can follow the chain by its digest, and learns nothing from it.
func Digest(text string) Hash { return sha256.Sum256([]byte(text)) }

// Next is the hash of the entry with the digest after the one with the hash h:
// SHA-256 of the 32 bytes of h and the 32 bytes of the digest. The first entry
// follows on the zero hash.
func (h Hash) Next(digest Hash) Hash {
	return sha256.Sum256(append(h[:], digest[:]...))
}

// Mark is a place in the chain: the number of an entry and its hash. The zero
// Mark is the place before the first.
type Mark struct {
	N    int64
	Hash Hash
}

// String is a mark as people copy it: 17:ab12….
func (m Mark) String() string { return fmt.Sprintf("%d:%s", m.N, m.Hash) }

// Link is an entry in the chain. One that is not to be read has no Text and
// only its Digest.
type Link struct {
	Mark
	Text   string
	Digest Hash // of Text, which need not be set where there is one
}

// digest is of the text that there is, or else what is said to be.
func (l Link) digest() Hash {
	if l.Text != "" {
		return Digest(l.Text)
	}
	return l.Digest
}

// After returns the links of texts that follow on m, and the last's place.
func (m Mark) After(texts ...string) (links []Link, last Mark) {
	for _, text := range texts {
		d := Digest(text)
		m = Mark{m.N + 1, m.Hash.Next(d)}
		links = append(links, Link{m, text, d})
	}
	return links, m
}

// Break is where a chain is broken for the first time.
type Break struct {
	N   int64 // of the entry
	Why Flaw
}

func (b *Break) Error() string {
	return fmt.Sprintf("the audit log is broken at entry %d: %s", b.N, b.Why)
}

// Flaw is what is wrong with a chain.
type Flaw string

// The flaws.
const (
	FlawGap       Flaw = "an entry is missing before it"
	FlawHash      Flaw = "it, or one before it, is not what was written"
	FlawEntry     Flaw = "it is no entry as they are written"
	FlawEnd       Flaw = "the log ends there, and was signed with more"
	FlawSignature Flaw = "the log's head was not signed with the program's key"
	FlawHead      Flaw = "the entry is not the one that the head was signed for"
)

// Verifier follows a chain from a mark on. Its zero value begins before the
// first entry.
type Verifier struct{ At Mark }

// Add checks the next link. What is wrong with it is a *Break.
func (v *Verifier) Add(l Link) error {
	if l.N != v.At.N+1 {
		return &Break{l.N, FlawGap}
	}
	if v.At.Hash.Next(l.digest()) != l.Hash {
		return &Break{l.N, FlawHash}
	}
	if l.Text != "" {
		if _, err := ParseEntry(l.Text); err != nil {
			return &Break{l.N, FlawEntry}
		}
	}
	v.At = l.Mark
	return nil
}

// Ends checks that what was followed ends where the head says.
func (v *Verifier) Ends(h Head) error {
	switch {
	case v.At.N < h.Last.N:
		return &Break{v.At.N + 1, FlawEnd}
	case v.At != h.Last:
		return &Break{v.At.N, FlawHead}
	}
	return nil
}
