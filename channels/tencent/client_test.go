package tencent

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestDownloadsEndAtTheLimit(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]error{"1234": nil, "12345": nil, "123456": ErrTooLarge} {
		d := &download{body: io.NopCloser(strings.NewReader(content)), left: 5, cancel: func() {}}
		got, err := io.ReadAll(d)
		if !errors.Is(err, want) || !strings.HasPrefix(content, string(got)) || len(got) > 5 {
			t.Errorf("%s: read %q, %v", content, got, err)
		}
	}
}
