package carrier

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"

	"jiebao/channels"
)

// minKey is the shortest key of a callback's address that cannot be guessed.
const minKey = 16

// Guard decides which callbacks are a provider's. Providers of texts and calls
// sign nothing that they push (Aliyun, SmsReport; Tencent Cloud, 短信状态通知):
// what proves them is an address that nobody else knows, entered in their
// console as https://…/callbacks/{account}?key=…, and, if given, the networks
// that they push from.
type Guard struct {
	key      [sha256.Size]byte
	networks []netip.Prefix
}

// NewGuard expects a key, and callbacks from the networks, or from anywhere.
func NewGuard(key string, networks []netip.Prefix) (*Guard, error) {
	if len(key) < minKey {
		return nil, fmt.Errorf("callback_key must have at least %d characters: openssl rand -hex 16", minKey)
	}
	return &Guard{sha256.Sum256([]byte(key)), networks}, nil
}

// Open returns the body of a request that is the provider's, and otherwise
// channels.ErrForged. The sender's address is that of the connection, or what
// a trusted proxy put in its place.
func (g *Guard) Open(r *http.Request) ([]byte, error) {
	given := sha256.Sum256([]byte(r.URL.Query().Get("key")))
	if subtle.ConstantTimeCompare(g.key[:], given[:]) != 1 {
		return nil, fmt.Errorf("%w: key is missing or wrong in its address", channels.ErrForged)
	}
	if !g.admits(r.RemoteAddr) {
		return nil, fmt.Errorf("%w: it comes from none of callback_networks", channels.ErrForged)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the callback: %w", err)
	}
	if len(body) == 0 {
		return nil, errors.New("reading the callback: it is empty")
	}
	return body, nil
}

func (g *Guard) admits(remote string) bool {
	if len(g.networks) == 0 {
		return true
	}
	from, err := netip.ParseAddrPort(remote)
	addr := from.Addr()
	if err != nil {
		if addr, err = netip.ParseAddr(remote); err != nil {
			return false
		}
	}
	for _, n := range g.networks {
		if n.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
