package testenv

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// Peer runs a Node script, in which software of others checks ours, in its
// folder of packages. The script reads its settings as JSON from standard input
// and prints a line for each check, which begins with "ok " if it passed. Every
// other line fails the test, as does any other number of passed checks.
func Peer(t testing.TB, folder, script string, settings any, checks int) {
	t.Helper()
	node := Node(t, folder)
	given, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "--no-deprecation", script)
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(given)
	out, err := cmd.CombinedOutput()
	passed := 0
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "ok ") {
			passed++
		} else {
			t.Error(strings.TrimSpace(line))
		}
	}
	if err != nil || passed != checks {
		t.Errorf("%d checks passed, want %d; %v", passed, checks, err)
	}
}
