package app

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"jiebao/conversations"
)

// newID returns an id nobody can guess: 80 random bits in lower case.
func newID() string {
	var b [10]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// newInvitation makes a scene and a code. The system's randomness does not
// fail; where it would, the program ends.
func newInvitation() (scene, code string) {
	scene, _ = conversations.NewScene(rand.Reader)
	code, _ = conversations.NewCode(rand.Reader)
	return scene, code
}
