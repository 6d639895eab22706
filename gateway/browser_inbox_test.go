package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"jiebao/conversations/storetest/testenv"
)

// TestInboxInABrowser runs the scripts of gateway/console/browser, each at a
// demonstration of its own: every page held to WCAG 2.2 AA at four windows, the
// keyboard, what arrives while one looks.
func TestInboxInABrowser(t *testing.T) {
	t.Parallel()
	const folder = "console/browser"
	node, chromium := testenv.Node(t, folder), testenv.Chromium(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob(folder + "/*.test.mjs")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts in %s: %v", folder, err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			w := startDemo(t)
			cmd := exec.CommandContext(t.Context(), node, "--test", "--test-reporter=spec", script)
			cmd.Env = append(cmd.Environ(), "JIEBAO_DEMO="+w.base, "CHROMIUM="+chromium)
			if *updateScreenshots {
				cmd.Env = append(cmd.Env, "SCREENSHOTS="+filepath.Join(here, "testdata/screenshots"))
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
