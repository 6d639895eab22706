package app

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"

	"jiebao/conversations"
)

// newID returns an id nobody can guess: 80 random bits in lower case.
func newID() string {
	var b [10]byte
	rand.Read(b[:])
	return written(b)
}

// newConversationID is newID with 50 random bits behind the 30 of the second in
// which it is made. The rows of one day so lie together in every table and
// index, where each would lie on a page of its own.
func newConversationID(now time.Time) string {
	var b [10]byte
	rand.Read(b[:])
	binary.BigEndian.PutUint32(b[:], uint32(now.Unix())<<2|uint32(b[3]&3))
	return written(b)
}

func written(id [10]byte) string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(id[:]))
}

// newInvitation makes a scene and a code. The system's randomness does not
// fail; where it would, the program ends.
func newInvitation() (scene, code string) {
	scene, _ = conversations.NewScene(rand.Reader)
	code, _ = conversations.NewCode(rand.Reader)
	return scene, code
}
