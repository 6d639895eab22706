package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"jiebao/config"
)

// TestStartClearsUp: what a crash left half-written goes while the gateway
// serves already.
func TestStartClearsUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := filepath.Join(dir, ".documents")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(folder, "document123.tmp")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(left, long, long); err != nil {
		t.Fatal(err)
	}
	newWorld(t, dir, t.Cleanup, config.Store{Driver: config.SQLite, Path: dir + "/jiebao.db"})
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	given := time.After(patient)
	for {
		if _, err := os.Stat(left); errors.Is(err, fs.ErrNotExist) {
			return
		}
		select {
		case <-look.C:
		case <-given:
			t.Fatal("the half-written document is still there")
		}
	}
}
