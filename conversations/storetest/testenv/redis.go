package testenv

import (
	"net"
	"os/exec"
	"strings"
	"testing"
)

// Redis starts an empty server for this test alone and returns its host:port.
func Redis(t testing.TB) string {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		missing(t, "Redis", "apt-get install redis-server")
	}
	var addr string
	for range 10 { // somebody else may be quicker to take the free port
		addr, err = startRedis(t, binary)
		if err == nil || !strings.Contains(err.Error(), "Address already in use") {
			break
		}
	}
	if err != nil {
		t.Fatalf("starting a private Redis: %v", err)
	}
	return addr
}

func startRedis(t testing.TB, binary string) (string, error) {
	dir, err := privateDir()
	if err != nil {
		return "", err
	}
	addr, err := freeAddress()
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", err
	}
	s, err := start(dir, program{
		command: []string{binary, "--bind", host, "--port", port, "--save", "", "--appendonly", "no", "--dir", dir},
		ready:   "Ready to accept connections",
		signal:  "KILL",
	})
	if err != nil {
		return "", err
	}
	t.Cleanup(s.stop)
	return addr, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
