package wire

import (
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// Reach says which addresses may be connected to. Every address of the public
// internet may. It is asked after a name was resolved, for the very address
// that the connection goes to, so that a name which is resolved differently
// each time gains nothing.
type Reach struct {
	// Allow are further networks, of the configuration's ehr.allow_networks.
	Allow []netip.Prefix
	// Trusted is for endpoints of the configuration's file. Who writes it may
	// reach the machine itself and the bank's private networks, where EHRs
	// live, without listing them.
	Trusted bool
}

// ParseNetworks reads networks such as 10.20.0.0/16, or single addresses.
func ParseNetworks(networks []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range networks {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(s); err == nil {
				p, err = a.Prefix(a.BitLen())
			}
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no network; write it like 10.20.0.0/16", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// Blocked is the error for an address that must not be connected to.
type Blocked struct{ Why string }

// Error says what to do.
func (b *Blocked) Error() string {
	return "connecting there is not allowed: " + b.Why
}

// network is a special one.
type network struct {
	name     string
	prefixes []netip.Prefix
}

func prefixes(s ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(s))
	for i := range s {
		out[i] = netip.MustParsePrefix(s[i])
	}
	return out
}

// never are the addresses which nobody may allow: those where clouds tell a
// machine its own credentials, and those that are nobody's.
var never = []network{
	{"it is a cloud's metadata service", prefixes("169.254.169.254/32", "169.254.170.2/32", "169.254.0.23/32",
		"100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128")},
	{"it is a multicast or broadcast address", prefixes("224.0.0.0/4", "255.255.255.255/32", "ff00::/8")},
	{"it is no address of a host", prefixes("0.0.0.0/8", "::/128")},
}

// private are the networks that a bank's own systems may be in.
var private = []network{
	{"it is this machine itself", prefixes("127.0.0.0/8", "::1/128")},
	{"it is in a private network", prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")},
	{"it is in a provider's shared network", prefixes("100.64.0.0/10")},
}

// special are the rest of IANA's IPv4 and IPv6 Special-Purpose Address
// Registries that is not globally reachable, or leads elsewhere.
var special = []network{
	{"it is a link-local address", prefixes("169.254.0.0/16", "fe80::/10")},
	{"it is in a network with a special purpose", prefixes("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"64:ff9b:1::/48", "100::/63", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10")},
}

var (
	inUse = netip.MustParsePrefix("2000::/3") // the only part of IPv6 that IANA gives out
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

func find(networks []network, ip netip.Addr) *Blocked {
	for _, n := range networks {
		if contains(n.prefixes, ip) {
			return &Blocked{n.name}
		}
	}
	return nil
}

func contains(prefixes []netip.Prefix, ip netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// check says whether an address may be connected to; plain, without TLS.
func (r Reach) check(ip netip.Addr, plain bool) error {
	ip = carried(ip.Unmap().WithZone(""))
	if b := find(never, ip); b != nil {
		return b
	}
	if contains(r.Allow, ip) {
		return nil
	}
	home := find(private, ip)
	switch {
	case home == nil:
	case r.Trusted && (!plain || ip.IsLoopback()):
		return nil
	default:
		return &Blocked{home.Why + "; add its network to ehr.allow_networks"}
	}
	if b := find(special, ip); b != nil {
		return &Blocked{b.Why + "; add its network to ehr.allow_networks if it is one of yours"}
	}
	if ip.Is6() && !inUse.Contains(ip) {
		return &Blocked{"it is not in use on the internet"}
	}
	if plain {
		return &Blocked{"plain http goes only to networks of ehr.allow_networks; use https"}
	}
	return nil
}

// carried is the IPv4 address that an address of a NAT64 gateway leads to
// (RFC 6052), or the address itself.
func carried(ip netip.Addr) netip.Addr {
	if !nat64.Contains(ip) {
		return ip
	}
	b := ip.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}

// control is for net.Dialer: it is called with each address before it is
// connected to.
func (r Reach) control(plain bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		if network != "tcp4" && network != "tcp6" {
			return &Blocked{"only TCP is spoken"}
		}
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return &Blocked{"the address cannot be read"}
		}
		return r.check(at.Addr(), plain)
	}
}

// pick returns the first permitted address, beginning with the n-th; names in
// DNS may have several.
func (r Reach) pick(addresses []netip.Addr, n int) (netip.Addr, error) {
	err := error(&net.DNSError{Err: "the name has no address", IsNotFound: true})
	for i := range addresses {
		ip := addresses[(i+n)%len(addresses)].Unmap()
		if err = r.check(ip, false); err == nil {
			return ip, nil
		}
	}
	return netip.Addr{}, err
}
