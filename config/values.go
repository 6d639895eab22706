package config

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // office hours hold on machines without a zone database
)

// Size is a number of bytes, written with a unit: 512KB, 20MB, 1GB.
type Size int64

// Sizes, as storage counts them.
const (
	Byte     Size = 1
	Kilobyte Size = 1 << 10
	Megabyte Size = 1 << 20
	Gigabyte Size = 1 << 30
)

// UnmarshalText reads a number with the unit B, KB, MB or GB.
func (s *Size) UnmarshalText(text []byte) error {
	units := []struct {
		suffix string
		size   Size
	}{{"KB", Kilobyte}, {"MB", Megabyte}, {"GB", Gigabyte}, {"B", Byte}}
	written := strings.ToUpper(strings.TrimSpace(string(text)))
	for _, unit := range units {
		number, found := strings.CutSuffix(written, unit.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/int64(unit.size) {
			break
		}
		*s = Size(n) * unit.size
		return nil
	}
	return errors.New("is not a size; write a whole number with B, KB, MB or GB")
}

// Clock is a time of day in minutes after midnight, written 09:00; 24:00 is
// the end of the day.
type Clock int

// UnmarshalText reads hours and minutes.
func (c *Clock) UnmarshalText(text []byte) error {
	if string(text) == "24:00" {
		*c = 24 * 60
		return nil
	}
	t, err := time.Parse("15:04", string(text))
	if err != nil {
		return errors.New("is not a time of day; write hours and minutes in quotes")
	}
	*c = Clock(t.Hour()*60 + t.Minute())
	return nil
}

// String writes hours and minutes.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// Open tells whether HR answers at t.
func (o OfficeHours) Open(t time.Time) bool {
	t = t.In(o.TimeZone)
	now := Clock(t.Hour()*60 + t.Minute())
	for _, day := range o.Days {
		if day == t.Weekday() {
			return o.From <= now && now < o.To
		}
	}
	return false
}

// BranchName is the display name of a branch path: its own, or that of the
// nearest branch above it, or else the bank's.
func (b Bank) BranchName(path string) string {
	for path != "" {
		if name, ok := b.Branches[path]; ok {
			return name
		}
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return b.Name
}

// URL is how the server is reached from outside: PublicURL, or else the
// address it listens on, which may have got its port from the system.
func (s Server) URL(listening net.Addr) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	return "http://" + listening.String()
}

func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errors.New("is neither an IP address nor a network")
	}
	return prefix, nil
}

func parseWeekday(text string) (time.Weekday, error) {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if strings.EqualFold(text, day.String()[:3]) {
			return day, nil
		}
	}
	return 0, errors.New("is not a day; write mon, tue, wed, thu, fri, sat or sun")
}

func mustLocation(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(fmt.Sprintf("config: the embedded zone database lacks %s: %v", name, err))
	}
	return zone
}
