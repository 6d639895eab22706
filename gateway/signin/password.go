package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost is how much work a password's hash is.
type Cost struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultCost is the second recommended option of RFC 9106 (Argon2), section 4:
// argon2id, 64 MiB, three passes, four lanes.
func DefaultCost() Cost { return Cost{Memory: 64 << 10, Time: 3, Threads: 4} }

const (
	saltSize = 16
	hashSize = 32
	// hashedAtOnce bounds the memory that hashing takes.
	hashedAtOnce = 2
	// mostMemory is more than any hash needs that this program made.
	mostMemory = 1 << 20
)

// hasher makes and checks passwords' hashes, a few at once.
type hasher struct {
	cost  Cost
	slots chan struct{}
	dummy string // a hash of which nobody knows the password
}

func newHasher(c Cost) *hasher {
	if c == (Cost{}) {
		c = DefaultCost()
	}
	salt, sum := make([]byte, saltSize), make([]byte, hashSize)
	rand.Read(salt)
	rand.Read(sum)
	return &hasher{cost: c, slots: make(chan struct{}, hashedAtOnce), dummy: phc(c, salt, sum)}
}

// phc writes a hash in the PHC string format.
func phc(c Cost, salt, sum []byte) string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads, enc.EncodeToString(salt), enc.EncodeToString(sum))
}

// normal is a password as every keyboard types it.
func normal(password string) string { return norm.NFKC.String(password) }

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltSize)
	rand.Read(salt)
	sum, err := h.sum(ctx, password, salt, h.cost, hashSize)
	if err != nil {
		return "", err
	}
	return phc(h.cost, salt, sum), nil
}

func (h *hasher) sum(ctx context.Context, password string, salt []byte, c Cost, size int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(normal(password)), salt, c.Time, c.Memory, c.Threads, uint32(size)), nil
}

// check says whether a hash is the password's, and whether it should be made
// anew because its cost is another than today's. "" is nobody's password, and
// takes as long as any.
func (h *hasher) check(ctx context.Context, hash, password string) (right, stale bool, err error) {
	none := hash == ""
	if none {
		hash = h.dummy
	}
	p, err := parseHash(hash)
	if err != nil {
		return false, false, err
	}
	sum, err := h.sum(ctx, password, p.salt, p.cost, len(p.sum))
	if err != nil {
		return false, false, err
	}
	right = subtle.ConstantTimeCompare(sum, p.sum) == 1 && !none
	return right, p.cost != h.cost || len(p.sum) != hashSize, nil
}

// parsed is a hash in the PHC string format.
type parsed struct {
	cost      Cost
	salt, sum []byte
}

var errHash = errors.New("a stored password is not an argon2id hash in the PHC string format; set it anew by a sign-in link")

func parseHash(s string) (parsed, error) {
	var p parsed
	fields := strings.Split(s, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, errHash
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.cost.Memory, &p.cost.Time, &p.cost.Threads); err != nil {
		return p, errHash
	}
	var err, again error
	p.salt, err = base64.RawStdEncoding.DecodeString(fields[4])
	p.sum, again = base64.RawStdEncoding.DecodeString(fields[5])
	switch {
	case err != nil || again != nil,
		p.cost.Memory < 8*uint32(p.cost.Threads) || p.cost.Memory > mostMemory,
		p.cost.Time == 0 || p.cost.Time > 32 || p.cost.Threads == 0,
		len(p.salt) < 8 || len(p.salt) > 64, len(p.sum) < 16 || len(p.sum) > 64:
		return p, errHash
	}
	return p, nil
}
