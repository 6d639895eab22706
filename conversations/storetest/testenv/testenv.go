// Package testenv gives tests what they need from the machine: a private
// PostgreSQL, a private Redis, a browser, OpenSSL, Node and the software of
// others that runs on it. What is not installed skips the test with one line that says how
// to install it; with CI=true that is a failure instead.
//
// The servers are the test process's own: in a temporary folder, on a Unix
// socket or a free port. They end, and their folders go, when the process
// does, even when it is killed: each is watched by a shell that waits for the
// end of a pipe which only the test process holds open.
//
// Only tests import this package, and the program that measures
// (gateway/bench). It imports pgx and the standard library.
package testenv

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Chromium is the path of a Chromium or Chrome.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "Chromium", "apt-get install chromium fonts-noto-cjk")
	return ""
}

// OpenSSL is the path of OpenSSL's command.
func OpenSSL(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("openssl")
	if err != nil {
		missing(t, "OpenSSL", "apt-get install openssl")
	}
	return path
}

// Node is the path of Node. The folders named must have their packages installed.
func Node(t testing.TB, folders ...string) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node", "apt-get install nodejs npm")
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "node_modules")); err != nil {
			missing(t, "the npm packages of "+folder, "make setup")
		}
	}
	return path
}

// missing skips the test, or fails it on a machine that must have everything.
func missing(t testing.TB, what, install string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing, and with CI=true nothing may be skipped; install it: %s", what, install)
		return
	}
	t.Skipf("skipped because %s is missing; install it: %s", what, install)
}
