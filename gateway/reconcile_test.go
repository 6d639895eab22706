package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiebao/config"
)

// TestReconcileCommand has a gateway that runs make a comparison.
func TestReconcileCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, dir, t.Cleanup, config.Store{Driver: config.SQLite, Path: filepath.Join(dir, "jiebao.db")})
	var out, errs bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- reconcileCommand{DryRun: true}.Run(t.Context(), w.cfg, streams{out: &out, err: &errs})
	}()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil || !strings.Contains(out.String(), "All 0 candidates agree.") {
				t.Errorf("%v: %s%s", err, out.String(), errs.String())
			}
			return
		case <-look.C:
			w.clock.Advance(time.Second)
		}
	}
}
