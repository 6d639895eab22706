package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestOneGatewayServesFromADatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data", "jiebao.db")
	log := slog.New(slog.DiscardHandler)
	first, err := alone(t.Context(), path, time.Hour, log)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alone(t.Context(), path, 0, log); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("beside the first: %v, want it refused", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := alone(ctx, path, time.Hour, log); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while it waited: %v", err)
	}

	second := make(chan error)
	go func() {
		lock, err := alone(t.Context(), path, time.Hour, log)
		if err == nil {
			err = lock.Close()
		}
		second <- err
	}()
	select {
	case err := <-second:
		t.Errorf("beside the first: %v", err)
	default:
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Errorf("after the first: %v", err)
	}
}
