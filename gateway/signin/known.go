package signin

import (
	"net/netip"
	"strings"
	"time"
	"unicode"
)

// A browser that an agent signed in by carries a token that says so, for a year.
// It lets nobody in. It keeps the tries of others apart from the agent's own, so
// that those who fail in the agent's name do not make the agent wait (OWASP,
// "Slow Down Online Guessing Attacks with Device Cookies").

const (
	forKnown = "known"
	// KnownFor is how long a browser is known.
	KnownFor = 365 * 24 * time.Hour
)

type knownBrowser struct {
	Agent string    `json:"agent"`
	Token string    `json:"token"`
	Until time.Time `json:"until"`
}

// Remember is what a browser shall carry by which the agent signed in.
func (d *Desk) Remember(agent string) (string, error) {
	return d.sealer.seal(forKnown, knownBrowser{Agent: agent, Token: newToken(), Until: d.o.Now().Add(KnownFor)})
}

// Knows says whether the agent has signed in by the browser that carries known.
func (d *Desk) Knows(known, agent string) bool {
	var k knownBrowser
	_, err := d.sealer.open(forKnown, known, &k)
	return err == nil && k.Agent == agent && d.o.Now().Before(k.Until)
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-@", r)
}

// network is what an address belongs to that one person has: IPv6 providers give
// everybody a /64.
func network(a netip.Addr) string {
	a = a.Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Place is an address as it is shown and kept: without its last part.
func Place(a netip.Addr) string {
	a = a.Unmap()
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	if a.Is4() {
		return strings.TrimSuffix(p.Masked().Addr().String(), "0") + "x"
	}
	return p.Masked().Addr().String() + "x"
}

// Browser names a browser and its system by what it says of itself, as people
// call them: "Edge, Windows". It is "" if it says nothing that is known.
func Browser(agent string) string {
	first := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([2]string{"wxwork", "企业微信"}, [2]string{"MicroMessenger", "微信"}, [2]string{"Edg", "Edge"}, [2]string{"360SE", "360"}, [2]string{"QQBrowser", "QQ"},
		[2]string{"OPR/", "Opera"}, [2]string{"Firefox/", "Firefox"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := first([2]string{"HarmonyOS", "HarmonyOS"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Windows", "Windows"}, [2]string{"Mac OS X", "macOS"}, [2]string{"Linux", "Linux"})
	return strings.Trim(browser+", "+system, ", ")
}
