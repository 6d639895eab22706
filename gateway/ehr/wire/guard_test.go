package wire

import (
	"net/netip"
	"strings"
	"testing"
)

func TestReach(t *testing.T) {
	t.Parallel()
	allowed, err := ParseNetworks([]string{"10.20.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fd00::/8", "192.168.1.5", "0.0.0.0/0"})
	if err != nil {
		t.Fatal(err)
	}
	listed := Reach{Allow: allowed[:5]}
	all := Reach{Allow: allowed}
	api, file := Reach{}, Reach{Trusted: true}
	for _, c := range []struct {
		ip                            string
		api, file, listed, all, plain bool // plain: http to it, from the file
	}{
		{"8.8.8.8", true, true, true, true, false},
		{"2606:4700::1111", true, true, true, true, false},
		{"::ffff:8.8.8.8", true, true, true, true, false},
		{"64:ff9b::808:808", true, true, true, true, false},
		{"10.20.1.1", false, true, true, true, false},
		{"10.30.1.1", false, true, false, true, false},
		{"172.31.255.255", false, true, false, true, false},
		{"172.32.0.1", true, true, true, true, false},
		{"192.168.1.5", false, true, true, true, false},
		{"192.168.1.6", false, true, false, true, false},
		{"fd12::1", false, true, true, true, false},
		{"127.0.0.1", false, true, false, true, true},
		{"127.9.9.9", false, true, false, true, true},
		{"::1", false, true, false, false, true},
		{"::ffff:127.0.0.1", false, true, false, true, true},
		{"64:ff9b::7f00:1", false, true, false, true, true},
		{"::ffff:10.30.1.1", false, true, false, true, false},
		{"100.64.1.1", false, true, true, true, false},
		{"100.100.100.200", false, false, false, false, false},
		{"169.254.169.254", false, false, false, false, false},
		{"64:ff9b::a9fe:a9fe", false, false, false, false, false},
		{"fd00:ec2::254", false, false, false, false, false},
		{"168.63.129.16", false, false, false, false, false},
		{"169.254.7.7", false, false, true, true, false},
		{"fe80::1", false, false, false, false, false},
		{"fe80::1%eth0", false, false, false, false, false},
		{"224.0.0.1", false, false, false, false, false},
		{"ff02::1", false, false, false, false, false},
		{"255.255.255.255", false, false, false, false, false},
		{"0.0.0.0", false, false, false, false, false},
		{"::", false, false, false, false, false},
		{"198.18.0.1", false, false, false, true, false},
		{"192.0.2.1", false, false, false, true, false},
		{"240.0.0.1", false, false, false, true, false},
		{"2002:7f00:1::", false, false, false, false, false},
		{"2001:0:7f00:1::", false, false, false, false, false},
		{"2001:db8::1", false, false, false, false, false},
		{"::7f00:1", false, false, false, false, false},
		{"64:ff9b:1::7f00:1", false, false, false, false, false},
	} {
		ip := netip.MustParseAddr(c.ip)
		for name, got := range map[string]struct {
			reach Reach
			plain bool
			want  bool
		}{
			"the API's": {api, false, c.api}, "the file's": {file, false, c.file}, "listed": {listed, false, c.listed},
			"all of IPv4": {all, false, c.all}, "plain, the file's": {file, true, c.plain}, "plain, the API's": {api, true, false},
		} {
			if err := got.reach.check(ip, got.plain); (err == nil) != got.want {
				t.Errorf("%s, %s: %v, want it allowed: %v", c.ip, name, err, got.want)
			}
		}
	}
}

func TestControlSeesEveryAddress(t *testing.T) {
	t.Parallel()
	control := Reach{}.control(false)
	for address, ok := range map[string]bool{
		"8.8.8.8:443": true, "127.0.0.1:443": false, "[::1]:443": false, "[fe80::1%lo]:80": false, "name:80": false, "": false,
	} {
		if err := control("tcp4", address, nil); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := control("udp4", "8.8.8.8:53", nil); err == nil {
		t.Error("UDP is spoken")
	}
}

func TestPickLooksAtEachAddress(t *testing.T) {
	t.Parallel()
	addresses := []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("::ffff:9.9.9.9")}
	for n, want := range []string{"8.8.8.8", "8.8.8.8", "9.9.9.9", "8.8.8.8"} {
		if got, err := (Reach{}).pick(addresses, n); err != nil || got.String() != want {
			t.Errorf("the %d-th is %s, %v, want %s", n, got, err, want)
		}
	}
	if _, err := (Reach{}).pick(addresses[:1], 0); err == nil || !strings.Contains(err.Error(), "private network") {
		t.Errorf("%v, want it blocked", err)
	}
	if _, err := (Reach{}).pick(nil, 3); err == nil {
		t.Error("a name without an address has one")
	}
}

func TestNetworksAreRead(t *testing.T) {
	t.Parallel()
	if _, err := ParseNetworks([]string{"10.0.0.0/8", "intern"}); err == nil || !strings.Contains(err.Error(), `"intern" is no network`) {
		t.Errorf("%v", err)
	}
}
