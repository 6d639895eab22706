package app

import (
	"context"
	"path/filepath"
	"testing"

	"jiebao/config"
)

// TestStoppedBeforeItStarted: a gateway that is told to stop in its first moment
// did what it was told, and tells of no error.
func TestStoppedBeforeItStarted(t *testing.T) {
	t.Parallel()
	cfg, dir := config.Default(), t.TempDir()
	cfg.Server.Listen = "127.0.0.1:0"
	cfg.Store.Path = filepath.Join(dir, "jiebao.db")
	cfg.Documents.Dir, cfg.Documents.KeyFile = filepath.Join(dir, "documents"), filepath.Join(dir, "key")
	cfg.Bank.Name = "示例银行"
	a, err := New(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := a.Run(stopped); err != nil {
		t.Errorf("it ended with %v", err)
	}
}
