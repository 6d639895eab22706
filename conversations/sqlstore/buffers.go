package sqlstore

import (
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"
)

// What goes to PostgreSQL is written twice: a statement's values, and then
// all messages of a batch. pgx lets go of both buffers each time, and has the
// next grow from a kilobyte by a quarter at a time, which was three tenths of
// all that a process allocated. So a session keeps its own.

// buffer is memory that is used again and again.
type buffer []byte

// largestKept bounds the memory that waits for its next use.
const largestKept = 1 << 20

// room is empty and holds size bytes. It is the same memory each time.
func (b *buffer) room(size int) []byte {
	if size > largestKept {
		return make([]byte, 0, size)
	}
	if cap(*b) < size {
		*b = make([]byte, size)
	}
	return (*b)[:0]
}

// sending is a message of no bytes to PostgreSQL, which has those that follow
// written to its buffer. None may be on its way.
type sending struct {
	to   *buffer
	size int
}

// Encode implements [pgproto3.Message].
func (s sending) Encode(before []byte) ([]byte, error) {
	return append(s.to.room(s.size), before...), nil
}

// Decode implements [pgproto3.Message].
func (s sending) Decode([]byte) error { return errors.New("this message is not received") }

// Frontend implements [pgproto3.FrontendMessage].
func (s sending) Frontend() {}

var _ pgproto3.FrontendMessage = sending{}

// sentSize is how many bytes a step's messages have, or a little less.
func sentSize(st *step) int {
	const messages = 100 // that bind, describe and execute a statement
	if st.bulk {
		return messages + 16*len(st.rows[0]) + bulkSize(st.rows)
	}
	size := messages
	for _, a := range st.args {
		switch v := a.(type) {
		case string:
			size += 16 + len(v)
		case []string:
			size += 32
			for _, key := range v {
				size += 4 + len(key)
			}
		default:
			size += 16
		}
	}
	return size
}
