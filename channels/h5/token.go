package h5

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// A token is what it says and its signature. There are two forms: bytes for
// the ids that the gateway makes, which fit into the variable of a text
// message, and text for any other id and for items of the checklist. Both are
// proven before anything else in them is believed.

// The versions of a token.
const (
	fileToken  = 1 // text: where files are uploaded
	shortToken = 2 // bytes: the candidate's page
	pageToken  = 3 // text: the same
)

const (
	idBytes  = 10 // of an id that the gateway makes, 16 letters of base32
	macBytes = 11
	shortLen = 32 // characters of 1+2+idBytes+macBytes bytes
	macText  = 22 // characters of 16 bytes
	maxItem  = 64 // bytes; a longer id gets the link for all items
	// maxToken is longer than every token.
	maxToken = 512
)

// encoding is strict, so that a token has one spelling.
var encoding = base64.RawURLEncoding.Strict()

// ids is how the gateway writes the ids of conversations.
var ids = base32.StdEncoding

// token writes a link.
func (l *Links) token(link Link) string {
	days := uint16(link.Expires.Unix() / int64(day/time.Second))
	if id, ok := shortID(link.Conversation); ok && !link.Files {
		said := append(binary.BigEndian.AppendUint16([]byte{shortToken}, days), id...)
		return encoding.EncodeToString(append(said, l.mac("short", said)...))
	}
	version := byte(pageToken)
	if link.Files {
		version = fileToken
	}
	said := binary.BigEndian.AppendUint16([]byte{version}, days)
	said = append(said, byte(len(link.Conversation)))
	said = append(append(said, link.Conversation...), link.Item...)
	text := encoding.EncodeToString(said)
	return text + l.sign("link", text)
}

// shortID returns the bytes that an id of the gateway is written from.
func shortID(id string) ([]byte, bool) {
	b, err := ids.DecodeString(strings.ToUpper(id))
	return b, err == nil && len(b) == idBytes && strings.ToLower(ids.EncodeToString(b)) == id
}

// Parse reads a token, expired or not, or returns ErrForged.
func (l *Links) Parse(token string) (Link, error) {
	if link, err := l.parseShort(token); err == nil {
		return link, nil
	}
	cut := len(token) - macText
	if cut <= 0 || len(token) > maxToken {
		return Link{}, ErrForged
	}
	text, mac := token[:cut], token[cut:]
	if !l.signed("link", text, mac) {
		return Link{}, ErrForged
	}
	said, err := encoding.DecodeString(text)
	if err != nil || len(said) < 4 || said[0] != fileToken && said[0] != pageToken || len(said) < 4+int(said[3]) {
		return Link{}, ErrForged
	}
	id, item := said[4:4+int(said[3])], said[4+int(said[3]):]
	if said[0] == pageToken && len(item) > 0 {
		return Link{}, ErrForged
	}
	return Link{Conversation: string(id), Files: said[0] == fileToken, Item: string(item), Expires: dayOf(said)}, nil
}

func (l *Links) parseShort(token string) (Link, error) {
	if len(token) != shortLen {
		return Link{}, ErrForged
	}
	b, err := encoding.DecodeString(token)
	if err != nil {
		return Link{}, ErrForged
	}
	said, mac := b[:len(b)-macBytes], b[len(b)-macBytes:]
	if !l.attests("short", said, mac) || said[0] != shortToken {
		return Link{}, ErrForged
	}
	return Link{Conversation: strings.ToLower(ids.EncodeToString(said[3:])), Expires: dayOf(said)}, nil
}

// dayOf is the day of expiry, which every token says in its second and third byte.
func dayOf(said []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint16(said[1:]))*int64(day/time.Second), 0).UTC()
}

// mac is the signature of bytes, as bytes. What for keeps one kind of signature
// from standing in for another.
func (l *Links) mac(what string, said []byte) []byte {
	return signature(l.secret, what, said)[:macBytes]
}
