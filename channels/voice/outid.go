package voice

import (
	"encoding/base32"
	"math/big"
	"strconv"
	"strings"

	"jiebao/conversations"
)

// The platform brings back fifteen bytes with its report (OutId: 长度为1~15个
// 字节): too few for the id of a message as it is written, and just enough for
// what it says, a conversation of 80 random bits and a number, and whether the
// call asked about the first day at work.
const (
	outLength  = 15
	numberBits = 9
	// outAlphabet has no hyphen, which every id of a message has.
	outAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._"
	asksMark    = "!"
)

var idEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// pack returns what to send along with a call about a message, or "" for an
// id that does not fit: then the report is known by the call's id alone.
func pack(message string, asks bool) string {
	conversation, ok := conversations.ConversationOf(message)
	if !ok {
		return ""
	}
	n, _ := strconv.ParseInt(message[len(conversation)+1:], 10, 64)
	raw, err := idEncoding.DecodeString(strings.ToUpper(conversation))
	if err != nil || len(raw) != 10 || strings.ToLower(conversation) != conversation || n >= 1<<numberBits {
		return packShort(message, asks)
	}
	v := new(big.Int).SetBytes(raw)
	v.Lsh(v, numberBits).Or(v, big.NewInt(n)).Lsh(v, 1)
	if asks {
		v.SetBit(v, 0, 1)
	}
	var out [outLength]byte
	digit, base := new(big.Int), big.NewInt(int64(len(outAlphabet)))
	for i := outLength - 1; i >= 0; i-- {
		v.DivMod(v, base, digit)
		out[i] = outAlphabet[digit.Int64()]
	}
	return string(out[:])
}

// packShort is for ids of another making that are short enough.
func packShort(message string, asks bool) string {
	if asks {
		message += asksMark
	}
	if len(message) > outLength {
		return ""
	}
	return message
}

// unpack undoes pack. What is not of its making is of no message.
func unpack(out string) (message string, asks bool) {
	if len(out) > outLength {
		return "", false
	}
	if strings.Contains(out, "-") {
		message, asks = strings.CutSuffix(out, asksMark)
		if _, ok := conversations.ConversationOf(message); ok {
			return message, asks
		}
		return "", false
	}
	if len(out) != outLength {
		return "", false
	}
	v, base := new(big.Int), big.NewInt(int64(len(outAlphabet)))
	for _, c := range []byte(out) {
		i := strings.IndexByte(outAlphabet, c)
		if i < 0 {
			return "", false
		}
		v.Mul(v, base).Add(v, big.NewInt(int64(i)))
	}
	asks = v.Bit(0) == 1
	v.Rsh(v, 1)
	n := new(big.Int).And(v, big.NewInt(1<<numberBits-1)).Int64()
	if n == 0 {
		return "", false
	}
	raw := v.Rsh(v, numberBits).FillBytes(make([]byte, 10))
	return strings.ToLower(idEncoding.EncodeToString(raw)) + "-" + strconv.FormatInt(n, 10), asks
}
